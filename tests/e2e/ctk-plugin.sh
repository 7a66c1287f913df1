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

# What only its modify would do to a container is tried, behind one that fails as well.
check_tries_a_sample() {
  write_config "$(fault 'act = "fail"; message = "no";')" 'name = "writer"; settings: { env = "A=b"; };' \
    "$(fault 'act = "crash";') required = false;" 'name = "writer"; when: { commands = [ "^/never$" ]; };'
  ctk check
  assert_equal 1 "$status"
  assert_contains "$output" 'fault: with a sample container: no'
  assert_contains "$output" 'writer: ok (it has no check of its own)'
  assert_contains "$output" "fault: plugin 'fault' was killed by signal 11"
  assert_contains "$output" 'writer: ok (but its `when` does not match the sample, so it was not tried)'
  assert_equal 'container-hooks-ctk: 2 of 4 plugins would fail' "$(tail -n 1 <<<"$output")"
  assert_equal '' "$(find /tmp -maxdepth 1 -name 'container-hooks-sample.*' -newer "$CONTAINER_HOOKS_CONFIG")"
}

# What no config lists lies in the plugins' folder, and may be tried as it would be listed.
check_of_one_that_is_not_listed() {
  write_config 'name = "writer";'
  ctk check spec-patch
  assert_equal 0 "$status"
  assert_contains "$output" "note: no config lists spec-patch: it is checked as it lies in $TOOLKIT/plugins/spec-patch.so"
  assert_contains "$output" 'spec-patch: ok'
  assert_lacks "$output" writer
  ctk check spec-patch --set files=/nowhere/patch.json,
  assert_equal 1 "$status"
  assert_contains "$output" /nowhere/patch.json
  ctk check writer --set env=A=b
  assert_equal 2 "$status"
  assert_contains "$output" 'plugin enable --set --dry-run tries settings of an entry'
  ctk check --set env=A=b
  assert_equal 2 "$status"
}

# One that is there to refuse containers, and lets some through, is told by all who look at it.
gaps_are_told() {
  local place=$CONTAINER_HOOKS_CONFIG:6 optional filtered
  optional="$place: plugin 'image-verify' has required = false: what it refuses starts all the same"
  filtered="$place: plugin 'image-verify' has a \`when\`: containers that it does not match start unverified"
  echo '{"default": [{"type": "reject"}]}' >"$W/policy.json"
  write_config 'name = "image-verify"; required = false; when: { commands = [ "^sh$" ]; };
    settings: { policy = "'"$W"'/policy.json"; store = ""; files = false; journal = false; };'
  for command in list check 'check image-verify' 'enable image-verify --dry-run'; do
    # shellcheck disable=SC2086
    ctk $command
    assert_equal 0 "$status" || fail "$output"
    assert_contains "$output" "$optional; to mend it: container-hooks-ctk plugin enable image-verify --required"
    assert_contains "$output" "$filtered"
  done
  run_ok "$CTK" config check
  assert_contains "$output" "warn: $optional"
  assert_contains "$output" "$filtered"
  run_ok "$CTK" --quiet config check
  assert_equal '' "$output"
  ctk_json list
  assert_equal 2 "$(jq '.[0].warnings | length' <<<"$output")"
  ctk enable image-verify --required
  assert_lacks "$output" "$optional"
  assert_contains "$output" "$filtered"
}

