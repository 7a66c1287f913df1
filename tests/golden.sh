#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/golden.sh [NAME…]: golden cases, as container-hooks-plugin(7) describes them. Needs no root.
#
# plugins/PLUGIN/tests/CASE is the plugin's, and run by `container-hooks-ctk plugin test`.
# tests/golden/CASE, with a config.cfg, is the chain's: it is run by the real runtime with /bin/true
# behind it, and then by `plugin test`, which must find the same.
. "$(dirname "$0")/lib.sh"

case_folder=$W/golden
bundle=$W/bundle

# fill_in FILE: its text with @CASE@ replaced.
fill_in() {
  sed "s|@CASE@|$case_folder|g" "$case_folder/$1"
}

# prepare FOLDER: the copy of the case, the bundle, config.cfg.
prepare() {
  rm -rf "$case_folder" "$bundle" "$W/runtime.log"
  cp -r "$1" "$case_folder"
  chmod -R go-w "$case_folder"
  mkdir "$bundle"
  cp "$case_folder/config.json" "$bundle"
  {
    fill_in config.cfg
    echo "container-hooks-runtime: {"
    echo "  debug = \"$W/runtime.log\"; log-level = \"debug\"; runtimes = [ \"/bin/true\" ];"
    echo "};"
  } >"$CONTAINER_HOOKS_CONFIG"
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
  assert_equal 'container-hooks-runtime: ' "${output:0:25}"
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

# chain_case FOLDER
chain_case() {
  prepare "$1"
  if [ -e "$case_folder/expected-error" ]; then refuses; else changes; fi
  if [ -e "$case_folder/expected-log" ]; then
    contains_lines expected-log "$(cat "$W/runtime.log")"
  fi
  run_ok "$CTK" plugin test "$1"
}

# plugin_case FOLDER PLUGIN
plugin_case() {
  run_ok "$CTK" plugin test --plugin "$TOOLKIT/plugins/$2.so" "$1"
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
for folder in "$TOP"/plugins/*/tests/*/; do
  plugin=${folder#"$TOP/plugins/"} plugin=${plugin%%/*}
  name=$plugin/$(basename "$folder")
  if wanted "$name" "$@"; then test_case "$name" plugin_case "$folder" "$plugin"; fi
done
for folder in "$TOP"/tests/golden/*/; do
  [ -e "$folder/config.json" ] || continue # cases of another kind
  name=$(basename "$folder")
  if wanted "$name" "$@"; then test_case "$name" chain_case "$folder"; fi
done
test_end
