# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Shared by the tests on real programs: a work folder that leaves nothing behind, test cases,
# assertions. A test script reads so:
#
#     . "$(dirname "$0")/../lib.sh"
#     its_function() { … run_ok …; assert_equal …; }
#     test_case 'a sentence that states the rule' its_function
#     test_end
#
# Each case prints one line (ok, FAIL, skip); tests/run counts them.

set -uo pipefail
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
umask 022
export LC_ALL=C

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$TOP/$BUILD ;; esac

# With root, a broken config is logged to the system's log folder: have one of our own.
if [ "$(id -u)" = 0 ] && [ -z "${OWN_LOG_FOLDER:-}" ]; then
  OWN_LOG_FOLDER=yes exec unshare --mount "$0" "$@"
fi
[ -z "${OWN_LOG_FOLDER:-}" ] || mount -t tmpfs tmpfs /var/log
unset OWN_LOG_FOLDER

GROUP=$(basename "$0" .sh)
W=$(mktemp -d "${TMPDIR:-/tmp}/cht-$GROUP.XXXXXX")
NAME=${W##*/} # names what is ours outside of W: cgroups
export CONTAINER_HOOKS_CONFIG=$W/config.cfg
failures=0

# --- leaving nothing behind ---------------------------------------------------------------------

# The processes that name our folder on their command line (daemons, shims, monitors) and those in
# our cgroups (containers). The name comes by standard input, or grep would find itself.
our_processes() {
  grep -lF -f - /proc/[0-9]*/cmdline /proc/[0-9]*/cgroup 2>/dev/null <<<"$NAME" |
    cut -d / -f 3 | sort -u
}

cleanup() {
  local status=$? pids tries mount
  trap - EXIT
  cd / || exit
  for tries in {1..50}; do
    pids=$(our_processes)
    [ -n "$pids" ] || break
    # shellcheck disable=SC2086
    if [ "$tries" = 1 ]; then kill -KILL $pids 2>/dev/null; else sleep 0.1; fi
  done
  while read -r _ _ _ _ mount _; do
    case $mount in "$W"/*) echo "$mount" ;; esac
  done </proc/self/mountinfo | tac | while read -r mount; do umount -l "$mount"; done
  find /sys/fs/cgroup -depth -type d -path "*/$NAME*" -exec rmdir {} + 2>/dev/null
  if [ -n "${KEEP:-}" ]; then
    echo "kept: $W" >&2
  else
    rm -rf --one-file-system "$W"
  fi
  exit "$status"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# --- test cases ---------------------------------------------------------------------------------

# test_case NAME FUNCTION [ARGUMENT…]: the function runs in a subshell that ends at the first
# command that fails.
test_case() {
  local name=$1 status
  shift
  (
    set -eE
    trap where_failed ERR
    "$@"
  ) </dev/null >"$W/.case" 2>&1
  status=$?
  if [ $status = 0 ]; then
    echo "ok   $GROUP: $name"
  else
    echo "FAIL $GROUP: $name"
    sed 's/^/     | /' "$W/.case"
    failures=$((failures + 1))
  fi
}

# The line of the test script at fault, not that of an assertion here.
where_failed() {
  local frame
  for ((frame = 1; frame < ${#BASH_SOURCE[@]}; frame++)); do
    [ "${BASH_SOURCE[frame]##*/}" != lib.sh ] || continue
    echo "at ${BASH_SOURCE[frame]##*/}:${BASH_LINENO[frame - 1]}"
    return
  done
}

# For what cannot be tried on this machine. Where CI=true nothing may be left out.
skip_all() {
  if [ "${CI:-}" = true ]; then
    echo "FAIL $GROUP: may not be skipped: $1"
    exit 1
  fi
  echo "skip $GROUP: $1"
  exit 0
}

test_end() {
  [ "$failures" = 0 ]
  exit
}

fail() {
  echo "$1"
  return 1
}

# run COMMAND…: its exit status in `status`, both outputs in `output`. They go through a file: a
# container that stays would keep a pipe open. What may take longer than two minutes says so in `time_limit`.
run() {
  status=0
  timeout "${time_limit:-120}" "$@" </dev/null >"$W/.output" 2>&1 || status=$?
  output=$(tr -d '\0' <"$W/.output")
}

run_ok() {
  run "$@"
  [ "$status" = 0 ] || fail "status $status of: $*"$'\n'"$output"
}

run_fails() {
  run "$@"
  [ "$status" != 0 ] || fail "succeeded, but should not: $*"$'\n'"$output"
}

assert_equal() {
  [ "$1" = "$2" ] || fail "expected: $1"$'\n'"but got:  $2"
}

assert_contains() {
  case $1 in *"$2"*) ;; *) fail "not found: $2"$'\n'"in: $1" ;; esac
}

assert_lacks() {
  case $1 in *"$2"*) fail "should not be there: $2"$'\n'"in: $1" ;; esac
}

# wait_until SECONDS COMMAND…: tries until it succeeds.
wait_until() {
  local tries=$(($1 * 10))
  shift
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || fail "waited in vain for: $*" || return
    sleep 0.1
  done
}

# --- our programs -------------------------------------------------------------------------------

# The tests run a copy: what root runs must lie where only root can write, and the checkout may be
# somebody else's.
install_toolkit() {
  local file
  TOOLKIT=$W/toolkit
  RUNTIME=$TOOLKIT/container-hooks-runtime
  CTK=$TOOLKIT/container-hooks-ctk
  mkdir -p "$TOOLKIT/plugins"
  cp "$BUILD"/container-hooks* "$BUILD"/{modify,verify-rootfs} "$TOOLKIT"
  for file in "$BUILD"/plugins/*.so "$BUILD"/tests/plugins/*.so; do
    [ ! -e "$file" ] || cp "$file" "$TOOLKIT/plugins"
  done
}

# write_config ENTRY…: a config.cfg with these plugins, each the inside of a group; `lowlevel` and
# `plugin_timeout` may be set.
write_config() {
  local entry comma=
  {
    echo "container-hooks-runtime: {"
    echo "  debug = \"$W/runtime.log\"; log-level = \"debug\";"
    echo "  runtimes = [ \"${lowlevel:-runc}\" ]; plugin-timeout = ${plugin_timeout:-10};"
    echo "};"
    echo "plugins = ("
    for entry in "$@"; do
      echo "$comma  { $entry }"
      comma=,
    done
    echo ");"
  } >"$CONTAINER_HOOKS_CONFIG"
}

file_hooks="name = \"file-hooks\"; settings: { path = \"$W/hooks.json\"; };"

# fault SETTING…: the entry of the plugin that misbehaves on command.
fault() {
  echo "name = \"fault\"; settings: { $* };"
}

# The hook of the original's article: appends a line to a file. The marker in front of it stands
# there too.
greeting_hook() {
  rm -f "$W/test.txt"
  printf '#!/bin/sh\necho "Hello World" >> %s\n' "$W/test.txt" >"$W/test.sh"
  chmod 755 "$W/test.sh"
  jq -n --arg marker "$TOOLKIT/container-hooks" --arg script "$W/test.sh" \
    '{prestart: [{path: $marker}, {path: $script}]}' >"$W/hooks.json"
  write_config "$file_hooks"
}

greetings() {
  cat "$W/test.txt" 2>&1 || true
}

# --- containers ---------------------------------------------------------------------------------

# make_rootfs FOLDER: a root file system whose programs are all busybox.
make_rootfs() {
  local name
  mkdir -p "$1"/{bin,dev,etc,proc,sys,tmp}
  cp /bin/busybox "$1/bin/busybox"
  for name in sh cat echo env id kill ls mount readlink sleep true false; do
    ln -sf busybox "$1/bin/$name"
  done
}

# make_bundle FOLDER JQ-FILTER: a bundle whose container runs what the filter says, with a folder
# of ours at /share. Limits are left out: they may be below what the caller has and cannot raise.
make_bundle() {
  mkdir -p "$1" "$W/share"
  [ -d "$W/rootfs" ] || make_rootfs "$W/rootfs"
  rm -f "$1/config.json"
  runc spec --bundle "$1"
  jq --arg rootfs "$W/rootfs" --arg share "$W/share" --arg group "/$NAME/${1##*/}" '
    .process.terminal = false | del(.process.rlimits) | .root = {path: $rootfs} |
    .linux.cgroupsPath = $group |
    .mounts += [{destination: "/share", source: $share, options: ["bind"]}] |
    '"$2" "$1/config.json" >"$1/new.json"
  mv "$1/new.json" "$1/config.json"
}

# make_image FILE NAME [WORD…]: an image archive as `docker save` writes it, which every engine can
# read; without other words it runs a shell.
make_image() {
  local folder=$W/image layer config arch command=("${@:3}")
  [ $# -gt 2 ] || command=(/bin/sh)
  case $(uname -m) in x86_64) arch=amd64 ;; aarch64) arch=arm64 ;; *) arch=$(uname -m) ;; esac
  make_rootfs "$folder/root"
  tar -C "$folder/root" --owner=0 --group=0 --numeric-owner -cf "$folder/layer.tar" .
  layer=$(sha256sum "$folder/layer.tar" | cut -d ' ' -f 1)
  jq -n --arg layer "sha256:$layer" --arg arch "$arch" '{
    architecture: $arch, os: "linux", config: {Cmd: $ARGS.positional, Env: ["PATH=/bin"]},
    rootfs: {type: "layers", diff_ids: [$layer]}}' --args "${command[@]}" >"$folder/config"
  config=$(sha256sum "$folder/config" | cut -d ' ' -f 1)
  mv "$folder/config" "$folder/$config.json"
  jq -n --arg config "$config.json" --arg name "$2" \
    '[{Config: $config, RepoTags: [$name], Layers: ["layer.tar"]}]' >"$folder/manifest.json"
  tar -C "$folder" -cf "$1" manifest.json layer.tar "$config.json"
}

# --- a registry ---------------------------------------------------------------------------------

is_listening() {
  : <"/dev/tcp/${R/://}"
}

# start_registry: docker-registry at $R, a free port of 127.0.0.1.
start_registry() {
  local tries registry
  for tries in 1 2 3 4 5; do
    R=127.0.0.1:$((20000 + RANDOM % 20000))
    printf '%s\n' 'version: 0.1' 'log: {level: error}' \
      "storage: {filesystem: {rootdirectory: $W/registry}}" "http: {addr: '$R'}" >"$W/registry.yml"
    docker-registry serve "$W/registry.yml" </dev/null >"$W/registry.log" 2>&1 &
    registry=$!
    disown
    if wait_until 10 is_listening && kill -0 $registry 2>/dev/null; then return; fi
    kill $registry 2>/dev/null
  done
  cat "$W/registry.log"
  return 1
}
