#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `plugin test` finds what it is there to find, and `plugin new` replaces nothing. Needs no root.
. "$(dirname "$0")/../lib.sh"

export TMPDIR=$W/tmp
mkdir "$TMPDIR"

# A plugin that does by its settings what a plugin should not.
build_plugin() {
  cat >"$W/wrong.c" <<'C'
#include <container-hooks/plugin.h>

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

static void again(struct cht_context *ctx)
{
  struct json_object *process = json_object_object_get(ctx->spec, "process");
  json_object_array_add(json_object_object_get(process, "env"), json_object_new_string("AGAIN=1"));
}

static void write_bundle(struct cht_context *ctx)
{
  char path[4096];
  snprintf(path, sizeof(path), "%s/config.json", ctx->bundle);
  FILE *file = fopen(path, "w");
  fputs("{}", file);
  fclose(file);
}

static int modify(struct cht_context *ctx)
{
  const char *act = "";
  if (cht_setting_text(ctx, "act", &act) < 0)
    return -1;
  if (strcmp(act, "again") == 0)
    again(ctx);
  if (strcmp(act, "write") == 0)
    write_bundle(ctx);
  if (strcmp(act, "log") == 0)
    cht_log(ctx, CHT_DEBUG, "dry run: %d, id %s", ctx->dry_run, ctx->container_id);
  return strcmp(act, "fail") == 0 ? cht_fail(ctx, "told to, in %s", ctx->bundle) : 0;
}

CHT_PLUGIN(.name = "wrong", .modify = modify);
C
  # shellcheck disable=SC2046
  cc -shared -fPIC -I"$TOP/include" "$W/wrong.c" $(pkg-config --cflags --libs json-c) -o "$W/wrong.so"
}

