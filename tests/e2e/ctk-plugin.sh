#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `container-hooks-ctk plugin`: what is listed, what lies there, and what would be refused. Needs no
# root.
. "$(dirname "$0")/../lib.sh"

ctk() {
  run "$CTK" plugin "$@"
}

# ctk_json COMMAND…: standard output, which is JSON, in `output`.
ctk_json() {
  output=$("$CTK" plugin "$@" --json)
}

# field NAME KEY: of the plugin of that name in the list.
field() {
  jq -r --arg name "$1" "[.[] | select(.name == \$name)][0].$2" <<<"$output"
}

lists_the_chain_in_order() {
  write_config "$(fault 'act = "none";') required = false;" \
    'name = "writer"; enabled = false;' "$file_hooks"
  ctk_json list
  assert_equal '1 fault optional
2 writer disabled
3 file-hooks required' "$(jq -r '.[] | select(.order) | "\(.order) \(.name) \(.state)"' <<<"$output")"
  assert_equal "$CONTAINER_HOOKS_CONFIG:6" "$(field fault listed)"
  assert_equal 'misbehaves on command' "$(field fault summary)"
  assert_equal 1 "$(field writer version)"
  assert_equal "$TOOLKIT/plugins/file-hooks.so" "$(field file-hooks path)"
}

lists_what_could_be_enabled() {
  write_config "$file_hooks"
  ctk_json list
  assert_equal available "$(field writer state)"
  assert_equal null "$(field writer order)"
  assert_equal 1 "$(jq '[.[] | select(.name == "file-hooks")] | length' <<<"$output")"
}

tells_why_one_would_be_refused() {
  write_config 'name = "abi-major";' "name = \"gone\"; path = \"$W/gone.so\";"
  ctk_json list
  assert_equal refused "$(field abi-major state)"
  assert_contains "$(field abi-major why)" 'built for plugin interface 2.0'
  assert_equal "$W/gone.so does not exist" "$(field gone why)"
  assert_contains "$(field no-symbol why)" 'exports no cht_plugin'
  ctk list
  assert_equal 0 "$status"
  assert_contains "$output" "! $W/gone.so does not exist"
}

tells_who_could_change_it() {
  mkdir -p "$W/open"
  cp "$TOOLKIT/plugins/writer.so" "$W/open"
  chmod 666 "$W/open/writer.so"
  write_config "name = \"writer\"; path = \"$W/open/writer.so\";"
  ctk_json list
  assert_contains "$(field writer why)" "$W/open/writer.so is writable by others"
  assert_contains "$(field writer why)" "chmod go-w $W/open/writer.so"
}

# A constructor runs when a plugin is loaded.
survives_a_crash_while_loading() {
  write_config 'name = "loading";' 'name = "writer";'
  LOADING=abort ctk_json list
  assert_contains "$(field loading why)" "plugin 'loading' was killed by signal 6"
  assert_equal required "$(field writer state)"
}

conf_d_is_listed_behind() {
  write_config "$file_hooks"
  mkdir -p "$W/conf.d"
  echo 'plugins = ( { name = "writer"; } );' >"$W/conf.d/10-writer.cfg"
  ctk_json list
  rm -r "$W/conf.d"
  assert_equal 2 "$(field writer order)"
  assert_equal "$W/conf.d/10-writer.cfg:1" "$(field writer listed)"
}

broken_config_is_an_error() {
  echo 'plugin-dri = "/x";' >"$CONTAINER_HOOKS_CONFIG"
  ctk list
  assert_equal 1 "$status"
  assert_contains "$output" "container-hooks-ctk: $CONTAINER_HOOKS_CONFIG:1: unknown key 'plugin-dri'"
}

shows_words_and_settings() {
  write_config 'name = "writer"; settings: { env = "A=b"; list = ( 1, { x = true; } ); };'
  ctk show writer
  assert_equal 0 "$status"
  assert_contains "$output" 'edits by its settings'
  assert_contains "$output" "listed     $CONTAINER_HOOKS_CONFIG:6"
  ctk_json show writer
  assert_equal '{"env":"A=b","list":[1,{"x":true}]}' "$(jq -c '.[0].settings' <<<"$output")"
}

shows_a_file() {
  write_config
  ctk show "$TOOLKIT/plugins/fault.so"
  assert_contains "$output" 'misbehaves on command'
  ctk show nothing
  assert_equal 1 "$status"
  assert_contains "$output" "no plugin 'nothing' is listed"
}

checks_all_that_are_enabled() {
  write_config "$(fault 'act = "none";')" 'name = "writer";' 'name = "abi-major"; enabled = false;'
  ctk check
  assert_equal 0 "$status"
  assert_equal 'fault: ok
writer: ok (it has no check of its own)
abi-major: disabled' "$output"
}

# One that crashes does not hide what is wrong with the next.
check_goes_on() {
  write_config "$(fault 'act = "crash"; when = "check";')" 'name = "abi-major";' \
    "$(fault 'act = "fail"; when = "check"; message = "told to";') required = false;"
  ctk check
  assert_equal 1 "$status"
  assert_contains "$output" "fault: plugin 'fault' was killed by signal 11"
  assert_contains "$output" 'built for plugin interface 2.0'
  assert_contains "$output" 'fault: told to'
  assert_contains "$output" '3 of 3 plugins would fail'
}

check_of_one() {
  write_config "$(fault 'act = "fail"; when = "check";')" 'name = "writer";'
  ctk check writer
  assert_equal 0 "$status"
  assert_lacks "$output" fault
  ctk check nothing
  assert_equal 1 "$status"
}

check_of_a_file() {
  CONTAINER_HOOKS_CONFIG=$W/missing.cfg ctk check "$TOOLKIT/plugins/fault.so" \
    --set act=fail --set when=check --set message=told
  assert_equal 1 "$status"
  assert_contains "$output" 'fault: told'
}

usage() {
  ctk
  assert_equal 2 "$status"
  ctk show
  assert_equal 2 "$status"
  ctk check --set a=b
  assert_equal 2 "$status"
  ctk list word
  assert_equal 2 "$status"
  for command in list show check; do
    ctk $command --help
    assert_equal 0 "$status"
    assert_contains "$output" Example
  done
}

install_toolkit
test_case 'list: the chain in its order' lists_the_chain_in_order
test_case 'list: what lies in the folder could be enabled' lists_what_could_be_enabled
test_case 'list: why one would be refused' tells_why_one_would_be_refused
test_case 'list: who else could change a plugin, and the mend' tells_who_could_change_it
test_case 'list: a plugin that crashes while it is loaded' survives_a_crash_while_loading
test_case 'list: those of conf.d come behind' conf_d_is_listed_behind
test_case 'list: a broken config is an error with file and line' broken_config_is_an_error
test_case 'show: what a plugin says, and its settings' shows_words_and_settings
test_case 'show: a file that is in no config' shows_a_file
test_case 'check: all that are enabled' checks_all_that_are_enabled
test_case 'check: a crash does not hide the others' check_goes_on
test_case 'check: one by its name' check_of_one
test_case 'check: a file that is in no config' check_of_a_file
test_case 'usage: status 2; --help has examples' usage
test_end
