# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Engines of our own, for tests that are about containers and not about how an engine is configured:
# behind lib.sh. What they write lies below W; their containers have no network.
#
#     . "$(dirname "$0")/../lib.sh"
#     . "$TOP/tests/engines.sh"
#     test_case 'dockerd starts' start_dockerd
#     use_podman
#     test_case 'containerd starts' start_containerd
#     … "${docker_run[@]}" --rm "$image" true; "${podman_run[@]}" --rm "$image" true
#     … "${ctr_run[@]}" --runc-binary "$RUNTIME" --rm "$image" NAME true

image=docker.io/cht/test:1
export DOCKER_HOST=unix://$W/docker.sock DOCKER_CONFIG=$W/docker-client
export CONTAINERS_CONF=$W/containers.conf CONTAINERD_ADDRESS=$W/containerd.sock

docker_run=(docker run --network none)

# start_dockerd [PROGRAM [OPTION…]]: a dockerd whose default runtime is this one, or ours.
start_dockerd() {
  jq -n --arg runtime "${1:-$RUNTIME}" --arg group "/$NAME" '{
    runtimes: {"container-hooks": {path: $runtime}}, "default-runtime": "container-hooks",
    "exec-opts": ["native.cgroupdriver=cgroupfs"], "cgroup-parent": $group}' >"$W/daemon.json"
  dockerd --config-file "$W/daemon.json" --host "$DOCKER_HOST" --pidfile "$W/docker.pid" \
    --data-root "$W/docker/data" --exec-root "$W/docker/exec" \
    --bridge=none --iptables=false --ip6tables=false "${@:2}" </dev/null >"$W/dockerd.log" 2>&1 &
  disown
  wait_until 60 docker info || fail "$(tail -n 20 "$W/dockerd.log")"
  [ -e "$W/image.tar" ] || make_image "$W/image.tar" "$image"
  run_ok docker load --input "$W/image.tar"
}

stop_dockerd() {
  kill "$(<"$W/docker.pid")"
  wait_until 30 test ! -e "$W/docker.pid"
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

# --- containerd ---------------------------------------------------------------------------------

# write_containerd_config DISABLED [TOML]: without the plugins that are named, "…", …, and with what
# is said of others.
write_containerd_config() {
  cat >"$W/containerd.toml" <<TOML
version = 2
root = "$W/containerd/root"
state = "$W/containerd/state"
disabled_plugins = [$1]
[grpc]
  address = "$CONTAINERD_ADDRESS"
[ttrpc]
  address = "$CONTAINERD_ADDRESS.ttrpc"
${2:-}
TOML
}

launch_containerd() {
  containerd --config "$W/containerd.toml" </dev/null >"$W/containerd.log" 2>&1 &
  echo $! >"$W/containerd.pid"
  disown
  wait_until 60 ctr version || fail "$(tail -n 20 "$W/containerd.log")"
}

# `ctr` reaches it.
start_containerd() {
  write_containerd_config '"io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"'
  launch_containerd
}

ctr_run=(ctr run --runc-root "$W/runc" --fifo-dir "$W/fifo" --cgroup "/$NAME/container")

# stopped CONTAINER: of containerd's.
stopped() {
  ctr task list | grep -q "^$1 .* STOPPED"
}

stop_containerd() {
  kill "$(<"$W/containerd.pid")"
  wait_until 30 test ! -e "/proc/$(<"$W/containerd.pid")"
}

# start_cri SANDBOX-IMAGE [PROGRAM]: the same, with the interface of Kubernetes and this runtime, or
# ours, for all pods. It asks for no better chance to survive when memory is short than it has itself,
# and passes on all annotations of a pod.
start_cri() {
  write_containerd_config '"io.containerd.internal.v1.opt"' "
[plugins.\"io.containerd.grpc.v1.cri\"]
  sandbox_image = \"$1\"
  restrict_oom_score_adj = true
  [plugins.\"io.containerd.grpc.v1.cri\".cni]
    bin_dir = \"$W/cni\"
    conf_dir = \"$W/cni\"
  [plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]
    runtime_type = \"io.containerd.runc.v2\"
    pod_annotations = [\"*\"]
    container_annotations = [\"*\"]
    [plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc.options]
      BinaryName = \"${2:-$RUNTIME}\""
  launch_containerd
  wait_until 60 "${cri[@]}" Version '{}' || fail "$(tail -n 20 "$W/containerd.log")"
}

# "${cri[@]}" METHOD REQUEST: a call to it, in JSON.
cri=(/usr/bin/python3 "$TOP/tests/cri.py" "$CONTAINERD_ADDRESS")

# pod NAME [JQ-FILTER]: a pod's sandbox, without a network of its own.
pod() {
  jq -n --arg name "$1" --arg group "/$NAME" '{
    metadata: {name: $name, uid: $name, namespace: "test"},
    linux: {cgroup_parent: $group, security_context: {namespace_options: {network: 2}}}} |
    '"${2:-.}"
}
