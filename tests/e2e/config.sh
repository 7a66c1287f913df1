#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A configuration that is bad in any way: create, run and restore refuse with the place and the
# cause; every other command still reaches the low-level runtime, word for word. That runtime is a
# script here, which notes its words. Needs root only for files of other owners.
. "$(dirname "$0")/../lib.sh"

bundle=$W/bundle
default_log=/var/log/container-hooks/runtime.log
cfg=$CONTAINER_HOOKS_CONFIG
runtime=$W/toolkit/container-hooks-runtime # or a link to it

# --- the low-level runtime -----------------------------------------------------------------------

# It notes its own words, the interpreter's and its path left out.
make_recorder() {
  mkdir "$W/bin"
  cat >"$W/bin/runc" <<SH
#!/bin/sh
tail -z -n +3 /proc/\$\$/cmdline >"$W/words"
SH
  chmod 755 "$W/bin/runc"
}

# passes WORD…: the low-level runtime gets these words, and nothing is printed.
passes() {
  rm -f "$W/words"
  run_ok "$runtime" "$@"
  assert_equal '' "$output"
  cmp "$W/words" <(printf '%s\0' "$@")
}

everything_else_passes() {
  passes --root /r state c1
  passes kill c1 KILL
  passes --log "$W/log" --log-format json delete --force c1
  passes exec --process /p.json --cwd=/ c1 create --bundle '/a b' '' $'two\nlines' --log /x
  passes --systemd-cgroup start create
  passes features
  passes --version
  passes list -q
  [ ! -e "$W/log" ]
}

# --- what a bad configuration means --------------------------------------------------------------

# refuses WORDS…: each of them is in the message of create, run and restore.
refuses() {
  local command words
  for command in create run restore; do
    rm -f "$W/words"
    run timeout 20 "$runtime" "$command" --bundle "$bundle" c1
    assert_equal 1 "$status"
    assert_equal 1 "$(wc -l <<<"$output")"
    for words in 'container-hooks-runtime: ' "$@"; do assert_contains "$output" "$words"; done
    [ ! -e "$W/words" ] || fail "$command reached the low-level runtime"
    assert_equal '{"old": true}' "$(cat "$bundle/config.json")"
    assert_equal config.json "$(ls -A "$bundle")"
  done
}

# bad WORDS…: so is the configuration that stands there.
bad() {
  refuses "$@"
  everything_else_passes
}

# bad_text TEXT WORDS…: so is this config.cfg.
bad_text() {
  printf '%s\n' "$1" >"$cfg"
  shift
  bad "$@"
}

# bad_entry ENTRY WORDS…: so is one with this entry, in its sixth line.
bad_entry() {
  write_config "$1"
  shift
  bad "$cfg:6: " "$@"
}

good_config() {
  rm -rf "$cfg" "$W"/{open,conf.d,profiles}
  write_config "$file_hooks"
}

# The rule that all others are measured by.
good() {
  good_config
  passes create --bundle "$bundle" c1
  passes run --bundle "$bundle" c1
  passes --log-level debug restore --bundle "$bundle" --image-path /i c1
  everything_else_passes
}

# --- the file ------------------------------------------------------------------------------------

included() {
  echo 'plugins = ();' >"$W/other.cfg"
  bad_text "@include \"$W/other.cfg\"" "$cfg:1: " '@include'
}

fifo() {
  rm -f "$cfg"
  mkfifo "$cfg"
  bad "$cfg is not a regular file"
  rm "$cfg"
}

folder() {
  rm -f "$cfg"
  mkdir "$cfg"
  bad "$cfg is not a regular file"
  rmdir "$cfg"
}

too_large() {
  good_config
  head -c 1048577 /dev/zero | tr '\0' ' ' >>"$cfg"
  bad "$cfg is larger than 1048576 bytes"
}

# A config that was named must be there.
missing() {
  rm -f "$cfg"
  bad "$cfg, which CONTAINER_HOOKS_CONFIG names, is missing"
}

relative() {
  local CONTAINER_HOOKS_CONFIG=config.cfg
  bad 'CONTAINER_HOOKS_CONFIG=config.cfg: the config'\''s path must be absolute'
}

originals_file() {
  rm -f "$cfg"
  echo '[container-hooks-runtime]' >"$W/config.toml"
  bad "$W/config.toml" 'container-hooks-ctk config --from'
  rm "$W/config.toml"
}

