#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A real dockerd, of our own, whose default runtime is container-hooks-runtime.
. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/engines.sh"

default_runtime_is_ours() {
  run_ok docker info --format '{{.DefaultRuntime}}'
  assert_equal container-hooks "$output"
}

runs_with_hook() {
  greeting_hook
  run_ok "${docker_run[@]}" --rm "$image" echo from the container
  assert_equal 'from the container' "$output"
  assert_equal 'Hello World' "$(greetings)"
}

keeps_exit_status() {
  greeting_hook
  run "${docker_run[@]}" --rm "$image" sh -c 'exit 42'
  assert_equal 42 "$status"
}

lives_a_whole_life() {
  greeting_hook
  run_ok "${docker_run[@]}" -d --name life "$image" sleep 1000
  run_ok docker exec life sh -c 'echo in the container'
  assert_equal 'in the container' "$output"
  run_ok docker restart --time 0 life
  assert_equal $'Hello World\nHello World' "$(greetings)"
  run_ok docker exec life true
  run_ok docker stop --time 0 life
  run_ok docker start life
  run_ok docker pause life
  run_ok docker unpause life
  run_ok docker kill life
  run_ok docker rm life
}

refusal_is_read_by_the_user() {
  write_config "$(fault 'act = "fail"; message = "no entry on Sundays";')"
  run_fails "${docker_run[@]}" --rm "$image" true
  assert_contains "$output" 'no entry on Sundays'
  assert_contains "$output" fault
  run_ok docker ps --all --quiet
  assert_equal '' "$output"
}

broken_config_keeps_containers_manageable() {
  greeting_hook
  run_ok "${docker_run[@]}" -d --name caught "$image" sleep 1000
  echo 'plugins = (' >"$W/config.cfg"
  run_fails "${docker_run[@]}" --rm "$image" true
  assert_contains "$output" "$W/config.cfg:"
  run_ok docker exec caught true
  run_ok docker stop --time 0 caught
  run_ok docker rm caught
}

failing_hook_is_read_by_the_user() {
  jq -n '{createRuntime: [{path: "/bin/sh", args: ["sh", "-c", "echo hook said no >&2; exit 3"]}]}' \
    >"$W/hooks.json"
  write_config "$file_hooks"
  run_fails "${docker_run[@]}" --rm "$image" true
  assert_contains "$output" 'hook said no'
}

# Each start writes a config.json anew, which is patched anew.
patches_reach_the_container() {
  mkdir -p "$W/patches.d" "$W/share"
  echo '{"merge": {"process": {"oomScoreAdj": 321}, "linux": {"resources": {"pids": {"limit": 77}}}}}' \
    >"$W/patches.d/10.json"
  jq -n --arg share "$W/share" '[{op: "add", path: "/mounts/-",
    value: {destination: "/share", type: "bind", source: $share, options: ["bind"]}}]' \
    >"$W/patches.d/20.json"
  write_config "name = \"spec-patch\"; settings: { dir = \"$W/patches.d\"; };"
  run_ok docker run -d --name patched --network none "$image" sleep 1000
  local turn
  for turn in started restarted; do
    echo $turn >"$W/share/turn"
    run_ok docker exec patched sh -c 'cat /proc/1/oom_score_adj /share/turn; grep -c " /share " /proc/mounts'
    assert_equal $'321\n'$turn$'\n1' "$output"
    # shellcheck disable=SC2046
    grep -qx 77 $(find /sys/fs/cgroup -path "*/$NAME/*/pids.max")
    run_ok docker restart --time 0 patched
  done
  run_ok docker rm --force patched
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
install_toolkit
write_config
test_case 'dockerd starts with container-hooks-runtime in daemon.json' start_dockerd
test_case 'container-hooks-runtime is the default runtime' default_runtime_is_ours
test_case 'docker run: the hook of the article appends its line' runs_with_hook
test_case 'docker run: the exit status of the program arrives' keeps_exit_status
test_case 'run, exec, restart, stop, start, pause, kill, rm' lives_a_whole_life
test_case 'docker run prints the words of a plugin that refuses' refusal_is_read_by_the_user
test_case 'docker run prints the words of a hook that fails' failing_hook_is_read_by_the_user
test_case 'with a broken config run is refused; exec, stop and rm work' \
  broken_config_keeps_containers_manageable
test_case 'patches of spec-patch reach the container, at each start' patches_reach_the_container
test_end
