#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Plugins that misbehave, as required and as optional ones: the message names plugin and cause; the
# process that becomes the low-level runtime is what the caller made it; the other plugins' edits
# are in config.json, or none are; and an auditor is told. The low-level runtime is a script that
# notes how it finds its process. Needs no root.
. "$(dirname "$0")/../lib.sh"

bundle=$W/bundle
spec=$bundle/config.json
old='{"process":{"env":["A=1"]},"root":{"path":"/r"}}'
edited='{"process":{"env":["A=1","B=2","C=3"]},"root":{"path":"/r"}}'

# --- the process that becomes the low-level runtime ----------------------------------------------

# What a shell does to its own signals and descriptors while it starts a program is not to be seen
# in what that program inherits, nor before.
make_recorder() {
  cat >"$W/recorder" <<SH
#!/bin/sh
find /proc/\$\$/fd -mindepth 1 -fprintf "$W/descriptors" '%f %l\\n'
{
  cat "$W/descriptors"
  tail -z -n +3 /proc/\$\$/cmdline | tr '\\0' '\\n'
  pwd -P
  umask
  ulimit -n
  grep -E '^(Sig(Blk|Ign|Pnd)|ShdPnd|NoNewPrivs|Cap)' /proc/self/status
  tr '\\0' '\\n' </proc/\$\$/environ
} | sort >"$W/found"
echo from the runtime 2>/dev/null || true
SH
  chmod 755 "$W/recorder"
}

# in_odd_state COMMAND…: called with an odd folder, mask, signals, environment and descriptors.
in_odd_state() (
  trap '' CHLD USR1 HUP
  cd "$W/odd folder"
  umask 0137
  ulimit -n 500
  exec 3<"$W/three" 4>>"$W/four" 6<"$W/three"
  status=0
  env -i PATH="$PATH" CONTAINER_HOOKS_CONFIG="$CONTAINER_HOOKS_CONFIG" LC_ALL=C 'ODD=a  b' \
    LISTEN_FDS=2 LISTEN_FDNAMES=three:four "${sanitizers[@]}" "${variables[@]}" timeout 30 "$@" \
    --log "$W/log" create --bundle "$bundle" --preserve-fds 1 c1 \
    <"$W/three" >"$W/stdout" 2>"$W/stderr" || status=$?
  return "$status"
)

fresh_bundle() {
  rm -rf "$bundle" "$W"/{found,log,runtime.log,stdout,stderr,told*}
  mkdir "$bundle"
  printf %s "$old" >"$spec"
}

# The same call without us, as the measure; we add one variable.
measure() {
  fresh_bundle
  in_odd_state "$W/recorder"
  echo CONTAINER_HOOKS_DEPTH=1 | sort - "$W/found" >"$W/expected"
}

# The runtime has run, in the process that the caller made, and nothing was added to its output.
runtime_is_unaffected() {
  assert_equal 'from the runtime' "$(cat "$W/stdout")"
  assert_equal '' "$(cat "$W/stderr")"
  [ ! -e "$W/log" ]
  diff "$W/expected" "$W/found"
}

# --- the chain -----------------------------------------------------------------------------------

# chain ENTRY…: these between two that edit and are told the end.
chain() {
  fresh_bundle
  write_config "name = \"writer\"; settings: { env = \"B=2\"; outcome = \"$W/told-before\"; };" \
    "$@" "name = \"writer\"; settings: { env = \"C=3\"; outcome = \"$W/told-after\"; };"
}

# starts ENTRY…: the container starts, with the edits of the two.
starts() {
  chain "$@"
  in_odd_state "$RUNTIME" || fail "status $?: $(cat "$W/stderr")"
  runtime_is_unaffected
  assert_equal "$edited" "$(cat "$spec")"
  assert_equal config.json "$(ls -A "$bundle")"
  chmod u+r "$W"/told-* # another plugin's umask may have been a hindrance
  assert_equal "done" "$(head -n 1 "$W/told-before")"
  assert_equal "done" "$(head -n 1 "$W/told-after")"
}

# left_out CAUSE ENTRY: an optional one that fails; the log warns.
left_out() {
  starts "$2 required = false;"
  grep -q " warn create c1.*plugin '.*$1" "$W/runtime.log" || fail "$(cat "$W/runtime.log")"
}

