#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/bench/commands.sh: what the runtime adds to a command of the low-level runtime. The unit is what
# the barest possible wrapper adds, a static program that only execs the same target.
. "$(dirname "$0")/lib.sh"

install_benchmarks
configure "$file_hooks"
bundle b

life() {
  add_case "$1"
  [ "$2" != "$RUNTIME" ] || put_back "$SAMPLE" "$BUNDLES/b/config.json"
  timed "$2" create --bundle "$BUNDLES/b" c
  timed "$2" start c
  timed "$2" state c
  timed "$2" kill c
  timed "$2" delete c
}

add_references
add_case pass
timed "$RUNTIME" state c
create_case create b
life life "$RUNTIME"
life 'target life' /bin/true
run_cases 1500

ratio 'a command that is passed through (state, kill)' '<1.2' - pass target trampoline target
ratio 'create, with file-hooks' '<4' 3.3 create target trampoline target
ratio 'a life: create, start, state, kill, delete' '<8.5' 7.5 life 'target life' trampoline target

# Memory, with a target that needs less than we do.
export TARGET=$TOOLKIT/nothing
configure "$file_hooks"
peak() {
  cp "$SAMPLE" "$BUNDLES/b/config.json"
  "$BUILD/bench/measure" "$@" | cut -d ' ' -f 3
}
megabytes 'memory of a create' '<8' "$(peak "$RUNTIME" create --bundle "$BUNDLES/b" c)"
megabytes 'memory of a command that is passed through' '<1.5' "$(peak "$RUNTIME" state c)"
test_end
