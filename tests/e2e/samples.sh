#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Specs that real engines wrote (tests/samples), with `true` as runtime: hooks come in and nothing
# else changes, compared by jq, in the keys' order and in the numbers' very digits; where no plugin
# changes anything the file stays byte for byte. Needs no root.
. "$(dirname "$0")/../lib.sh"

spec=$W/bundle/config.json

# create SPEC ENTRY…: on a fresh bundle, with these plugins.
create() {
  rm -rf "$W/bundle"
  mkdir "$W/bundle"
  cp "$1" "$spec"
  shift
  lowlevel=true write_config "$@"
  create_again
}

create_again() {
  run_ok "$RUNTIME" create --bundle "$W/bundle" container
  assert_equal '' "$output"
  assert_equal config.json "$(ls -A "$W/bundle")"
}

hooks_at_all_stages() {
  jq -n '["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]
    | map({(.): [{path: "/bin/\(.)", args: [., "<a&b>", "é / \" \\"], env: ["A=b"]},
                 {path: "/bin/second"}]}) | add' >"$W/hooks.json"
}

# Every number of a JSON text as it is written there, one a line.
numbers() {
  sed -E 's/"([^"\\]|\\.)*"//g' "$1" | grep -oE -- '-?[0-9][0-9.eE+-]*'
}

# jq keeps the order of keys, so this compares that as well.
gets_hooks() {
  hooks_at_all_stages
  create "$1" "$file_hooks"
  jq --slurpfile new "$W/hooks.json" \
    '.hooks = reduce ($new[0] | to_entries[]) as $stage (.hooks // {}; .[$stage.key] += $stage.value)' \
    "$1" >"$W/expected.json"
  diff "$W/expected.json" <(jq . "$spec")
  diff <(numbers "$1") <(numbers "$spec")

  cp "$spec" "$W/first.json"
  create_again
  cmp "$W/first.json" "$spec" || fail 'a second create changed it'
}

# unchanged SPEC ENTRY…
unchanged() {
  local before after
  create "$@"
  before=$(stat -c '%i %y' "$spec")
  cmp "$1" "$spec"
  create_again
  after=$(stat -c '%i %y' "$spec")
  assert_equal "$before" "$after"
}

stays_byte_for_byte() {
  rm -f "$W/hooks.json"
  unchanged "$1"
  unchanged "$1" "$file_hooks"
  assert_contains "$(cat "$W/runtime.log")" "$W/hooks.json"
  echo '{}' >"$W/hooks.json"
  unchanged "$1" "$file_hooks"
  unchanged "$1" "$(fault 'act = "break-spec"; when = "finish";')"
  unchanged "$1" "$(fault 'act = "crash";') required = false;"
  hooks_at_all_stages
  unchanged "$1" "$(fault 'act = "fail";') required = false;" \
    'name = "writer"; required = false; settings: { env = "A=b"; hook = "/h"; pin-pointer = "/no"; };'
}

# Defect 7 of the original: fields that it did not know were lost, others came from nowhere, numbers
# and texts became others. So all but the new hook must be as it was, byte for byte.
nothing_is_lost() {
  local text='{"ociVersion":"1.0.2","x-unknown":{"<a&b>":null,"é":[]},"zos":{"namespaces":[{"a":1}]},'
  text+='"numbers":[18446744073709551615,-9223372036854775808,1.0,1e3,0.10,1E400,-0.5e-7,0],'
  text+='"process":{"args":["sh","-c","a/b \" \\ \n\t"],"execCPUAffinity":{"initial":"0-1"}},'
  text+='"linux":{"netDevices":{"eth0":{}},"resources":{"new":true},"memoryPolicy":{},"":{}}'
  printf '%s}' "$text" >"$W/odd.json"
  echo '{"createRuntime": [{"path": "/bin/true", "timeout": 5}]}' >"$W/hooks.json"
  create "$W/odd.json" "$file_hooks"
  assert_equal "$text"',"hooks":{"createRuntime":[{"path":"/bin/true","timeout":5}]}}' "$(cat "$spec")"
}

# Defect 6: a program in prestart was to show that the hooks are in; still it is believed.
marker_is_honoured() {
  echo '{"hooks":{"prestart":[{"path":"/usr/bin/container-hooks"}]}}' >"$W/marked.json"
  hooks_at_all_stages
  unchanged "$W/marked.json" "$file_hooks"
}

install_toolkit
test_case 'what is not known stays as it is (defect 7 of the original)' nothing_is_lost
test_case 'the mark of the original is honoured (defect 6 of the original)' marker_is_honoured
count=0
for sample in "$TOP"/tests/samples/*/*config.json; do
  name=${sample#"$TOP"/tests/samples/}
  test_case "$name gets hooks and nothing else, once" gets_hooks "$sample"
  test_case "$name stays byte for byte" stays_byte_for_byte "$sample"
  count=$((count + 1))
done
test_case 'no engine is missing' [ "$count" -ge 11 ]
test_end
