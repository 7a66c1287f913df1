#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# spec-filter with real runc behind: programs that change a container, refuse it in their own words,
# or misbehave; nothing of them stays behind.
. "$(dirname "$0")/../lib.sh"

# filter NAME: makes a program of standard input.
filter() {
  mkdir -p "$W/filters"
  cat >"$W/filters/$1"
  chmod 755 "$W/filters/$1"
}

# filters ENTRY…: config.cfg with these as programs: the inside of the list.
filters() {
  write_config "name = \"spec-filter\"; settings: { programs = ( $* ); };"
}

container() {
  make_bundle "$W/bundle" "${1:-.}"
  cp "$W/bundle/config.json" "$W/before.json"
}

# refused MESSAGE: by the plugin; there is no container, and config.json is what it was.
refused() {
  run_fails "${runtime[@]}" run --bundle "$W/bundle" c1
  assert_equal "container-hooks-runtime: plugin 'spec-filter'$1" "$output"
  cmp "$W/before.json" "$W/bundle/config.json"
  assert_equal config.json "$(ls -A "$W/bundle")"
  assert_lacks "$(runc --root "$W/runc" list 2>&1)" c1
}

# from_readme LANGUAGE: the program in the README that is written in it.
from_readme() {
  awk -v start="\`\`\`$1" '$0 == start { on = 1; next } $0 == "```" { on = 0 } on' \
    "$TOP/plugins/spec-filter/README.md"
}

# --- what programs are for ----------------------------------------------------------------------

python_example_works() {
  from_readme python | filter set-zone
  filters "{ path = \"$W/filters/set-zone\"; args = [ \"Europe/Berlin\" ]; timeout = 10; }"
  container '.process.args = ["/bin/env"] | .process.env = ["TZ=UTC", "PATH=/bin"]'
  run_ok "${runtime[@]}" run --bundle "$W/bundle" c1
  assert_contains "$output" TZ=Europe/Berlin
  assert_lacks "$output" TZ=UTC

  container '.process.cwd = "/proc"'
  refused ": $W/filters/set-zone failed with status 1: a container cannot work in /proc"
}

sh_example_works() {
  from_readme sh | filter no-sys-admin
  filters "\"$W/filters/no-sys-admin\""
  container '.process.args = ["/bin/echo", "it runs"]'
  run_ok "${runtime[@]}" run --bundle "$W/bundle" c1
  assert_equal 'it runs' "$output"

  container '.process.capabilities.bounding += ["CAP_SYS_ADMIN"]'
  refused ": $W/filters/no-sys-admin failed with status 1: CAP_SYS_ADMIN is not allowed on this host"
}

# The same two as an engine sees them: by the log that it reads for the reason.
the_engines_log_has_the_words() {
  filters "\"$W/filters/no-sys-admin\""
  container '.process.capabilities.bounding += ["CAP_SYS_ADMIN"]'
  run_fails "${runtime[@]}" --log "$W/log" --log-format json create --bundle "$W/bundle" c1
  assert_contains "$(jq -r .msg "$W/log")" 'CAP_SYS_ADMIN is not allowed on this host'
}

the_text_that_was_printed_is_kept() {
  local lowlevel=/bin/true # no real one would start this
  local text='{"z":1.50,"ociVersion":"1.0.2","a":1E+2,"n":18446744073709551615,"m":-9223372036854775808}'
  filter odd <<SH
#!/bin/sh
echo '$text'
SH
  filters "\"$W/filters/odd\""
  container
  run_ok "$RUNTIME" create --bundle "$W/bundle" c1
  assert_equal "$text" "$(cat "$W/bundle/config.json")"
}

