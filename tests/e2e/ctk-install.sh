#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `container-hooks-ctk install` and `uninstall`, into a folder of the test's own. Needs no root.
. "$(dirname "$0")/../lib.sh"

P=$W/usr
E=$W/etc
export CONTAINER_HOOKS_STATE=$W/state

# install ROOT [OPTION…]
install() {
  local root=$1
  shift
  run "$root/container-hooks-ctk" install --toolkit-root="$root" --prefix "$P" --sysconfdir "$E" "$@"
}

install_ok() {
  install "$@"
  assert_equal 0 "$status" || fail "$output"
}

uninstall() {
  run "$CTK" uninstall --prefix "$P" "$@"
}

# What the original's README says, but for the places.
works_as_the_originals() {
  (
    cd "$TOOLKIT"
    run_ok ./container-hooks-ctk install --toolkit-root="$(pwd)" --prefix "$P" --sysconfdir "$E"
  )
  local file
  for file in bin/container-hooks bin/container-hooks-ctk bin/container-hooks-runtime \
    libexec/container-hooks/modify lib/container-hooks/plugins/file-hooks.so; do
    cmp "$TOOLKIT/$(basename "$file")" "$P/$file" 2>/dev/null ||
      cmp "$TOOLKIT/plugins/$(basename "$file")" "$P/$file"
  done
  assert_equal 755 "$(stat -c %a "$P/bin/container-hooks-runtime")"
  assert_equal 644 "$(stat -c %a "$P/lib/container-hooks/plugins/file-hooks.so")"
  run_ok "$P/bin/container-hooks-ctk" plugin list --config-file "$E/container-hooks/config.cfg"
  assert_contains "$output" "$P/lib/container-hooks/plugins/file-hooks.so"
}

# `make install` brings the same, and documents.
brings_what_make_brings() {
  rm -rf "$P" "$E"
  install_ok "$TOOLKIT"
  run_ok make -C "$TOP" --no-print-directory "BUILD=$BUILD" "DESTDIR=$W/made" PREFIX=/usr install
  local folder
  for folder in bin libexec/container-hooks; do
    diff <(ls -A "$W/made/usr/$folder") <(ls -A "$P/$folder")
  done
}

keeps_the_config() {
  install_ok "$TOOLKIT"
  echo '# mine' >"$E/container-hooks/config.cfg"
  install_ok "$TOOLKIT"
  assert_equal '# mine' "$(cat "$E/container-hooks/config.cfg")"
}

# A default config would hide the one of the original.
keeps_the_originals_config() {
  rm -rf "$E"
  mkdir -p "$E/container-hooks"
  touch "$E/container-hooks/config.toml"
  install_ok "$TOOLKIT"
  [ ! -e "$E/container-hooks/config.cfg" ]
  assert_contains "$output" "config --from $E/container-hooks/config.toml"
}

# While they run; the front that runs goes on.
replaces_running_programs() {
  install_ok "$TOOLKIT"
  mkdir -p "$W/old"
  cp -r "$TOOLKIT/." "$W/old"
  cp "$(command -v sleep)" "$W/old/container-hooks-runtime"
  install_ok "$W/old"
  "$P/bin/container-hooks-runtime" 60 &
  local pid=$!
  install_ok "$TOOLKIT"
  cmp "$TOOLKIT/container-hooks-runtime" "$P/bin/container-hooks-runtime"
  kill "$pid"
}

# An engine that calls it all the time never finds it missing or half.
is_there_all_the_time() {
  install_ok "$TOOLKIT"
  rm -f "$W/stop" "$W/missed"
  while [ ! -e "$W/stop" ]; do
    "$P/bin/container-hooks" || echo missed >>"$W/missed"
  done &
  local watcher=$!
  for _ in 1 2 3 4 5 6 7 8; do install_ok "$TOOLKIT"; done
  touch "$W/stop"
  wait "$watcher"
  [ ! -e "$W/missed" ]
}

