#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Real containers by runc through container-hooks-runtime: hooks at all stages, a container's whole
# life, and what still works when the configuration does not.
. "$(dirname "$0")/../lib.sh"

# hook STAGE FILE: a hook that notes the stage in a file.
hook() {
  echo "{\"path\": \"/bin/sh\", \"args\": [\"sh\", \"-c\", \"echo $1 >> $2\"]}"
}

# hooks.json with a hook at each stage. createContainer hooks already run in the container's mounts,
# where our folder is still to be seen; startContainer hooks are the container's own programs.
hooks_at_all_stages() {
  local stage separator='{'
  rm -f "$W/share/fired"
  for stage in prestart createRuntime createContainer startContainer poststart poststop; do
    echo "$separator \"$stage\": ["
    if [ $stage = startContainer ]; then hook $stage /share/fired; else hook $stage "$W/share/fired"; fi
    echo ']'
    separator=,
  done >"$W/hooks.json"
  echo '}' >>"$W/hooks.json"
  write_config "$file_hooks"
}

fired() {
  tr '\n' ' ' <"$W/share/fired" 2>&1 || true
}

# runc 1.1 calls poststart at the end of create already, so its place among the others says nothing.
assert_fired() {
  assert_equal 1 "$(grep -c poststart "$W/share/fired")"
  assert_equal "$1" "$(fired | sed 's/poststart //')"
}

run_fires_all_stages_in_order() {
  hooks_at_all_stages
  make_bundle "$W/all" '.process.args = ["/bin/echo", "from the container"]'
  run_ok "${runtime[@]}" run --bundle "$W/all" all
  assert_equal 'from the container' "$output"
  assert_fired 'prestart createRuntime createContainer startContainer poststop '
}

# What happens when, by runc's own commands.
whole_life() {
  hooks_at_all_stages
  make_bundle "$W/life" '.process.args = ["/bin/sleep", "1000"]'
  run_ok "${runtime[@]}" create --bundle "$W/life" --pid-file "$W/pid" life
  assert_fired 'prestart createRuntime createContainer '
  run_ok "${runtime[@]}" start life
  wait_until 10 grep -q startContainer "$W/share/fired"
  run_ok "${runtime[@]}" state life
  assert_equal "running $(cat "$W/pid")" "$(jq -r '"\(.status) \(.pid)"' <<<"$output")"
  run_ok "${runtime[@]}" exec life echo --bundle /nowhere create
  assert_equal '--bundle /nowhere create' "$output"
  run_ok "${runtime[@]}" kill life KILL
  wait_until 10 stopped life
  run_ok "${runtime[@]}" delete life
  assert_fired 'prestart createRuntime createContainer startContainer poststop '
}

stopped() {
  [ "$(runc --root "$W/runc" state "$1" | jq -r .status)" = stopped ]
}

end() {
  run_ok "${runtime[@]}" delete --force "$1"
}

second_create_changes_nothing() {
  hooks_at_all_stages
  make_bundle "$W/twice" '.process.args = ["/bin/true"]'
  run_ok "${runtime[@]}" create --bundle "$W/twice" twice
  cp "$W/twice/config.json" "$W/first.json"
  end twice
  run_ok "${runtime[@]}" create --bundle "$W/twice" twice
  end twice
  cmp "$W/first.json" "$W/twice/config.json"
  assert_equal config.json "$(ls -A "$W/twice")"
}

# As an engine does it that stands in the bundle.
working_folder_is_the_bundle() {
  hooks_at_all_stages
  make_bundle "$W/here" '.process.args = ["/bin/true"]'
  cd "$W/here"
  run_ok "${runtime[@]}" run here
  assert_contains "$(fired)" createRuntime
}

# The original took any word `create` or `start` on the command line for the command (defect 4).
containers_with_names_of_commands() {
  hooks_at_all_stages
  local name
  for name in create start; do
    make_bundle "$W/$name" '.process.args = ["/bin/sleep", "1000"]'
    run_ok "${runtime[@]}" run --detach --bundle "$W/$name" "$name"
    run_ok "${runtime[@]}" exec "$name" true start
    run_ok "${runtime[@]}" kill "$name" KILL
    wait_until 10 stopped "$name"
    run_ok "${runtime[@]}" delete "$name"
  done
}

# The original made /x/y.log on the host for `exec ID app --log /x/y.log` (defect 5).
arguments_in_the_container_are_not_ours() {
  write_config "$file_hooks"
  make_bundle "$W/inside" '.process.args = ["/bin/sleep", "1000"]'
  run_ok "${runtime[@]}" run --detach --bundle "$W/inside" inside
  run_ok "${runtime[@]}" exec inside echo --log "$W/from-inside.log" --version
  assert_equal "--log $W/from-inside.log --version" "$output"
  [ ! -e "$W/from-inside.log" ]
  end inside
}

failing_hook_stops_the_container() {
  jq -n '{createRuntime: [{path: "/bin/sh", args: ["sh", "-c", "echo hook said no >&2; exit 3"]}]}' \
    >"$W/hooks.json"
  write_config "$file_hooks"
  make_bundle "$W/failing" '.process.args = ["/bin/echo", "from the container"]'
  run_fails "${runtime[@]}" run --bundle "$W/failing" failing
  assert_contains "$output" 'hook said no'
  assert_lacks "$output" 'from the container'
  run_fails "${runtime[@]}" state failing
}

