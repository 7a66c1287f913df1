#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/fuzz.sh SECONDS [NAME…]: runs fuzzers below $BUILD/fuzz (all of them) for that long each, as
# many at once as there are processors (or $JOBS), from the inputs in tests/fuzz/corpus/NAME and with
# the words in tests/fuzz/NAME.dict. What one finds on the way stays in $BUILD/corpus/NAME and is its
# start the next time; an input that crashes, hangs or is slow lies beside it.
set -euo pipefail
seconds=$1
shift
[ $# != 0 ] || set -- $(basename -s .c tests/fuzz/*.c)

# fuzz NAME: says in one line how it went.
fuzz() {
  local name=$1 found=$BUILD/corpus/$1 log=$BUILD/corpus/$1.log folders options runs
  folders=("$found")
  mkdir -p "$found"
  [ ! -d "tests/fuzz/corpus/$name" ] || folders+=("tests/fuzz/corpus/$name")
  options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1
    -artifact_prefix="$found-")
  [ ! -e "tests/fuzz/$name.dict" ] || options+=(-dict="tests/fuzz/$name.dict")
  if ! LLVM_PROFILE_FILE=$found.profraw "$BUILD/fuzz/$name" "${options[@]}" "${folders[@]}" </dev/null >"$log" 2>&1; then
    cat "$log"
    echo "$name found a failure; its input is $found-*"
    return 1
  fi
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  echo "fuzzed $name: $runs inputs in $seconds s"
}

jobs=${JOBS:-$(nproc)}
running=0
status=0
for name; do
  if [ "$running" -ge "$jobs" ]; then
    wait -n || status=1
    running=$((running - 1))
  fi
  fuzz "$name" &
  running=$((running + 1))
done
for ((; running > 0; running--)); do
  wait -n || status=1
done
exit $status
