#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# verify-rootfs on the stores of a real docker, podman and containerd: images with all that is hard
# in them raise no alarm, at the first start and later ones; whatever is changed on disk refuses the
# container, and the user reads which path it is and why.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../verify.sh"

image=docker.io/cht/hard:1
many=docker.io/cht/many:1
sparse=docker.io/cht/sparse:1
twice=docker.io/cht/twice:1

# --- the engines --------------------------------------------------------------------------------
# Each has run IMAGE COMMAND…, create NAME IMAGE COMMAND…, start NAME, stop NAME, remove NAME.

export DOCKER_HOST=unix://$W/docker.sock

# daemon OPTION…: dockerd, with these options too.
daemon() {
  jq -n --arg runtime "$RUNTIME" --arg group "/$NAME" '{
    runtimes: {"container-hooks": {path: $runtime}}, "default-runtime": "container-hooks",
    "exec-opts": ["native.cgroupdriver=cgroupfs"], "cgroup-parent": $group}' >"$W/daemon.json"
  dockerd --config-file "$W/daemon.json" --host "$DOCKER_HOST" --pidfile "$W/docker.pid" \
    --data-root "$W/docker/data" --exec-root "$W/docker/exec" \
    --bridge=none --iptables=false --ip6tables=false "$@" </dev/null >"$W/dockerd.log" 2>&1 &
  wait_until 60 docker info || {
    tail -n 20 "$W/dockerd.log"
    return 1
  }
}

start_docker() {
  daemon
  run_ok docker load --input "$W/image.tar"
  run_ok docker load --input "$W/many.tar"
}

docker_run() { run docker run --rm --network none "$@"; }
docker_create() { run_ok docker create --network none --name "$@"; }
docker_start() { run docker start --attach "$1"; }
docker_remove() { run_ok docker rm --force "$1"; }

# Another daemon in its place, whose containers have users of their own.
start_remapped() {
  kill "$(cat "$W/docker.pid")"
  wait_until 30 test ! -e "$W/docker.pid"
  daemon --userns-remap cht-remap
  run_ok docker load --input "$W/mapped.tar"
}

export CONTAINERS_CONF=$W/containers.conf

# Podman gives the runtime an environment of its own, so a script names the config.
start_podman() {
  printf '#!/bin/sh\nCONTAINER_HOOKS_CONFIG=%s exec %s "$@"\n' \
    "$CONTAINER_HOOKS_CONFIG" "$RUNTIME" >"$W/container-hooks-runtime"
  chmod 755 "$W/container-hooks-runtime"
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
  run_ok "${podman[@]}" load --input "$W/image.tar"
  run_ok "${podman[@]}" load --input "$W/many.tar"
}

podman=(podman --root "$W/podman/root" --runroot "$W/podman/run" --tmpdir "$W/podman/tmp"
  --storage-driver overlay --runtime "$W/container-hooks-runtime")
podman_run() { run "${podman[@]}" run --rm --cgroup-parent "/$NAME" --network none "$@"; }
podman_create() {
  run_ok "${podman[@]}" create --cgroup-parent "/$NAME" --network none --name "$@"
}
podman_start() { run "${podman[@]}" start --attach "$1"; }
# Its shm may still be mounted by podman that cleans up behind the last start.
podman_remove() { wait_until 30 "${podman[@]}" rm --force --time 0 "$1"; }

ctr=(ctr --address "$W/containerd.sock" --namespace test)

start_containerd() {
  mkdir -p "$W/containerd"
  cat >"$W/containerd.toml" <<TOML
version = 2
root = "$W/containerd/root"
state = "$W/containerd/state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
[grpc]
  address = "$W/containerd.sock"
TOML
  containerd --config "$W/containerd.toml" </dev/null >"$W/containerd.log" 2>&1 &
  wait_until 30 "${ctr[@]}" version || {
    tail -n 20 "$W/containerd.log"
    return 1
  }
  run_ok "${ctr[@]}" images import "$W/image.tar"
  run_ok "${ctr[@]}" images import "$W/many.tar"
}

containerd_next=0
containerd_run() {
  containerd_next=$((containerd_next + 1))
  run "${ctr[@]}" run --rm --runc-binary "$RUNTIME" --cgroup "/$NAME/$containerd_next" \
    "$1" "run-$RANDOM-$containerd_next" "${@:2}"
  "${ctr[@]}" containers ls -q | while read -r id; do "${ctr[@]}" containers rm "$id"; done \
    >/dev/null 2>&1 || true
}

