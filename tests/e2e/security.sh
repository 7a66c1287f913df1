#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# docs/security.md: what only root may write or read, what an unprivileged user can do with what is
# installed, and that nothing a container says of itself leaves a plugin out. The toolkit is installed
# over /usr and /etc, in a view of them that nobody else has, with a real dockerd.

# See tests/own-folders.sh.
namespace=$(readlink /proc/self/ns/mnt)
[[ ${CALLERS_NAMESPACE:-} =~ ^mnt:\[[0-9]+\]$ ]] || CALLERS_NAMESPACE=$namespace
if [ "$(id -u)" = 0 ] && [ "$CALLERS_NAMESPACE" = "$namespace" ]; then
  CALLERS_NAMESPACE=$namespace exec unshare --mount --propagation private "$0" "$@"
fi
. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/own-folders.sh"
unset CONTAINER_HOOKS_CONFIG

config=/etc/container-hooks/config.cfg
policy=/etc/container-hooks/policy.json
trust=/var/lib/container-hooks/trust
user=54321
home=$W/home

installs() {
  run_ok make -C "$TOP" --no-print-directory "BUILD=$BUILD" PREFIX=/usr SYSCONFDIR=/etc install
  install -d -m 700 -o $user -g $user "$home"
  chmod 711 "$W"
}

start_docker() {
  install -d /etc/docker
  dockerd --data-root /var/lib/docker --exec-root "$W/docker/exec" \
    --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/$NAME" \
    --bridge=none --iptables=false --ip6tables=false </dev/null >"$W/dockerd.log" 2>&1 &
  wait_until 60 docker info || fail "$(tail -n 20 "$W/dockerd.log")"
  make_image "$W/image.tar" docker.io/team/app:1
  run_ok docker load --input "$W/image.tar"
  run_ok container-hooks-ctk runtime configure --default --reload
}

# --- what is installed ---------------------------------------------------------------------------

# brought CONDITION…: what make install has brought, and find's condition holds for.
brought() {
  find "$W/over/usr" "$W/over/etc" ! -type l -newer "$W/before" ! -path "$W/over/etc/docker*" "$@"
}

no_powers_are_installed() {
  [ "$(brought -type f | wc -l)" -ge 20 ] || fail 'where is it?'
  assert_equal '' "$(brought -perm /6000)"
  assert_equal '' "$(brought -perm /022)"
  assert_equal '' "$(brought ! -user root)"
  brought -type f -print0 | /usr/bin/python3 -c '
import os, sys
for path in sys.stdin.read().split("\0")[:-1]:
    assert "security.capability" not in os.listxattr(path), path'
}

# --- what is written -----------------------------------------------------------------------------

# All plugins that write, at work for a container whose image is signed.
everything_is_written() {
  (umask 077 && openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$W/key.pem" 2>/dev/null)
  openssl pkey -in "$W/key.pem" -pubout -out /etc/container-hooks/team.pub
  jq -n '{default: [{type: "reject"}], transports: {docker: {"docker.io/team": [{type: "sigstoreSigned",
    keyPath: "/etc/container-hooks/team.pub", signedIdentity: {type: "matchRepository"}}]}}}' >$policy
  run_ok container-hooks-ctk image sign --key "$W/key.pem" team/app:1
  run_ok container-hooks-ctk plugin enable image-verify --set "policy=$policy" --set cache=metadata \
    --set journal=false
  install -d -m 750 /var/log/container-hooks
  run_ok container-hooks-ctk plugin enable audit
  run_ok docker run --rm team/app:1 true
}

# folders_of_ours: every folder that the toolkit writes to.
folders_of_ours() {
  printf '%s\n' /etc/container-hooks /run/container-hooks /var/lib/container-hooks /var/log/container-hooks
}

only_root_writes() {
  local folder
  for folder in $(folders_of_ours); do
    [ -n "$(find "$folder" -type f)" ] || fail "nothing is in $folder"
  done
  # shellcheck disable=SC2046
  assert_equal '' "$(find $(folders_of_ours) ! -type l \( -perm /022 -o ! -user root \))"
}

