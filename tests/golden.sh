#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/golden.sh [NAME…]: golden cases, run by the real runtime with /bin/true behind it. Needs no
# root. A case is a folder plugins/PLUGIN/tests/CASE or tests/golden/CASE, named by the rule it
# states, that holds
#
#   config.json      the bundle's
#   settings.cfg     the plugin's settings; or, for more than one plugin, config.cfg
#   setup.sh         may be there: run in the folder before
#   expected.json    what config.json becomes; if it is config.json byte for byte, so is the result
#   expected-error   or lines that standard error contains, config.json being left alone
#   expected-log     lines that the log contains
#
# and whatever these name. @CASE@ in them is the folder (a copy of it, in a place that is trusted), and
# @LOG@ the runtime's log, which config.cfg has to name.
. "$(dirname "$0")/lib.sh"

case_folder=$W/golden
bundle=$W/bundle

# fill_in FILE: its text with the placeholders replaced.
fill_in() {
  sed -e "s|@CASE@|$case_folder|g" -e "s|@LOG@|$W/runtime.log|g" "$case_folder/$1"
}

# prepare FOLDER PLUGIN: the copy of the case, the bundle, config.cfg.
prepare() {
  rm -rf "$case_folder" "$bundle" "$W/runtime.log"
  cp -r "$1" "$case_folder"
  chmod -R go-w "$case_folder"
  if [ -e "$case_folder/setup.sh" ]; then
    (cd "$case_folder" && sh -eu ./setup.sh)
  fi
  mkdir "$bundle"
  cp "$case_folder/config.json" "$bundle"
  if [ -e "$case_folder/config.cfg" ]; then
    fill_in config.cfg >"$W/config.cfg"
  else
    lowlevel=/bin/true write_config "name = \"$2\"; settings: { $(fill_in settings.cfg) };"
  fi
}

create() {
  run "$RUNTIME" create --bundle "$bundle" golden
  assert_equal config.json "$(ls -A "$bundle")"
}

# contains_lines FILE TEXT: each line of the case's file stands in the text.
contains_lines() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    assert_contains "$2" "$line"
  done < <(fill_in "$1")
}

same_bytes() {
  cmp "$1" "$2" || fail "$3"
}

refuses() {
  create
  assert_equal 1 "$status"
  contains_lines expected-error "$output"
  same_bytes "$case_folder/config.json" "$bundle/config.json" 'a refusal must leave config.json alone'
}

changes() {
  create
  assert_equal '' "$output"
  assert_equal 0 "$status"
  diff -u <(jq . "$case_folder/expected.json") <(jq . "$bundle/config.json")
  if cmp -s "$case_folder/config.json" "$case_folder/expected.json"; then
    same_bytes "$case_folder/config.json" "$bundle/config.json" 'unchanged must mean untouched'
  fi

  cp "$bundle/config.json" "$W/first.json"
  create
  same_bytes "$W/first.json" "$bundle/config.json" 'a second create must change nothing'
}

golden_case() {
  prepare "$1" "$2"
  if [ -e "$case_folder/expected-error" ]; then refuses; else changes; fi
  if [ -e "$case_folder/expected-log" ]; then
    contains_lines expected-log "$(cat "$W/runtime.log")"
  fi
}

# wanted NAME ARGUMENT…: is it one of the arguments, in full or by its last part? Without, all are.
wanted() {
  local name=$1 argument
  shift
  [ $# -gt 0 ] || return 0
  for argument in "$@"; do
    case $name in "$argument" | */"$argument") return 0 ;; esac
  done
  return 1
}

install_toolkit
shopt -s nullglob
for folder in "$TOP"/plugins/*/tests/*/ "$TOP"/tests/golden/*/; do
  [ -e "$folder/config.json" ] || continue # cases of another kind
  name=${folder#"$TOP/"}
  case $name in
    plugins/*) plugin=${name#plugins/} plugin=${plugin%%/*} name=$plugin/$(basename "$folder") ;;
    *) plugin='' name=$(basename "$folder") ;;
  esac
  if wanted "$name" "$@"; then test_case "$name" golden_case "$folder" "$plugin"; fi
done
test_end
