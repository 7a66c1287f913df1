#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `container-hooks-ctk runtime` on a running dockerd of our own: configure, reload, and back.
. "$(dirname "$0")/../lib.sh"

image=cht/test:1
daemon=$W/daemon.json
export DOCKER_HOST=unix://$W/docker.sock DOCKER_CONFIG=$W/docker-client
export CONTAINER_HOOKS_STATE=$W/state

start_dockerd() {
  jq -n --arg group "/$NAME" --arg pid "$W/docker.pid" '{
    "exec-opts": ["native.cgroupdriver=cgroupfs"], "cgroup-parent": $group, pidfile: $pid}' \
    >"$daemon"
  cp "$daemon" "$W/original.json"
  dockerd --config-file "$daemon" --host "$DOCKER_HOST" \
    --data-root "$W/docker/data" --exec-root "$W/docker/exec" \
    --bridge=none --iptables=false --ip6tables=false </dev/null >"$W/dockerd.log" 2>&1 &
  wait_until 60 docker info && return
  tail -n 20 "$W/dockerd.log"
  return 1
}

ctk() {
  run "$CTK" runtime "$@" --runtime docker --config-file "$daemon"
}

default_is() {
  [ "$(docker info --format '{{.DefaultRuntime}}')" = "$1" ]
}

greets() {
  greeting_hook
  run_ok docker run --rm --network none "$image" echo from the container
  assert_equal 'from the container' "$output"
  assert_equal "$1" "$(cat "$W/test.txt" 2>/dev/null || true)"
}

not_configured() {
  default_is runc
  greets ''
  ctk status
  assert_contains "$output" 'does not know container-hooks-runtime'
}

configure_and_reload() {
  ctk configure --default --reload
  assert_equal 0 "$status" || fail "$output"
  assert_contains "$output" 'Docker has read its files anew'
  wait_until 10 default_is container-hooks-runtime
  greets 'Hello World'
  ctk status --json
  jq -e '.[0] | .configured and .is_default and .found' <<<"$output"
}

# doctor LEVEL TEXT: one of its findings of this level says so.
doctor() {
  run "$CTK" doctor --runtime docker --config-file "$daemon" --json
  sed -n '/^\[/,/^\]/p' <<<"$output" |
    jq -e --arg level "$1" --arg text "$2" \
      'any(.[]; .level == $level and (.text | contains($text)))' >/dev/null ||
    fail "not found: $1 $2"$'\n'"in: $output"
}

# What its file says and what it has read are two things.
doctor_asks_the_daemon() {
  echo '{"default": [{"type": "reject"}]}' >"$W/policy.json"
  cp "$CONTAINER_HOOKS_CONFIG" "$W/config.before"
  write_config "name = \"image-verify\"; settings: { policy = \"$W/policy.json\"; };"
  doctor ok 'image-verify can verify images of the storage overlay2 (docker info)'
  doctor problem "image-verify does not believe records in $W/docker/data, where its data lie"
  mv "$W/config.before" "$CONTAINER_HOOKS_CONFIG"
  doctor ok 'asked itself, it says the same (docker info)'
  assert_equal 0 "$status"
  cp "$daemon" "$W/reloaded.json"
  ctk configure --name strict --default --no-check
  doctor problem 'asked itself, it does not know strict (docker info)'
  doctor problem 'asked itself, it has as default runtime container-hooks-runtime (docker info)'
  assert_equal 1 "$status"
  ctk unconfigure --name strict
  cmp "$W/reloaded.json" "$daemon"
}

doctor_knows_us_by_any_name() {
  ctk configure --name hooks --default --reload
  assert_equal 0 "$status" || fail "$output"
  wait_until 10 default_is hooks
  doctor ok "hooks is $RUNTIME"
  doctor ok 'it is the default runtime'
  assert_equal 0 "$status" || fail "$output"
  ctk status
  assert_contains "$output" "hooks is $RUNTIME"
  assert_contains "$output" 'default: hooks'
  assert_lacks "$output" 'not us'
  ctk unconfigure --name hooks --reload
  cmp "$W/original.json" "$daemon"
}

doctor_without_a_reload() {
  ctk configure --default
  doctor problem 'asked itself, it does not know container-hooks-runtime (docker info)'
  assert_equal 1 "$status"
  ctk unconfigure
}

# The dead end of a file that dockerd does not read, and never will.
another_file_is_told_and_undone() {
  echo '{}' >"$W/elsewhere.json"
  local this=(--config-file "$W/elsewhere.json" --pid-file "$W/docker.pid")
  run "$CTK" runtime configure "${this[@]}" --default --reload
  assert_equal 1 "$status"
  assert_contains "$output" "reads $daemon, not $W/elsewhere.json: is that its config file?"
  jq --arg pid "$W/docker.pid" '.pidfile = $pid' "$W/elsewhere.json" >"$W/named.json"
  run "$CTK" doctor --runtime docker --config-file "$W/named.json"
  assert_equal 1 "$status"
  assert_contains "$output" "reads $daemon, not $W/named.json"
  run_ok "$CTK" runtime unconfigure "${this[@]}" --reload
  assert_contains "$output" "reads $daemon: it needs not hear of this"
  assert_equal '{}' "$(cat "$W/elsewhere.json")"
}

