#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/fuzz.sh SECONDS: runs each fuzzer below $BUILD/fuzz for that long, from the inputs in
# tests/fuzz/corpus/NAME and with the words in tests/fuzz/NAME.dict. What it finds on the way stays
# in $BUILD/corpus/NAME and is its start the next time; an input that crashes lies beside it.
set -euo pipefail
seconds=$1

for program in "$BUILD"/fuzz/*; do
  [ -x "$program" ] || continue
  name=${program##*/}
  seeds=tests/fuzz/corpus/$name
  found=$BUILD/corpus/$name
  mkdir -p "$found"
  options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1
    -artifact_prefix="$BUILD/corpus/$name-")
  [ ! -e "tests/fuzz/$name.dict" ] || options+=(-dict="tests/fuzz/$name.dict")
  [ -d "$seeds" ] && folders=("$found" "$seeds") || folders=("$found")
  log=$found.log
  if ! "$program" "${options[@]}" "${folders[@]}" </dev/null >"$log" 2>&1; then
    cat "$log"
    echo "$name found a failure; its input is $BUILD/corpus/$name-*"
    exit 1
  fi
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  echo "fuzzed $name: $runs inputs in $seconds s"
done
