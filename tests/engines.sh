# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Engines of our own, for tests that are about containers and not about how an engine is configured:
# behind lib.sh. What they write lies below W; their containers have no network.
#
#     . "$(dirname "$0")/../lib.sh"
#     . "$TOP/tests/engines.sh"
#     test_case 'dockerd starts' start_dockerd
#     use_podman
#     … "${docker_run[@]}" --rm "$image" true; "${podman_run[@]}" --rm "$image" true

image=docker.io/cht/test:1
export DOCKER_HOST=unix://$W/docker.sock DOCKER_CONFIG=$W/docker-client
export CONTAINERS_CONF=$W/containers.conf

docker_run=(docker run --network none)

# start_dockerd [PROGRAM]: a dockerd whose default runtime is this one, or ours.
start_dockerd() {
  jq -n --arg runtime "${1:-$RUNTIME}" --arg group "/$NAME" '{
    runtimes: {"container-hooks": {path: $runtime}}, "default-runtime": "container-hooks",
    "exec-opts": ["native.cgroupdriver=cgroupfs"], "cgroup-parent": $group}' >"$W/daemon.json"
  dockerd --config-file "$W/daemon.json" --host "$DOCKER_HOST" --pidfile "$W/docker.pid" \
    --data-root "$W/docker/data" --exec-root "$W/docker/exec" \
    --bridge=none --iptables=false --ip6tables=false </dev/null >"$W/dockerd.log" 2>&1 &
  wait_until 60 docker info || fail "$(tail -n 20 "$W/dockerd.log")"
  [ -e "$W/image.tar" ] || make_image "$W/image.tar" "$image"
  run_ok docker load --input "$W/image.tar"
}

# Podman gives the runtime an environment of its own, so a script names the config.
runtime_for_podman() {
  printf '#!/bin/sh\nCONTAINER_HOOKS_CONFIG=%s exec %s "$@"\n' \
    "$CONTAINER_HOOKS_CONFIG" "$RUNTIME" >"$W/container-hooks-runtime"
  chmod 755 "$W/container-hooks-runtime"
}

# use_podman [PROGRAM]: `podman` and `podman_run` are a podman with this runtime, or ours; the
# program's name is container-hooks-runtime. Podman reads what a runtime reports as JSON only if it
# is told that the runtime can.
use_podman() {
  [ $# -gt 0 ] || runtime_for_podman
  cat >"$CONTAINERS_CONF" <<TOML
[containers]
default_ulimits = []
log_driver = "k8s-file"
netns = "none"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
runtime_supports_json = ["container-hooks-runtime"]
TOML
  podman=(env -u DOCKER_CONFIG podman --root "$W/podman/root" --runroot "$W/podman/run"
    --tmpdir "$W/podman/tmp" --storage-driver overlay
    --runtime "${1:-$W/container-hooks-runtime}")
  podman_run=("${podman[@]}" run --cgroup-parent "/$NAME" --network none)
  [ -e "$W/image.tar" ] || make_image "$W/image.tar" "$image"
  run_ok "${podman[@]}" load --input "$W/image.tar"
}
