#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `container-hooks-ctk runtime` and a real podman: its default runtime stays behind us, by a profile.
. "$(dirname "$0")/../lib.sh"

image=docker.io/cht/test:1
export CONTAINERS_CONF=$W/containers.conf CONTAINER_HOOKS_STATE=$W/state

# Podman gives the runtime an environment of its own, so a script names the config. The name by
# which it was called is the profile's.
wrap_runtime() {
  mkdir "$W/bin"
  printf '#!/bin/bash\nCONTAINER_HOOKS_CONFIG=%s exec -a "$0" %s "$@"\n' \
    "$CONTAINER_HOOKS_CONFIG" "$RUNTIME" >"$W/bin/container-hooks-runtime"
  printf '#!/bin/sh\necho "$1" >>%s/mine.log\nexec runc "$@"\n' "$W" >"$W/bin/mine"
  chmod 755 "$W/bin/container-hooks-runtime" "$W/bin/mine"
}

write_containers_conf() {
  cat >"$CONTAINERS_CONF" <<TOML
[containers]
default_ulimits = []
log_driver = "k8s-file"
netns = "none"

[engine]
cgroup_manager = "cgroupfs" # no systemd
events_logger = "file"
lock_type = "file"
$1
TOML
  cp "$CONTAINERS_CONF" "$W/original.conf"
}

ctk() {
  run "$CTK" runtime "$@" --runtime podman
}

