#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `container-hooks-ctk runtime` killed, failed by the kernel or out of space in the middle of a
# write: each file is the old one or the new one, and everything can still be taken back.
. "$(dirname "$0")/../lib.sh"

export CONTAINER_HOOKS_STATE=$W/state
root=$W/etc/config.toml drop_in=$W/etc/conf.d/99-container-hooks.toml

fresh() {
  rm -rf "$W/etc" "$W/state"
  mkdir -p "$W/etc"
  printf '# mine\nversion = 3\n[grpc]\n' >"$root"
}

ctk() {
  run "$CTK" runtime "$@" --runtime containerd --config-file "$root" --no-check
}

# spoiled INJECTION WORD…: a command of which strace spoils system calls.
spoiled() {
  local injection=$1
  shift
  status=0
  strace -f -qq -o /dev/null -e "inject=$injection" "$CTK" runtime "$@" \
    --runtime containerd --config-file "$root" --no-check </dev/null >/dev/null 2>&1 || status=$?
}

count_calls() {
  fresh
  cp "$root" "$W/old.toml"
  strace -f -qq -o "$W/calls" "$CTK" runtime configure --default --path /bin/true \
    --runtime containerd --config-file "$root" --no-check
  cp "$root" "$W/new.toml"
  cp "$drop_in" "$W/new-drop-in.toml"
  strace -f -qq -o "$W/calls-back" "$CTK" runtime unconfigure \
    --runtime containerd --config-file "$root" --no-check
  cmp "$W/old.toml" "$root"
  # What comes before the first file of ours is opened is the loader's.
  grep -n -m 1 "$root" "$W/calls" | cut -d : -f 1 >"$W/first"
  wc -l <"$W/calls" >"$W/count"
  wc -l <"$W/calls-back" >"$W/count-back"
}

# A root that imports the drop-in finds it whole.
whole() {
  if cmp -s "$root" "$W/new.toml"; then
    cmp "$drop_in" "$W/new-drop-in.toml" || fail "imported, but not there: $1"
  else
    cmp -s "$root" "$W/old.toml" || fail "neither old nor new: $1"
    if [ -e "$drop_in" ]; then
      cmp -s "$drop_in" "$W/new-drop-in.toml" || fail "half a drop-in: $1"
    fi
  fi
}

can_be_taken_back() {
  ctk unconfigure
  assert_equal 0 "$status" || fail "$1: $output"
  cmp "$W/old.toml" "$root" || fail "not taken back: $1"
  [ ! -e "$drop_in" ] || fail "the drop-in is left: $1"
}

# Nothing is left beside the files when the same is done again.
leaves_nothing() {
  ctk configure --default --path /bin/true
  assert_equal 0 "$status" || fail "$output"
  ctk unconfigure
  cmp "$W/old.toml" "$root"
  assert_equal '' "$(find "$W/etc" "$W/state" -name '*ctk-new*')"
}

configure_killed_anywhere() {
  local call
  for ((call = $(cat "$W/first"); call <= $(cat "$W/count"); call++)); do
    fresh
    spoiled "all:signal=SIGKILL:when=$call" configure --default --path /bin/true
    whole "SIGKILL at call $call"
    can_be_taken_back "SIGKILL at call $call"
    leaves_nothing
  done
}

unconfigure_killed_anywhere() {
  local call
  for ((call = $(cat "$W/first"); call <= $(cat "$W/count-back"); call++)); do
    fresh
    ctk configure --default --path /bin/true
    spoiled "all:signal=SIGKILL:when=$call" unconfigure
    whole "SIGKILL at call $call"
    can_be_taken_back "SIGKILL at call $call"
  done
}

# A failure is reported, and takes back what was done before it.
configure_failed_anywhere() {
  local error=$1 call
  for ((call = $(cat "$W/first"); call <= $(cat "$W/count"); call += 3)); do
    fresh
    spoiled "all:error=$error:when=$call" configure --default --path /bin/true
    whole "$error at call $call"
    if [ "$status" = 0 ]; then
      cmp -s "$root" "$W/new.toml" || fail "said to be done, but is not: $error at call $call"
    fi
    can_be_taken_back "$error at call $call"
  done
}

