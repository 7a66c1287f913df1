# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Pages about engines, for tests/e2e/pages.sh: README.md's table and docs/engines.md, on real daemons.
#
# What can run nowhere here: CRI-O and Kubernetes are not in Debian. Of their commands those of ours
# are run on CRI-O's files without --reload, files are read by parsers, and kubectl's are left.

daemon=/etc/docker/daemon.json
engines=docs/engines.md

start_docker() {
  mkdir /etc/docker
  printf '{\n  "log-level":   "warn" }\n' >$daemon
  cp $daemon "$W/before.json"
  dockerd --data-root /var/lib/docker --exec-root "$W/docker/exec" \
    --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/$NAME" \
    --bridge=none --iptables=false --ip6tables=false </dev/null >"$W/dockerd.log" 2>&1 &
  wait_until 60 docker info || fail "$(tail -n 20 "$W/dockerd.log")"
  make_image "$W/image.tar" busybox:latest
  run_ok docker load --input "$W/image.tar"
}

default_is() {
  [ "$(docker info --format '{{.DefaultRuntime}}')" = "$1" ]
}

# The configuration as it was installed, and docker runs its containers by us.
fresh_config() {
  rm -rf /etc/container-hooks
  cp -a "$W/pristine" /etc/container-hooks
  rm -f /etc/container-hooks/hooks.json
  run_ok container-hooks-ctk config --set container-hooks-runtime.log-level=debug
}

docker_uses_us() {
  fresh_config
  default_is container-hooks-runtime || run_ok container-hooks-ctk runtime configure --default --reload
  rm -f "$log"
}

# --- README.md's table ---------------------------------------------------------------------------

# table_command ENGINE COLUMN: what is printed there, 3 for all containers, 4 for those that ask.
table_command() {
  sed -n "/^| engine | all/,/^\$/s/^| $1 |/|&/p" "$TOP/README.md" | cut -d '|' -f "$2" | grep -oE '`[^`]*`' | tr -d '`'
}

readme_docker() {
  run_commands < <(table_command docker 4)
  default_is container-hooks-runtime
  local asks
  asks=$(table_command docker 5)
  run_commands <<<"${asks/…/--rm busybox true}"
  run_ok container-hooks-ctk runtime unconfigure --reload
}

readme_podman() {
  run_commands < <(table_command podman 4)
  local asks
  asks=$(table_command podman 5)
  run_commands <<<"${asks/…/--rm busybox true}"
  run_ok container-hooks-ctk runtime unconfigure --runtime podman
}

readme_containerd() {
  run_commands < <(table_command containerd 4)
  run_ok containerd config dump
  assert_contains "$output" 'default_runtime_name = "container-hooks-runtime"'
  run_ok container-hooks-ctk runtime unconfigure --runtime containerd --reload
  cmp "$W/containerd.toml" /etc/containerd/config.toml
}

readme_crio() {
  local command
  command=$(table_command CRI-O 4)
  assert_contains "$command" ' --reload'
  run_commands <<<"${command/ --reload/}"
  grep -q '^default_runtime = "container-hooks-runtime"' /etc/crio/crio.conf.d/99-container-hooks.conf
  run_ok container-hooks-ctk runtime unconfigure --runtime crio
}

# --- docs/engines.md -----------------------------------------------------------------------------

# configure writes what the page shows: the same JSON.
docker_file_is_written() {
  cp $daemon "$W/daemon.json"
  echo '{}' >$daemon
  run_ok container-hooks-ctk runtime configure --default
  diff <(take $engines json default-runtime | jq -S .) <(jq -S . $daemon)
  run_ok container-hooks-ctk runtime unconfigure
  cp "$W/daemon.json" $daemon
}

docker_commands() {
  take $engines sh 'docker info' | run_commands
  assert_contains "$output" container-hooks-runtime
  cmp "$W/before.json" $daemon
}