# Defect 28: the original removed what it was about to copy.
never_deletes_its_source() {
  install_ok "$TOOLKIT"
  ls -i "$P/bin" >"$W/before"
  run_ok "$P/bin/container-hooks-ctk" install --toolkit-root="$P/bin" --prefix "$P" --sysconfdir "$E"
  ls -i "$P/bin" | diff "$W/before" -
  cmp "$TOOLKIT/container-hooks-runtime" "$P/bin/container-hooks-runtime"
}

# From where it is installed to another place.
copies_an_installed_one() {
  install_ok "$TOOLKIT"
  run_ok "$P/bin/container-hooks-ctk" install --toolkit-root="$P/bin" --prefix "$W/other" --sysconfdir "$E"
  diff -r "$P/libexec" "$W/other/libexec"
  diff -r "$P/bin" "$W/other/bin"
  diff -r "$P/lib/container-hooks/plugins" "$W/other/lib/container-hooks/plugins"
}

nothing_happens_where_one_is_missing() {
  install_ok "$TOOLKIT"
  rm -rf "$W/half"
  cp -r "$TOOLKIT" "$W/half"
  rm "$W/half/container-hooks-runtime"
  echo changed >>"$W/half/modify"
  install "$W/half"
  assert_equal 1 "$status"
  assert_contains "$output" "$W/half/container-hooks-runtime does not exist: --toolkit-root is"
  cmp "$TOOLKIT/modify" "$P/libexec/container-hooks/modify"
  assert_equal '' "$(find "$P" -name '.*')"
}

full_disk_changes_nothing() {
  [ "$(id -u)" = 0 ] || return 0
  mkdir -p "$W/small"
  mount -t tmpfs -o size=64m none "$W/small"
  run_ok "$CTK" install --toolkit-root="$TOOLKIT" --prefix "$W/small/usr" --sysconfdir "$W/small/etc"
  dd if=/dev/zero of="$W/small/fill" bs=1M 2>/dev/null || true
  find "$W/small/usr" -type f -exec sha256sum {} + >"$W/before"
  run "$CTK" install --toolkit-root="$TOOLKIT" --prefix "$W/small/usr" --sysconfdir "$W/small/etc"
  assert_equal 1 "$status"
  assert_contains "$output" 'No space left on device'
  find "$W/small/usr" -type f -exec sha256sum {} + | diff "$W/before" -
  umount "$W/small"
}

# Found before anything is replaced.
folder_in_the_way_changes_nothing() {
  rm -rf "$P" "$E"
  mkdir -p "$P/bin/container-hooks-runtime/sub"
  install "$TOOLKIT"
  assert_equal 1 "$status"
  assert_contains "$output" "$P/bin/container-hooks-runtime is a folder: remove it first"
  assert_equal '' "$(find "$P" -type f)"
  rm -rf "$P"
}

# What an admin's strict umask must not do: engines and rootless users could not look into it.
folders_are_for_everybody() {
  rm -rf "$P" "$E"
  (umask 077 && install_ok "$TOOLKIT")
  assert_equal '' "$(find "$P" "$E" -type d ! -perm 755)"
}

says_what_needs_root() {
  local command=(env)
  [ "$(id -u)" != 0 ] || command=(setpriv --reuid 65534 --regid 65534 --clear-groups env)
  chmod 711 "$W"
  run "${command[@]}" "$CTK" install --toolkit-root="$TOOLKIT" --prefix /usr/none --sysconfdir "$E"
  assert_equal 1 "$status"
  assert_contains "$output" 'cannot make the folder /usr/none: Permission denied: this needs root'
}

uninstalls_what_it_brought() {
  rm -rf "$P" "$E"
  install_ok "$TOOLKIT"
  touch "$P/lib/container-hooks/plugins/of-others.so"
  uninstall
  assert_equal 0 "$status" || fail "$output"
  assert_equal "$P/lib/container-hooks/plugins/of-others.so" "$(find "$P" -type f)"
  [ -e "$E/container-hooks/config.cfg" ]
}

