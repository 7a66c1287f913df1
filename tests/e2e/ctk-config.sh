#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `container-hooks-ctk config`: the file written, changed, asked and checked. Needs no root.
. "$(dirname "$0")/../lib.sh"

F=$CONTAINER_HOOKS_CONFIG

config() {
  run "$CTK" config "$@"
}

# config_ok ARGUMENT…, config_fails STATUS MESSAGE ARGUMENT…
config_ok() {
  run_ok "$CTK" config "$@"
}

config_fails() {
  local wanted=$1 message=$2
  shift 2
  [ ! -e "$F" ] || cp "$F" "$W/before.cfg"
  config "$@"
  assert_equal "$wanted" "$status"
  assert_contains "$output" "$message"
  [ ! -e "$F" ] || cmp "$F" "$W/before.cfg" || fail 'a refusal must leave the file alone'
}

default_config() {
  cp "$TOP/etc/config.cfg" "$F"
}

# gives KEY VALUE
gives() {
  config_ok --get "$1"
  assert_equal "$2" "$output"
}

# changed_lines EXPECTED: what diff(1) finds between the default and the file.
changed_lines() {
  assert_equal "$1" "$(diff "$TOP/etc/config.cfg" "$F" | grep '^[<>]' || true)"
}

writes_the_default() {
  rm -f "$F"
  config_ok
  assert_equal "$F is written" "$output"
  cmp "$TOP/etc/config.cfg" "$F"
  assert_equal 644 "$(stat -c %a "$F")"
  echo '# mine' >>"$F"
  config_ok
  assert_equal "$F is there already, and is left as it is" "$output"
  assert_equal '# mine' "$(tail -n 1 "$F")"
}

makes_the_folder() {
  config_ok --config-file "$W/new/folder/config.cfg"
  cmp "$TOP/etc/config.cfg" "$W/new/folder/config.cfg"
}

sets_and_keeps_comments() {
  default_config
  config_ok --set container-hooks-runtime.log-level=debug --set=container-hooks-runtime.debug= \
    --set 'container-hooks-runtime.runtimes=crun, /usr/bin/runc' \
    --set container-hooks-runtime.plugin-timeout=20
  changed_lines '<   debug          = "/var/log/container-hooks/runtime.log"; # the log file; "": none
<   log-level      = "info";                                 # error, warn, info or debug
<   runtimes       = [ "runc", "docker-runc", "crun" ];      # the first one found is run
<   plugin-timeout = 10;                                     # seconds for all plugins together
>   debug          = "";                                     # the log file; "": none
>   log-level      = "debug";                                # error, warn, info or debug
>   runtimes       = [ "crun", "/usr/bin/runc" ];            # the first one found is run
>   plugin-timeout = 20;                                     # seconds for all plugins together'
  gives container-hooks-runtime.runtimes crun,/usr/bin/runc
  gives container-hooks-runtime.plugin-timeout 20
  gives container-hooks-runtime.debug ''
}

sets_the_hooks_file() {
  default_config
  config_ok --set container-hooks.path=/srv/hooks.json
  changed_lines '<       path = "/etc/container-hooks/hooks.json";
>       path = "/srv/hooks.json";'
  echo 'plugins = ( { name = "other"; } );' >"$F"
  config_fails 1 'container-hooks.path is not set' --get container-hooks.path
  config_ok --set container-hooks.path=/srv/hooks.json
  assert_equal 'plugins = ( { name = "file-hooks"; settings: { path = "/srv/hooks.json"; }; }, { name = "other"; } );' \
    "$(cat "$F")"
  : >"$F"
  config_ok --set container-hooks.path=/srv/hooks,2.json
  gives container-hooks.path /srv/hooks,2.json
}

sets_what_is_not_there() {
  : >"$F"
  config_ok --set plugin-dir=/srv/plugins --set container-hooks-ctk.path=/srv/ctk
  assert_equal 'plugin-dir = "/srv/plugins";

container-hooks-ctk: {
  path = "/srv/ctk";
};' "$(cat "$F")"
}