# toml_has PAGE'S RESULT: all that the page shows stands in the result.
toml_has() {
  /usr/bin/python3 - "$1" "$2" <<'PYTHON'
import sys, tomllib
def lacks(shown, real, path):
    if isinstance(shown, list) and isinstance(real, list): # it repeats what was in force here
        return [f"{path}: {each!r} is not written" for each in shown if each not in real]
    if not isinstance(shown, dict):
        return [] if shown == real else [f"{path}: shown {shown!r}, written {real!r}"]
    return [line for key, value in shown.items()
            for line in lacks(value, real.get(key) if isinstance(real, dict) else None, f"{path}.{key}")]
shown, real = (tomllib.load(open(path, "rb")) for path in sys.argv[1:])
sys.exit("\n".join(lacks(shown, real, "")) or None)
PYTHON
}

# A containerd of our own, and a systemctl that starts it anew: there is no systemd here.
start_containerd() {
  mkdir -p /etc/containerd
  printf '%s\n' 'version = 2' 'disabled_plugins = ["io.containerd.internal.v1.opt"]' \
    "[plugins.\"io.containerd.grpc.v1.cri\".cni]" "  conf_dir = \"$W/cni\"" >/etc/containerd/config.toml
  cp /etc/containerd/config.toml "$W/containerd.toml"
  cat >/usr/local/bin/systemctl <<SH
#!/bin/bash
case "\$*" in
  '--system is-active containerd') exit 0 ;;
  '--system restart containerd')
    kill "\$(cat $W/containerd.pid)"
    while kill -0 "\$(cat $W/containerd.pid)" 2>/dev/null; do sleep 0.1; done
    exec $W/start-containerd ;;
esac
exit 3
SH
  cat >"$W/start-containerd" <<SH
#!/bin/bash
containerd --root $W/containerd/root --state $W/containerd/state </dev/null >>$W/containerd.log 2>&1 &
echo \$! >$W/containerd.pid
for _ in {1..300}; do ! ctr version >/dev/null 2>&1 || exit 0; sleep 0.1; done
exit 1
SH
  chmod 755 /usr/local/bin/systemctl "$W/start-containerd"
  run_ok "$W/start-containerd"
}

containerd_commands() {
  take $engines sh 'containerd config dump' | run_commands
  assert_contains "$output" 'BinaryName = "/usr/bin/container-hooks-runtime"'
  cmp "$W/containerd.toml" /etc/containerd/config.toml
}

# In a file of version 3, which no containerd of Debian 12 reads.
containerd_file_is_written() {
  local file=$W/version3.toml
  take $engines toml cri.v1.runtime >"$W/shown.toml"
  printf '%s\n' 'version = 3' "[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]" \
    'runtime_type = "io.containerd.runc.v2"' \
    "[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]" \
    'SystemdCgroup = true' >"$file"
  run_ok container-hooks-ctk runtime configure --runtime containerd --config-file "$file" --in-place \
    --default --no-check
  toml_has "$W/shown.toml" "$file"
  run_ok container-hooks-ctk runtime unconfigure --runtime containerd --config-file "$file"
}

write_crio_config() {
  install -d /etc/crio/crio.conf.d
  printf '%s\n' '[crio.runtime]' 'default_runtime = "crun"' '[crio.runtime.runtimes.crun]' \
    'runtime_path = "/usr/local/bin/crun"' 'runtime_root = "/run/crun"' \
    'monitor_path = "/usr/libexec/crio/conmon"' \
    'monitor_env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]' >/etc/crio/crio.conf
  printf '#!/bin/sh\nexec runc "$@"\n' >/usr/local/bin/crun
  chmod 755 /usr/local/bin/crun
}

crio_file_is_written() {
  take $engines toml crio.runtime >"$W/shown.toml"
  run_ok container-hooks-ctk runtime configure --runtime crio --default
  toml_has "$W/shown.toml" /etc/crio/crio.conf.d/99-container-hooks.conf
  run_ok container-hooks-ctk runtime unconfigure --runtime crio
}

