#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A plugin that misbehaves in every way, with real runc behind: it is named, and neither the runtime
# nor the container feels anything of it.
. "$(dirname "$0")/../lib.sh"

# What the low-level runtime finds in its process, noted by a script in front of runc. (9 is its
# standard output, while 1 is the notes' file. Signals are read without a child: the shell blocks
# all of them while it starts one.)
make_spy() {
  cat >"$W/spy" <<SH
#!/bin/sh
{
  tr '\\0' ' ' </proc/\$\$/cmdline
  pwd
  umask
  while read -r key mask; do
    case \$key in SigBlk: | SigIgn: | SigCgt:) echo "\$key \$mask" ;; esac
  done </proc/\$\$/status
  for fd in 0 2 3 4 5 6 7 8 9; do
    echo "\$fd"
    readlink /proc/\$\$/fd/\$fd
  done
  env | grep -v -E '^(CONTAINER_HOOKS_DEPTH|LISTEN_PID|_)=' | sort
} 9>&1 >"$W/found"
exec runc "\$@"
SH
  chmod 755 "$W/spy"
}

# in_odd_state COMMAND…: with ignored signals, a mask, a folder and descriptors of the caller's own.
in_odd_state() (
  cd "$W/bundle"
  umask 027
  timeout 60 sh -c 'trap "" CHLD USR1; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"' sh "$@" \
    </dev/null >"$W/stdout" 2>"$W/stderr" 3>"$W/three" 4>"$W/four"
)

container() {
  make_bundle "$W/bundle" \
    '.process.args = ["/bin/sh", "-c", "echo three >&3; echo four >&4; echo out; echo err >&2"]'
}

arrived() {
  cat "$W/three" "$W/four" "$W/stdout" "$W/stderr" | tr '\n' ' '
}

# The same container without us in front, as the measure.
measure() {
  container
  in_odd_state "$W/spy" --root "$W/runc" run --preserve-fds 1 container
  mv "$W/found" "$W/expected"
  assert_equal 'three four out err ' "$(arrived)"
}

# unaffected ENTRY: the container runs, and runc finds what it would without us.
unaffected() {
  local lowlevel=$W/spy
  write_config "$1"
  container
  rm -f "$W/runtime.log"
  in_odd_state "$RUNTIME" --root "$W/runc" run --preserve-fds 1 container ||
    fail "status $?: $(cat "$W/stderr")"
  diff "$W/expected" "$W/found"
  assert_equal 'three four out err ' "$(arrived)"
}

# optional_is_left_out SETTINGS CAUSE: the log names plugin and cause.
optional_is_left_out() {
  local plugin_timeout=1
  unaffected "$(fault "$1") required = false;"
  assert_contains "$(cat "$W/runtime.log")" "plugin 'fault'"
  assert_contains "$(cat "$W/runtime.log")" "$2"
}

# required_refuses SETTINGS CAUSE: so does the message to the user; nothing is left of the attempt.
required_refuses() {
  local plugin_timeout=1
  write_config "$(fault "$1")"
  container
  cp "$W/bundle/config.json" "$W/before.json"
  run_fails "$RUNTIME" --root "$W/runc" create --bundle "$W/bundle" container
  assert_equal 1 "$status"
  assert_contains "$output" 'container-hooks-runtime: '
  assert_contains "$output" fault
  assert_contains "$output" "$2"
  assert_equal 1 "$(wc -l <<<"$output")"
  cmp "$W/before.json" "$W/bundle/config.json"
  assert_equal config.json "$(ls -A "$W/bundle")"
  run_fails runc --root "$W/runc" state container
}

# A child that stays behind neither holds the runtime up nor lives on.
child_is_killed() {
  rm -f "$W/child"
  SECONDS=0
  unaffected "$(fault "act = \"fork\"; pid-file = \"$W/child\";")"
  [ $SECONDS -lt 10 ]
  wait_until 5 gone "$(cat "$W/child")"
}

gone() {
  [ ! -e "/proc/$1" ] || grep -q '^State:.*Z' "/proc/$1/status"
}

# What a plugin prints goes to the log, not to the container's standard streams.
print_goes_to_the_log() {
  unaffected "$(fault 'act = "print"; message = "printed by fault"; amount = 3;')"
  assert_contains "$(cat "$W/runtime.log")" 'printed by fault'
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
install_toolkit
make_spy
test_case 'runc without us in front, as the measure' measure
test_case 'a plugin that does nothing' unaffected "$(fault 'act = "none";')"
while read -r act cause; do
  test_case "$act: refuses the container, and the user reads: $cause" \
    required_refuses "act = \"$act\";" "$cause"
  test_case "$act, optional: runc and the container feel nothing" \
    optional_is_left_out "act = \"$act\";" "$cause"
done <<'CASES'
fail told to
exit exit(0)
abort signal 6
crash signal 11
hang plugin-timeout
spin plugin-timeout
CASES
for act in close fork-return chdir umask signals setenv; do
  test_case "$act: runc and the container feel nothing" unaffected "$(fault "act = \"$act\";")"
done
test_case 'print: goes to the log, and nowhere else' print_goes_to_the_log
test_case 'fork: the child that stays behind is killed' child_is_killed
test_end