sets_entries() {
  default_config
  config_ok --set plugins.file-hooks.required=false --set plugins.file-hooks.settings.other=1,2
  gives plugins.file-hooks.required false
  gives plugins.file-hooks.enabled true
  gives plugins.file-hooks.settings.other 1,2
  config_fails 1 'plugins has no entry with the name "gone" (container-hooks-ctk plugin enable' \
    --set plugins.gone.enabled=true
}

gets_defaults() {
  rm -f "$F"
  gives container-hooks-runtime.log-level info
  gives container-hooks-runtime.runtimes runc,docker-runc,crun
  gives container-hooks.path /etc/container-hooks/hooks.json
  gives plugin-dir "$TOOLKIT/plugins"
  [ ! -e "$F" ] || fail 'asking must not write'
}

unsets() {
  default_config
  config_ok --unset container-hooks-runtime.log-level --unset container-hooks.path
  changed_lines '<   log-level      = "info";                                 # error, warn, info or debug
<       path = "/etc/container-hooks/hooks.json";'
  gives container-hooks-runtime.log-level info
  config_fails 1 'container-hooks-runtime.log-level is not set' \
    --unset container-hooks-runtime.log-level
  config_fails 1 'unknown key container-hooks-runtime.loglevel' --unset container-hooks-runtime.loglevel
}

# As typed by somebody who left something out.
guesses_what_was_meant() {
  default_config
  local meant='did you mean container-hooks-runtime.log-level?'
  config_fails 2 "$meant" --set log-level=debug
  config_fails 2 "$meant" --get container-hooks-runtime.loglevel
  config_fails 2 "$meant" --get loglevl
  config_fails 2 'unknown key nothing' --get nothing
  assert_lacks "$output" 'did you mean'
  config_fails 2 'unknown key path' --get path # of two
  assert_lacks "$output" 'did you mean'
  config_fails 2 'unknown command chekc: did you mean check?' chekc
}

gets_several() {
  default_config
  config_ok --get container-hooks-runtime.log-level --get container-hooks-runtime.plugin-timeout
  assert_equal $'info\n10' "$output"
}

refuses_bad_values() {
  default_config
  local key=container-hooks-runtime
  config_fails 1 "$F:8: log-level must be error, warn, info or debug, not 'bananas'" \
    --set $key.log-level=bananas
  config_fails 1 "plugin-timeout must be a whole number, not 'soon'" --set $key.plugin-timeout=soon
  config_fails 1 'plugin-timeout must be 1 to 3600 seconds' --set $key.plugin-timeout=0
  config_fails 1 'runtimes must be 1 to 16 texts' --set $key.runtimes=,
  config_fails 1 'debug must be an absolute path' --set $key.debug=log
  config_fails 1 "container-hooks.path must be an absolute path, not 'x'" --set container-hooks.path=x
  config_fails 1 "must be true or false, not 'yes'" --set plugins.file-hooks.enabled=yes
  config_fails 2 'unknown key container-hooks-runtime.loglevel (known: container-hooks.path' \
    --set $key.loglevel=info
  config_fails 2 'KEY=VALUE is wanted' --set $key.log-level
  config_fails 2 '--get goes with --config-file only' --get plugin-dir --set plugin-dir=/x
  config_fails 2 'unknown command chekc' chekc
  config_fails 2 'the options of check stand behind it' --config-file "$F" check
}

mends_a_broken_file() {
  printf 'loglevel = "x";\n# kept\nplugin-dir = "p";\n' >"$F"
  config_fails 1 "$F:1: unknown key 'loglevel'" --set plugin-dir=/p
  config_ok --unset loglevel --set plugin-dir=/p
  assert_equal '# kept
plugin-dir = "/p";' "$(cat "$F")"
  printf 'a = [ 1, 2, ];\n' >"$F"
  config_fails 1 "$F:1: the comma before ']' must go" --set plugin-dir=/p
}