# A runtime of the admin's own; what podman would find itself may not run on every machine.
mine="runtime = \"mine\" # mine
[engine.runtimes]
mine = [\"/nowhere/mine\", \"$W/bin/mine\"]"

# greets TEXT: what the hook left. No runtime of ours is where the config says: the profile knows.
greets() {
  lowlevel=/nowhere/runc greeting_hook
  run_ok "${podman[@]}" run --cgroup-parent "/$NAME" --network none --rm "$image" echo in podman
  assert_equal 'in podman' "$output"
  assert_equal "$1" "$(cat "$W/test.txt" 2>/dev/null || true)"
}

becomes_default() {
  write_containers_conf "$mine"
  lowlevel=/nowhere/runc write_config
  greets ''
  ctk configure --default --path "$W/bin/container-hooks-runtime"
  assert_equal 0 "$status" || fail "$output"
  assert_contains "$output" 'it goes on using'
  assert_equal container-hooks-runtime "$(readlink "$W/bin/container-hooks-runtime-podman")"
  run_ok "${podman[@]}" info --format '{{.Host.OCIRuntime.Path}}'
  assert_equal "$W/bin/container-hooks-runtime-podman" "$output"
  : >"$W/mine.log"
  greets 'Hello World'
  assert_contains "$(cat "$W/mine.log")" start
}

# By `podman info`; it may see more than the file says.
doctor_asks_podman() {
  local driver
  echo '{"default": [{"type": "reject"}]}' >"$W/policy.json"
  cp "$CONTAINER_HOOKS_CONFIG" "$W/config.before"
  write_config "name = \"image-verify\"; settings: { policy = \"$W/policy.json\"; };"
  run "$CTK" doctor --runtime podman
  driver=$(podman info --format '{{.Store.GraphDriverName}}')
  assert_contains "$output" "images of the storage $driver"
  assert_contains "$output" '(podman info)'
  mv "$W/config.before" "$CONTAINER_HOOKS_CONFIG"
  run "$CTK" doctor --runtime podman
  assert_contains "$output" 'asked itself, it says the same (podman info)'
  printf '[engine]\nruntime = "mine"\n' >"$W/override.conf"
  CONTAINERS_CONF_OVERRIDE=$W/override.conf run "$CTK" doctor --runtime podman
  podman_has_overrides || return 0
  assert_contains "$output" 'asked itself, it has as default runtime mine (podman info)'
  assert_equal 1 "$status"
}

# Since 4.5.
podman_has_overrides() {
  [ "$(CONTAINERS_CONF_OVERRIDE=$W/override.conf podman info --format '{{.Host.OCIRuntime.Name}}')" = mine ]
}

refusal_is_read_by_the_user() {
  lowlevel=/nowhere/runc write_config "$(fault 'act = "fail"; message = "no entry on Sundays";')"
  run_fails "${podman[@]}" run --network none --rm "$image" true
  assert_contains "$output" 'no entry on Sundays'
  assert_lacks "$output" 'invalid character'
}

gives_back() {
  ctk unconfigure
  assert_equal 0 "$status" || fail "$output"
  cmp "$W/original.conf" "$CONTAINERS_CONF"
  [ ! -e "$W/bin/container-hooks-runtime-podman" ]
  [ ! -e "$(dirname "$CONTAINER_HOOKS_CONFIG")/profiles/podman.cfg" ]
  greets ''
}

old_default_comes_back() {
  write_containers_conf 'runtime = "runc" # mine'
  lowlevel=runc write_config
  ctk configure --default --path "$W/bin/container-hooks-runtime"
  assert_equal 0 "$status" || fail "$output"
  assert_lacks "$output" 'it goes on using'
  assert_contains "$(cat "$CONTAINERS_CONF")" 'runtime = "container-hooks-runtime" # mine'
  greeting_hook
  run_ok "${podman[@]}" run --cgroup-parent "/$NAME" --network none --rm "$image" true
  assert_equal 'Hello World' "$(greetings)"
  echo '# an edit' >>"$CONTAINERS_CONF"
  ctk unconfigure
  assert_equal 0 "$status" || fail "$output"
  echo '# an edit' >>"$W/original.conf"
  cmp "$W/original.conf" "$CONTAINERS_CONF"
}

# as_user COMMAND…: as somebody who is not root, with a home of their own.
as_user() {
  run setpriv --reuid 65534 --regid 65534 --clear-groups env -u CONTAINERS_CONF \
    -u CONTAINER_HOOKS_STATE HOME="$W/home" XDG_CONFIG_HOME= XDG_STATE_HOME= \
    CONTAINER_HOOKS_CONFIG="$W/home/.config/container-hooks/config.cfg" "$@"
}

# Rootless, all of it lies in the home, and podman finds the drop-in there.
drop_in_of_a_user() {
  mkdir -p "$W/home/.config/container-hooks" "$W/home/.config/containers"
  echo 'container-hooks-runtime: { runtimes = [ "/nowhere/runc" ]; };' \
    >"$W/home/.config/container-hooks/config.cfg"
  printf '[engine]\nruntime = "runc"\n' >"$W/home/.config/containers/containers.conf"
  chmod 755 "$W"
  chown -R 65534:65534 "$W/home"
  find "$W/home" -type f | sort | xargs cksum >"$W/home.before"

  as_user "$CTK" runtime configure --runtime podman --default
  assert_equal 0 "$status" || fail "$output"
  as_user podman info --format '{{.Host.OCIRuntime.Path}}'
  assert_equal "$W/home/.config/container-hooks/container-hooks-runtime-podman" "${output##*$'\n'}"
  as_user "$W/home/.config/container-hooks/container-hooks-runtime-podman" --version
  assert_contains "$output" 'runc version'
  as_user "$CTK" runtime unconfigure --runtime podman
  assert_equal 0 "$status" || fail "$output"
  rm -rf "$W/home/.local" "$W/home/.config/cni"
  find "$W/home" -type f | sort | xargs cksum >"$W/home.after"
  diff "$W/home.before" "$W/home.after"
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
install_toolkit
wrap_runtime
write_containers_conf "$mine"
make_image "$W/image.tar" "$image"
podman=(podman --root "$W/podman/root" --runroot "$W/podman/run" --tmpdir "$W/podman/tmp"
  --storage-driver overlay)
run "${podman[@]}" load --input "$W/image.tar"
test_case 'configure --default: podman run goes through us, and on to the runtime it used before' \
  becomes_default
test_case 'doctor asks podman' doctor_asks_podman
test_case 'podman run prints the words of a plugin that refuses' refusal_is_read_by_the_user
test_case 'unconfigure: the old bytes, no profile, and podman run goes past us again' gives_back
test_case 'another default and an edit of the admin survive' old_default_comes_back
test_case 'rootless: a drop-in and a profile in the home of the user, and no trace of them after' \
  drop_in_of_a_user
test_end