# --- a reload between two writes ----------------------------------------------------------------

daemon=$W/etc/daemon.json

# A dockerd that reads its file when it is told to.
start_reader() {
  mkdir "$W/fake"
  cat >"$W/fake/dockerd" <<END
#!/bin/bash
trap 'cat "$daemon" >/dev/null' HUP
touch "$W/trapped"
while :; do sleep 0.05; done
END
  chmod 755 "$W/fake/dockerd"
  "$W/fake/dockerd" &
  echo $! >"$W/fake.pid"
  wait_until 5 test -e "$W/trapped"
}

docker() {
  "$CTK" runtime "$@" --config-file "$daemon" --pid-file "$W/fake.pid" --no-check
}

fresh_docker() {
  rm -rf "$W/etc" "$W/state"
  mkdir -p "$W/etc"
  printf '{"default-runtime": "old"}\n' >"$daemon"
  docker configure --default --path /bin/true >"$W/.output"
}

unconfigure_and_reload_killed_anywhere() {
  local call first count
  start_reader
  fresh_docker
  strace -f -qq -o "$W/calls" "$CTK" runtime unconfigure --reload --no-check \
    --config-file "$daemon" --pid-file "$W/fake.pid"
  assert_equal '{"default-runtime": "old"}' "$(cat "$daemon")"
  first=$(grep -n -m 1 "$daemon" "$W/calls" | cut -d : -f 1)
  count=$(wc -l <"$W/calls")
  for ((call = first; call <= count; call += 2)); do
    fresh_docker
    strace -f -qq -o /dev/null -e "inject=all:signal=SIGKILL:when=$call" "$CTK" runtime \
      unconfigure --reload --no-check --config-file "$daemon" --pid-file "$W/fake.pid" \
      </dev/null >/dev/null 2>&1 || true
    jq -e . "$daemon" >/dev/null || fail "no JSON any more: SIGKILL at call $call"
    docker unconfigure
    assert_equal '{"default-runtime": "old"}' "$(cat "$daemon")" || fail "SIGKILL at call $call"
    assert_equal '' "$(find "$W/state" -type f)"
  done
  kill "$(cat "$W/fake.pid")"
}

no_space_left() {
  fresh
  mount -t tmpfs -o size=64k none "$W/etc"
  head -c 40000 /dev/zero | tr '\0' '#' >"$root"
  printf '\nversion = 2\n' >>"$root"
  cp "$root" "$W/big.toml"
  ctk configure --path /bin/true
  assert_equal 1 "$status"
  assert_contains "$output" "cannot write $root: No space left on device"
  cmp "$W/big.toml" "$root"
  assert_equal config.toml "$(ls -A "$W/etc")"
  assert_equal '' "$(find "$W/state" -type f)"
  umount "$W/etc"
}

command -v strace >/dev/null || skip_all 'strace is not installed'
install_toolkit
write_config
test_case 'configure and unconfigure make their changes' count_calls
test_case 'configure killed at any system call: old or new, and it can be taken back' \
  configure_killed_anywhere
test_case 'unconfigure killed at any system call: old or new, and it can be done again' \
  unconfigure_killed_anywhere
test_case 'unconfigure --reload killed at any system call: the old bytes come back all the same' \
  unconfigure_and_reload_killed_anywhere
for error in ENOSPC EIO; do
  test_case "configure with $error at any system call: old or new" configure_failed_anywhere $error
done
if [ "$(id -u)" = 0 ] && mkdir -p "$W/try" && mount -t tmpfs none "$W/try" 2>/dev/null; then
  umount "$W/try"
  test_case 'on a full disk the file stays as it was, and nothing is left beside it' no_space_left
else
  echo "skip $GROUP: a full disk needs root"
fi
test_end