# as_user COMMAND…: somebody with no powers at all.
as_user() {
  run setpriv --reuid $user --regid $user --clear-groups --no-new-privs env -i "PATH=$PATH" "HOME=$home" "$@"
}

# What tells of containers, or of their images' files, is read by root only. The trust store is no
# secret: it has what registries have.
only_root_reads() {
  local file
  for file in /var/log/container-hooks/runtime.log /var/log/container-hooks/audit.log \
    "$(find /run/container-hooks/verify -type f | head -n 1)" \
    "$(find /var/lib/container-hooks/verify -type f | head -n 1)" \
    "$(find /var/lib/container-hooks/engines -type f | head -n 1)"; do
    [ -s "$file" ] || [ -e "$file" ] || fail "$file is not there"
    as_user cat "$file"
    assert_contains "$output" 'Permission denied'
  done
  as_user sh -c "cat $trust/sha256/*/manifest"
  assert_equal 0 "$status"
}

# --- an unprivileged user ------------------------------------------------------------------------

state_of_the_system() {
  # shellcheck disable=SC2046
  find $(folders_of_ours) /etc/docker ! -path '*.log' -exec stat -c '%n %a %u %g %Y %s' {} + | sort
}

# Every command that changes something: each fails, and says of which file.
ctk_changes_nothing() {
  local before command digest
  before=$(state_of_the_system)
  digest=$(basename "$(find $trust/sha256 -mindepth 1 -maxdepth 1 | head -n 1)")
  # Another manifest, and a store of his own that has it.
  jq . "$trust/sha256/$digest/manifest" >"$home/manifest"
  as_user container-hooks-ctk image add --store "$home/exported" "$home/manifest"
  assert_equal 0 "$status" || fail "$output"
  for command in "plugin enable --config-file $config --force spec-patch" \
    "plugin disable --config-file $config image-verify" \
    "config --config-file $config --set container-hooks-runtime.log-level=error" \
    'runtime configure --config-file /etc/docker/daemon.json --name mine' \
    'runtime unconfigure --config-file /etc/docker/daemon.json' \
    "image add --store $trust $home/manifest" "image import --store $trust $home/exported" \
    "image remove --store $trust sha256:$digest" \
    "install --toolkit-root $BUILD"; do
    # shellcheck disable=SC2086
    as_user container-hooks-ctk $command
    [ "$status" != 0 ] || fail "container-hooks-ctk $command: $output"
    grep -qiE 'permission denied|not permitted|root' <<<"$output" || fail "$command: $output"
  done
  assert_equal "$before" "$(state_of_the_system)"
  [ -x /usr/bin/container-hooks-runtime ]
}

# With a configuration and a plugin of his own the runtime is his, with his powers.
own_plugin_has_own_powers() {
  printf '#!/bin/sh\nid -u >%s/who\ncat\n' "$home" >"$home/filter"
  chmod 755 "$home/filter"
  cat >"$home/config.cfg" <<CFG
container-hooks-runtime: { debug = ""; runtimes = [ "/bin/true" ]; };
plugins = ( { name = "spec-filter"; settings: { programs = ( "$home/filter" ); }; } );
CFG
  mkdir -p "$home/bundle"
  echo '{"ociVersion": "1.0.2", "process": {"args": ["true"]}}' >"$home/bundle/config.json"
  chown -R $user "$home"
  as_user env "CONTAINER_HOOKS_CONFIG=$home/config.cfg" container-hooks-runtime create --bundle "$home/bundle" c1
  assert_equal 0 "$status" || fail "$output"
  assert_equal $user "$(cat "$home/who")"
}

# And root runs nothing of his, wherever root is pointed to.
root_runs_nothing_of_his() {
  rm "$home/who"
  run_fails env "CONTAINER_HOOKS_CONFIG=$home/config.cfg" container-hooks-runtime create --bundle "$home/bundle" c1
  assert_contains "$output" "$home"
  cp "$home/config.cfg" "$W/mine.cfg"
  run_fails env "CONTAINER_HOOKS_CONFIG=$W/mine.cfg" container-hooks-runtime create --bundle "$home/bundle" c1
  assert_contains "$output" "$home"
  [ ! -e "$home/who" ] || fail 'root ran it'
}

