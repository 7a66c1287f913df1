#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# README.md's commands as they are printed, from a clone to a docker container with a hook and back,
# and its examples. All of it happens in a view of the system's folders that nobody else has.

# The namespace that this was called in comes along, so that it is known to have been left. A word
# that names no namespace counts as none.
namespace=$(readlink /proc/self/ns/mnt)
[[ ${CALLERS_NAMESPACE:-} =~ ^mnt:\[[0-9]+\]$ ]] || CALLERS_NAMESPACE=$namespace
if [ "$(id -u)" = 0 ] && [ "$CALLERS_NAMESPACE" = "$namespace" ]; then
  CALLERS_NAMESPACE=$namespace exec unshare --mount --propagation private "$0" "$@"
fi
. "$(dirname "$0")/../lib.sh"
unset CONTAINER_HOOKS_CONFIG

readme=$TOP/README.md
clone=$W/clone
daemon=/etc/docker/daemon.json

# block HEADING LANGUAGE: the first block of this language below the heading.
block() {
  awk -v heading="## $1" -v fence="\`\`\`$2" '
    $0 == heading { found = 1; next }
    block && /^```$/ { exit }
    block { print }
    found && $0 == fence { block = 1 }' "$readme"
}

# What is installed lies over /usr and /etc and is gone afterwards. Nothing is done where that, for
# whatever reason, would be the system's own.
own_folders() {
  local folder
  [[ $namespace =~ ^mnt:\[[0-9]+\]$ && $CALLERS_NAMESPACE =~ ^mnt:\[[0-9]+\]$ ]] || return
  [ "$namespace" != "$CALLERS_NAMESPACE" ] || return
  mkdir "$W/over" && mount -t tmpfs tmpfs "$W/over" && mkdir "$W/over"/{usr,etc}{,.work} || return
  for folder in usr etc; do
    mount -t overlay overlay "/$folder" \
      -o "lowerdir=/$folder,upperdir=$W/over/$folder,workdir=$W/over/$folder.work" || return
  done
  mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /var || return
  mkdir -p /var/{lib,log,tmp}
  ln -s /run /var/run
  rm -rf /etc/{docker,container-hooks}
  mkdir /etc/docker
  printf '{\n  "log-level":   "warn" }\n' >"$daemon"
}

start_docker() {
  dockerd --data-root "$W/docker/data" --exec-root "$W/docker/exec" --storage-driver vfs \
    --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/$NAME" \
    --bridge=none --iptables=false --ip6tables=false </dev/null >"$W/dockerd.log" 2>&1 &
  wait_until 60 docker info || fail "$(tail -n 20 "$W/dockerd.log")"
  make_image "$W/image.tar" busybox:latest
  run_ok docker load --input "$W/image.tar"
}

# A clone has no build folder.
make_clone() {
  mkdir "$clone"
  (cd "$TOP" && tar -c --exclude=./build --exclude=./.git .) | tar -x -C "$clone"
}

five_commands() {
  cp "$daemon" "$W/before.json"
  cd "$clone"
  { echo 'set -e'; block 'From a clone to a hook in five commands' sh; } >"$W/commands.sh"
  assert_equal 5 "$(grep -vcE '^( |set -e)' "$W/commands.sh")"
  env -u BUILD -u SANITIZE MAKEFLAGS=-j2 timeout 600 bash "$W/commands.sh" >"$W/output" 2>&1 ||
    fail "$(tail -n 20 "$W/output")"
  assert_equal 1 "$(wc -l </var/log/hooks.txt)"
  assert_equal "$(cat /var/log/hooks.txt)" "$(tail -n 1 "$W/output")"
}

# What is printed of the demo is a part of what it prints, but for blanks.
demo_prints_this() {
  local line
  cd "$clone"
  run_ok env -u BUILD -u SANITIZE make demo
  output=$(tr -s '[:blank:]' ' ' <<<"$output")
  while IFS= read -r line; do
    case $line in '' | … | '# make demo') continue ;; esac
    assert_contains "$output" "$(tr -s '[:blank:]' ' ' <<<"$line")"
  done < <(block 'See it work' '')
}

and_back() {
  run_ok container-hooks-ctk runtime unconfigure --reload
  cmp "$W/before.json" "$daemon"
  run_ok docker run --rm busybox true
  assert_equal 1 "$(wc -l </var/log/hooks.txt)"
}

# By hand: the file that is printed, and a restart.
by_hand() {
  block 'Enable it in an engine' json >"$daemon"
  kill -HUP "$(cat /var/run/docker.pid)"
  wait_until 10 default_is container-hooks-runtime
  run_ok docker run --rm busybox true
  assert_equal 2 "$(wc -l </var/log/hooks.txt)"
}

default_is() {
  [ "$(docker info --format '{{.DefaultRuntime}}')" = "$1" ]
}

# The table of what is installed.
installed() {
  local path count=0
  while read -r path; do
    [ -e "$path" ] || fail "$path is not there"
    count=$((count + 1))
  done < <(sed -nE 's/^\| `(\/[^`]*)` .*/\1/p' "$readme")
  [ $count -ge 6 ]
}

examples_are_valid() {
  local file=/etc/container-hooks/config.cfg
  block 'A hook for every container' json >/etc/container-hooks/hooks.json
  block Configure '' >$file
  run_ok container-hooks-ctk config check
  run_ok container-hooks-ctk plugin check
  run_ok container-hooks-ctk config --set container-hooks-runtime.log-level=debug
  run_ok container-hooks-ctk config --get container-hooks-runtime.log-level
  assert_equal debug "$output"
  assert_contains "$(cat $file)" '# the first one that is found'
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
make_clone
own_folders || skip_all 'folders of our own need a mount namespace and overlay file systems'
unset CALLERS_NAMESPACE
test_case 'dockerd starts' start_docker
test_case 'five commands from a clone to a hook' five_commands
test_case 'and back' and_back
test_case 'make demo prints what is shown of it' demo_prints_this
test_case 'what is installed is where the table says' installed
test_case 'docker, enabled by hand' by_hand
test_case 'the examples are valid' examples_are_valid
test_end
