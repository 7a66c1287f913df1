#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `container-hooks-ctk runtime` and a containerd of our own: what its CRI plugin makes of the result.
. "$(dirname "$0")/../lib.sh"

config=$W/containerd.toml
export CONTAINERD_ADDRESS=$W/containerd.sock CONTAINER_HOOKS_STATE=$W/state

write_containerd_config() {
  cat >"$config" <<TOML
# The admin's own.
version = 2
root = "$W/containerd/root"   # here
state = "$W/containerd/state"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
  address = "$W/containerd.sock"
[ttrpc]
  address = "$W/containerd.sock.ttrpc"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "example.org/pause:1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    conf_dir = "$W/cni"
$1
TOML
  cp "$config" "$W/original.toml"
}

# systemctl, as far as we need it: the daemon is started anew.
fake_systemctl() {
  mkdir -p "$W/bin"
  printf '#!/bin/sh\necho "$@" >>%s/systemctl.log\n' "$W" >"$W/bin/systemctl"
  chmod 755 "$W/bin/systemctl"
  PATH=$W/bin:$PATH
}

restart_containerd() {
  if [ -e "$W/containerd.pid" ]; then
    kill "$(cat "$W/containerd.pid")"
    wait_until 20 gone "$(cat "$W/containerd.pid")"
  fi
  containerd --config "$config" </dev/null >"$W/containerd.log" 2>&1 &
  echo $! >"$W/containerd.pid"
  wait_until 60 ctr version && return
  tail -n 20 "$W/containerd.log"
  return 1
}

gone() {
  ! kill -0 "$1"
}

ctk() {
  run "$CTK" runtime "$@" --runtime containerd --config-file "$config"
}

# The plugin refuses a config whose default runtime does not exist.
cri_is_well() {
  restart_containerd
  assert_contains "$(ctr plugins ls | grep ' cri ')" ok
}

# dump KEY: a line of what containerd sees.
dump() {
  containerd --config "$config" config dump | grep -F "$1" | sed 's/^ *//'
}

sees_us() {
  assert_equal "BinaryName = \"$RUNTIME\"" "$(dump "BinaryName = \"$RUNTIME\"")"
  assert_equal "default_runtime_name = \"$1\"" "$(dump default_runtime_name)"
  assert_contains "$(dump 'containerd.runtimes.')" 'containerd.runtimes.runc]'
}

gives_back() {
  ctk unconfigure
  assert_equal 0 "$status" || fail "$output"
  cmp "$W/original.toml" "$config"
}

built_in_runtime_stays() {
  write_containerd_config ''
  ctk configure
  assert_equal 0 "$status" || fail "$output"
  sees_us runc
  cri_is_well
  gives_back
}

becomes_default() {
  write_containerd_config ''
  : >"$W/systemctl.log"
  ctk configure --default --reload --annotations
  assert_equal 0 "$status" || fail "$output"
  assert_equal $'--system is-active containerd\n--system restart containerd' "$(cat "$W/systemctl.log")"
  sees_us container-hooks-runtime
  assert_equal 'pod_annotations = ["io.container-hooks.*"]' "$(dump 'pod_annotations = ["')"
  cri_is_well
  doctor_asks_containerd
  gives_back
}

# It has been restarted since; then its file is newer than it is, and what it says is not what it has.
doctor_asks_containerd() {
  run "$CTK" doctor --runtime containerd --config-file "$config"
  assert_contains "$output" 'asked itself, it says the same (containerd config dump)'
  touch -d '+10 seconds' "$config"
  run "$CTK" doctor --runtime containerd --config-file "$config"
  assert_equal 1 "$status"
  assert_contains "$output" "was started before $config was changed, and reads it only then"
  assert_contains "$output" 'systemctl restart containerd'
}

settings_are_taken_over() {
  write_containerd_config '
  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "second" # mine
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.second]
      runtime_type = "io.containerd.runc.v2"
      privileged_without_host_devices = true
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.second.options]
        BinaryName = "runc"
        SystemdCgroup = true'
  ctk configure --default
  assert_equal 0 "$status" || fail "$output"
  sees_us container-hooks-runtime
  assert_equal $'SystemdCgroup = true\nSystemdCgroup = true' "$(dump 'SystemdCgroup')"
  assert_equal 2 "$(dump 'privileged_without_host_devices = true' | wc -l)"
  cri_is_well
  gives_back
  assert_equal 'default_runtime_name = "second"' "$(dump default_runtime_name)"
}

# An imported file replaces the table of the whole plugin here, and so ours.
replaced_table_is_refused() {
  write_containerd_config ''
  sed -i "2a imports = [\"$W/more.toml\"]" "$config"
  cp "$config" "$W/original.toml"
  printf 'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = "x"\n' >"$W/more.toml"
  ctk configure
  assert_equal 1 "$status"
  assert_contains "$output" 'containerd would not know container-hooks-runtime'
  cmp "$W/original.toml" "$config"
}

rejected_result_is_not_installed() {
  write_containerd_config '[plugins."io.containerd.runtime.v1.linux"]
    shim = 3'
  ctk configure
  assert_equal 1 "$status"
  assert_contains "$output" 'rejects the file, as it did before'
  cmp "$W/original.toml" "$config"
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
containerd --version | grep -q ' 1\.' || skip_all 'this is for containerd 1.x'
install_toolkit
write_config
fake_systemctl
test_case 'configured, not as default: the built-in runtime stays the default and works' \
  built_in_runtime_stays
test_case 'configure --default: containerd config dump shows us as default, its CRI plugin is well' \
  becomes_default
test_case "the default's settings are taken over, and it comes back" settings_are_taken_over
test_case 'a file that is imported and replaces our table is noticed before anything is written' \
  replaced_table_is_refused
test_case 'a file that containerd rejects is left alone' rejected_result_is_not_installed
test_end