# new_case ACT [EXPECTED]: a fresh one, in the folder `cases`.
new_case() {
  rm -rf "$W/cases"
  mkdir -p "$W/cases/rule"
  cd "$W/cases/rule"
  echo '{"ociVersion": "1.0.2", "process": {"env": ["A=1"]}}' >config.json
  [ -z "$1" ] || echo "act = \"$1\";" >settings.cfg
  if [ $# -gt 1 ]; then echo "$2" >expected.json; else cp config.json expected.json; fi
}

run_test() {
  run "$CTK" plugin test --plugin "$W/wrong.so" "$@"
  assert_equal '' "$(ls -A "$TMPDIR")"
}

# case_fails MESSAGE
case_fails() {
  run_test "$W/cases"
  assert_equal 1 "$status"
  assert_contains "$output" "FAIL $W/cases/rule"$'\n'
  assert_contains "$output" "$1"
  assert_contains "$output" 'container-hooks-ctk: 1 of 1 cases failed'
}

case_passes() {
  run_test "$W/cases"
  assert_equal "ok   $W/cases/rule" "$output"
  assert_equal 0 "$status"
}

nothing_expected() {
  new_case ''
  rm expected.json
  case_fails 'it has neither expected.json (--update writes it) nor expected-error'
  touch expected-error
  case_fails 'it was not refused, as expected-error has it'
  new_case fail
  rm expected.json
  printf '\n\n' >expected-error
  case_fails 'expected-error is empty, and so expects nothing'
  new_case ''
  : >expected-log
  case_fails 'expected-log is empty, and so expects nothing'
}

two_things_expected() {
  new_case ''
  touch expected-error
  case_fails 'expected.json and expected-error exclude each other'
  new_case log
  touch config.cfg
  case_fails 'settings.cfg and config.cfg exclude each other'
}

no_config() {
  new_case ''
  rm config.json
  case_fails 'it has no config.json'
  rm -r "$W/cases/rule"
  run_test "$W/cases"
  assert_equal 1 "$status"
  assert_contains "$output" "$W/cases holds no case"
  run_test "$W/nowhere"
  assert_contains "$output" "cannot read $W/nowhere: No such file or directory"
}

other_result() {
  new_case again '{"ociVersion": "1.0.2", "process": {"env": ["A=1", "AGAIN=2"]}}'
  case_fails '     | -      "AGAIN=2"
     | +      "AGAIN=1"'
  new_case '' '{"process": {"env": ["A=1"]}, "ociVersion": "1.0.2"}'
  case_fails 'the result is not expected.json'
  new_case '' '{"process": 1, "process": 2}'
  case_fails 'expected.json:1:'
}

layout_does_not_count() {
  new_case '' '{ "ociVersion":"1.0.2","process":  {"env": ["A=1"]}}'
  case_passes
}

second_run() {
  new_case again '{"ociVersion": "1.0.2", "process": {"env": ["A=1", "AGAIN=1"]}}'
  case_fails 'the second run, over the result of the first, must change nothing'
  assert_contains "$output" '--- first run'
  assert_contains "$output" '+      "AGAIN=1"'
}

# Two plugins that undo each other leave the tree, but not the bytes, as they were.
bytes_count() {
  new_case ''
  cat >config.cfg <<'END'
plugins = (
  { name = "writer"; settings: { env = "B=1"; }; },
  { name = "writer"; settings: { unset = "B"; }; }
);
END
  case_fails 'an edit was taken back: config.json must stay as it is, byte for byte'
}

bundle_is_the_runtimes() {
  new_case write
  case_fails "a plugin wrote to the bundle's config.json itself"
}

refused() {
  new_case fail
  case_fails "it was refused: plugin 'wrong': told to, in "
  mv expected.json expected-error
  echo 'told to, in ' >expected-error
  case_passes
  echo 'something else' >>expected-error
  case_fails "expected-error is not met: there is no 'something else' in: plugin 'wrong': told to"
}

for_real_and_logged() {
  new_case log
  echo 'dry run: 0, id golden' >expected-log
  case_passes
  echo 'dry run: 1' >expected-log
  case_fails "expected-log is not met: there is no 'dry run: 1'"
  echo 'dry run: 0' >expected-log
  run_ok "$CTK" --debug plugin test --plugin "$W/wrong.so" "$W/cases"
  assert_contains "$output" "     | debug: plugin 'wrong': dry run: 0"
}

# fault_case SETTINGS MESSAGE
fault_case() {
  new_case ''
  cat >config.cfg <<END
container-hooks-runtime: { plugin-timeout = 1; };
plugins = ( { name = "fault"; settings: { $1 }; } );
END
  case_fails "$2"
}

crash_exit_hang() {
  fault_case 'act = "crash";' "plugin 'fault' was killed by signal 11"
  fault_case 'act = "exit";' "plugin 'fault' called exit("
  fault_case 'act = "hang";' "plugin 'fault' did not finish within 1 s (plugin-timeout)"
}

settings_have_their_lines() {
  new_case ''
  printf '# a comment\nact = 1;' >settings.cfg
  case_fails "$W/cases/rule/settings.cfg:2: setting 'act'"
  echo 'act = ' >settings.cfg
  case_fails "$W/cases/rule/settings.cfg:"
}

marks() {
  new_case ''
  echo 'plugins = ( { name = "wrong"; path = "@PLUGIN@"; settings: { act = "@CASE@"; }; } );' >config.cfg
  case_passes
  run "$CTK" plugin test "$W/cases"
  assert_contains "$output" "@PLUGIN@"
  assert_equal 1 "$status"
}

setup_script() {
  new_case ''
  rm config.json
  cat >setup.sh <<'END'
umask 077
cp expected.json config.json
mkdir -p a/b
chmod 0 a/b
chmod 500 a
END
  run_test "$W/cases/rule"
  assert_equal "ok   $W/cases/rule" "$output"
  new_case ''
  printf 'echo reason >&2\nexit 3\n' >setup.sh
  case_fails 'it cannot be set up: reason'
  new_case ''
  echo 'false; true' >setup.sh
  case_fails 'it cannot be set up'
}

odd_files() {
  new_case ''
  rm expected.json
  mkfifo expected.json
  case_fails 'expected.json is not a regular file'
  new_case ''
  rm settings.cfg 2>/dev/null || true
  mkdir settings.cfg
  case_fails 'settings.cfg is not a regular file'
  new_case ''
  truncate -s 17M config.json
  case_fails "$W/cases/rule/config.json is larger than 16777216 bytes"
  new_case ''
  mv "$W/cases/rule" "$W/elsewhere"
  ln -s "$W/elsewhere" "$W/cases/rule"
  case_passes
  rm -rf "$W/elsewhere"
}

names_like_options() {
  new_case ''
  mv "$W/cases/rule" "$W/cases/--rule x"
  cd "$W/cases"
  run_test -- '--rule x'
  assert_equal 'ok   --rule x' "$output"
}

updates() {
  new_case again '{}'
  sed -i 's/again/log/' settings.cfg
  echo 'mine' >other
  run_test --update "$W/cases"
  assert_equal "ok   $W/cases/rule (expected.json is new)" "$output"
  cmp config.json expected.json
  assert_equal "config.json expected.json other settings.cfg" "$(echo *)"
  run_test --update "$W/cases"
  assert_equal "ok   $W/cases/rule" "$output"
  new_case '' '{}'
  echo 'plugins = ( { name = "writer"; settings: { mount = "@CASE@/a"; }; } );' >config.cfg
  run_test --update "$W/cases/rule"
  assert_contains "$(cat expected.json)" '"source": "@CASE@/a"'
  case_passes
  new_case fail
  run_test --update "$W/cases"
  assert_equal 1 "$status"
  cmp config.json expected.json
}

# What a second run would change is no result that may be expected.
nothing_wrong_is_kept() {
  new_case again '{}'
  run_test --update "$W/cases"
  assert_equal 1 "$status"
  assert_contains "$output" 'the second run, over the result of the first, must change nothing'
  assert_equal '{}' "$(<expected.json)"
}

# The copy in which a case runs is gone when its messages are read.
messages_name_the_originals() {
  new_case ''
  echo 'act = ;' >settings.cfg
  case_fails ": $W/cases/rule/settings.cfg:1: "
  new_case ''
  echo '{' >config.json
  run_test "$W/cases"
  assert_lacks "$output" "$TMPDIR"
  new_case ''
  echo 'plugins = ( { name = "wrong"; path = "@CASE@/none.so"; } );' >config.cfg
  case_fails "$W/cases/rule/none.so does not exist"
}

# Configs and lists go by the file's name.
another_name() {
  new_case ''
  cp "$W/wrong.so" "$W/right.so"
  run "$CTK" plugin test --plugin "$W/right.so" "$W/cases"
  assert_equal 0 "$status"
  assert_contains "$output" "warn: $W/right.so calls itself 'wrong': let its .name and its file's name be the same"
  write_config
  run "$CTK" plugin check "$W/right.so"
  assert_contains "$output" "warn: $W/right.so calls itself 'wrong'"
  cp "$W/wrong.so" "$TOOLKIT/plugins/right.so"
  run "$CTK" plugin list
  rm "$TOOLKIT/plugins/right.so"
  assert_contains "$output" "! $TOOLKIT/plugins/right.so calls itself 'wrong'"
  run_test "$W/cases"
  assert_lacks "$output" warn
}

leaves_the_case_alone() {
  local before
  new_case log
  echo 'rm -f settings.cfg; echo >new' >setup.sh
  before=$(find "$W/cases" -exec stat -c '%n %i %Y %s' {} + && cat ./*)
  case_passes
  assert_equal "$before" "$(find "$W/cases" -exec stat -c '%n %i %Y %s' {} + && cat ./*)"
}

words() {
  run "$CTK" plugin test
  assert_equal 2 "$status"
  run_fails "$CTK" plugin test --plugin "$W/nowhere.so" "$W/cases"
  assert_contains "$output" "cannot find $W/nowhere.so"
  new_case ''
  run_ok "$CTK" --quiet plugin test --plugin "$W/wrong.so" "$W/cases" "$W/cases/rule/"
  assert_equal '' "$output"
  run_fails "$CTK" plugin test "$W/cases"
  assert_contains "$output" 'so the plugin must be named: --plugin FILE.so'
}

# --- plugin new ---------------------------------------------------------------------------------

# new_fails MESSAGE WORD…
new_fails() {
  local message=$1
  shift
  run_fails "$CTK" plugin new "$@"
  assert_contains "$output" "$message"
}

bad_names() {
  local name
  cd "$W"
  for name in '' A aB 1a -- a_b a.b 'a b' a- ../a a/b 'a;b' "$(printf 'a%.0s' {1..65})" é; do
    run_fails "$CTK" plugin new -- "$name"
    assert_lacks "$output" 'is ready'
  done
  new_fails "which yours would replace: $TOOLKIT/plugins/file-hooks.so" file-hooks
  new_fails '--lang is c or c++, not rust' --lang rust a
  new_fails 'c is not wanted here' a b c
}

replaces_nothing() {
  rm -rf "$W/new"
  mkdir -p "$W/new/full" "$W/new/empty"
  cd "$W/new"
  echo mine >full/Makefile
  echo mine >file
  ln -s nowhere dangling
  ln -s empty link
  new_fails 'full is not empty' a full
  new_fails 'cannot open the folder file' a file
  new_fails 'cannot open the folder dangling' a dangling
  new_fails 'cannot make the folder no/where' a no/where
  assert_equal mine "$(cat full/Makefile)"
  assert_equal mine "$(cat file)"
  assert_equal Makefile "$(ls -A full)"
  run_ok "$CTK" plugin new a link
  [ -f empty/a.c ]
  mkdir here
  cd here
  run_ok "$CTK" plugin new a .
  [ -f a.c ]
}

# A write that fails leaves nothing behind.
all_or_nothing() {
  local name
  name=$(printf 'a%.0s' {1..60}) # makes the Makefile larger than 2 KiB, and the source before it is not
  rm -rf "$W/new"
  mkdir -p "$W/new/empty"
  cd "$W/new"
  (
    trap '' XFSZ
    ulimit -f 2
    run "$CTK" plugin new "$name" empty
    assert_equal 1 "$status"
    assert_contains "$output" 'cannot write empty/Makefile: File too large'
    run "$CTK" plugin new "$name"
    assert_equal 1 "$status"
  )
  assert_equal empty "$(ls -A)"
  assert_equal '' "$(ls -A empty)"
}

install_toolkit
build_plugin
test_case 'a case that expects nothing fails' nothing_expected
test_case 'a case that expects two things fails' two_things_expected
test_case 'a folder without config.json fails' no_config
test_case 'another result is shown as a diff' other_result
test_case 'the layout of expected.json does not count' layout_does_not_count
test_case 'a second run that changes something fails' second_run
test_case 'an unchanged config.json stays byte for byte' bytes_count
test_case 'a plugin that writes to the bundle fails' bundle_is_the_runtimes
test_case 'a refusal, and its message' refused
test_case 'plugins run for real, and their log is read' for_real_and_logged
test_case 'a crash, an exit and a hang are named' crash_exit_hang
test_case 'what is wrong with settings.cfg has its line' settings_have_their_lines
test_case '@CASE@ and @PLUGIN@' marks
test_case 'setup.sh' setup_script
test_case 'odd files' odd_files
test_case 'names like options' names_like_options
test_case '--update' updates
test_case '--update keeps no result that a second run would change' nothing_wrong_is_kept
test_case 'messages name the files of the case, not of its copy' messages_name_the_originals
test_case 'a plugin that calls itself otherwise than its file is told' another_name
test_case 'the case itself is left alone' leaves_the_case_alone
test_case 'words that make no sense' words
test_case 'new: bad names' bad_names
test_case 'new: nothing is replaced' replaces_nothing
test_case 'new: all files or none' all_or_nothing
test_end
