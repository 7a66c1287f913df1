#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The front of a create is killed while its worker is at work: the worker ends with it, and so does
# what that has started. (faults.sh kills and fails them at every system call.)
. "$(dirname "$0")/../lib.sh"

command -v strace >/dev/null || skip_all 'strace is not installed'
install_toolkit
lowlevel=$W/started
printf '#!/bin/sh\necho started >>%s/starts\n' "$W" >"$lowlevel"
chmod 755 "$lowlevel"
write_config "$file_hooks"
echo '{"poststop": [{"path": "/bin/true"}]}' >"$W/hooks.json"
old=$TOP/tests/samples/docker/001-create.config.json

fresh_bundle() {
  rm -rf "$W/bundle" "$W/starts"
  mkdir "$W/bundle"
  cp "$old" "$W/bundle/config.json"
}

workers() {
  grep -lF "$TOOLKIT/modify" /proc/[0-9]*/cmdline 2>/dev/null
}

no_worker() {
  [ -z "$(workers)" ]
}

nothing_has_happened() {
  cmp "$W/bundle/config.json" "$old"
  assert_equal config.json "$(ls -A "$W/bundle")"
  [ ! -e "$W/starts" ] || fail 'the low-level runtime has run'
}

# The worker goes down with the front, whatever it is at.
ended_by() {
  local front status=0
  fresh_bundle
  write_config "$file_hooks" "$(fault 'act = "hang";')"
  "$RUNTIME" create --bundle "$W/bundle" c1 2>/dev/null &
  front=$!
  wait_until 5 workers
  kill "-$1" "$front"
  wait "$front" || status=$?
  assert_equal $((128 + $(kill -l "$1"))) "$status"
  wait_until 5 no_worker
  nothing_has_happened
}

# So does a program that a plugin has started, and that hangs.
filter_ended_by() {
  local front filter
  fresh_bundle
  printf '#!/bin/sh\necho $$ >%s/filter.pid\nexec sleep 60\n' "$W" >"$W/filter"
  chmod 755 "$W/filter"
  rm -f "$W/filter.pid"
  write_config "name = \"spec-filter\"; settings: { programs = ( \"$W/filter\" ); };"
  "$RUNTIME" create --bundle "$W/bundle" c1 2>/dev/null &
  front=$!
  wait_until 5 test -s "$W/filter.pid"
  filter=$(<"$W/filter.pid")
  kill "-$1" "$front"
  wait "$front" || true
  wait_until 5 gone "$filter"
  wait_until 5 no_worker
  nothing_has_happened
}

gone() {
  [ ! -e "/proc/$1" ] || grep -q '^State:.*Z' "/proc/$1/status"
}

# A process that comes too late to be tied to its front's life sees that this has ended. strace
# holds it up before.
born_as_an_orphan() {
  local front
  fresh_bundle
  write_config "$file_hooks"
  strace -f -qq -o /dev/null -e inject=prctl:delay_enter=1500000 \
    "$RUNTIME" create --bundle "$W/bundle" c1 2>/dev/null &
  wait_until 5 front_has_a_child
  kill -KILL "$(fronts | head -n 1)"
  wait $! || true
  wait_until 5 no_front
  wait_until 5 no_worker
  nothing_has_happened
}

# The front and, until that is the worker, its child; the older one first.
fronts() {
  pgrep -f "^$RUNTIME create"
}

front_has_a_child() {
  [ "$(fronts | wc -l)" = 2 ]
}

no_front() {
  [ -z "$(fronts)" ]
}

for signal in TERM HUP KILL; do
  test_case "SIG$signal to the front: the worker ends too" ended_by $signal
done
for signal in TERM KILL; do
  test_case "SIG$signal to the front: a filter that hangs ends too" filter_ended_by $signal
done
test_case 'a worker whose front is gone before it has begun does nothing' born_as_an_orphan
test_end