twice_equals_once() {
  cp "$daemon" "$W/once.json"
  ctk configure --default --reload
  assert_equal 0 "$status"
  assert_contains "$output" 'nothing to change'
  cmp "$W/once.json" "$daemon"
}

dry_run_shows_and_changes_nothing() {
  ctk unconfigure --dry-run
  assert_equal 0 "$status"
  assert_contains "$output" '-    "default-runtime": "container-hooks-runtime"' ||
    assert_contains "$output" '-  "default-runtime": "container-hooks-runtime"'
  cmp "$W/once.json" "$daemon"
}

unconfigure_and_reload() {
  ctk unconfigure --reload
  assert_equal 0 "$status" || fail "$output"
  cmp "$W/original.json" "$daemon"
  wait_until 10 default_is runc
  greets ''
  run_fails docker run --rm --network none --runtime container-hooks-runtime "$image" true
  assert_equal '' "$(ls "$W/state/engines")"
}

only_named() {
  ctk configure --reload
  assert_equal 0 "$status"
  wait_until 10 named_runs
  default_is runc
  greets ''
  ctk unconfigure --reload
  cmp "$W/original.json" "$daemon"
}

named_runs() {
  docker run --rm --network none --runtime container-hooks-runtime "$image" true
}

another_default_comes_back() {
  cp "$RUNTIME" "$W/other-runtime"
  jq '.runtimes.other.path = "/usr/sbin/runc" | ."default-runtime" = "other"' "$W/original.json" \
    >"$daemon"
  kill -HUP "$(cat "$W/docker.pid")"
  wait_until 10 default_is other
  ctk configure --default --reload
  assert_equal 0 "$status" || fail "$output"
  wait_until 10 default_is container-hooks-runtime
  jq '.debug = false' "$daemon" >"$W/edited.json"
  cp "$W/edited.json" "$daemon"
  ctk unconfigure --reload
  assert_equal 0 "$status" || fail "$output"
  wait_until 10 default_is other
  assert_equal '{"default-runtime":"other","runtimes":{"other":{"path":"/usr/sbin/runc"}},"debug":false}' \
    "$(jq -c '{"default-runtime", runtimes, debug}' "$daemon")"
}

# dockerd would refuse a default both on its command line and in its file.
default_on_command_line_is_told() {
  mkdir "$W/fake"
  printf '#!/bin/sh\nsleep 1000\n' >"$W/fake/dockerd"
  chmod 755 "$W/fake/dockerd"
  "$W/fake/dockerd" --default-runtime=crun &
  echo $! >"$W/fake.pid"
  echo '{}' >"$W/elsewhere.json"
  wait_until 5 grep -q dockerd "/proc/$!/comm"
  run "$CTK" runtime configure --default --config-file "$W/elsewhere.json" --pid-file "$W/fake.pid"
  assert_equal 1 "$status"
  assert_contains "$output" 'was started with --default-runtime'
  assert_equal '{}' "$(cat "$W/elsewhere.json")"
  run_ok "$CTK" runtime configure --config-file "$W/elsewhere.json" --pid-file "$W/fake.pid"
}

# A default that only stands there must not be said aloud in the file, for the same reason.
no_default_is_said_that_was_not_written() {
  printf '{"runtimes": {}}\n' >"$W/elsewhere.json"
  cat >"$W/fake/dockerd" <<END
#!/bin/bash
trap 'cat "$W/elsewhere.json" >"$W/read.json"' HUP
touch "$W/trapped"
while :; do sleep 0.1; done
END
  "$W/fake/dockerd" --config-file "$W/elsewhere.json" --default-runtime=crun &
  echo $! >"$W/fake.pid"
  wait_until 5 test -e "$W/trapped"
  local this=(--config-file "$W/elsewhere.json" --pid-file "$W/fake.pid" --reload)
  run_ok "$CTK" runtime configure "${this[@]}"
  run_ok "$CTK" runtime unconfigure "${this[@]}"
  assert_equal '{"runtimes": {}}' "$(cat "$W/read.json")"
  assert_equal '{"runtimes": {}}' "$(cat "$W/elsewhere.json")"
  kill "$(cat "$W/fake.pid")"
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
install_toolkit
write_config
make_image "$W/image.tar" "$image"
test_case 'dockerd starts without us' start_dockerd
run docker load --input "$W/image.tar"
test_case 'a container goes past us at first' not_configured
test_case 'configure --default --reload: docker run without --runtime goes through us' \
  configure_and_reload
test_case 'doctor asks the daemon what it has read' doctor_asks_the_daemon
test_case 'configured twice equals once' twice_equals_once
test_case 'a dry run shows the difference and changes nothing' dry_run_shows_and_changes_nothing
test_case 'unconfigure --reload: the old bytes, and docker run goes past us again' \
  unconfigure_and_reload
test_case 'without --default only docker run --runtime goes through us' only_named
test_case 'doctor: configured, but not reloaded' doctor_without_a_reload
test_case 'status and doctor know us by any name' doctor_knows_us_by_any_name
test_case 'another default and an edit of the admin survive' another_default_comes_back
test_case 'a file that the daemon does not read is noticed, and given back' \
  another_file_is_told_and_undone
test_case 'a default on the command line of dockerd is told before anything is written' \
  default_on_command_line_is_told
test_case 'unconfigure says no default aloud that the file did not name' \
  no_default_is_said_that_was_not_written
test_end