# A typing error must not leave containers that nobody can stop (defect 9).
broken_config() {
  hooks_at_all_stages
  make_bundle "$W/caught" '.process.args = ["/bin/sleep", "1000"]'
  run_ok "${runtime[@]}" run --detach --bundle "$W/caught" caught
  cp "$W/caught/config.json" "$W/before.json"
  printf 'plugins = (\n  { nmae = "file-hooks"; }\n);\n' >"$W/config.cfg"
  run_fails "${runtime[@]}" create --bundle "$W/caught" other
  assert_contains "$output" "$W/config.cfg:2"
  assert_contains "$output" nmae
  run_fails "${runtime[@]}" run --bundle "$W/caught" other
  cmp "$W/before.json" "$W/caught/config.json"
  run_ok "${runtime[@]}" state caught
  run_ok "${runtime[@]}" exec caught true
  run_ok "${runtime[@]}" list
  run_ok "${runtime[@]}" kill caught KILL
  wait_until 10 stopped caught
  run_ok "${runtime[@]}" delete caught
}

# Engines read the reason from the file that they named, and podman wants exactly one entry.
reason_reaches_the_engine_log() {
  write_config "$(fault 'act = "fail"; message = "no \"entry\" on Sundays";')"
  make_bundle "$W/refused" '.process.args = ["/bin/true"]'
  run_fails "${runtime[@]}" --log "$W/log.json" --log-format=json create --bundle "$W/refused" refused
  assert_equal 1 "$status"
  assert_equal 'error true' \
    "$(jq -rs '"\(.[0].level) \(.[0].msg | contains("no \"entry\" on Sundays"))"' "$W/log.json")"
  assert_equal 1 "$(wc -l <"$W/log.json")"
  assert_contains "$output" 'no "entry" on Sundays'
}

# Information belongs into our own log (defect 15).
success_leaves_the_engine_log_alone() {
  hooks_at_all_stages
  make_bundle "$W/quiet" '.process.args = ["/bin/true"]'
  rm -f "$W/log.json"
  run_ok "${runtime[@]}" --log "$W/log.json" --log-format json run --bundle "$W/quiet" quiet
  assert_equal '' "$output"
  assert_equal '' "$(cat "$W/log.json")"
}

outputs_of_runc_pass_unchanged() {
  write_config "$file_hooks"
  local command
  for command in --version features 'spec --help'; do
    # shellcheck disable=SC2086
    run_ok "$RUNTIME" $command
    # shellcheck disable=SC2086
    assert_equal "$(runc $command 2>&1)" "$output"
  done
}

never_itself() {
  lowlevel=$RUNTIME write_config "$file_hooks"
  make_bundle "$W/circle" '.process.args = ["/bin/true"]'
  run_fails "${runtime[@]}" create --bundle "$W/circle" circle
  assert_contains "$output" "$RUNTIME"
  lowlevel=no-such-runtime write_config "$file_hooks"
  run_fails "${runtime[@]}" create --bundle "$W/circle" circle
  assert_contains "$output" no-such-runtime
}

# use_device SETTINGS: opens in a container a device that the writer adds. /dev/fuse is none of those
# that runc lets every container use.
use_device() {
  write_config "name = \"writer\"; settings: { device = \"/dev/ours\"; device-host = \"/dev/fuse\";
    device-mode = 0x1b6; device-owner = 7; $1 };"
  make_bundle "$W/device" '.process.args =
    ["/bin/sh", "-c", "ls -ln /dev/ours; : <>/dev/ours && echo opened"]'
  run "${runtime[@]}" run --bundle "$W/device" device
  assert_contains "$(tr -s ' ' <<<"$output")" 'crw-rw-rw- 1 7 7 10, 229 '
}

device_can_be_used() {
  use_device ''
  assert_contains "$output" opened
  use_device 'fields = [ "remove /linux/resources/devices/1" ];'
  assert_contains "$output" 'Operation not permitted'
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
install_toolkit
runtime=("$RUNTIME" --root "$W/runc")
test_case 'run: hooks at all six stages fire in order' run_fires_all_stages_in_order
test_case 'create, start, state, exec, kill, delete: each hook in its time' whole_life
test_case 'a second create on the same bundle changes nothing' second_create_changes_nothing
test_case 'without --bundle the working folder is the bundle' working_folder_is_the_bundle
test_case 'containers may be named create and start' containers_with_names_of_commands
test_case 'options of the program in the container are not ours' \
  arguments_in_the_container_are_not_ours
test_case 'a hook that fails stops the container, and its words are shown' \
  failing_hook_stops_the_container
test_case 'a broken config refuses create and run with file and line; all else works' broken_config
test_case 'a refusal is one entry in --log, in --log-format, and a line on standard error' \
  reason_reaches_the_engine_log
test_case 'a success writes nothing to --log' success_leaves_the_engine_log_alone
test_case 'the outputs of runc pass unchanged' outputs_of_runc_pass_unchanged
test_case 'a device that a plugin adds can be used, which without its rule it could not' \
  device_can_be_used
test_case 'neither itself nor nothing is a low-level runtime' never_itself
test_end
