#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Without root: an ordinary user, and root of a user namespace, which is what a rootless engine's
# runtime is. Their own config comes first, what they own is trusted, and what others own is not.
. "$(dirname "$0")/../lib.sh"

user=54321
home=$W/home
own_config=$home/.config/container-hooks/config.cfg
containers=0

# What root has installed lies below the prefix that was built in. There the toolkit is shown, in a
# view of the folders that nobody else has.
installed=/usr/src

# as_user COMMAND…: an ordinary user, with nothing of our environment.
as_user() {
  run unshare --mount sh -c "mount --bind $TOOLKIT $installed && exec \"\$@\"" sh \
    setpriv --reuid $user --regid $user --clear-groups env -i PATH="$PATH" HOME="$home" \
    XDG_RUNTIME_DIR="$home/run" "$@"
}

as_root_of_a_namespace() {
  as_user unshare --user --map-root-user --mount "$@"
}

# fresh WHO: a config and hooks of the user's own, and a bundle whose ids are those of WHO.
fresh() {
  rm -rf "$home"
  mkdir -p "$home/.config/container-hooks" "$home/run" "$home/bundle"
  cp -r "$W/rootfs" "$home/bundle/rootfs"
  echo '{"createRuntime": [{"path": "/bin/sh", "args": ["sh", "-c", "echo fired >>'"$home"'/fired"]}]}' \
    >"$home/hooks.json"
  cat >"$own_config" <<CFG
container-hooks-runtime: { debug = "$home/runtime.log"; log-level = "debug"; };
plugins = ( { name = "file-hooks"; settings: { path = "$home/hooks.json"; }; } );
CFG
  chown -R $user:$user "$home"
  "$1" runc spec --rootless --bundle "$home/bundle"
  jq '.process.terminal = false | .process.args = ["/bin/echo", "from the container"]' \
    "$home/bundle/config.json" >"$W/new.json"
  cp "$W/new.json" "$home/bundle/config.json"
}

# Each container has a name of its own: runc remembers those that failed.
run_container() {
  containers=$((containers + 1))
  "$1" "$RUNTIME" --root "$home/run/runc" run --bundle "$home/bundle" "c$containers"
}

fires() {
  fresh "$1"
  run_container "$1"
  assert_equal 0 "$status" || fail "$output"
  assert_equal 'from the container' "$output"
  assert_equal fired "$(cat "$home/fired")"
  assert_contains "$(cat "$home/runtime.log")" 'file-hooks'
  assert_equal $user "$(stat -c %u "$home/bundle/config.json")"
}

# is_refused WHO WORDS
is_refused() {
  cp "$home/bundle/config.json" "$W/before.json"
  run_container "$1"
  assert_equal 1 "$status"
  assert_contains "$output" "container-hooks-runtime: "
  assert_contains "$output" "$2"
  cmp "$W/before.json" "$home/bundle/config.json"
  [ ! -e "$home/fired" ]
  "$1" "$RUNTIME" --root "$home/run/runc" list
  assert_equal 0 "$status" || fail "$output"
}

broken_config() {
  fresh "$1"
  echo 'plugins = 5;' >"$own_config"
  is_refused "$1" "$own_config:1: plugins must be a list"
}

config_others_may_write() {
  fresh "$1"
  chmod 666 "$own_config"
  is_refused "$1" "$own_config is writable by others"
}

hooks_in_an_open_folder() {
  fresh "$1"
  chmod 777 "$home"
  is_refused "$1" "folder $home is writable by others"
}

# Where the toolkit lies elsewhere, whom it belongs to is not known in a namespace.
toolkit_of_somebody_else() {
  fresh as_root_of_a_namespace
  local RUNTIME=$TOOLKIT/container-hooks-runtime
  is_refused as_root_of_a_namespace 'somebody outside this user namespace'
}

hooks_of_somebody_else() {
  fresh "$1"
  chown 12345 "$home/hooks.json"
  is_refused "$1" "$home/hooks.json is owned by "
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
install_toolkit
RUNTIME=$installed/container-hooks-runtime
chmod 755 "$W"
make_rootfs "$W/rootfs"
for who in as_user as_root_of_a_namespace; do
  test_case "$who: the config of one's own, and a hook of one's own fires" fires $who
  test_case "$who: a broken config refuses run, list works" broken_config $who
  test_case "$who: a config that others may write" config_others_may_write $who
  test_case "$who: hooks in a folder that others may write to" hooks_in_an_open_folder $who
  test_case "$who: hooks of somebody else" hooks_of_somebody_else $who
done
test_case 'a toolkit that lies in no folder of the system' toolkit_of_somebody_else
test_end
