#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/e2e/ctk-engines.sh [CASE…]: what `container-hooks-ctk runtime` makes of engines' files, and
# back again. Needs neither root nor engines. A case is a folder tests/golden/engines/CASE, named by
# the rule it states, that holds
#
#   before/          the files at first
#   setup.sh         may be there: run in a copy of them
#   command          what stands behind `container-hooks-ctk runtime`, a command a line
#   after/           the files then
#   expected-output  may be there: lines that the output contains
#   expected-error   in place of after/: lines of the error; the files stay as they were
#   edit.sh          may be there: what the admin does before the unconfigure
#   restored/        the files after unconfigure; without it they are those of before/
#
# @CASE@ in them is the folder that they are copied to.
. "$(dirname "$0")/../lib.sh"

cases=$TOP/tests/golden/engines
corpus=$TOP/tests/golden/engines-corpus
case_folder=$W/case
ctk=$BUILD/container-hooks-ctk

# --- one case -----------------------------------------------------------------------------------

# lay FROM TO: a copy with the placeholders filled in.
lay() {
  local file
  rm -rf "$2"
  cp -r "$1" "$2"
  while IFS= read -r -d '' file; do
    sed -i "s|@CASE@|$case_folder|g" "$file"
  done < <(find "$2" -type f -size -100k -print0)
  chmod -R go-w "$2"
}

in_case() {
  (cd "$case_folder" && sh -eu "$1")
}

# Our own programs of the case come first, and what the machine has is not asked.
runtime() {
  local check=--no-check
  [ ! -d "$case_folder/bin" ] || [ ! -e "$case_folder/bin/.check" ] || check=
  # shellcheck disable=SC2086
  PATH=$case_folder/bin:$PATH run "$ctk" runtime "$@" ${check:+$check}
}

# same_files EXPECTED ACTUAL: names and bytes, but for what setup.sh made in bin.
same_files() {
  diff -r --exclude=bin "$1" "$2" || fail "the files of $2 are not those of $1"
}

contains_lines() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    assert_contains "$2" "$line"
  done < <(sed "s|@CASE@|$case_folder|g" "$1")
}

# The words of a command that say which engine and files are meant.
undo_words() {
  local words=()
  while [ $# -gt 0 ]; do
    case $1 in
      --runtime | --config-file | --name) words+=("$1" "$2"); shift ;;
      --runtime=* | --config-file=* | --name=*) words+=("$1") ;;
    esac
    shift
  done
  printf '%s\n' "${words[@]}"
}

run_commands() {
  local line words
  output_of_all=
  while IFS= read -r line; do
    read -ra words <<<"${line//@CASE@/$case_folder}"
    runtime "${words[@]}"
    output_of_all+=$output$'\n'
    [ "$status" = 0 ] || return 0
  done <"$1/command"
}

prepare() {
  rm -rf "$W/state"
  lay "$1/before" "$case_folder"
  if [ -e "$1/setup.sh" ]; then in_case "$1/setup.sh"; fi
  rm -rf "$W/before"
  cp -r "$case_folder" "$W/before"
}

refuses() {
  run_commands "$1"
  assert_equal 1 "$status"
  contains_lines "$1/expected-error" "$output"
  same_files "$W/before" "$case_folder"
  if [ -e "$W/state/engines" ]; then assert_equal '' "$(ls "$W/state/engines")"; fi
}

changes() {
  local words
  run_commands "$1"
  assert_equal 0 "$status" || fail "$output"
  lay "$1/after" "$W/after"
  same_files "$W/after" "$case_folder"
  if [ -e "$1/expected-output" ]; then contains_lines "$1/expected-output" "$output_of_all"; fi
  run_commands "$1"
  assert_equal 0 "$status"
  same_files "$W/after" "$case_folder"

  if [ -e "$1/edit.sh" ]; then in_case "$1/edit.sh"; fi
  mapfile -t words < <(sed "s|@CASE@|$case_folder|g; q" "$1/command" | xargs -n 1)
  mapfile -t words < <(undo_words "${words[@]}")
  runtime unconfigure "${words[@]}"
  assert_equal 0 "$status" || fail "$output"
  if [ -d "$1/restored" ]; then lay "$1/restored" "$W/before"; fi
  find "$case_folder" -type d -empty -delete # folders on the way to a file stay
  mkdir -p "$case_folder"
  same_files "$W/before" "$case_folder"
  assert_equal '' "$(ls "$W/state/engines")"
}

golden_case() {
  prepare "$1"
  if [ -e "$1/expected-error" ]; then refuses "$1"; else changes "$1"; fi
}
