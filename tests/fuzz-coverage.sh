#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/fuzz-coverage.sh SECONDS [NAME…]: how much of the files that a fuzz target is meant for
# ("Covers:" in its head) its inputs go through: those of tests/fuzz/corpus, and what it finds from
# them within that time. Prints a line a file; fails if one has less than $LEAST percent of its lines.
# $BUILD/fuzz has the fuzzers, built for clang's coverage. With SHOW=1 the missed lines are printed.
set -euo pipefail
seconds=$1
shift
LEAST=${LEAST:-85}
# shellcheck disable=SC2046
[ $# != 0 ] || set -- $(basename -s .c tests/fuzz/*.c)

# tool NAME: LLVM's, of clang's version, which Debian has in their names.
tool() {
  local version
  version=$(clang -dumpversion)
  command -v "$1-${version%%.*}" || command -v "$1"
}
profdata=$(tool llvm-profdata)
cov=$(tool llvm-cov)

# report NAME: a line "FILE LINES MISSED" for each of its files.
report() {
  local name=$1 files
  # shellcheck disable=SC2046
  files=$(ls $(sed -n 's/^ \* Covers: //p' "tests/fuzz/$name.c")) || return
  "$profdata" merge -sparse "$BUILD/corpus/$name.profraw" -o "$BUILD/corpus/$name.profdata" || return
  # shellcheck disable=SC2086
  [ -z "${SHOW:-}" ] || "$cov" show "$BUILD/fuzz/$name" -instr-profile "$BUILD/corpus/$name.profdata" \
    $files | grep -E '^ +[0-9]+\| +0\||^/' >&2
  # shellcheck disable=SC2086
  "$cov" export -summary-only "$BUILD/fuzz/$name" -instr-profile "$BUILD/corpus/$name.profdata" $files |
    jq -r '.data[].files[] | "\(.filename) \(.summary.lines | "\(.count) \(.count - .covered)")"'
}

rm -rf "$BUILD/corpus" # what earlier runs found would hide what the seeds lack
tests/fuzz.sh "$seconds" "$@" >"$BUILD/fuzz.log" || { cat "$BUILD/fuzz.log"; exit 1; }

printf '%-16s %-42s %6s %6s\n' target file lines covered
low=0
for name; do
  lines=$(report "$name")
  [ -n "$lines" ] || { echo "tests/fuzz/$name.c does not say what it covers"; exit 1; }
  while read -r file count missed; do
    percent=$(((count - missed) * 100 / count)) mark=
    [ "$percent" -ge "$LEAST" ] || { low=$((low + 1)) mark=' <'; }
    printf '%-16s %-42s %6d %5d%%%s\n' "$name" "${file#"$PWD"/}" "$count" "$percent" "$mark"
  done <<<"$lines"
done
[ $low = 0 ] || { echo "$low of them are below $LEAST %"; exit 1; }