# refused CAUSE ENTRY…: a required one that fails; everybody gets to know.
refused() {
  local cause=$1 status=0
  shift
  chain "$@"
  in_odd_state "$RUNTIME" || status=$?
  assert_equal 1 $status
  [ ! -e "$W/found" ] || fail 'the runtime has run'
  assert_equal '' "$(cat "$W/stdout")"
  assert_equal 1 "$(wc -l <"$W/stderr")"
  assert_contains "$(cat "$W/stderr")" "container-hooks-runtime: "
  assert_contains "$(cat "$W/stderr")" "plugin '"
  assert_contains "$(cat "$W/stderr")" "$cause"
  assert_equal 1 "$(wc -l <"$W/log")"
  assert_equal "$old" "$(cat "$spec")"
  assert_equal config.json "$(ls -A "$bundle")"
  assert_contains "$(head -n 1 "$W/told-before")" "$cause"
  assert_contains "$(head -n 1 "$W/told-after")" "$cause"
  assert_contains "$(cat "$W/told-before" "$W/told-after")" 'refused: '
}

# --- single acts ---------------------------------------------------------------------------------

prints() {
  starts "$(fault 'act = "print"; message = "words of fault"; amount = 4;')"
  assert_contains "$(cat "$W/runtime.log")" "plugin 'fault' printed: words of fault"
}

# What a plugin said before it went down is part of the story.
prints_and_crashes() {
  variables=(LOADING=print)
  refused "it printed: \"printed by loading" 'name = "loading";' "$(fault 'act = "crash";')"
}

# What is not text is no text in the engine's log either, which some read strictly.
fails_with_bytes() {
  local bytes=$'\\xff\\xc0\\xaf \\t\\x1b[31m \\"\\\\ \xc3\xa9'
  refused 'told' "$(fault "act = \"fail\"; message = \"told $bytes\";")"
  iconv -f UTF-8 -t UTF-8 "$W/log" >/dev/null
  grep -q '^time="[^"]*" level=error msg=".*told ??? *\[31m \\"\\\\ '$'\xc3\xa9''"$' "$W/log" ||
    fail "$(cat "$W/log")"
}

forks() {
  starts "$(fault "act = \"fork\"; pid-file = \"$W/child\"; $1")"
}

gone() {
  [ ! -e "/proc/$1" ] || grep -q '^State:.*Z' "/proc/$1/status"
}

child_in_the_group_is_killed() {
  forks ''
  wait_until 5 gone "$(cat "$W/child")"
}

# It is not waited for, has nothing of the container's, and does not keep the bundle locked.
child_with_a_session_of_its_own() {
  forks 'setsid = true;'
  gone "$(cat "$W/child")" && fail 'it is not there any more'
  plugin_timeout=5 write_config 'name = "writer"; settings: { env = "D=4"; };'
  in_odd_state "$RUNTIME" || fail "$(cat "$W/stderr")"
  kill -KILL "$(cat "$W/child")"
}

# The first plugin's pin is broken by an optional one, then by a required one.
breaks_a_pin() {
  local pin="name = \"writer\"; settings: { pin-pointer = \"/root/path\"; };"
  starts "$pin" "$(fault 'act = "replace-root";') required = false;"
  refused "it changed /root/path, which plugin 'writer' has pinned" "$pin" \
    "$(fault 'act = "replace-root";')"
}

# Two go down, one after the other; all others get to know of the first.
two_crash() {
  refused 'killed by signal 6' "$(fault 'act = "abort";')" \
    "$(fault 'act = "crash"; when = "finish";')" "$(fault 'act = "exit"; when = "finish";')"
}

# The time that a plugin has is not the time that we take.
in_time() {
  SECONDS=0
  refused "plugin 'fault' did not finish within 1 s (plugin-timeout)" "$(fault "act = \"$1\";")"
  [ $SECONDS -lt 5 ]
}

# while_loaded ACT CAUSE
while_loaded() {
  variables=("LOADING=$1")
  refused "$2" 'name = "loading";'
  assert_contains "$(cat "$W/stderr")" 'during its load'
}

# The variable is for this case only; the measure has it too.
harmless_with() {
  variables=("$1")
  measure
  starts 'name = "loading";'
}