# --- no false alarm -----------------------------------------------------------------------------

no_false_alarm() {
  rm -f "$W/verify.log"
  "${engine}_run" "$1" echo runs
  assert_equal $'0\nruns' "$status"$'\n'"$output"
  assert_contains "$(cat "$W/verify.log")" 'what was signed'
}

tolerates() {
  assert_contains "$(cat "$W/verify.log")" "tolerated ($1)"
}

starts_again_with_what_it_wrote() {
  "${engine}_create" again "$image" sh -c 'echo more >/bin/new; cat /bin/new'
  "${engine}_start" again
  assert_equal more "$output"
  "${engine}_start" again
  assert_equal more "$output"
  "${engine}_remove" again
}

# --- attacks ------------------------------------------------------------------------------------

# The folder of a layer, from the last plan.
layer_folder() {
  local plans=("$W"/plans/*.json)
  jq -r ".layers[$1].folder" "${plans[0]}"
}

save_layers() {
  rm -rf "$W/saved" "$W"/plans/*
  "${engine}_run" "$image" true
  [ "$status" = 0 ] || fail "$output"
  first=$(layer_folder 0)
  second=$(layer_folder 1)
  mkdir "$W/saved"
  cp -a --preserve=all "$first" "$W/saved/first"
  cp -a --preserve=all "$second" "$W/saved/second"
}

restore_layers() {
  rm -rf "$first" "$second"
  cp -a --preserve=all "$W/saved/first" "$first"
  cp -a --preserve=all "$W/saved/second" "$second"
}

# refused PATH WHY COMMAND…: after the command the container is refused, and the user reads so.
refused() {
  local path=$1 why=$2
  shift 2
  "$@"
  "${engine}_run" "$image" true
  restore_layers
  [ "$status" != 0 ] || fail "it was started: $output"
  assert_contains "$output" "image cht/hard:1: "
  assert_contains "$output" "/$path: $why"
}

change_byte() { printf X | dd of="$first/usr/lib/big" bs=1 seek=2000000 conv=notrunc status=none; }
fill_hole() { printf X | dd of="$first/srv/holes" bs=1 seek=5000 conv=notrunc status=none; }
swap_file() {
  head -c 3000000 /dev/urandom >"$W/other"
  touch -r "$first/usr/lib/big" "$W/other"
  cp -p "$W/other" "$first/usr/lib/big"
}
cut_file() { truncate -s 100 "$first/usr/lib/big"; }
retarget() { ln -sfn /tmp/evil "$first/srv/absolute"; }
link_outside() {
  cp -p "$first/usr/lib/block" "$W/copy"
  ln -sf "$W/copy" "$first/usr/lib/block"
}
hard_link_outside() { ln "$first/usr/lib/block" "$first/../copy"; }
split_links() { cp -p "$first/usr/lib/two" "$first/usr/lib/new" && mv "$first/usr/lib/new" "$first/usr/lib/two"; }
folder_by_link() { mv "$first/srv" "$W/srv-$engine" && ln -s "$W/srv-$engine" "$first/srv"; }
add_file() { echo /tmp/evil.so >"$first/etc/ld.so.preload"; }
add_folder() { mkdir "$second/usr/sbin"; }
remove_whiteout() { rm "$second/var/cache/gone"; }
file_for_whiteout() { rm "$second/var/cache/gone" && echo >"$second/var/cache/gone"; }
add_whiteout() { mknod "$second/usr/lib" c 0 0; }
other_device() { rm "$first/dev/zero-too" && mknod "$first/dev/zero-too" c 1 1; }
file_for_fifo() { rm "$first/srv/fifo" && echo >"$first/srv/fifo"; }
set_attribute() { setfattr -n "$1" -v "$2" "$3"; }
remove_attribute() { setfattr -x "$1" "$2"; }
change_implied() { chmod 0777 "$(layer_folder 2)/usr/share/deep"; }

attacks() {
  test_case "$engine: a changed byte" refused usr/lib/big 'its content is not' change_byte
  test_case "$engine: a swapped file of equal size and times" refused usr/lib/big \
    'its content is not' swap_file
  test_case "$engine: a changed byte in a hole" refused srv/holes 'its content is not' fill_hole
  test_case "$engine: a shortened file" refused usr/lib/big 'it has 100 bytes, not 3000000' cut_file
  test_case "$engine: a changed mode" refused bin/busybox 'its mode is 4777, not 0755' \
    chmod 4777 "$first/bin/busybox"
  test_case "$engine: a changed owner" refused bin/busybox 'its owner is 1000:0, not 0:0' \
    chown 1000 "$first/bin/busybox"
  test_case "$engine: an added capability" refused bin/busybox \
    'it has the extended attribute security.capability' setcap cap_sys_admin+ep "$first/bin/busybox"
  test_case "$engine: a changed capability" refused usr/bin/capable \
    'its extended attribute security.capability is not' setcap cap_sys_admin+ep \
    "$first/usr/bin/capable"
  test_case "$engine: a removed capability" refused usr/bin/capable \
    'it lacks the extended attribute security.capability' setcap -r "$first/usr/bin/capable"
  test_case "$engine: a link that leads elsewhere" refused srv/absolute \
    "it leads to '/tmp/evil', not '/usr/bin/setuid'" retarget
  test_case "$engine: a link to a copy outside in a file's place" refused usr/lib/block \
    'it is a symbolic link, not a file' link_outside
  test_case "$engine: a file that has a name outside" refused usr/lib/block \
    'it has 1 more hard link' hard_link_outside
  test_case "$engine: hard links that are none" refused usr/lib/two 'it is no hard link' split_links
  test_case "$engine: a link to a copy outside in a folder's place" refused srv \
    'it is a symbolic link, not a folder' folder_by_link
  test_case "$engine: an added /etc/ld.so.preload" refused etc/ld.so.preload \
    'it is not in the image' add_file
  test_case "$engine: an added folder" refused usr/sbin 'it is not in the image' add_folder
  test_case "$engine: a removed file" refused usr/lib/nothing 'it is missing' \
    rm "$first/usr/lib/nothing"
  test_case "$engine: a removed whiteout" refused var/cache/gone \
    'the image takes it away, but its whiteout is missing' remove_whiteout
  test_case "$engine: a file in a whiteout's place" refused var/cache/gone \
    'the image takes it away, but it is a file' file_for_whiteout
  test_case "$engine: an added whiteout" refused usr/lib 'it is not in the image' add_whiteout
  test_case "$engine: an added opaque mark" refused usr 'it hides what is below it' \
    set_attribute trusted.overlay.opaque y "$second/usr"
  test_case "$engine: a removed opaque mark" refused var/opaque 'it does not hide' \
    remove_attribute trusted.overlay.opaque "$second/var/opaque"
  test_case "$engine: a redirected folder" refused usr \
    'it has the extended attribute trusted.overlay.redirect' \
    set_attribute trusted.overlay.redirect /srv "$second/usr"
  test_case "$engine: a file whose content is elsewhere" refused usr/bin/setuid \
    'it has the extended attribute trusted.overlay.metacopy' \
    set_attribute trusted.overlay.metacopy '' "$first/usr/bin/setuid"
  test_case "$engine: another device" refused dev/zero-too 'it is the device 1:1, not 1:5' \
    other_device
  test_case "$engine: a file in a FIFO's place" refused srv/fifo 'it is a file, not a FIFO' \
    file_for_fifo
}

# with_hook TAMPER WHY: what the hook is given is wrong.
refused_by_plan() {
  echo "$1" >"$W/tamper"
  "${engine}_run" "$image" true
  : >"$W/tamper"
  [ "$status" != 0 ] || fail "it was started: $output"
  assert_contains "$output" "$2"
}

plan_attacks() {
  test_case "$engine: a changed plan" refused_by_plan 'echo >>"$plan"' 'its digest is sha256:'
  test_case "$engine: the plan of another container" refused_by_plan \
    'sed -i s/$id/other/ "$plan"; digest=sha256:$(sha256sum "$plan" | cut -d " " -f 1)' \
    'the plan is of another container'
  test_case "$engine: a plan that anybody can write" refused_by_plan 'chmod 666 "$plan"' \
    'is writable by others'
  test_case "$engine: another layer is mounted" refused_by_plan \
    'jq -c ".layers[5] = .layers[4]" "$plan" >"$plan.new"; mv "$plan.new" "$plan"
     digest=sha256:$(sha256sum "$plan" | cut -d " " -f 1)' 'another layer is mounted'
  test_case "$engine: one layer more is mounted" refused_by_plan \
    'jq -c "del(.layers[5])" "$plan" >"$plan.new"; mv "$plan.new" "$plan"
     digest=sha256:$(sha256sum "$plan" | cut -d " " -f 1)' 'layers, not of the'
}

load() {
  case $engine in
    docker) run docker load --input "$1" ;;
    podman) run "${podman[@]}" load --input "$1" ;;
    containerd) run "${ctr[@]}" images import "$1" ;;
  esac
}

# docker and podman keep no record of these; nor can they save the image.
sparse_files() {
  load "$W/sparse.tar"
  [ "$status" = 0 ] || fail "$output"
  if [ "$engine" = containerd ]; then
    no_false_alarm "$sparse"
    return
  fi
  "${engine}_run" "$sparse" true
  [ "$status" != 0 ] || fail "it was started: $output"
  assert_contains "$output" 'a sparse file of PAX version 1.0, which tar-split leaves out'
}

# containerd unpacks one over the other.
paths_listed_twice() {
  load "$W/twice.tar"
  if [ "$engine" != containerd ]; then
    assert_contains "$output" 'duplicates of file paths not supported'
    return
  fi
  no_false_alarm "$twice"
  no_false_alarm "$twice" # no record is kept
  containerd_run "$twice" cat /srv/file
  assert_equal second "$output"
}

# --- what the container itself has written ------------------------------------------------------

docker_cp() { run_ok docker cp "$@"; }
podman_cp() { run_ok "${podman[@]}" cp "$@"; }

copied_before_the_first_start() {
  "${engine}_create" copied "$image" true
  "${engine}_cp" /bin/busybox copied:/bin/ls
  "${engine}_start" copied
  [ "$status" != 0 ] || fail "it was started: $output"
  # /bin/ls is a link to busybox, and cp follows it.
  assert_contains "$output" '/bin/busybox: it was put there before'
  echo '--upper ignore' >"$W/options"
  "${engine}_start" copied
  : >"$W/options"
  [ "$status" = 0 ] || fail "$output"
  "${engine}_remove" copied
}

# What verify-rootfs has not seen start it does not know; the way on that it names is one.
older_than_the_toolkit() {
  write_config
  "${engine}_create" old "$image" sh -c 'echo more >/bin/new; cat /bin/new'
  "${engine}_start" old
  write_config "$file_hooks"
  "${engine}_start" old
  [ "$status" != 0 ] || fail "it was started: $output"
  assert_contains "$output" 'no start of this container is noted'
  assert_contains "$output" 'made anew, or start once with the setting upper ='
  assert_contains "$output" '/bin/new: it was put there before'
  echo '--upper no-shadow' >"$W/options"
  "${engine}_start" old
  : >"$W/options"
  assert_equal more "$output"
  "${engine}_start" old
  assert_equal more "$output"
  "${engine}_remove" old
}

replaced_later() {
  "${engine}_create" later "$image" sh -c 'rm -f /bin/true; echo >/bin/true'
  "${engine}_start" later
  [ "$status" = 0 ] || fail "$output"
  echo '--upper no-shadow' >"$W/options"
  "${engine}_start" later
  : >"$W/options"
  [ "$status" != 0 ] || fail "it was started: $output"
  assert_contains "$output" '/bin/true: it replaces a symbolic link of the image'
  "${engine}_remove" later
}

only_said() {
  add_file
  echo '--mode audit' >"$W/options"
  rm -f "$W/verify.log"
  "${engine}_run" "$image" true
  restore_layers
  : >"$W/options"
  [ "$status" = 0 ] || fail "$output"
  assert_contains "$(cat "$W/verify.log")" '/etc/ld.so.preload: it is not in the image'
}

# --- docker's own -------------------------------------------------------------------------------

other_lower_of_docker() {
  local lower
  docker_create lower "$image" true
  lower=$W/docker/data/overlay2/$(cat "$W/docker/data/image/overlay2/layerdb/mounts/$(
    docker inspect --format '{{.Id}}' lower)/mount-id")/lower
  # Two layers change places.
  awk -F : -v OFS=: '{ swap = $2; $2 = $3; $3 = swap; print }' "$lower" | tr -d '\n' >"$W/lower"
  cp "$W/lower" "$lower"
  docker_start lower
  [ "$status" != 0 ] || fail "it was started: $output"
  # Who makes the plan sees it first; verify-rootfs's own words are in plan_attacks.
  assert_contains "$output" "is mounted where docker's records have the layer"
  docker_remove lower
}

init_of_docker() {
  local init
  docker_create init "$image" true
  init=$W/docker/data/overlay2/$(cat "$W/docker/data/image/overlay2/layerdb/mounts/$(
    docker inspect --format '{{.Id}}' init)/init-id")/diff
  echo evil >"$init/etc/ld.so.preload"
  echo evil >"$init/etc/hosts"
  docker_start init
  [ "$status" != 0 ] || fail "it was started: $output"
  assert_contains "$output" "docker's init layer: /etc/ld.so.preload: docker does not make it"
  assert_contains "$output" "docker's init layer: /etc/hosts: it is not as docker makes it"
  docker_remove init
}

# BuildKit's layers are folders that its commands ran in, not ones that docker has unpacked.
# It is in docker's client since 23 only as a plugin, which Debian's does not need.
built_in_place() {
  local folder=$W/build
  mkdir -p "$folder"
  make_rootfs "$folder/root"
  mkdir "$folder/root/srv"
  cat >"$folder/Dockerfile" <<'BUILD'
FROM scratch
COPY root /
RUN echo one >/srv/one; echo two >/srv/two; ln -s /srv/socket /dev/log; \
  busybox syslogd -n & busybox usleep 300000; busybox ln /srv/one /srv/too
RUN busybox rm /srv/two; busybox chmod 4755 /bin/busybox; busybox mv /srv/one /srv/three
RUN busybox rm -rf /srv; busybox mkdir /srv; echo four >/srv/four
BUILD
  run env DOCKER_BUILDKIT=1 /usr/bin/docker build --network none --tag cht/built:1 "$folder"
  [ "$status" = 0 ] || fail "$output"
  no_false_alarm cht/built:1
  tolerates socket
}

# --- users that are others on the host ----------------------------------------------------------

# A user whose containers have the users from 200000 on; only we see the files. The layers have no
# users that are too high for them.
make_users() {
  local file
  mkdir "$W/etc"
  cp /etc/passwd /etc/group "$W/etc"
  echo 'cht-remap:x:23456:23456::/:/bin/false' >>"$W/etc/passwd"
  echo 'cht-remap:x:23456:' >>"$W/etc/group"
  printf '%s\n' cht-remap:200000:65536 containers:400000:100000 | tee "$W/etc/subuid" >"$W/etc/subgid"
  for file in passwd group subuid subgid; do
    [ -e "/etc/$file" ] || : >"/etc/$file"
    mount --bind "$W/etc/$file" "/etc/$file"
  done
  chmod 711 "$W"
  chown 300:301 "$W/layers/one/srv/owned"
  pack "$W/layers/mapped.tar" "$W/layers/one"
  make_archive "$W/mapped.tar" "$image" "$W/layers/mapped.tar" "$W/layers/2.tar" "$W/layers/3.tar"
}

# A file that is root's on the host is nobody's in there, and that of another user is another's.
other_owners() {
  refused bin/busybox 'its owner is not among the users' chown 0 "$first/bin/busybox"
  refused srv/owned 'its owner is 0:301, not 300:301' chown 200000 "$first/srv/owned"
}

# run_as OPTION…: no false alarm, in a container with these.
run_as() {
  rm -f "$W/verify.log"
  "${engine}_run" "$@" "$image" cat /proc/self/uid_map
  [ "$status" = 0 ] || fail "$output"
  assert_contains "$(cat "$W/verify.log")" 'what was signed'
}

in_the_host_s_users() {
  run_as --userns host
  assert_equal '0 0 4294967295' "$(echo $output)"
}

with_users_of_its_own() {
  run_as --uidmap 0:100000:65536 --gidmap 0:300000:65536
  assert_equal '0 100000 65536' "$(echo $output)"
  run_as --userns auto
  assert_contains "$output" '  400000 '
}

with_users_of_its_own_again() {
  podman_create mapped --uidmap 0:100000:65536 --gidmap 0:300000:65536 "$image" \
    sh -c 'echo more >/bin/new; cat /bin/new'
  podman_start mapped
  assert_equal more "$output"
  podman_start mapped
  assert_equal more "$output"
  podman_remove mapped
}

# --- the story ----------------------------------------------------------------------------------

[ "$(id -u)" = 0 ] || skip_all 'needs root'
install_toolkit
write_config
make_layers "$W/layers"
make_archive "$W/image.tar" "$image" "$W"/layers/?.tar
make_users
cp -a "$W/layers/one" "$W/layers/sparse"
truncate --size 100000 "$W/layers/sparse/srv/zeros"
pack "$W/layers/sparse.tar" "$W/layers/sparse" --sparse-version=1.0 .
make_archive "$W/sparse.tar" "$sparse" "$W/layers/sparse.tar"
for layer in first second; do
  mkdir -p "$W/layers/$layer/srv"
  echo "$layer" >"$W/layers/$layer/srv/file"
done
chmod 600 "$W/layers/second/srv/file"
chmod 711 "$W/layers/second/srv"
pack "$W/layers/twice.tar" "$W/layers/first" srv
tar -C "$W/layers/second" --format=pax --numeric-owner -rf "$W/layers/twice.tar" srv
make_archive "$W/twice.tar" "$twice" "$W/layers/1.tar" "$W/layers/twice.tar"
make_many "$W/many" 80
# shellcheck disable=SC2046
make_archive "$W/many.tar" "$many" $(printf "$W/many/%d.tar " {1..80})

of_all_engines() {
  test_case "$engine: no false alarm, of an image with all that is hard" no_false_alarm "$image"
  test_case "$engine: folders that no layer lists are tolerated" tolerates implied-folder
  test_case "$engine: a root folder that is the engine's is tolerated" tolerates root-folder
  case $engine in
    podman) ;; # it sets them anew
    *) test_case "$engine: lost capabilities of hard links are tolerated" tolerates link-capability ;;
  esac
  save_layers || exit 1
  attacks
  plan_attacks
  test_case "$engine: in audit mode it is only logged" only_said
  test_case "$engine: paths that a layer lists twice" paths_listed_twice
  test_case "$engine: sparse files whose map is not in the header" sparse_files
  test_case "$engine: no false alarm, of 80 layers" no_false_alarm "$many"
}

of_engines_that_start_again() {
  test_case "$engine: no false alarm, with mounts, a user and a working folder" \
    mounts_on_what_the_image_has_not
  test_case "$engine: no false alarm, when started again" starts_again_with_what_it_wrote
  test_case "$engine: a file that was copied into a container before its first start" \
    copied_before_the_first_start
  test_case "$engine: a container that is older than the toolkit" older_than_the_toolkit
  test_case "$engine: no-shadow refuses what replaces a file of the image" replaced_later
}

of_docker() {
  test_case 'docker: it starts' start_docker
  verify_hook "$W/docker/data"
  of_all_engines
  of_engines_that_start_again
  test_case 'docker: another layer in the list that it mounts' other_lower_of_docker
  test_case 'docker: changes in its init layer' init_of_docker
  test_case 'docker: no false alarm, of an image that BuildKit has built' built_in_place
  test_case 'docker, userns-remap: it starts' start_remapped
  test_case 'docker, userns-remap: no false alarm' run_as
  test_case 'docker, userns-remap: no false alarm with --userns host' in_the_host_s_users
  save_layers || exit 1
  test_case 'docker, userns-remap: a changed owner' other_owners
  test_case 'docker, userns-remap: a file copied into a container' copied_before_the_first_start
}

mounts_on_what_the_image_has_not() {
  local folder=/srv/empty
  [ "$engine" = podman ] || folder=/made/for/it # podman makes none
  rm -f "$W/verify.log"
  mkdir -p "$W/volume"
  : >"$W/volume/file"
  "${engine}_run" --volume "$W/volume:/vol/ume" --volume "$W/volume/file:/srv/empty/file" \
    --workdir "$folder" --user 1234 "$image" echo runs
  assert_equal $'0\nruns' "$status"$'\n'"$output"
  tolerates mountpoint
}

of_podman() {
  test_case 'podman: it starts' start_podman
  verify_hook "$W/podman/root"
  of_all_engines
  of_engines_that_start_again
  run_ok "${podman[@]}" load --input "$W/mapped.tar"
  test_case 'podman: no false alarm, with users of its own' with_users_of_its_own
  test_case 'podman: no false alarm, with users of its own, when started again' \
    with_users_of_its_own_again
}

unpacked_once() {
  local records=("$W"/state/records/*.gz)
  [ "${#records[@]}" -ge 6 ] || fail "records: ${records[*]}"
}

of_containerd() {
  test_case 'containerd: it starts' start_containerd
  verify_hook "$W/containerd/root"
  of_all_engines
  test_case 'containerd: records of its blobs are kept' unpacked_once
}

# ENGINES=podman: only some.
for engine in ${ENGINES:-docker podman containerd}; do "of_$engine"; done
test_end