# A newer version that brings less leaves nothing behind in the end.
uninstalls_what_earlier_ones_brought() {
  rm -rf "$P" "$W/less"
  install_ok "$TOOLKIT"
  cp -r "$TOOLKIT" "$W/less"
  rm "$W/less/plugins/writer.so"
  install_ok "$W/less"
  uninstall
  assert_equal 0 "$status"
  assert_equal '' "$(find "$P" -type f)"
}

# What a package or make has brought is theirs to remove.
uninstalls_nothing_else() {
  rm -rf "$P"
  mkdir -p "$P/bin"
  cp "$RUNTIME" "$P/bin"
  uninstall
  assert_equal 1 "$status"
  assert_contains "$output" 'make uninstall'
  [ -e "$P/bin/container-hooks-runtime" ]
}

list_cannot_lead_astray() {
  rm -rf "$P"
  install_ok "$TOOLKIT"
  touch "$W/precious"
  echo "$P/../precious" >>"$P/lib/container-hooks/installed"
  uninstall
  assert_equal 1 "$status"
  assert_contains "$output" 'does not lie below'
  [ -e "$W/precious" ] && [ -e "$P/bin/container-hooks-runtime" ]
}

refuses_while_an_engine_uses_it() {
  rm -rf "$P"
  install_ok "$TOOLKIT"
  run_ok "$P/bin/container-hooks-ctk" runtime configure --runtime docker --name hooks \
    --config-file "$W/daemon.json" --no-check
  uninstall
  assert_equal 1 "$status"
  assert_contains "$output" "Docker still runs $P/bin/container-hooks-runtime"
  assert_contains "$output" "runtime unconfigure --runtime docker --name hooks --config-file $W/daemon.json"
  [ -e "$P/bin/container-hooks-runtime" ]
  run_ok "$P/bin/container-hooks-ctk" runtime unconfigure --runtime docker --name hooks \
    --config-file "$W/daemon.json" --no-check
  uninstall
  assert_equal 0 "$status"
}

# The engine's config has the name behind the links, since configure looked there.
refuses_behind_a_link() {
  rm -rf "$P" "$W/real" "$W/daemon.json"
  mkdir "$W/real"
  ln -s real "$W/link"
  run_ok "$CTK" install --toolkit-root "$TOOLKIT" --prefix "$W/link/" --sysconfdir "$E"
  run_ok "$W/link/bin/container-hooks-ctk" runtime configure --runtime docker \
    --config-file "$W/daemon.json" --no-check
  run "$W/link/bin/container-hooks-ctk" uninstall --prefix "$W/link"
  assert_equal 1 "$status"
  assert_contains "$output" "Docker still runs $W/real/bin/container-hooks-runtime"
  [ -e "$W/real/bin/container-hooks-runtime" ]
  run_ok "$CTK" uninstall --prefix "$W/link" --force
}

# The one that is run, not that of /usr.
uninstalls_itself() {
  rm -rf "$P"
  install_ok "$TOOLKIT"
  run_ok "$P/bin/container-hooks-ctk" uninstall
  assert_equal '' "$(find "$P" -mindepth 1)"
}

# As / on a system where /bin is /usr/bin: its files are another prefix's.
refuses_folders_of_another_prefix() {
  rm -rf "$P" "$W/merged"
  install_ok "$TOOLKIT"
  mkdir "$W/merged"
  ln -s ../usr/bin ../usr/lib "$W/merged"
  run "$CTK" install --toolkit-root="$TOOLKIT" --prefix "$W/merged" --sysconfdir "$E"
  assert_equal 1 "$status"
  assert_contains "$output" "--prefix $W/merged/: $W/merged/bin leads to $P/bin"
  run "$CTK" uninstall --prefix "$W/merged"
  assert_equal 1 "$status"
  [ -e "$P/bin/container-hooks-runtime" ] && [ ! -e "$W/merged/libexec" ]
}

