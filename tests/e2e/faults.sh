#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A create with all plugins that is killed, or failed by the kernel, at any system call of the front
# or of the worker: config.json is the old one or the new one, whole; the low-level runtime runs with
# the new one or not at all; nothing of ours stays behind, or it goes with the next create. The root
# file system is that of a container of a real dockerd, whose image is signed.
. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/engines.sh"
. "$TOP/tests/signed.sh"
. "$TOP/tests/faults.sh"

bundle=$W/bundle
started=42 # the status of our low-level runtime

# --- a create ------------------------------------------------------------------------------------

make_lowlevel() {
  lowlevel=$W/lowlevel
  cat >"$lowlevel" <<SH
#!/bin/sh
[ "\$1" = create ] || exit $started
cp "\$3/config.json" "$W/started-with"
echo >>"$W/starts"
exit $started
SH
  chmod 755 "$lowlevel"
}

setup() {
  make_lowlevel
  make_signed_container
}

# --- what must be so after each --------------------------------------------------------------------

fresh_bundle() {
  rm -rf "$bundle" "$W/starts" "$W/started-with" "$W/log/audit.log"
  mkdir "$bundle"
  cp "$W/old.json" "$bundle/config.json"
}

# Neither the worker nor a program that it has started.
no_process_is_left() {
  ! grep -lE "$TOOLKIT/modify|$W/filter|gpgv" /proc/[0-9]*/cmdline 2>/dev/null >"$W/.left"
}

# How long the hook may take is a guess, if a layer's size could not be read.
is_new() {
  cmp -s "$1" "$W/new.json" ||
    diff <(jq 'del(.hooks.createRuntime[].timeout)' "$1") <(jq 'del(.hooks.createRuntime[].timeout)' "$W/new.json")
}

# The low-level runtime ran once, with the new config.json, and what the hook in it needs is there;
# an auditor was told.
started_as_decided() {
  local plan
  assert_equal 1 "$(wc -l <"$W/starts")"
  assert_equal $started "$status"
  is_new "$W/started-with"
  is_new "$bundle/config.json"
  plan=$(jq -r '.hooks.createRuntime[0].args | .[index("--plan") + 1]' "$W/new.json")
  assert_equal "$(basename "$plan" .json)" "$(sha256sum <"$plan" | cut -d ' ' -f 1)"
  assert_equal "$id created" "$(tail -n 1 "$W/log/audit.log" | jq -r '"\(.id) \(.outcome)"')"
}

not_started() {
  [ "$status" != 0 ] && [ "$status" != $started ] || fail "status $status, and nothing was started"
  cmp -s "$bundle/config.json" "$W/old.json" || is_new "$bundle/config.json"
}

# What was left behind is gone with the next create.
next_one_is_clean() {
  rm -f "$W/starts"
  run "${create[@]}"
  started_as_decided
  assert_equal config.json "$(ls -A "$bundle")"
}

undamaged() {
  trap 'echo "after $fault: $output"; where_failed' ERR
  if [ -e "$W/starts" ]; then started_as_decided; else not_started; fi
  [ ! -s "$W/log/audit.log" ] || jq -e .id "$W/log/audit.log" >"$W/.ids"
  wait_until 5 no_process_is_left
  [ "$(ls -A "$bundle")" = config.json ] || next_one_is_clean
}

# --- all calls -------------------------------------------------------------------------------------

create_is_as_wanted() {
  local program
  fresh_bundle
  run "${create[@]}"
  assert_equal $started "$status" || fail "$output"
  cp "$bundle/config.json" "$W/new.json"
  assert_equal '1 321 filtered verify-rootfs' "$(jq -r '"\(.hooks.poststop | length) " +
    "\(.process.oomScoreAdj) \(.hostname) \(.hooks.createRuntime[0].args[0])"' "$W/new.json")"
  started_as_decided
  for program in container-hooks-runtime modify; do
    fresh_bundle
    count_calls $program SIGKILL "${create[@]}" >"$W/calls-$program"
    fresh_bundle
    count_calls $program short "${create[@]}" >"$W/transfers-$program"
  done
}

# anywhere HOW FIRST APART: one call in each run, of the front and of the worker; the calls are so
# far apart, each way to spoil them begins with another one.
anywhere() {
  local program call kind=calls first=$2
  case $1 in short | torn) kind=transfers ;; esac
  for program in container-hooks-runtime modify; do
    for call in $(numbers "$first" "$(<"$W/$kind-$program")" "$3"); do
      fresh_bundle
      spoiled $program "$call" "$1" "${create[@]}"
      undamaged
    done
  done
}

# Plans are needed for as long as a create takes. One that is killed may leave any file there.
old_plans_are_swept() {
  touch "$W/plans/0123.json.new" "$W/plans/4567.json"
  touch -d '3 hours ago' "$W"/plans/*
  fresh_bundle
  run "${create[@]}"
  started_as_decided
  assert_equal 1 "$(find "$W/plans" -type f | wc -l)"
}

# --- what does not go away again -------------------------------------------------------------------

# limited LIMIT VALUE…: under this limit of prlimit(1).
limited() {
  local limit=$1 value
  shift
  for value; do
    fresh_bundle
    run prlimit "--$limit=$value" -- "${create[@]}"
    fault="$limit $value"
    undamaged
  done
}

# What manages containers goes through, though nothing can be logged.
no_file_may_grow() {
  local new
  new=$(stat -c %s "$W/new.json")
  limited fsize 0 1 4096 $((new - 1)) "$new" 100000
  run prlimit --fsize=0 -- "$RUNTIME" delete "$id"
  assert_equal "$started " "$status $output"
}

# on_a_small_disk OPTION…: the bundle on a tmpfs with these options.
on_a_small_disk() {
  local option
  for option; do
    fresh_bundle
    mount -t tmpfs -o "mode=755,$option" none "$bundle"
    cp "$W/old.json" "$bundle/config.json"
    run "${create[@]}"
    fault=$option
    undamaged
    umount "$bundle"
  done
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
install_toolkit
test_case 'a create with all plugins, of a container of docker whose image is signed' setup
id=$(cat "$W/id")
create=("$RUNTIME" create --bundle "$bundle" "$id")
test_case 'it makes its edits, and its calls are counted' create_is_as_wanted
first=1
for how in SIGKILL SIGTERM ENOSPC EIO EMFILE ENOMEM EROFS EINTR; do
  test_case "$how at a call of the front or the worker: old or new, started as decided" \
    anywhere $how $first 53
  first=$((first + 6))
done
test_case 'what is read and written comes by half: started as decided' anywhere short 1 7
test_case 'killed with half of it written: old or new' anywhere torn 2 7
test_case 'few descriptors: started as decided, or not at all' limited nofile {0..16}
test_case 'no file may grow: started as decided, or not at all; delete goes through' no_file_may_grow
test_case 'little memory: started as decided, or not at all' limited as {1..16}000000
test_case 'a full disk: the old config.json stays' on_a_small_disk size={12k,16k,20k,24k} \
  nr_inodes={2,3}
test_case 'plans that were left are swept' old_plans_are_swept
test_end