writes_elsewhere() {
  default_config
  config_ok --set container-hooks-runtime.log-level=warn --output -
  assert_equal "$(sed 's/"info"/"warn"/' "$F")" "$output"
  config_ok --set container-hooks-runtime.log-level=warn --output "$W/other.cfg"
  assert_equal "$output" "$W/other.cfg is written"
  cmp "$TOP/etc/config.cfg" "$F"
  "$CTK" config --config-file "$W/other.cfg" --get container-hooks-runtime.log-level | grep -qx warn
}

checks_all_layers() {
  default_config
  mkdir -p "$W/conf.d" "$W/profiles"
  echo 'plugins = ( { name = "writer"; } );' >"$W/conf.d/10-writer.cfg"
  echo 'plugins = ( );' >"$W/profiles/good.cfg"
  config_ok check
  assert_equal "$F: ok, 2 plugins
$W/profiles/good.cfg: ok, 0 plugins" "$output"

  echo 'plugin-dir = "x";' >"$W/profiles/bad.cfg"
  printf '\nruntimes = 1;\n' >"$W/profiles/worse.cfg"
  config_fails 1 "$W/profiles/bad.cfg:1: plugin-dir must be an absolute path" check
  assert_contains "$output" "$W/profiles/worse.cfg:2: unknown key 'runtimes'"
  assert_contains "$output" '2 mistakes: containers would be refused'
  rm "$W"/profiles/*

  printf '\ndebug = "";\n' >"$W/conf.d/20-bad.cfg"
  config_fails 1 "$W/conf.d/20-bad.cfg:2: unknown key 'debug'" check
  config_fails 1 "$W/conf.d/10-writer.cfg:2: unknown key 'plugin-dir' (known: plugins)" \
    --config-file "$W/conf.d/10-writer.cfg" --set plugin-dir=/x
  # One does not hide the others.
  echo 'container-hooks-runtime: { log-level = "x"; };' >"$F"
  echo 'plugins = 1;' >"$W/conf.d/30-bad.cfg"
  echo 'plugin = 1;' >"$W/profiles/bad.cfg"
  config_fails 1 "$F:1: log-level must be" check
  assert_contains "$output" "$W/conf.d/20-bad.cfg:2: unknown key 'debug'"
  assert_contains "$output" "$W/conf.d/30-bad.cfg:1: plugins must be"
  assert_contains "$output" "$W/profiles/bad.cfg:1: unknown key 'plugin'"
  assert_contains "$output" '4 mistakes'
  rm -r "$W/conf.d" "$W/profiles"
  config_fails 1 '1 mistake: containers would be refused' check
  rm "$F"
  # Only what the variable names may not be missing.
  CONTAINER_HOOKS_CONFIG='' XDG_CONFIG_HOME=$W run "$CTK" config check --config-file "$F"
  assert_contains "$output" "cannot find $F"
}

# The worker compiles them for each container; here it is known before.
checks_conditions() {
  default_config
  mkdir -p "$W/conf.d" "$W/profiles"
  printf 'plugins = (\n{ name = "writer";\n when: { commands = [ "(" ]; }; } );\n' >"$W/conf.d/10.cfg"
  echo 'plugins = ( { name = "writer"; required = false; when: { }; } );' >"$W/profiles/p.cfg"
  config_fails 1 "$W/conf.d/10.cfg:3: when: /commands/0 is the pattern \"(\"" check
  assert_contains "$output" "$W/profiles/p.cfg:1: when of plugin 'writer' has no condition; leave it out"
  assert_contains "$output" '2 mistakes'
  rm -r "$W/conf.d" "$W/profiles"
}

# images_fail ENTRY…: with a list that cannot answer the condition `images` of writer.
images_fail() {
  write_config "$@"
  config_fails 1 "$F:7: when: \`images\` cannot be answered: list image-verify before 'writer'" check
  assert_contains "$output" '1 mistake'
  assert_lacks "$output" "$F: ok"
}

checks_who_tells_the_image() {
  local tells='name = "image-verify";' asks='name = "writer"; when: { images = [ "^docker.io/" ]; };'
  write_config "$tells" "$asks"
  config_ok check
  write_config "$asks" "$tells"
  config_fails 1 "$F:6: when: \`images\` cannot be answered" check
  write_config "$file_hooks" "$asks"
  config_fails 1 "$F:7: when: \`images\` cannot be answered" check
  images_fail "$tells required = false;" "$asks"
  images_fail "$tells when: { sandboxes = false; };" "$asks"
  images_fail "$tells enabled = false;" "$asks"
  write_config "$asks enabled = false;" "$tells"
  config_ok check
  # Over all files, in the order in which they are read.
  mkdir -p "$W/conf.d" "$W/profiles"
  write_config "$asks"
  echo "plugins = ( { $tells } );" >"$W/conf.d/10.cfg"
  config_fails 1 "$F:6: when: \`images\` cannot be answered" check
  write_config "$tells"
  echo "plugins = ( { $asks } );" >"$W/conf.d/10.cfg"
  config_ok check
  echo "plugins = ( { $asks } );" >"$W/profiles/p.cfg"
  config_fails 1 "$W/profiles/p.cfg:1: when: \`images\` cannot be answered" check
  rm -r "$W/conf.d" "$W/profiles"
}

does_not_hide_an_original() {
  rm -f "$F"
  touch "$W/config.toml"
  run "$CTK" config
  assert_equal 1 "$status"
  assert_contains "$output" "take it over with container-hooks-ctk config --from $W/config.toml"
  run "$CTK" config --set plugin-dir=/x
  assert_equal 1 "$status"
  [ ! -e "$F" ]
  config_ok --from "$W/config.toml"
  config_ok --set plugin-dir=/x
  rm "$W/config.toml"
}

sets_what_is_in_groups() {
  echo 'plugins = ( { name = "a.b"; settings: { group: { one = 1; }; list = ( { x = 1; } ); }; } );' >"$F"
  gives plugins.a.b.settings.group.one 1
  gives plugins.a.b.settings.group '{"one":1}'
  gives plugins.a.b.settings.list '[{"x":1}]'
  config_ok --set plugins.a.b.settings.group.one=2 --set plugins.a.b.settings.new.deep.two=3
  gives plugins.a.b.settings.group.one 2
  gives plugins.a.b.settings.new '{"deep":{"two":3}}'
  config_ok --unset plugins.a.b.settings.new
  # A value does not take a group's place, which would be lost.
  config_fails 1 "$F:1: group is a group { }" --set plugins.a.b.settings.group=1
  config_fails 1 "$F:1: list has groups { } in it" --set plugins.a.b.settings.list=1
  config_fails 2 'unknown key plugins.a.b.settings.x..y' --set plugins.a.b.settings.x..y=1
}

# Without root there may be a file of one's own in place of the system's.
tells_of_ones_own() {
  local command=(env)
  [ "$(id -u)" != 0 ] || command=(setpriv --reuid 65534 --regid 65534 --clear-groups env)
  [ ! -e /etc/container-hooks/config.cfg ] || return 0
  chmod 755 "$W"
  run "${command[@]}" -u CONTAINER_HOOKS_CONFIG XDG_CONFIG_HOME="$W/home" "$CTK" config
  assert_equal 1 "$status"
  assert_contains "$output" "Permission denied: this needs root"
  assert_contains "$output" "of your own: --config-file $W/home/container-hooks/config.cfg"
  run "$CTK" config --config-file ''
  assert_equal 2 "$status"
}

# A descriptor that is closed must not become the file that is written.
works_without_outputs() {
  default_config
  status=0
  "$CTK" config --debug --set plugin-dir=/x <&- >&- 2>&- || status=$?
  assert_equal 0 "$status"
  gives plugin-dir /x
  run sh -c "'$CTK' config --help >/dev/full"
  assert_equal 1 "$status"
}

takes_over_an_original() {
  rm -f "$F"
  cat >"$W/original.toml" <<'TOML'
[container-hooks]
# the path of the hooks
path = "/srv/hooks.json"

[container-hooks-ctk]
path = "/usr/bin/container-hooks-ctk"

[container-hooks-runtime]
debug = "/etc/container-hooks/container-hooks-runtime.log"
log-level = "warning"
runtimes = ["crun", 'runc']
TOML
  config_ok --from "$W/original.toml"
  gives container-hooks.path /srv/hooks.json
  gives container-hooks-runtime.debug /etc/container-hooks/container-hooks-runtime.log
  gives container-hooks-runtime.log-level warn
  gives container-hooks-runtime.runtimes crun,runc
  config_ok check

  echo 'x = 1' >>"$W/original.toml"
  config_fails 1 "$W/original.toml:12: container-hooks-runtime.x is no key of the original" \
    --from "$W/original.toml"
  echo 'a = 1 b' >"$W/original.toml"
  config_fails 1 "$W/original.toml:1:7: 'b' where the line's end is expected" --from "$W/original.toml"
  config_fails 1 "$W/gone.toml does not exist" --from "$W/gone.toml"
  rm "$F"
  printf '[container-hooks-runtime]\n\nlog-level = "bananas"\n' >"$W/original.toml"
  config_fails 1 "$W/original.toml:3: $F:8: log-level must be error" --from "$W/original.toml"
  [ ! -e "$F" ]
}

keeps_links_and_modes() {
  mkdir -p "$W/real"
  cp "$TOP/etc/config.cfg" "$W/real/config.cfg"
  chmod 600 "$W/real/config.cfg"
  ln -s real/config.cfg "$W/link.cfg"
  config_ok --config-file "$W/link.cfg" --set container-hooks-runtime.log-level=debug
  [ -L "$W/link.cfg" ]
  assert_equal 600 "$(stat -c %a "$W/real/config.cfg")"
  grep -q '"debug"' "$W/real/config.cfg"
}

install_toolkit
test_case 'without a file the commented default is written' writes_the_default
test_case 'the folder is made' makes_the_folder
test_case '--set changes values and keeps comments and layout' sets_and_keeps_comments
test_case "container-hooks.path is file-hooks' setting, its entry made if missing" sets_the_hooks_file
test_case '--set adds a key or group that is not there' sets_what_is_not_there
test_case "--set changes plugins' entries" sets_entries
test_case '--get tells what holds, defaults included' gets_defaults
test_case '--unset takes the line out' unsets
test_case 'what was meant is guessed, if it is one only' guesses_what_was_meant
test_case '--get of several: a line each' gets_several
test_case 'values that make no sense are refused and nothing is written' refuses_bad_values
test_case 'a broken file is named, and can be mended' mends_a_broken_file
test_case '--output writes elsewhere or prints' writes_elsewhere
test_case 'check finds mistakes in config.cfg, conf.d and profiles' checks_all_layers
test_case 'check reads the conditions of entries' checks_conditions
test_case 'check finds conditions on images that nobody tells' checks_who_tells_the_image
test_case "the original's config is not hidden" does_not_hide_an_original
test_case 'without root: where a file of one'\''s own would be' tells_of_ones_own
test_case 'all outputs closed' works_without_outputs
test_case "--set and --get of settings in groups" sets_what_is_in_groups
test_case "--from takes over the original's config.toml" takes_over_an_original
test_case 'a symbolic link and a mode stay' keeps_links_and_modes
test_end