# The programs look where they were built to.
says_that_nobody_reads_the_config() {
  rm -rf "$P" "$E"
  install_ok "$TOOLKIT"
  assert_contains "$output" "note: these programs read /etc/container-hooks/config.cfg, not that below $E"
  assert_contains "$(cat "$E/container-hooks/config.cfg")" "path = \"$P/bin/container-hooks-ctk\""
}

checks_only() {
  rm -rf "$P"
  install_ok "$TOOLKIT"
  rm "$P/lib/container-hooks/installed" # as after make install
  run_ok "$P/bin/container-hooks-ctk" uninstall --check
  run_ok "$P/bin/container-hooks-ctk" runtime configure --runtime docker --config-file "$W/daemon.json" \
    --no-check --name other
  run "$P/bin/container-hooks-ctk" uninstall --check
  assert_equal 1 "$status"
  assert_contains "$output" "Docker still runs $P/bin/container-hooks-runtime"
  [ -e "$P/bin/container-hooks-runtime" ]
  run_ok "$P/bin/container-hooks-ctk" runtime unconfigure --config-file "$W/daemon.json" --name other
}

force_goes_through() {
  rm -rf "$P"
  install_ok "$TOOLKIT"
  run_ok "$P/bin/container-hooks-ctk" runtime configure --runtime docker --config-file "$W/daemon.json" \
    --no-check
  uninstall --force
  assert_equal 0 "$status"
  [ ! -e "$P/bin/container-hooks-runtime" ]
}

usage() {
  run "$CTK" install
  assert_equal 2 "$status"
  assert_contains "$output" '--toolkit-root is missing'
  run "$CTK" install --toolkit-root "$TOOLKIT" --prefix relative
  assert_equal 2 "$status"
  run "$CTK" uninstall word
  assert_equal 2 "$status"
  for command in install uninstall; do
    run "$CTK" $command --help
    assert_equal 0 "$status"
    assert_contains "$output" Example
  done
}

install_toolkit
write_config
test_case 'the original'\''s command line works' works_as_the_originals
test_case 'the same programs and helpers as make install' brings_what_make_brings
test_case 'the admin'\''s config stays' keeps_the_config
test_case 'the original'\''s config is not hidden' keeps_the_originals_config
test_case 'programs that run are replaced' replaces_running_programs
test_case 'there is no moment without them' is_there_all_the_time
test_case 'a source in its own place is left alone' never_deletes_its_source
test_case 'from where it is installed to elsewhere' copies_an_installed_one
test_case 'if one is missing nothing is replaced' nothing_happens_where_one_is_missing
test_case 'on a full disk nothing is replaced' full_disk_changes_nothing
test_case 'a folder in the place of a program: nothing is replaced' folder_in_the_way_changes_nothing
test_case 'folders can be read by everybody, whatever the umask' folders_are_for_everybody
test_case 'without root: which folder needs it' says_what_needs_root
test_case 'uninstall: what was installed and nothing else' uninstalls_what_it_brought
test_case 'uninstall: what earlier versions brought too' uninstalls_what_earlier_ones_brought
test_case 'uninstall: not what a package brought' uninstalls_nothing_else
test_case 'uninstall: nothing outside of the prefix' list_cannot_lead_astray
test_case 'uninstall: refuses while an engine uses it' refuses_while_an_engine_uses_it
test_case 'uninstall: refuses behind a symbolic link, too' refuses_behind_a_link
test_case 'uninstall: the installation that it belongs to' uninstalls_itself
test_case 'folders that are those of another prefix are left alone' refuses_folders_of_another_prefix
test_case 'a config that nobody would read is told' says_that_nobody_reads_the_config
test_case 'uninstall --check: only whether an engine uses it' checks_only
test_case 'uninstall --force' force_goes_through
test_case 'usage: status 2; --help has examples' usage
test_end
