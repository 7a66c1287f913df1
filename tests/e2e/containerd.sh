#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A real containerd, of our own, by `ctr run --runc-binary container-hooks-runtime`.
. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/engines.sh"

runs_with_hook() {
  greeting_hook
  run_ok "${ctr_run[@]}" --rm "$image" once echo from the container
  assert_equal 'from the container' "$output"
  assert_equal 'Hello World' "$(greetings)"
}

keeps_exit_status() {
  greeting_hook
  run "${ctr_run[@]}" --rm "$image" status sh -c 'exit 42'
  assert_equal 42 "$status"
}

lives_a_whole_life() {
  greeting_hook
  run_ok "${ctr_run[@]}" --detach "$image" life sleep 1000
  run_ok ctr task exec --fifo-dir "$W/fifo" --exec-id first life sh -c 'echo in the container'
  assert_equal 'in the container' "$output"
  run_ok ctr task pause life
  run_ok ctr task resume life
  end life
}

# end CONTAINER: kill, delete; what is left is an error.
end() {
  run_ok ctr task kill --signal KILL "$1"
  wait_until 10 stopped "$1"
  run_ok ctr task delete --force "$1"
  run_ok ctr container delete "$1"
  assert_equal '' "$(ctr container list --quiet)"
}

refusal_is_read_by_the_user() {
  write_config "$(fault 'act = "fail"; message = "no entry on Sundays";')"
  run_fails "${ctr_run[@]}" --rm "$image" refused true
  assert_contains "$output" 'no entry on Sundays'
  assert_contains "$output" fault
  assert_equal '' "$(ctr container list --quiet)"
}

failing_hook_is_read_by_the_user() {
  jq -n '{createRuntime: [{path: "/bin/sh", args: ["sh", "-c", "echo hook said no >&2; exit 3"]}]}' \
    >"$W/hooks.json"
  write_config "$file_hooks"
  run_fails "${ctr_run[@]}" --rm "$image" refused true
  assert_contains "$output" 'hook said no'
}

broken_config_keeps_containers_manageable() {
  greeting_hook
  run_ok "${ctr_run[@]}" --detach "$image" caught sleep 1000
  echo 'plugins = (' >"$W/config.cfg"
  run_fails "${ctr_run[@]}" --rm "$image" refused true
  assert_contains "$output" "$W/config.cfg:"
  run_ok ctr task exec --fifo-dir "$W/fifo" --exec-id second caught true
  end caught
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
install_toolkit
write_config
make_image "$W/image.tar" "$image"
ctr_run+=(--runc-binary "$RUNTIME")
test_case 'containerd starts' start_containerd
run ctr image import "$W/image.tar"
test_case 'ctr run: the hook of the article appends its line' runs_with_hook
test_case 'ctr run: the exit status of the program arrives' keeps_exit_status
test_case 'run, exec, pause, resume, kill, delete' lives_a_whole_life
test_case 'ctr run prints the words of a plugin that refuses' refusal_is_read_by_the_user
test_case 'ctr run prints the words of a hook that fails' failing_hook_is_read_by_the_user
test_case 'with a broken config run is refused; exec, kill and delete work' \
  broken_config_keeps_containers_manageable
test_end
