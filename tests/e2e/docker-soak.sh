#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Container starts in a loop on a real dockerd, with all plugins and verify-rootfs: nothing is left of
# them, neither processes, mounts, cgroups and files nor descriptors of the daemons. STARTS is their
# number.
. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/engines.sh"
. "$TOP/tests/signed.sh"

starts=${STARTS:-200}

# start_many COUNT: four at a time. What each prints shows that a filter and docker have done their part.
start_many() {
  local first
  rm -f "$W/failed"
  for first in 1 2 3 4; do starter $first "$1" & done
  wait
  [ ! -e "$W/failed" ] || fail "$(wc -l <"$W/failed") failed: $(head -n 3 "$W/failed")"
}

starter() {
  local i said
  for ((i = $1; i <= $2; i += 4)); do
    said=$("${docker_run[@]}" --rm "$image" sh -c 'cat /proc/1/oom_score_adj' 2>&1)
    [ "$said" = 321 ] || echo "$i: $said" >>"$W/failed"
  done
}

daemon() {
  pgrep -f "^$1 .*$W" | head -n 1
}

# What a container brings with it, and takes along. dockerd's data root and network namespaces, which
# it clears in its own time, are no business of ours; plans and notes have cases of their own.
left_behind() {
  local pid
  { our_processes || true; } | while read -r pid; do ps -o args= -p "$pid" || true; done | sort
  awk '{print $5}' "/proc/$(daemon dockerd)/mountinfo" | sort
  find /sys/fs/cgroup -type d -path "*/$NAME*" | sort
  find "$W" -path "$W/docker/data" -prune -o -path "$W/docker/exec/netns/*" -prune -o \
    -path "$W/plans/*" -prune -o -path "$W/state/started/*" -prune -o -print | sort
  find /tmp /var/tmp /dev/shm -maxdepth 1 -name '*container-hooks*' -newer "$W/begun"
}

descriptors() {
  find "/proc/$1/fd" -mindepth 1 | wc -l
}

# Both daemons keep some for later, but not one for each container.
no_leak() {
  local before dockerd containerd
  start_many 12
  touch "$W/begun" "$W/before" "$W/after"
  left_behind >"$W/before"
  dockerd=$(descriptors "$(daemon dockerd)") containerd=$(descriptors "$(daemon containerd)")
  SECONDS=0
  start_many "$starts"
  echo "$starts starts in $SECONDS s"
  wait_until 20 nothing_is_left_behind || diff "$W/before" "$W/after"
  wait_until 10 no_more_than $((dockerd + 8)) "$(daemon dockerd)"
  wait_until 10 no_more_than $((containerd + 8)) "$(daemon containerd)"
}

nothing_is_left_behind() {
  local pid
  left_behind >"$W/after"
  cmp "$W/before" "$W/after"
}

# The note of a container goes with the next one that starts.
notes_are_few() {
  [ "$(find "$W/state/started" -type f | wc -l)" -le 8 ]
}

# Plans are the one thing that stays, for two hours.
plans_are_swept() {
  [ "$(find "$W/plans" -type f | wc -l)" -ge "$starts" ]
  touch -d '3 hours ago' "$W"/plans/*
  start_many 1
  assert_equal 1 "$(find "$W/plans" -type f | wc -l)"
}

# What passes through leaves nothing in the process that watches over the container.
shim_keeps_nothing() {
  local id shim before i
  run_ok "${docker_run[@]}" --detach --name long "$image" sleep 1000000
  id=$(docker inspect --format '{{.Id}}' long)
  shim=$(pgrep -f "containerd-shim.* -id $id")
  docker exec long true
  before=$(descriptors "$shim")
  for i in {1..20}; do run_ok docker exec long true; done
  wait_until 10 no_more_than "$before" "$shim"
  run_ok docker rm --force long
  wait_until 10 gone "$shim"
}

no_more_than() {
  [ "$(descriptors "$2")" -le "$1" ]
}

gone() {
  [ ! -e "/proc/$1" ]
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
install_toolkit
write_config
setup() {
  start_dockerd
  sign_image
  all_plugins
}
test_case 'dockerd with all plugins, and a signed image' setup
test_case "of $starts starts nothing is left: processes, mounts, cgroups, files, descriptors" no_leak
test_case 'of containers that are gone no notes are kept' notes_are_few
test_case 'plans that are old are swept' plans_are_swept
test_case 'docker exec leaves no descriptor in the shim' shim_keeps_nothing
test_end
