#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/full.sh [NAME…]: what is too slow for every change: cppcheck, analyzer, valgrind, threads (all
# of them). Prints a line for each: ok or FAIL, with what was found.
# What a tool says wrongly is left out here, with the reason beside it, or the source says it so that
# the tool can follow.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
work=$(mktemp -d "${TMPDIR:-/tmp}/cht-full.XXXXXX")
trap 'rm -rf "$work"' EXIT
failures=0

# report NAME STATUS FILE: the test's line, and below it what was found.
report() {
  if [ "$2" = 0 ]; then
    echo "ok   $1"
    return
  fi
  echo "FAIL $1"
  sed 's/^/     | /' "$3"
  failures=$((failures + 1))
}

# --- sources -------------------------------------------------------------------------------------

# internalAstError: where its parser gives up; the compilers and clang-tidy read those functions.
# ctuuninitvar, uninitvar: it takes a struct that is given to be filled for one that is read;
#   valgrind, below, sees what really happens.
# incorrectLogicOperator: it reads hexadecimal fractions (-0x1p63) as 0.
run_cppcheck() {
  cppcheck --quiet --std=c11 --enable=warning,performance,portability --library=tests/cppcheck.cfg \
    --suppress=internalAstError --suppress=ctuuninitvar --suppress=uninitvar \
    --suppress=incorrectLogicOperator --inline-suppr --error-exitcode=1 -j"$(nproc)" \
    -i core/ctk/template -Icore -Iinclude -D_GNU_SOURCE -DVERSION='"x"' -DPREFIX='"/usr"' \
    -DSYSCONFDIR='"/etc"' core plugins >"$work/cppcheck" 2>&1
  report 'cppcheck: core and plugins' $? "$work/cppcheck"
}

# use-of-uninitialized-value: gcc 12 does not see that a function that failed is not asked for what
# it would have stored; where it is asked, valgrind says so.
run_analyzer() {
  make --no-print-directory BUILD="$BUILD/analyzer" CC=gcc WERROR=1 \
    CFLAGS='-fanalyzer -Wno-analyzer-use-of-uninitialized-value' all >"$work/analyzer" 2>&1
  report 'gcc -fanalyzer: core and plugins' $? "$work/analyzer"
}

# --- memory --------------------------------------------------------------------------------------

# A build whose worker and verify-rootfs run under valgrind, whoever starts them. What they leave
# allocated at their end is no leak: they end at once, and the system takes it back.
put_under_valgrind() {
  local name
  rm -rf "$BUILD/valgrind"
  mkdir -p "$BUILD/valgrind/real" "$BUILD/valgrind/tests"
  cp -r "$BUILD"/container-hooks* "$BUILD/plugins" "$BUILD/valgrind"
  cp -r "$BUILD/tests/plugins" "$BUILD/tests/programs" "$BUILD/valgrind/tests"
  for name in modify verify-rootfs; do
    cp "$BUILD/$name" "$BUILD/valgrind/real"
    printf '%s\n' '#!/bin/sh' \
      "exec valgrind --quiet --log-file=$work/valgrind/%p $BUILD/valgrind/real/$name \"\$@\"" \
      >"$BUILD/valgrind/$name"
    chmod 755 "$BUILD/valgrind/$name"
  done
}

# valgrind_of NAME COMMAND…: fails by what valgrind has said of its processes, or if it had none; the
# cases of the command fail where theirs do, with the time limits of a machine without valgrind, and
# are not looked at.
valgrind_of() {
  local name=$1 looked
  shift
  rm -rf "$work/valgrind"
  mkdir "$work/valgrind"
  "$@" >"$work/output" 2>&1
  looked=$(find "$work/valgrind" -type f | wc -l)
  find "$work/valgrind" -type f -size +0 -exec cat {} + >"$work/said"
  [ "$looked" != 0 ] || tail -n 20 "$work/output" >"$work/said"
  report "valgrind: $name ($looked processes)" "$([ -s "$work/said" ]; echo $((1 - $?)))" "$work/said"
}

run_valgrind() {
  put_under_valgrind
  valgrind_of 'unit tests' timeout 1800 valgrind --quiet --log-file="$work/valgrind/%p" \
    "$BUILD/tests/unit" --jobs 1 --timeout 300
  valgrind_of 'the worker on golden folders' env BUILD="$BUILD/valgrind" tests/golden.sh
  valgrind_of 'verify-rootfs' env BUILD="$BUILD/valgrind" tests/e2e/verify-rootfs.sh
}

# --- threads -------------------------------------------------------------------------------------

# verify-rootfs alone has threads. Not the unit tests: Criterion maps its arena where ThreadSanitizer
# has its shadow, and does not start.
run_threads() {
  make --no-print-directory BUILD="$BUILD/tsan" SANITIZE=thread tests >"$work/threads" 2>&1 &&
    TSAN_OPTIONS=log_path=$work/tsan:exitcode=66 BUILD="$BUILD/tsan" tests/run verify-rootfs \
      >"$work/threads" 2>&1
  local status=$? log
  for log in "$work"/tsan.*; do
    [ ! -e "$log" ] || { cat "$log" >>"$work/threads"; status=1; }
  done
  report 'ThreadSanitizer: verify-rootfs' $status "$work/threads"
}

[ $# != 0 ] || set -- cppcheck analyzer valgrind threads
for name; do "run_$name"; done
[ $failures = 0 ]