# The hook that compares files believes no plan of his, and tells him nothing of root's.
verify_rootfs_is_no_oracle() {
  local plan
  plan=$(find /run/container-hooks/verify -type f | head -n 1)
  as_user /usr/libexec/container-hooks/verify-rootfs --id c1 --rootfs / --plan "$plan" \
    --plan-digest "sha256:$(sha256sum "$plan" | cut -d ' ' -f 1)"
  [ "$status" != 0 ]
  assert_contains "$output" 'ermission denied'
}

# --- who starts containers -----------------------------------------------------------------------

# A plugin that refuses every container. None starts, whatever is said of it.
no_word_leaves_a_plugin_out() {
  printf '#!/bin/sh\necho nobody starts >&2\nexit 1\n' >/etc/container-hooks/nobody
  chmod 755 /etc/container-hooks/nobody
  cp $config "$W/config.cfg"
  echo 'plugins = ( { name = "spec-filter"; settings: { programs = ( "/etc/container-hooks/nobody" ); }; } );' >$config
  mkdir -p "$W/etc" && echo 'plugins = ( );' >"$W/etc/config.cfg"
  while read -r options; do
    # shellcheck disable=SC2086
    run_fails docker run --rm $options team/app:1 true
    assert_contains "$output" 'nobody starts'
  done <<OPTIONS

--env CONTAINER_HOOKS_CONFIG=/dev/null
--env CONTAINER_HOOKS_CONFIG=$W/etc/config.cfg --env CONTAINER_HOOKS_DEPTH=8
--env PATH=$W/etc --env LD_PRELOAD=/x.so --env HOME=$W --env XDG_CONFIG_HOME=$W
--label container-hooks=off --label io.container-hooks.disable=true
--name container-hooks --hostname container-hooks
--entrypoint /usr/bin/container-hooks
--volume $W/etc:/etc/container-hooks --volume /usr:/usr
--privileged --pid host --ipc host
--user 0:0 --cap-add ALL --security-opt seccomp=unconfined
--read-only --workdir /etc/container-hooks
OPTIONS
  # What only some engines let through.
  make_bundle "$W/bundle" '.hostname = "container-hooks" | .process.args = ["container-hooks"] | .annotations = {
    "io.container-hooks.disable": "true", "io.kubernetes.cri.container-type": "sandbox",
    "io.kubernetes.cri-o.ContainerType": "sandbox", "run.oci.hooks.stdout": "/dev/null"}'
  run_fails container-hooks-runtime create --bundle "$W/bundle" container-hooks
  assert_contains "$output" 'nobody starts'
}

# What docs/security.md calls not protected is so: who has docker's socket chooses another runtime.
another_runtime_goes_past() {
  run_ok docker run --rm --runtime runc team/app:1 true
  cp "$W/config.cfg" $config
  run_ok docker run --rm team/app:1 true
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
touch "$W/before"
own_folders || skip_all 'folders of our own need a mount namespace and overlay file systems'
unset CALLERS_NAMESPACE
test_case 'the toolkit is installed' installs
test_case 'nothing that is installed has powers, or can be written by others' no_powers_are_installed
test_case 'dockerd starts' start_docker
test_case 'a signed image starts, recorded' everything_is_written
test_case 'only root writes where the toolkit writes' only_root_writes
test_case 'only root reads logs, plans and state' only_root_reads
test_case 'a user changes nothing by the ctk' ctk_changes_nothing
test_case "a user's own plugin has the user's powers" own_plugin_has_own_powers
test_case 'root runs nothing of a user' root_runs_nothing_of_his
test_case 'a user learns nothing by verify-rootfs' verify_rootfs_is_no_oracle
test_case 'nothing that is said of a container leaves a plugin out' no_word_leaves_a_plugin_out
test_case 'who has the socket of docker chooses another runtime' another_runtime_goes_past
test_end
