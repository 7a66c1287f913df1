# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# For tests of what happens when the kernel fails a program, or ends it, in the middle: behind lib.sh.
# Some of a command's system calls are spoiled, one in each run; with FAULTS=all every single one.

SPOIL=$BUILD/tests/programs/spoil

# count_calls PROGRAM HOW COMMAND…: how many there are to spoil.
count_calls() {
  local program=$1 how=$2
  shift 2
  timeout 60 "$SPOIL" "$program" 0 "$how" "$W/.count" "$@" </dev/null >/dev/null 2>&1 || true
  cat "$W/.count"
}

# spoiled PROGRAM CALL HOW COMMAND…: as run(), with this system call spoiled; `fault` tells which.
spoiled() {
  status=0
  timeout 60 "$SPOIL" "$1" "$2" "$3" "$W/.note" "${@:4}" </dev/null >"$W/.output" 2>&1 || status=$?
  fault="$3 at $(cat "$W/.note")"
  output=$(tr -d '\0' <"$W/.output")
}

# numbers FIRST COUNT APART: the calls to spoil, so far apart; or all of them.
numbers() {
  local apart=$3
  [ "${FAULTS:-}" != all ] || apart=1
  seq "$1" "$apart" "$2"
}