# Modes that refuse nothing have nothing that containers could get past, nor has a chain with
# another entry that none gets past.
no_gap_is_told_where_there_is_none() {
  local verify="settings: { policy = \"$W/policy.json\"; store = \"\"; files = false; journal = false;"
  echo '{"default": [{"type": "reject"}]}' >"$W/policy.json"
  write_config "name = \"image-verify\"; required = false; $verify mode = \"audit\"; };"
  ctk list
  assert_lacks "$output" 'required = false'
  write_config "name = \"image-verify\"; required = false; enabled = false; $verify };"
  ctk list
  assert_lacks "$output" 'required = false'
  write_config "name = \"image-verify\"; required = false; $verify };" "name = \"image-verify\"; $verify };"
  ctk list
  assert_lacks "$output" 'required = false'
  write_config "name = \"image-verify\"; required = false; $verify mode = \"audit\";
    scopes = ( { scope = \"docker.io/team\"; mode = \"enforce\"; } ); };"
  ctk list
  assert_contains "$output" 'required = false'
}

tells_image='name = "writer"; settings: { image = "docker.io/team/app:1"; };'
asks_image='name = "writer"; when: { images = [ "^quay.io/" ]; };'

# check_fails_for_image ENTRY…
check_fails_for_image() {
  write_config "$@"
  ctk check
  assert_equal 1 "$status"
  assert_contains "$output" 'writer: with a sample container: '
  assert_contains "$output" 'list image-verify before, required, for all containers'
}

# A condition that would refuse containers is found, and one that does not match is no mistake.
check_of_conditions_on_images() {
  write_config "$tells_image" "$asks_image"
  ctk check
  assert_equal 0 "$status"
  check_fails_for_image "$asks_image" "$tells_image"
  check_fails_for_image "$tells_image required = false;" "$asks_image"
  check_fails_for_image "$tells_image when: { sandboxes = false; };" "$asks_image"
}

# By itself it cannot know what is listed before.
part_of_the_chain_may_ask_for_an_image() {
  mkdir -p "$W/conf.d" "$W/patches"
  echo '{"when": {"images": ["^quay.io/"]}, "merge": {"hostname": "x"}}' >"$W/patches/10.json"
  write_config "$tells_image"
  echo "plugins = ( { ${asks_image/writer/fault} enabled = false; } );" >"$W/conf.d/10-fault.cfg"
  ctk enable fault
  assert_equal 0 "$status" || fail "$output"
  rm -r "$W/conf.d"
  ctk check "$TOOLKIT/plugins/spec-patch.so" --set "dir=$W/patches"
  assert_equal 0 "$status" || fail "$output"
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

# The text of the config, without what write_config puts in front.
plugins_text() {
  sed -n '/^plugins/,$p' "$CONTAINER_HOOKS_CONFIG"
}

# A config as an admin may have written it.
admins_config() {
  cat >"$CONTAINER_HOOKS_CONFIG" <<'CFG'
# ours
plugins = (
  # first of all
  { name = "writer"; enabled = false; settings: { env = "A=b"; /* why */ }; }, # writes
  { name = "fault"; }
);
CFG
}

enables_and_disables_as_it_was() {
  admins_config
  cp "$CONTAINER_HOOKS_CONFIG" "$W/before.cfg"
  ctk enable writer
  assert_equal 0 "$status"
  assert_equal "plugin 'writer' is enabled ($CONTAINER_HOOKS_CONFIG)" "$output"
  ctk_json list
  assert_equal required "$(field writer state)"
  ctk disable writer
  assert_equal 0 "$status"
  cmp "$W/before.cfg" "$CONTAINER_HOOKS_CONFIG"
}

# Everything that is not changed stays, comments among it.
enable_sets_settings_and_position() {
  admins_config
  ctk enable writer --set env=C=d --set stage=2 --position 2 --optional
  assert_equal 0 "$status" || fail "$output"
  ctk_json list
  assert_equal optional "$(field writer state)"
  assert_equal 2 "$(field writer order)"
  ctk_json show writer
  assert_equal '{"env":"C=d","stage":2}' "$(jq -c '.[0].settings' <<<"$output")"
  assert_contains "$(plugins_text)" '/* why */'
  assert_contains "$(plugins_text)" '# first of all'
}

enable_lists_a_new_one() {
  write_config "$file_hooks"
  ctk enable writer --set hook=/bin/true --position 1
  assert_equal 0 "$status"
  ctk_json list
  assert_equal '1 writer
2 file-hooks' "$(jq -r '.[] | select(.order) | "\(.order) \(.name)"' <<<"$output")"
  ctk enable "$TOOLKIT/plugins/fault.so"
  ctk_json list
  assert_equal 3 "$(field fault order)"
  assert_equal "$TOOLKIT/plugins/fault.so" "$(field fault path)"
}

# Which of two files it is, and which place it got.
enable_says_what_may_not_be_meant() {
  mkdir -p "$W/mine"
  cp "$TOOLKIT/plugins/writer.so" "$W/mine"
  write_config "name = \"writer\"; path = \"$W/mine/writer.so\"; enabled = false;" "$(fault 'act = "none";')"
  ctk enable writer --position 9
  assert_equal 0 "$status" || fail "$output"
  assert_contains "$output" "it is $W/mine/writer.so, not $TOOLKIT/plugins/writer.so"
  assert_contains "$output" "it is the last of 2 in $CONTAINER_HOOKS_CONFIG"
  ctk enable file-hooks --set dirs=/one
  assert_equal 1 "$status"
  assert_contains "$output" 'must be a list of texts: [ "a", "b" ] (typed: --set dirs=a,b; of one element: --set dirs=a,)'
}

enable_twice_is_once() {
  write_config
  ctk enable writer
  cp "$CONTAINER_HOOKS_CONFIG" "$W/before.cfg"
  ctk enable writer
  assert_equal 0 "$status"
  assert_equal "plugin 'writer' is enabled already" "$output"
  cmp "$W/before.cfg" "$CONTAINER_HOOKS_CONFIG"
}

# The first one makes the config, with all its comments.
enable_without_a_config() {
  mkdir -p "$W/home/container-hooks"
  rm -f "$W/home/container-hooks/config.cfg"
  touch "$W/home/container-hooks/config.cfg"
  CONTAINER_HOOKS_CONFIG=$W/home/container-hooks/config.cfg ctk enable writer
  assert_equal 0 "$status"
  assert_contains "$(cat "$W/home/container-hooks/config.cfg")" writer
}

# A required plugin that would fail makes every container fail.
enable_refuses_what_would_fail() {
  write_config
  cp "$CONTAINER_HOOKS_CONFIG" "$W/before.cfg"
  ctk enable abi-major
  assert_equal 1 "$status"
  assert_contains "$output" "plugin 'abi-major' was not enabled, since it would fail (--force does it)"
  assert_contains "$output" 'built for plugin interface 2.0'
  ctk enable fault --set act=crash --set when=check
  assert_equal 1 "$status"
  assert_contains "$output" 'signal 11'
  ctk enable fault --set act=fail --set message=always
  assert_equal 1 "$status"
  assert_contains "$output" 'would fail (--force does it): with a sample container: always'
  ctk enable fault --set act=exit --set status=0
  assert_equal 1 "$status"
  assert_contains "$output" "plugin 'fault' called exit(0)"
  ctk enable fault --set act=fail --set when=finish --set message=late
  assert_equal 1 "$status"
  assert_contains "$output" 'would fail (--force does it): late'
  ctk enable nothing
  assert_contains "$output" "$TOOLKIT/plugins/nothing.so does not exist"
  cmp "$W/before.cfg" "$CONTAINER_HOOKS_CONFIG"
  ctk enable abi-major --force
  assert_equal 0 "$status"
}

# What was wrong before is not this plugin's fault.
enable_beside_a_broken_one() {
  write_config 'name = "abi-major";'
  ctk enable writer
  assert_equal 0 "$status"
}

edits_the_file_that_has_the_entry() {
  write_config "$file_hooks"
  mkdir -p "$W/conf.d"
  echo 'plugins = ( { name = "writer"; } ); # of a package' >"$W/conf.d/10-writer.cfg"
  ctk disable writer
  assert_equal 0 "$status" || fail "$output"
  assert_contains "$(cat "$W/conf.d/10-writer.cfg")" 'enabled = false'
  ctk enable writer --set env=A=b
  assert_equal 0 "$status" || fail "$output"
  assert_contains "$(cat "$W/conf.d/10-writer.cfg")" '# of a package'
  ctk_json list
  rm -r "$W/conf.d"
  assert_equal required "$(field writer state)"
  assert_lacks "$(cat "$CONTAINER_HOOKS_CONFIG")" writer
}

dry_run_shows_and_writes_nothing() {
  admins_config
  cp "$CONTAINER_HOOKS_CONFIG" "$W/before.cfg"
  ctk disable --dry-run fault
  assert_equal 0 "$status"
  assert_contains "$output" "--- $CONTAINER_HOOKS_CONFIG"
  assert_contains "$output" '+'
  cmp "$W/before.cfg" "$CONTAINER_HOOKS_CONFIG"
}

# All of them, or, where one cannot be written, none.
disables_in_all_files() {
  write_config 'name = "writer";'
  mkdir -p "$W/conf.d" "$W/full"
  echo 'plugins = ( { name = "writer"; }, { name = "writer"; } );' >"$W/conf.d/10-writer.cfg"
  ctk disable writer
  assert_equal "plugin 'writer' is disabled ($CONTAINER_HOOKS_CONFIG)
plugin 'writer' is disabled ($W/conf.d/10-writer.cfg)" "$output"
  ctk_json list
  assert_equal '["disabled"]' "$(jq -c '[.[] | select(.order) | .state] | unique' <<<"$output")"
  ctk disable writer
  assert_equal "plugin 'writer' is disabled already" "$output"

  if [ "$(id -u)" = 0 ] && mount -t tmpfs none "$W/full" 2>/dev/null; then
    write_config 'name = "writer";'
    cp "$CONTAINER_HOOKS_CONFIG" "$W/before.cfg"
    echo 'plugins = ( { name = "writer"; } );' >"$W/full/writer.cfg"
    ln -sf "$W/full/writer.cfg" "$W/conf.d/10-writer.cfg"
    mount -o remount,ro,mode=755 "$W/full"
    ctk disable writer
    assert_equal 1 "$status"
    assert_contains "$output" 'Read-only file system'
    cmp "$W/before.cfg" "$CONTAINER_HOOKS_CONFIG"
    umount "$W/full"
  fi
  rm -r "$W/conf.d"
}

disable_of_nothing() {
  write_config
  ctk disable nothing
  assert_equal 1 "$status"
  assert_contains "$output" nothing
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
  ctk enable
  assert_equal 2 "$status"
  ctk enable a b
  assert_equal 2 "$status"
  ctk enable a --position none
  assert_equal 2 "$status"
  ctk enable a --required --optional
  assert_equal 2 "$status"
  ctk disable
  assert_equal 2 "$status"
  for command in list show check enable disable; do
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
test_case 'check: each is tried on a sample container' check_tries_a_sample
test_case 'check: a crash does not hide the others' check_goes_on
test_case 'check: conditions on images that nobody tells' check_of_conditions_on_images
test_case 'check and enable: a part of the chain may ask for an image' \
  part_of_the_chain_may_ask_for_an_image
test_case 'check: one by its name' check_of_one
test_case 'check of one that no config lists' check_of_one_that_is_not_listed
test_case 'what refuses containers and lets some through is told' gaps_are_told
test_case 'what refuses none, or lets none through, is not' no_gap_is_told_where_there_is_none
test_case 'check: a file that is in no config' check_of_a_file
test_case 'enable, then disable: the same bytes' enables_and_disables_as_it_was
test_case 'enable: settings and position, and comments stay' enable_sets_settings_and_position
test_case 'enable: one that no config lists' enable_lists_a_new_one
test_case 'enable: which of two files, and which place' enable_says_what_may_not_be_meant
test_case 'enable: twice is once' enable_twice_is_once
test_case 'enable: in an empty config' enable_without_a_config
test_case 'enable: not what would fail, unless forced' enable_refuses_what_would_fail
test_case 'enable: beside one that is broken' enable_beside_a_broken_one
test_case 'enable and disable: in the file that has the entry' edits_the_file_that_has_the_entry
test_case 'disable: in all files or none' disables_in_all_files
test_case 'disable --dry-run: only shows' dry_run_shows_and_writes_nothing
test_case 'disable: what is not there' disable_of_nothing
test_case 'usage: status 2; --help has examples' usage
test_end