# conf.d is read only for those who run plugins.
broken_conf_d() {
  good_config
  mkdir "$W/conf.d"
  printf 'plugins = (\n  { name = 5; }\n);\n' >"$W/conf.d/50-package.cfg"
  bad "$W/conf.d/50-package.cfg:2: " 'name must be a text'
  rm -r "$W/conf.d"
}

profile_without_file() {
  good_config
  ln -sf container-hooks-runtime "$TOOLKIT/container-hooks-runtime-crun"
  local runtime=$TOOLKIT/container-hooks-runtime-crun
  bad "$W/profiles/crun.cfg is missing: container-hooks-runtime-crun needs it"
}

profile_that_is_broken() {
  good_config
  mkdir "$W/profiles"
  printf '\nno-such-key = 1;\n' >"$W/profiles/crun.cfg"
  local runtime=$TOOLKIT/container-hooks-runtime-crun
  bad "$W/profiles/crun.cfg:2: unknown key 'no-such-key'"
  rm -r "$W/profiles"
}

# The original failed where it could not write its log (defect 16).
log_that_cannot_be_written() {
  local log
  rm -f "$W"/{fifo,link,elsewhere}
  mkfifo "$W/fifo"
  sleep 30 3<>"$W/fifo" & # somebody has it open to read
  ln -s elsewhere "$W/link"
  for log in /proc/nowhere/runtime.log "$W/bundle/config.json/log" /dev/full "$W/fifo" "$W/link"; do
    write_config "$file_hooks"
    sed -i "s|debug = \"[^\"]*\"|debug = \"$log\"|" "$cfg"
    passes create --bundle "$bundle" c1
    everything_else_passes
  done
  kill %1
  [ ! -e "$W/elsewhere" ]
}

# Nor is the engine's, where the reason is on standard error at least; crun's may be a service.
engine_log_that_cannot_be_written() {
  local log
  cd "$W"
  rm -f fifo
  mkfifo fifo
  echo 'plugins = 5;' >"$cfg"
  for log in /nowhere/log "$W" "$W/fifo" /dev/full '' syslog:docker journald:docker; do
    run timeout 5 "$runtime" --log "$log" --log-format json create --bundle "$bundle" c1
    assert_equal 1 "$status"
    assert_equal "container-hooks-runtime: $cfg:1: plugins must be a list" "${output%% (*}"
  done
  ! find . -name 'syslog:*' -o -name 'journald:*' | grep .
}

# Every other command leaves a warning for the admin.
broken_config_is_logged() {
  rm -f "$default_log"
  echo 'plugins = 5;' >"$cfg"
  passes kill c1 KILL
  assert_equal 1 "$(wc -l <"$default_log")"
  assert_contains "$(cat "$default_log")" "warn kill"
  assert_contains "$(cat "$default_log")" "$cfg:1: plugins must be a list"
}

# --- who may write it ----------------------------------------------------------------------------

# in_open_folder FILE: the file is moved to a folder that others may write to.
in_open_folder() {
  mkdir -p -m 777 "$W/open"
  mv "$1" "$W/open/"
}

config_of_somebody_else() {
  good_config
  chown 12345 "$cfg"
  bad "$cfg is owned by uid 12345"
}

config_that_others_may_write() {
  good_config
  chmod 646 "$cfg"
  bad "$cfg is writable by others (mode 0646): chmod go-w $cfg"
}

config_in_an_open_folder() {
  good_config
  in_open_folder "$cfg"
  local CONTAINER_HOOKS_CONFIG=$W/open/config.cfg
  bad "folder $W/open is writable by others (mode 0777): chmod go-w $W/open"
}

plugin_of_somebody_else() {
  good_config
  chown 12345 "$TOOLKIT/plugins/file-hooks.so"
  bad "$cfg:6: plugin 'file-hooks': $TOOLKIT/plugins/file-hooks.so is owned by uid 12345"
  chown 0 "$TOOLKIT/plugins/file-hooks.so"
}

plugin_in_an_open_folder() {
  mkdir -p -m 777 "$W/open"
  cp "$TOOLKIT/plugins/writer.so" "$W/open"
  bad_entry "name = \"writer\"; path = \"$W/open/writer.so\";" \
    "plugin 'writer'" "folder $W/open is writable by others"
}

