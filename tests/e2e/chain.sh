#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The shipped plugins in one chain, under runc, docker and podman: each has its effect on a real
# container, the spec that runc gets is the one that `apply` predicted from the engine's own bundle,
# and audit says who changed what.
. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/engines.sh"

seen=$W/seen
audit_log=$W/log/audit.log

# --- the chain -----------------------------------------------------------------------------------

# Each entry stands here once, in the order of the chain. audit comes last, to hear of all others.
write_chain() {
  write_config "$file_hooks" \
    "name = \"spec-patch\"; settings: { dir = \"$W/patches\"; };" \
    "name = \"spec-filter\"; settings: { programs = ( \"$W/filters/stamp\" ); };" \
    "name = \"audit\"; settings: { file = \"$audit_log\"; };"
}
plugins_that_edit='["file-hooks","spec-filter","spec-patch"]'

# What a user sees of them from within the container, by a command that prints it.
look='echo "$STAMP, $(ulimit -n) files, $(hostname)"'
expected_look='as the filter wrote it, 100 files, patched'

write_parts() {
  mkdir -p "$W/filters" "$W/log" "$W/patches" "$W/share"
  jq -n --arg script "$W/note" '{createRuntime: [{path: $script, args: ["note", "created"]}],
    poststop: [{path: $script, args: ["note", "stopped"], timeout: 5}]}' >"$W/hooks.json"
  printf '#!/bin/sh\ncat >/dev/null\necho "$1" >>%s/fired\n' "$W/share" >"$W/note"
  cat >"$W/patches/10-limits.json" <<'JSON'
{"patch": [
  {"op": "unset", "path": "/process/rlimits", "value": {"type": "RLIMIT_NOFILE"}},
  {"op": "set", "path": "/process/rlimits/-", "value": {"type": "RLIMIT_NOFILE", "soft": 100, "hard": 100}}
]}
JSON
  echo '{"merge": {"hostname": "patched"}}' >"$W/patches/20-hostname.json"
  cat >"$W/filters/stamp" <<'SH'
#!/bin/sh
exec jq -c 'if any(.process.env[]; . == "REFUSE=yes") then error("no entry on Sundays")
  else .process.env += ["STAMP=as the filter wrote it"] end'
SH
  chmod 755 "$W/filters/stamp" "$W/note"
}

# --- what is seen of a create --------------------------------------------------------------------

# The engine calls the first script in our place, which asks `apply` about the bundle as it is then;
# we call the second in runc's place, which keeps what has become of it. Both go on as if they were
# not there.
write_witnesses() {
  mkdir -p "$seen" "$W/engine"
  cat >"$W/witness.sh" <<'SH'
# bundle WORD…: the bundle of a create or run, else nothing.
bundle() {
  local word before='' command=''
  for word; do
    case $word in create | run) command=$word ;; esac
    case $before in --bundle | -b) [ -z "$command" ] || echo "$word" ;; esac
    before=$word
  done
}
SH
  cat >"$W/engine/container-hooks-runtime" <<SH
#!/bin/bash
export CONTAINER_HOOKS_CONFIG=$CONTAINER_HOOKS_CONFIG
. $W/witness.sh
bundle=\$(bundle "\$@")
if [ -n "\$bundle" ]; then
  cp "\$bundle/config.json" $seen/before.json
  $CTK apply "\$bundle" </dev/null >$seen/predicted.json 2>$seen/predicted.error
  cmp "\$bundle/config.json" $seen/before.json >$seen/apply-wrote 2>&1
fi
exec $RUNTIME "\$@"
SH
  cat >"$W/lowlevel" <<SH
#!/bin/bash
. $W/witness.sh
bundle=\$(bundle "\$@")
[ -z "\$bundle" ] || cp "\$bundle/config.json" $seen/got.json
exec runc "\$@"
SH
  chmod 755 "$W/engine/container-hooks-runtime" "$W/lowlevel"
}

fresh() {
  rm -rf "$seen" "$audit_log" "$W/share/fired"
  mkdir "$seen"
  write_chain
}

# --- the rules -----------------------------------------------------------------------------------

is_as_predicted() {
  assert_equal '' "$(cat "$seen/apply-wrote")"
  cmp <(jq . "$seen/predicted.json") <(jq . "$seen/got.json")
  ! cmp -s <(jq . "$seen/before.json") <(jq . "$seen/got.json")
}

# every_plugin_has_its_effect ENGINE COMMAND…: it runs a container that looks.
every_plugin_has_its_effect() {
  local engine=$1
  shift
  fresh
  run_ok "$@"
  assert_equal "$expected_look" "$output"
  is_as_predicted
  wait_until 10 grep -q stopped "$W/share/fired"
  assert_equal 'created stopped' "$(xargs <"$W/share/fired")"
  assert_equal 1 "$(wc -l <"$audit_log")"
  assert_equal "$engine created $plugins_that_edit" \
    "$(jq -r '"\(.engine) \(.outcome) \([.edits[].plugin] | unique)"' "$audit_log")"
}

# refusal_is_predicted ENGINE COMMAND…: its container has the variable REFUSE.
refusal_is_predicted() {
  local engine=$1 reason
  shift
  fresh
  run_fails "$@"
  reason=$(sed -n 's/^container-hooks-ctk: //p' "$seen/predicted.error")
  assert_contains "$reason" 'no entry on Sundays'
  assert_contains "$output" "$reason"
  [ ! -e "$seen/got.json" ] || fail 'runc was asked to create it'
  [ ! -e "$W/share/fired" ] || fail 'a hook fired'
  assert_equal "$engine refused true" "$(jq -r --arg reason "$reason" \
    '"\(.engine) \(.outcome) \(.error as $error | $reason | contains($error))"' "$audit_log")"
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
install_toolkit
lowlevel=$W/lowlevel
write_parts
write_witnesses
write_chain
engine_runtime=$W/engine/container-hooks-runtime

args=".process.args = $(jq -n --arg look "$look" '["/bin/sh", "-c", $look]')"
make_bundle "$W/allowed" "$args"
make_bundle "$W/refused" "$args | .process.env += [\"REFUSE=yes\"]"
runc_run=("$engine_runtime" --root "$W/runc" run --bundle)
test_case 'runc: every plugin has its effect, as predicted' \
  every_plugin_has_its_effect unknown "${runc_run[@]}" "$W/allowed" allowed
test_case 'runc: so is a refusal' refusal_is_predicted unknown "${runc_run[@]}" "$W/refused" refused

test_case 'dockerd starts' start_dockerd "$engine_runtime"
use_podman "$engine_runtime"
for engine in docker podman; do
  declare -n run_by=${engine}_run
  test_case "$engine: every plugin has its effect, as predicted" \
    every_plugin_has_its_effect $engine "${run_by[@]}" --rm "$image" sh -c "$look"
  test_case "$engine: so is a refusal" \
    refusal_is_predicted $engine "${run_by[@]}" --rm --env REFUSE=yes "$image" true
done
test_end