# Specs of real engines, through a program that reads and writes all of it.
samples_pass_unchanged() {
  local sample samples=0 lowlevel=/bin/true
  filter copy <<'PY'
#!/usr/bin/python3
import json, sys
json.dump(json.load(sys.stdin), sys.stdout)
PY
  filters "\"$W/filters/copy\""
  rm -rf "$W/bundle"
  mkdir "$W/bundle"
  for sample in "$TOP"/tests/samples/*/*config.json; do
    cp "$sample" "$W/bundle/config.json"
    run_ok "$RUNTIME" create --bundle "$W/bundle" c1
    cmp "$sample" "$W/bundle/config.json"
    samples=$((samples + 1))
  done
  [ "$samples" -gt 0 ]
}

apply_predicts_what_runc_gets() {
  local lowlevel=/bin/true
  filters "{ path = \"$W/filters/set-zone\"; args = [ \"UTC\" ]; timeout = 10; }"
  container
  run_ok "$CTK" apply "$W/bundle"
  jq -S . "$W/.output" >"$W/predicted.json"
  cmp "$W/before.json" "$W/bundle/config.json"
  run_ok "$RUNTIME" create --bundle "$W/bundle" c1
  jq -S . "$W/bundle/config.json" | diff "$W/predicted.json" -
}

check_runs_them_on_a_sample() {
  filter mark <<SH
#!/bin/sh
touch "$W/was-run"
exec cat
SH
  filters "\"$W/filters/mark\""
  run_ok "$CTK" plugin check
  [ -e "$W/was-run" ]
  chmod a-x "$W/filters/mark"
  run_fails "$CTK" plugin check
  assert_contains "$output" "$W/filters/mark cannot be executed: Permission denied: chmod +x"
  rm "$W/filters/mark"
  run_fails "$CTK" plugin check
  assert_contains "$output" "$W/filters/mark does not exist"
  filters '{ path = "/bin/cat"; time = 1; }'
  run_fails "$CTK" plugin check
  assert_contains "$output" '/programs/0/time is not known here'
}

# --- programs that misbehave --------------------------------------------------------------------

# A program that notes its own number and those of its children, and waits with them.
hanging() {
  filter hang <<SH
#!/bin/sh
sleep 60 &
echo \$\$ \$! >"$W/pids"
echo "half a sp"
wait
SH
}

all_have_ended() {
  local pid state
  # shellcheck disable=SC2013
  for pid in $(cat "$W/pids"); do
    state=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -c 1) || continue
    case $state in '' | Z | X) ;; *) return 1 ;; esac
  done
}

late_program_leaves_nothing() {
  hanging
  filters "{ path = \"$W/filters/hang\"; timeout = 1; }"
  container
  refused ": $W/filters/hang did not end within 1 s (its timeout) and was killed"
  wait_until 5 all_have_ended
}

late_chain_leaves_nothing() {
  local plugin_timeout=1
  hanging
  filters "{ path = \"$W/filters/hang\"; timeout = 30; }"
  container
  refused ' did not finish within 1 s (plugin-timeout) and was killed during its modify'
  assert_contains "$(cat "$W/runtime.log")" "plugin 'spec-filter': runs $W/filters/hang"
  wait_until 5 all_have_ended
}

children_are_killed_at_the_end() {
  filter leave <<SH
#!/bin/sh
sleep 60 &
echo \$! >"$W/pids"
exec cat
SH
  filters "\"$W/filters/leave\""
  container '.process.args = ["/bin/true"]'
  run_ok "${runtime[@]}" run --bundle "$W/bundle" c1
  wait_until 5 all_have_ended
}

killing_its_group_refuses() {
  filter suicide <<'SH'
#!/bin/sh
kill -KILL 0
SH
  filters "\"$W/filters/suicide\""
  container
  refused ' was killed by signal 9 (Killed) during its modify'
}

# As the kernel does that has no memory left. What the front then kills is the whole group.
killed_worker_leaves_nothing() {
  filter parricide <<SH
#!/bin/sh
sleep 60 &
echo \$\$ \$! >"$W/pids"
kill -KILL \$PPID
wait
SH
  filters "{ path = \"$W/filters/parricide\"; timeout = 30; }"
  container
  refused ' was killed by signal 9 (Killed) during its modify'
  wait_until 5 all_have_ended
}

traceback_names_the_exception() {
  filter broken <<'PY'
#!/usr/bin/python3
import json, sys
def deep(n):
    return json.load(sys.stdin)["no such key"] if n == 0 else deep(n - 1)
deep(30)
PY
  filters "{ path = \"$W/filters/broken\"; timeout = 10; }"
  container
  run_fails "${runtime[@]}" run --bundle "$W/bundle" c1
  assert_contains "$output" "$W/filters/broken failed with status 1: "
  assert_contains "$output" "KeyError: 'no such key'"
}

# Whatever the engine left to us. (The shell itself has its script open.)
none_of_our_descriptors() {
  local lowlevel=/bin/true
  filter look <<SH
#!/bin/sh
find /proc/\$\$/fd -mindepth 1 -fprintf "$W/found" '%f %l\\n'
exec cat
SH
  filters "\"$W/filters/look\""
  container
  (
    trap '' CHLD HUP
    run_ok "$RUNTIME" create --bundle "$W/bundle" c1 5<"$W/before.json" 6<"$W/before.json"
  )
  sed -i -e "/filters\/look\$/d" -e 's/\[.*//' -e 's/ (deleted)//' "$W/found"
  assert_equal '0 /memfd:input 1 pipe: 2 pipe:' "$(sort "$W/found" | xargs)"
}

install_toolkit
runtime=("$RUNTIME" --root "$W/runc")
[ -x /usr/bin/python3 ] || skip_all 'no /usr/bin/python3'
test_case "the README's filter in Python changes a container, and refuses one" python_example_works
test_case "the README's filter in sh refuses a container, and lets others run" sh_example_works
test_case "the engine's log has a filter's own words" the_engines_log_has_the_words
test_case 'key order and the text of numbers are as they were printed' the_text_that_was_printed_is_kept
test_case "specs of real engines come through Python unchanged" samples_pass_unchanged
test_case 'apply runs the filters, and predicts what runc gets' apply_predicts_what_runc_gets
test_case 'plugin check looks at programs and runs them on a sample container' check_runs_them_on_a_sample
test_case 'a program that is late leaves nothing behind' late_program_leaves_nothing
test_case 'nor does one in a chain that is late' late_chain_leaves_nothing
test_case 'children that a program left are killed when the chain ends' children_are_killed_at_the_end
test_case 'a worker that is killed leaves no program behind' killed_worker_leaves_nothing
test_case 'a program that kills its process group refuses the container' killing_its_group_refuses
test_case 'of a traceback the exception is in the message' traceback_names_the_exception
test_case 'a program finds none of our descriptors' none_of_our_descriptors
test_end