hooks_of_somebody_else() {
  good_config
  echo '{}' >"$W/hooks.json"
  chown 12345 "$W/hooks.json"
  bad "plugin 'file-hooks'" "$W/hooks.json is owned by uid 12345"
  rm "$W/hooks.json"
}

hooks_in_an_open_folder() {
  mkdir -p -m 777 "$W/open"
  echo '{}' >"$W/open/hooks.json"
  write_config "name = \"file-hooks\"; settings: { path = \"$W/open/hooks.json\"; };"
  bad "plugin 'file-hooks'" "folder $W/open is writable by others"
}

# --- plugins -------------------------------------------------------------------------------------

# The hooks file is a plugin's own matter, but no less the admin's.
broken_hooks() {
  good_config
  printf '{\n  "prestrat": []\n}\n' >"$W/hooks.json"
  bad "plugin 'file-hooks'" "$W/hooks.json:2:3: " prestrat
  rm "$W/hooks.json"
}

too_many_plugins() {
  local entries=()
  for _ in {0..64}; do entries+=('name = "writer";'); done
  write_config "${entries[@]}"
  bad "$cfg:70: more than 64 plugins"
}

# --- the worker ----------------------------------------------------------------------------------

# with_worker FILE WORDS…: with this one in its place.
with_worker() {
  good_config
  mv "$TOOLKIT/modify" "$W/modify"
  [ ! -e "$1" ] || cp "$1" "$TOOLKIT/modify"
  shift
  bad "$@"
  rm -f "$TOOLKIT/modify"
  mv "$W/modify" "$TOOLKIT/modify"
}

# An upgrade that was left half done: the version is a text in the program.
worker_of_another_version() {
  local version
  version=$(sed -n 's/^VERSION *:= *//p' "$TOP/Makefile")
  sed "s/${version//./\\.}/${version//?/9}/g" "$TOOLKIT/modify" >"$W/modify-9"
  chmod 755 "$W/modify-9"
  with_worker "$W/modify-9" "$TOOLKIT/modify is of another version than this program ($version)"
}

worker_that_is_missing() {
  with_worker /nowhere/modify "$TOOLKIT/modify does not exist"
}

worker_that_others_may_write() {
  chmod 777 "$TOOLKIT/modify"
  good_config
  bad "$TOOLKIT/modify is writable by others"
  chmod 755 "$TOOLKIT/modify"
}

worker_that_is_none() {
  with_worker /bin/false "the worker $TOOLKIT/modify called exit(1)"
}

# --- the low-level runtime -----------------------------------------------------------------------

# nowhere_to_go WORDS…: no command can succeed, and each says why.
nowhere_to_go() {
  local command words
  for command in 'state c1' '--version' "create --bundle $bundle c1"; do
    # shellcheck disable=SC2086
    run timeout 20 "$runtime" $command
    assert_equal 1 "$status"
    for words in 'container-hooks-runtime: ' "$@"; do assert_contains "$output" "$words"; done
  done
}

nothing_there() {
  lowlevel=no-such-runtime write_config "$file_hooks"
  nowhere_to_go 'no low-level runtime found: looked for no-such-runtime in PATH (' "$W/bin" /usr/sbin
}

# Defect 10 of the original: it called itself until it was killed.
only_ourselves() {
  lowlevel=$RUNTIME write_config "$file_hooks"
  nowhere_to_go "$RUNTIME is this program itself, which must not call itself"
  ln -sf "$RUNTIME" "$W/bin/other-name"
  lowlevel=other-name write_config "$file_hooks"
  nowhere_to_go 'other-name is this program itself'
}

# We do not see ourselves behind a script, but notice that we come again and again.
circle() {
  printf '#!/bin/sh\nexec "%s" "$@"\n' "$RUNTIME" >"$W/bin/circle"
  chmod 755 "$W/bin/circle"
  lowlevel=$W/bin/circle write_config "$file_hooks"
  nowhere_to_go "the low-level runtime $W/bin/circle ends up here again" CONTAINER_HOOKS_DEPTH
}

not_executable() {
  echo '#!/bin/sh' >"$W/bin/no-program"
  lowlevel=$W/bin/no-program write_config "$file_hooks"
  nowhere_to_go "$W/bin/no-program is there but is no executable file"
}