# CRI-O is not in Debian: its own command and --reload are left out.
crio_commands() {
  take $engines sh 'crio status' | sed '/^crio /d; s/ --reload//' | run_commands
}

# A podman that needs no systemd, for images of docker's.
write_containers_conf() {
  install -d /etc/containers
  printf '%s\n' '[containers]' 'default_ulimits = []' 'log_driver = "k8s-file"' 'netns = "none"' \
'[engine]' 'cgroup_manager = "cgroupfs"' 'events_logger = "file"' \
    'lock_type = "file"' 'runtime = "crun"' >/etc/containers/containers.conf
  echo '{"default": [{"type": "insecureAcceptAnything"}]}' >/etc/containers/policy.json
  run_ok podman load --input "$W/image.tar"
}

podman_file_is_written() {
  take $engines toml engine.runtimes >"$W/shown.toml"
  run_ok container-hooks-ctk runtime configure --runtime podman --default
  toml_has "$W/shown.toml" /etc/containers/containers.conf.d/50-container-hooks.conf
  run_ok container-hooks-ctk runtime unconfigure --runtime podman
}

podman_commands() {
  take $engines sh 'podman info' | run_commands
  assert_contains "$output" 'container-hooks-runtime /usr/bin/container-hooks-runtime'
}

# No cluster: the objects are read, and the handler is the name that configure gives us.
kubernetes() {
  take $engines yaml RuntimeClass | /usr/bin/python3 -c '
import sys, yaml
runtime_class, pod = yaml.safe_load_all(sys.stdin)
assert runtime_class["kind"] == "RuntimeClass" and runtime_class["handler"] == "container-hooks-runtime"
assert pod["spec"]["runtimeClassName"] == runtime_class["metadata"]["name"]
assert all(isinstance(value, str) for value in pod["metadata"]["annotations"].values())
assert all(isinstance(v, str) for v in runtime_class["scheduling"]["nodeSelector"].values())'
}

# Each class has its chain.
kubernetes_profiles() {
  take $engines sh strict.cfg | run_commands
  run_ok container-hooks-ctk config check
  assert_contains "$output" profiles/strict.cfg
  run_ok container-hooks-ctk runtime status --runtime containerd
  assert_contains "$output" container-hooks-strict
  run_ok container-hooks-ctk runtime unconfigure --runtime containerd --name container-hooks-strict
  rm /usr/bin/container-hooks-runtime-strict
}

test_engines() {
  local name
  run_ok container-hooks-ctk runtime unconfigure --reload
  cp "$W/before.json" $daemon
  test_case 'README: docker, by the commands of the table' readme_docker
  test_case 'engines: what configure writes for docker' docker_file_is_written
  test_case 'engines: docker, command by command' docker_commands
  test_case 'containerd starts' start_containerd
  test_case 'README: containerd, by the commands of the table' readme_containerd
  test_case 'engines: containerd, command by command' containerd_commands
  test_case 'engines: what configure writes for containerd' containerd_file_is_written
  test_case 'engines: Kubernetes, the objects' kubernetes
  test_case 'engines: Kubernetes, a chain for each class' kubernetes_profiles
  test_case 'CRI-O has a config' write_crio_config
  test_case 'README: CRI-O, by the command of the table' readme_crio
  test_case 'engines: what configure writes for CRI-O' crio_file_is_written
  test_case 'engines: CRI-O, our commands on its files' crio_commands
  test_case 'podman has an image' write_containers_conf
  test_case 'README: podman, by the commands of the table' readme_podman
  test_case 'engines: what configure writes for podman' podman_file_is_written
  test_case 'engines: podman, command by command' podman_commands
  # Whatever of this has failed, the other pages begin with docker alone.
  for name in containerd crio podman; do
    container-hooks-ctk runtime unconfigure --quiet --runtime "$name" >/dev/null 2>&1
  done
  find /sys/fs/cgroup -depth -type d -path '*/libpod_parent*' -exec rmdir {} + 2>/dev/null
}