# Where the caller has no standard streams, none of ours may take their place.
without_standard_streams() {
  chain
  (in_odd_state_closed)
  assert_equal "$edited" "$(cat "$spec")"
  if grep -E '^[0-9] ' "$W/descriptors"; then fail 'these are open'; fi
}

in_odd_state_closed() {
  exec 0<&- 1>&- 2>&-
  "$RUNTIME" create --bundle "$bundle" c1
}

# --- all of it -----------------------------------------------------------------------------------

install_toolkit
make_recorder
mkdir "$W/odd folder"
echo three >"$W/three"
variables=()
mapfile -t sanitizers < <(env | grep -E '^(A|L|UB)SAN_OPTIONS=')
lowlevel=$W/recorder
plugin_timeout=1

test_case 'the low-level runtime without us, as the measure' measure
test_case 'plugins that behave' starts
while IFS='|' read -r act cause; do
  test_case "$act: refused, and everybody reads: $cause" refused "$cause" "$(fault "act = \"$act\";")"
  test_case "$act, optional: left out" left_out "$cause" "$(fault "act = \"$act\";")"
done <<'ACTS'
fail|told to
silent-fail|failed without saying why
forget|told to
exit|called exit(0) during its modify
abort|was killed by signal 6 (Aborted) during its modify
crash|was killed by signal 11 (Segmentation fault) during its modify
hang|did not finish within 1 s (plugin-timeout) and was killed during its modify
stop|did not finish within 1 s (plugin-timeout) and was killed during its modify
trace|did not finish within 1 s (plugin-timeout) and was killed during its modify
leave-group|did not finish within 1 s (plugin-timeout) and was killed during its modify
daemon|called exit(0) during its modify
exec|called exit(0) during its modify
scribble|was killed by signal 11 (Segmentation fault) during its modify
put-spec|it released ctx->spec, which was only lent to it
swap-spec|it put another object into ctx->spec: edit the one it holds
cycle|config.json is nested deeper than 128, or holds itself
deep|config.json is nested deeper than 128, or holds itself
nan|config.json: /number is no number that JSON has
nul|config.json: /text has a NUL
bytes|config.json: /text has a byte 0xff that is not UTF-8
key-twice|config.json: /process is there twice
ACTS
test_case "exit with the worker's own number for another version" refused \
  'called exit(65) during its modify' "$(fault 'act = "exit"; status = 65;')"
test_case 'spin: refused in time' in_time spin
while IFS='|' read -r act cause; do
  test_case "$act in finish: refused" refused "$cause" "$(fault "act = \"$act\"; when = \"finish\";")"
  test_case "$act in finish, optional: logged" left_out "$cause" \
    "$(fault "act = \"$act\"; when = \"finish\";")"
done <<'ACTS'
exit|called exit(0) during its finish
crash|was killed by signal 11 (Segmentation fault) during its finish
hang|did not finish within 1 s (plugin-timeout) and was killed during its finish
ACTS
for act in none close fork-return chdir umask signals setenv limits put-settings; do
  test_case "$act: nothing of it reaches the runtime" starts "$(fault "act = \"$act\";")"
  test_case "$act in finish: nothing of it reaches the runtime" \
    starts "$(fault "act = \"$act\"; when = \"finish\";")"
done
test_case 'print: into the log, and nowhere else' prints
test_case 'print, then crash: the words are told' prints_and_crashes
test_case 'fail with bytes that are no text' fails_with_bytes
test_case 'fork: the child is killed' child_in_the_group_is_killed
test_case 'fork with a session of its own: nobody waits for it' child_with_a_session_of_its_own
test_case 'break-spec: the next one names the place' refused \
  'config.json: /hooks is a string, not an object' "$(fault 'act = "break-spec";')" \
  'name = "writer"; settings: { hook = "/bin/h"; };'
test_case 'replace-root: a pin holds' breaks_a_pin
test_case 'abort, then others in their finish: all are told' two_crash
test_case 'exit while it is loaded' while_loaded exit 'called exit(7)'
test_case 'abort while it is loaded' while_loaded abort 'was killed by signal 6'
test_case 'hang while it is loaded' while_loaded hang 'did not finish within 1 s'
test_case 'close while it is loaded' harmless_with LOADING=close
for act in exit abort hang close; do
  test_case "$act while it is unloaded" harmless_with "UNLOADING=$act"
done
test_case 'a caller without standard streams' without_standard_streams
test_end
