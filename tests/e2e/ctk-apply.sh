#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `container-hooks-ctk apply`: says what a real create would do, and does nothing. Needs no root.
. "$(dirname "$0")/../lib.sh"

spec=$W/bundle/config.json

# bundle [SAMPLE]: a fresh one.
bundle() {
  rm -rf "$W/bundle"
  mkdir "$W/bundle"
  cp "${1:-$TOP/tests/samples/docker/001-create.config.json}" "$spec"
}

# Everything that could be seen of the bundle if somebody had touched it.
traces() {
  ls -A --full-time -i "$W/bundle"
  cat "$W"/bundle/*
}

ctk() {
  run "$CTK" "$@"
}

# ctk_out COMMAND…: standard output alone, in `output`.
ctk_out() {
  status=0
  output=$("$CTK" "$@" 2>"$W/.errors") || status=$?
  assert_equal 0 "$status" || fail "$(cat "$W/.errors")"
}

hooks() {
  echo '{"prestart": [{"path": "/bin/true"}], "poststop": [{"path": "/bin/<a&b>"}]}' >"$W/hooks.json"
  lowlevel=true write_config "$file_hooks" 'name = "writer"; settings: { env = "A=é\"\\\\"; };'
}

# A dry run proves what a real run does.
prints_what_create_writes() {
  hooks
  bundle "$1"
  traces >"$W/before"
  ctk_out apply "$W/bundle"
  echo "$output" >"$W/dry.json"
  traces | cmp "$W/before" -
  run_ok "$RUNTIME" create --bundle "$W/bundle" container
  cmp <(jq . "$spec") <(jq . "$W/dry.json")
}

# Two blanks a level, as jq has it.
prints_for_people() {
  hooks
  bundle
  ctk_out apply "$spec"
  assert_equal "$(jq . <<<"$output")" "$output"
}

diff_is_a_patch() {
  hooks
  bundle
  ctk_out apply "$W/bundle"
  echo "$output" >"$W/after"
  ctk_out apply --diff "$W/bundle"
  echo "$output" >"$W/patch"
  assert_contains "$output" "--- $spec"
  write_config
  ctk_out apply "$W/bundle"
  echo "$output" >"$W/text"
  run_ok patch "$W/text" "$W/patch"
  cmp "$W/text" "$W/after"
}

# As the last of a pipe.
reads_standard_input() {
  hooks
  bundle
  ctk_out apply "$spec"
  echo "$output" >"$W/dry.json"
  for name in - /dev/stdin; do
    run_ok bash -c "cat '$spec' | '$CTK' apply $name | cmp '$W/dry.json' -"
  done
  run bash -c "echo '{' | '$CTK' apply -"
  assert_equal 1 "$status"
  assert_contains "$output" 'standard input:'
  run bash -c "cat '$spec' | '$CTK' apply --write -"
  assert_equal 1 "$status"
}

diff_of_nothing_is_empty() {
  write_config
  bundle
  ctk_out apply --diff "$W/bundle"
  assert_equal '' "$output"
}

trace_tells_of_each() {
  hooks
  write_config "$file_hooks" 'name = "writer"; settings: { env = "A=b"; };' \
    'name = "fault"; enabled = false;' "$(fault 'act = "fail"; message = "told to";') required = false;"
  bundle
  ctk_out apply --trace "$W/bundle"
  assert_equal 'file-hooks: 2 edits in N ms
  add     /hooks/prestart
  add     /hooks/poststop
writer: 1 edit in N ms
  add     /process/env/3
fault: disabled
fault: failed: told to' "$(sed 's/[0-9.]* ms/N ms/' <<<"$output")"
  assert_contains "$(cat "$W/.errors")" 'optional, its edits are taken back'
  assert_lacks "$(cat "$W/.errors")" '/hooks/prestart' # it is said once
  write_config
  ctk_out apply --trace "$W/bundle"
  assert_equal 'the config lists no plugins' "$output"
}

# What a plugin tells who starts the container, and what audit could not write down.
trace_shows_what_is_told() {
  bundle
  echo '{"default": [{"type": "reject"}]}' >"$W/policy.json"
  lowlevel=true write_config "name = \"image-verify\"; settings: { mode = \"warn\"; stderr = true;
    journal = false; policy = \"$W/policy.json\"; };" \
    "name = \"audit\"; settings: { file = \"$W/none/audit.log\"; };"
  ctk apply --trace "$W/bundle"
  assert_equal 0 "$status"
  assert_contains "$output" '  tells   cannot verify of which image this container is'
  assert_contains "$output" "warn: plugin 'audit': it could not be recorded: $W/none does not exist"
  assert_contains "$output" "install -d -m 0750 $W/none"
  ctk_out apply --trace --json "$W/bundle"
  assert_equal 1 "$(jq '.[0].told | length' <<<"$output")"
  mkdir -m 700 "$W/none"
  ctk apply --trace "$W/bundle"
  assert_lacks "$output" 'could not be recorded'
  assert_equal '' "$(ls "$W/none")"
}

# However the path is written.
messages_have_one_slash() {
  bundle
  lowlevel=true write_config "$(fault 'act = "fail"; message = "no";')"
  for path in "$W/bundle/" "$W/bundle//" "$spec"; do
    ctk apply --diff --trace "$path"
    assert_equal 1 "$status"
    assert_lacks "$output" '//'
  done
  lowlevel=true write_config 'name = "writer"; settings: { env = "A=b"; };'
  ctk_out apply --diff "$W/bundle/"
  assert_contains "$output" "--- $W/bundle/config.json"
}

trace_is_json_for_scripts() {
  hooks
  bundle
  ctk_out apply --trace --json "$W/bundle"
  assert_equal 'file-hooks true done 2 number' "$(jq -r '.[0] |
    "\(.name) \(.required) \(.state) \(.edits | length) \(.microseconds | type)"' <<<"$output")"
}

# The trace of a chain that refused tells how far it came.
trace_of_a_refusal() {
  hooks
  write_config "$file_hooks" "$(fault 'act = "fail"; message = "told to";')" 'name = "writer";'
  bundle
  ctk apply --trace "$W/bundle"
  assert_equal 1 "$status"
  assert_contains "$output" 'fault: failed: told to'
  assert_contains "$output" 'writer: not reached'
  assert_contains "$output" "container-hooks-ctk: plugin 'fault': told to"
}

# No config, no /etc: the file and its settings are all.
single_plugin_needs_no_config() {
  bundle
  CONTAINER_HOOKS_CONFIG=$W/missing.cfg ctk_out apply --plugin "$TOOLKIT/plugins/writer.so" \
    --set env=A=b "$W/bundle"
  assert_equal A=b "$(jq -r '.process.env[-1]' <<<"$output")"
}

settings_are_typed() {
  local plugin=$TOOLKIT/plugins/writer.so
  bundle
  ctk_out apply --plugin "$plugin" --set hook=/bin/true --set stage=5 --set pin=true "$W/bundle"
  assert_equal '[{"path":"/bin/true"}]' "$(jq -c .hooks.poststop <<<"$output")"
  ctk_out apply --plugin "$plugin" --set 'env="A=1,2"' "$W/bundle"
  assert_equal 'A=1,2' "$(jq -r '.process.env[-1]' <<<"$output")"
  ctk apply --plugin "$plugin" --set env=A=b --set stage=five --set hook=/bin/true "$W/bundle"
  assert_equal 1 "$status"
  assert_contains "$output" "command line:1: setting 'stage' must be a whole number"
  # The last one of a name counts, as with plugin enable.
  ctk_out apply --plugin "$plugin" --set env=A=1 --set env=A=2 "$W/bundle"
  assert_equal 'A=2' "$(jq -r '.process.env[-1]' <<<"$output")"
  ctk apply --plugin "$plugin" --set group.one=1 --set group.two=2 "$W/bundle"
  assert_contains "$output" "unknown setting 'group'"
  ctk apply --plugin "$plugin" --set 'a b=c' "$W/bundle"
  assert_equal 2 "$status"
  assert_contains "$output" "'a b' is no setting's name"
}

# names ACT CAUSE: a plugin that goes wrong is named, and takes nothing down.
names() {
  bundle
  traces >"$W/before"
  plugin_timeout=1 write_config "$(fault "act = \"$1\"; message = \"told to\";")"
  ctk apply "$W/bundle"
  assert_equal 1 "$status"
  assert_contains "$output" "plugin 'fault'"
  assert_contains "$output" "$2"
  traces | cmp "$W/before" -

  plugin_timeout=1 write_config "$(fault "act = \"$1\";") required = false;" \
    'name = "writer"; settings: { env = "A=b"; };'
  ctk_out apply "$W/bundle"
  assert_equal 'A=b' "$(jq -r '.process.env[-1]' <<<"$output")"
  assert_contains "$(cat "$W/.errors")" "plugin 'fault'"
}

prints_are_kept_from_the_result() {
  bundle
  write_config "$(fault 'act = "print"; message = "printed by fault";')"
  ctk_out apply "$W/bundle"
  assert_equal "$(jq . "$spec")" "$(jq . <<<"$output")"
  assert_contains "$(cat "$W/.errors")" "plugin 'fault' printed: printed by fault"
}

writes_as_the_runtime_does() {
  hooks
  bundle
  chmod 640 "$spec"
  run_ok "$RUNTIME" create --bundle "$W/bundle" container
  cp "$spec" "$W/expected.json"
  bundle
  chmod 640 "$spec"
  ctk_out apply --write "$W/bundle"
  cmp "$W/expected.json" "$spec"
  assert_equal 640 "$(stat -c %a "$spec")"
  assert_equal config.json "$(ls -A "$W/bundle")"
  assert_equal "$spec was replaced" "$output"
  ctk_out apply --write "$W/bundle"
  assert_equal "$spec stays as it is" "$output"
}

refused_write_writes_nothing() {
  bundle
  write_config "$(fault 'act = "fail"; message = "told to";')"
  traces >"$W/before"
  ctk apply --write "$W/bundle"
  assert_equal 1 "$status"
  traces | cmp "$W/before" -
}

# What a create that was killed left behind is the next create's to remove, not ours.
leaves_leftovers_alone() {
  hooks
  bundle
  echo '{' >"$W/bundle/.config.json.container-hooks"
  traces >"$W/before"
  ctk_out apply "$W/bundle"
  traces | cmp "$W/before" -
}

uses_profiles_and_other_configs() {
  bundle
  write_config
  mkdir -p "$W/profiles" "$W/elsewhere"
  echo 'plugins = ( { name = "writer"; settings: { env = "P=rofile"; }; } );' >"$W/profiles/x.cfg"
  ctk_out apply --profile x "$W/bundle"
  assert_equal P=rofile "$(jq -r '.process.env[-1]' <<<"$output")"
  cp "$W/profiles/x.cfg" "$W/elsewhere/config.cfg"
  (
    cd "$W/elsewhere"
    ctk_out apply --config-file config.cfg "$W/bundle"
    assert_equal P=rofile "$(jq -r '.process.env[-1]' <<<"$output")"
  )
  ctk apply --config-file "$W/none.cfg" "$W/bundle"
  assert_contains "$output" "cannot find $W/none.cfg"
}

# bad TEXT-OF-SPEC MESSAGE
bad_spec() {
  hooks
  bundle
  printf '%s' "$1" >"$spec"
  ctk apply "$W/bundle"
  assert_equal 1 "$status"
  assert_contains "$output" "container-hooks-ctk: $spec$2"
  ctk apply "$spec"
  assert_equal 1 "$status"
  assert_contains "$output" "$spec$2"
}

odd_files_are_refused() {
  hooks
  bundle
  rm "$spec"
  mkfifo "$spec"
  ctk apply "$W/bundle"
  assert_contains "$output" 'is not a regular file'
  rm "$spec"
  ln -s "$TOP/tests/samples/docker/001-create.config.json" "$spec"
  ctk apply "$W/bundle"
  assert_contains "$output" 'is a symbolic link'
  ctk apply "$W/nothing"
  assert_contains "$output" "cannot find $W/nothing"
  assert_equal 1 "$status"
}

# usage MESSAGE WORD…
usage() {
  local message=$1
  shift
  ctk apply "$@"
  assert_equal 2 "$status"
  assert_contains "$output" "$message"
  assert_contains "$output" 'container-hooks-ctk apply --help'
}

help_has_an_example() {
  ctk apply --help
  assert_equal 0 "$status"
  assert_contains "$output" Example
}

# As nobody, with a toolkit, a plugin and a config of nobody's own.
works_without_root() {
  local command=(env)
  [ "$(id -u)" != 0 ] || command=(setpriv --reuid 65534 --regid 65534 --clear-groups env)
  hooks
  bundle
  chmod 711 "$W"
  rm -rf "$W/own"
  cp -r "$TOOLKIT" "$W/own"
  cp "$CONTAINER_HOOKS_CONFIG" "$W/hooks.json" "$W/own"
  chmod -R go-w "$W/own"
  [ "$(id -u)" != 0 ] || chown -R 65534:65534 "$W/own"
  run_ok "${command[@]}" CONTAINER_HOOKS_CONFIG="$W/own/config.cfg" \
    "$W/own/container-hooks-ctk" apply "$W/bundle"
  assert_contains "$output" '"path": "/bin/true"'
}

install_toolkit
hooks
shopt -s globstar
for sample in "$TOP"/tests/samples/*/*config.json; do
  test_case "prints what create writes: ${sample#"$TOP/tests/samples/"}" prints_what_create_writes "$sample"
done
test_case 'prints JSON as jq does' prints_for_people
test_case '--diff is a patch' diff_is_a_patch
test_case 'standard input, as in a pipe' reads_standard_input
test_case '--diff of nothing is empty' diff_of_nothing_is_empty
test_case '--trace tells what each plugin did and how long it took' trace_tells_of_each
test_case '--trace --json is JSON' trace_is_json_for_scripts
test_case 'the trace shows what plugins tell, and what could not be recorded' trace_shows_what_is_told
test_case 'a path is shown with one slash, however it was typed' messages_have_one_slash
test_case '--trace tells how far a refused chain came' trace_of_a_refusal
test_case '--plugin needs no config' single_plugin_needs_no_config
test_case '--set knows booleans, numbers and texts' settings_are_typed
while read -r act cause; do
  test_case "$act: the plugin is named: $cause" names "$act" "$cause"
done <<'CASES'
fail told to
exit exit(0)
abort signal 6
crash signal 11
hang plugin-timeout
CASES
test_case 'what a plugin prints is not in the result' prints_are_kept_from_the_result
test_case '--write does what the runtime does' writes_as_the_runtime_does
test_case '--write of a refusal writes nothing' refused_write_writes_nothing
test_case 'what a killed create left is left alone' leaves_leftovers_alone
test_case '--profile and --config-file' uses_profiles_and_other_configs
test_case 'not JSON: file, line and column' bad_spec '{"a": }' ':1:7: '
test_case 'not an object' bad_spec '[]' ' is not an OCI runtime spec'
test_case 'a key that stands twice' bad_spec '{"a": 1, "a": 2}' ':1:10: '
test_case 'FIFOs, links and nothing at all are refused' odd_files_are_refused
test_case 'usage: no bundle' usage 'which config.json?'
test_case 'usage: two bundles' usage 'one bundle at a time' a b
test_case 'usage: an unknown command' usage '--command is create, run or restore' --command start a
test_case 'usage: --json without --trace' usage '--json goes with --trace' --json a
test_case 'usage: --set without a value' usage 'word is not of the form KEY=VALUE' \
  --plugin "$TOOLKIT/plugins/writer.so" --set word a
test_case 'usage: --set without --plugin' usage '--set goes with --plugin' --set a=b c
test_case '--help has an example' help_has_an_example
test_case 'works without root' works_without_root
test_end