# Neither cause hides the other. What the defaults would find is covered up.
broken_config_and_nothing_there() {
  local file
  echo 'plugins = 5;' >"$cfg"
  for file in /usr/{local/,}{s,}bin/{runc,docker-runc,crun}; do
    [ ! -e "$file" ] || mount --bind /dev/null "$file"
  done
  run env PATH=/nowhere "$runtime" kill c1
  assert_equal 1 "$status"
  assert_contains "$output" 'looked for runc, docker-runc, crun in PATH (/nowhere)'
  assert_contains "$output" "the config was not read: $cfg:1: "
}

# --- all of it -----------------------------------------------------------------------------------

# by_root NAME FUNCTION…: a test case that only root can try.
by_root() {
  if [ "$(id -u)" = 0 ]; then test_case "$@"; else echo "skip $GROUP: $1: needs root"; fi
}

install_toolkit
make_recorder
PATH=$W/bin:$PATH
lowlevel=$W/bin/runc
mkdir "$bundle"
echo '{"old": true}' >"$bundle/config.json"

test_case 'a good one passes everything' good
test_case 'syntax' bad_text 'plugins = ( { name = "a"; }' "$cfg:"
test_case 'an unknown key' bad_text $'\nplugin = ();' "$cfg:2: unknown key 'plugin' (known: "
test_case 'a wrong type' bad_text 'container-hooks-runtime: {
  plugin-timeout = "10"; };' "$cfg:2: plugin-timeout must be a whole number of seconds, not a text"
test_case 'a number that libconfig would wrap' bad_text \
  'container-hooks-runtime: { plugin-timeout = 4294967306; };' "$cfg:1: "
test_case 'a level that is none (defect 27 of the original)' bad_text \
  'container-hooks-runtime: { log-level = "bananas"; };' "$cfg:1: log-level must be error, warn"
test_case '@include' included
test_case 'a FIFO in its place' fifo
test_case 'a folder in its place' folder
test_case 'larger than 1 MiB' too_large
test_case 'missing, though it was named' missing
test_case 'a relative path' relative
test_case "the original's config.toml without a config.cfg" originals_file
test_case 'a broken file in conf.d' broken_conf_d
test_case 'a profile without its file' profile_without_file
test_case 'a profile that is broken' profile_that_is_broken
test_case 'a log that cannot be written hinders nobody (defect 16)' log_that_cannot_be_written
test_case "an engine's log that cannot be written" engine_log_that_cannot_be_written
by_root 'other commands log that it is broken (defect 9)' broken_config_is_logged

by_root 'a config of somebody else' config_of_somebody_else
test_case 'a config that others may write' config_that_others_may_write
test_case 'a config in a folder that others may write to' config_in_an_open_folder
by_root 'a plugin of somebody else' plugin_of_somebody_else
test_case 'a plugin in a folder that others may write to' plugin_in_an_open_folder
by_root 'hooks of somebody else' hooks_of_somebody_else
test_case 'hooks in a folder that others may write to' hooks_in_an_open_folder

test_case 'a plugin that is missing' bad_entry 'name = "nobody";' \
  "plugin 'nobody': $TOOLKIT/plugins/nobody.so does not exist"
test_case 'a plugin for another major version' bad_entry 'name = "abi-major";' \
  "plugin 'abi-major'" 'plugin interface 2.0, this runtime offers 1.2: rebuild the plugin'
test_case 'a plugin for a later minor version' bad_entry 'name = "abi-minor";' \
  "plugin 'abi-minor'" 'plugin interface 1.3, this runtime offers only 1.2: upgrade the runtime'
test_case 'a plugin that is too small' bad_entry 'name = "abi-small";' 'cht_plugin of ' CHT_PLUGIN
test_case 'a library without the symbol' bad_entry 'name = "no-symbol";' 'exports no cht_plugin'
test_case 'a plugin without a name' bad_entry 'name = "no-name";' 'has no name'
test_case 'a plugin without a modify' bad_entry 'name = "no-modify";' 'has no modify function'
test_case 'more plugins than there may be' too_many_plugins
test_case 'hooks with a misspelt stage (defect 14)' broken_hooks

test_case 'a worker of another version' worker_of_another_version
test_case 'a worker that is missing' worker_that_is_missing
test_case 'a worker that others may write' worker_that_others_may_write
test_case 'a worker that is none' worker_that_is_none

test_case 'no low-level runtime' nothing_there
test_case 'only ourselves' only_ourselves
test_case 'a circle through a script' circle
test_case 'a low-level runtime that is no program' not_executable
by_root 'a broken config and no low-level runtime: both are said' broken_config_and_nothing_there
test_end
