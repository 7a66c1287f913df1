#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What root writes is root's alone, whatever the umask and whoever was there before; and a user who may
# start containers with docker, but is not root, gets nothing more by our being there.
. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/engines.sh"
. "$TOP/tests/signed.sh"

# What another user has prepared, in a folder like /tmp.
shared=$W/shared

as_user() {
  setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

# One who can reach dockerd's socket.
docker_group=2000
as_docker_user=(setpriv --reuid 65534 --regid 65534 --groups $docker_group
  env HOME=/nonexistent "DOCKER_CONFIG=$shared/docker")

setup() {
  chmod 755 "$W"
  mkdir -m 1777 "$shared"
  (umask 0 && start_dockerd)
  chgrp $docker_group "$W/docker.sock"
  sign_image
  all_plugins
}

# --- what root alone may read and write ------------------------------------------------------------

# mode PATH EXPECTED: of all that it matches.
mode() {
  local path
  for path in $1; do
    assert_equal "$2 0 0 $path" "$(stat -c '%a %u %g' "$path") $path"
  done
}

everything_is_roots_own() {
  local config
  config=$W/etc/daemon.json
  mkdir "$W/etc"
  run_ok "${docker_run[@]}" --rm "$image" true
  (
    umask 0
    rm -rf "$W/store"
    run_ok "$CTK" image import --store "$W/store" "$STORE"
    CONTAINER_HOOKS_STATE=$W/memory run_ok "$CTK" runtime configure --config-file "$config" \
      --path "$RUNTIME" --no-check
    run_ok "$CTK" plugin disable file-hooks
    run_ok "$CTK" plugin enable file-hooks
  )
  mode "$W/plans" 700
  mode "$W/plans/*" 600
  mode "$W/state" 700
  mode "$W/state/*" 700
  mode "$W/state/*/*" 600
  mode "$W/log/audit.log" 600
  mode "$W/runtime.log" 640
  mode "$config" 644
  mode "$CONTAINER_HOOKS_CONFIG" 644
  assert_equal '' "$(find "$W/store" "$W/memory" "$W/etc" "$W/plans" "$W/state" "$W/log" \
    ! -type l \( -perm /022 -o ! -user root \))"
}

nothing_is_setuid() {
  make -C "$TOP" --no-print-directory "BUILD=$BUILD" "DESTDIR=$W/made" PREFIX=/usr install >/dev/null
  assert_equal '' "$(find "$W/made" -perm /6000 -o ! -type l -perm /022)"
}

# --- what somebody else has put there --------------------------------------------------------------

# create_with FROM TO: a create for docker's bundle, with one place of the config another one.
create_with() {
  sed "s|$1|$2|" "$CONTAINER_HOOKS_CONFIG" >"$W/other.cfg"
  rm -rf "$W/bundle"
  mkdir "$W/bundle" "$W/conf.d.away" 2>/dev/null || true
  cp "$W/old.json" "$W/bundle/config.json"
  CONTAINER_HOOKS_CONFIG=$W/other.cfg run "$RUNTIME" --root "$W/runc" create --bundle "$W/bundle" \
    "$(<"$W/id")"
}

refused_with() {
  create_with "$@"
  [ "$status" != 0 ] || fail 'it was created'
  assert_contains "$output" "$shared/place"
  cmp "$W/old.json" "$W/bundle/config.json"
}

# place KIND: something of somebody else's at $shared/place.
place() {
  rm -rf "$shared/place" "$shared/folder" "$W/target"
  mkdir "$W/target"
  case $1 in
    folder) as_user mkdir -m 777 "$shared/place" ;;
    link-to-own) as_user mkdir "$shared/folder" && as_user ln -s "$shared/folder" "$shared/place" ;;
    link-to-root) as_user ln -s "$W/target" "$shared/place" ;;
    dangling) as_user ln -s "$W/target/new" "$shared/place" ;;
    file) as_user touch "$shared/place" ;;
  esac
}

places_of_others_are_refused() {
  local kind
  start_container
  for kind in folder link-to-own link-to-root dangling file; do
    place $kind
    refused_with "plans = \"[^\"]*\"" "plans = \"$shared/place\""
    assert_equal '' "$(ls -A "$W/target")"
    place $kind
    run "$CTK" image import --store "$shared/place" "$STORE"
    [ "$status" != 0 ] || fail "imported into a $kind"
    assert_contains "$output" "$shared/place"
    assert_equal '' "$(ls -A "$W/target")"
  done
}

audit_files_of_others_are_refused() {
  local kind
  for kind in folder link-to-own link-to-root dangling file; do
    place $kind
    sed "s|$W/log/audit.log|$shared/place|" "$W/conf.d/10-audit.cfg" >"$W/.audit"
    (
      mkdir -p "$W/elsewhere/conf.d"
      cp "$CONTAINER_HOOKS_CONFIG" "$W/elsewhere/config.cfg"
      cp "$W/.audit" "$W/elsewhere/conf.d/10-audit.cfg"
      rm -rf "$W/bundle"
      mkdir "$W/bundle"
      cp "$W/old.json" "$W/bundle/config.json"
      CONTAINER_HOOKS_CONFIG=$W/elsewhere/config.cfg run_fails "$RUNTIME" --root "$W/runc" create \
        --bundle "$W/bundle" "$(<"$W/id")"
      assert_contains "$output" "$shared"
      cmp "$W/old.json" "$W/bundle/config.json"
    )
    assert_equal '' "$(ls -A "$W/target")"
  done
}

# A log is no reason not to start; but it is not written through what others have put there.
logs_do_not_follow() {
  local kind
  for kind in link-to-root dangling; do
    place $kind
    echo precious >"$W/target/file"
    as_user ln -sfn "$W/target/file" "$shared/place"
    sed "s|debug = \"[^\"]*\"|debug = \"$shared/place\"|" "$CONTAINER_HOOKS_CONFIG" >"$W/other.cfg"
    CONTAINER_HOOKS_CONFIG=$W/other.cfg run "$RUNTIME" --root "$W/runc" state nobody
    assert_equal precious "$(cat "$W/target/file")"
  done
}

# The bundle's owner can put anything there: root writes nothing anywhere else.
bundles_do_not_lead_elsewhere() {
  local planted=.config.json.container-hooks
  as_user mkdir "$shared/bundle"
  echo precious >"$W/precious"
  cp "$W/old.json" "$shared/bundle/config.json"
  chown 65534:65534 "$shared/bundle/config.json"
  as_user ln -s "$W/precious" "$shared/bundle/$planted"
  run "$RUNTIME" --root "$W/runc" state nobody
  lowlevel=/bin/true write_config "$file_hooks"
  run_ok "$RUNTIME" create --bundle "$shared/bundle" c1
  assert_equal precious "$(cat "$W/precious")"
  assert_equal config.json "$(ls -A "$shared/bundle")"
  assert_equal 65534 "$(stat -c %u "$shared/bundle/config.json")"
  rm -f "$shared/bundle/config.json"
  as_user ln -s "$W/old.json" "$shared/bundle/config.json"
  run_fails "$RUNTIME" create --bundle "$shared/bundle" c1
  assert_contains "$output" 'is a symbolic link'
  all_plugins
}

# --- who may start containers ----------------------------------------------------------------------

docker_user() {
  run "${as_docker_user[@]}" docker run --network none --rm "$@"
}

# Nothing that is typed behind `docker run`, or stands in front of it, chooses what is applied.
chooses_no_config() {
  printf 'plugins = ();\n' >"$shared/config.cfg"
  chown 65534 "$shared/config.cfg"
  CONTAINER_HOOKS_CONFIG=$shared/config.cfg docker_user --env "CONTAINER_HOOKS_CONFIG=$shared/config.cfg" \
    --env XDG_CONFIG_HOME="$shared" --env CONTAINER_HOOKS_DEPTH=1 --label io.container-hooks.skip=all \
    "$image" cat /proc/1/oom_score_adj
  assert_equal '0 321' "$status $output"
  assert_equal created "$(tail -n 1 "$W/log/audit.log" | jq -r .outcome)"
}

# secret_in FILE TEXT [NAME]: the file of root's alone is broken; the user reads where, by its own name or
# this one, and not what is in it.
secret_in() {
  cp -a "$1" "$W/.kept"
  printf '%s' "$2" >"$1"
  chmod 600 "$1"
  docker_user "$image" true
  cp -a "$W/.kept" "$1"
  [ "$status" != 0 ] || fail 'it started'
  assert_contains "$output" "${3:-$(basename "$1")}"
  assert_lacks "$output" s3cret
}

reads_no_files_of_root() {
  secret_in "$W/hooks.json" '{"poststop": [{"path": "/bin/true", s3cret}]}'
  secret_in "$W/hooks.json" '{"poststop": [{"path": "/bin/true", "env": ["TOKEN=s3cret", 5]}]}'
  secret_in "$W/hooks.json" 's3cret'
  secret_in "$W/patches.d/10.json" '{"merge": {"process": {"env": ["TOKEN=s3cret"]}}, }'
  secret_in "$W/patches.d/10.json" '{"patch": [{"op": "test", "path": "/hostname", "value": "s3cret"}]}'
  secret_in "$W/policy.json" '{"default": [{"type": "s3cret" "reject"}]}'
  secret_in "$W/key.pub" 's3cret'
  secret_in "$CONTAINER_HOOKS_CONFIG" 'plugins = ( { name = "file-hooks"; settings: { token = "s3cret" 5; }; } );'
  secret_in "$W/conf.d/10-audit.cfg" 'plugins = ( { name = "audit"; settings: { token = "s3cret"; }; } );' audit
}

plants_no_plugin() {
  local file
  "${as_docker_user[@]}" sh -c ": >>'$shared/own'; docker version" >"$W/.version"
  for file in "$TOOLKIT/plugins/file-hooks.so" "$W/conf.d/20.cfg" "$W/patches.d/20.json" \
    "$W/hooks.json" "$STORE/new" "$W/plans/new" "$W/state/new" "$W/log/audit.log"; do
    ! "${as_docker_user[@]}" sh -c ": >>'$file'" 2>/dev/null || fail "a user can write $file"
  done
  ! "${as_docker_user[@]}" cat "$W/log/audit.log" 2>/dev/null || fail 'a user can read the audit log'
  ! "${as_docker_user[@]}" cat "$W/runtime.log" 2>/dev/null || fail 'a user can read the log'
  ! "${as_docker_user[@]}" ls "$W/plans" "$W/state" 2>/dev/null || fail 'a user can list plans and notes'
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
install_toolkit
write_config
test_case 'dockerd with all plugins, started with umask 0' setup
test_case 'what was written is owned by root and written by nobody else' everything_is_roots_own
test_case 'no program is setuid' nothing_is_setuid
test_case 'plans and trust stores that others have put there are refused' places_of_others_are_refused
test_case 'audit files that others have put there are refused' audit_files_of_others_are_refused
test_case 'a log is not written through the link of another' logs_do_not_follow
test_case 'a bundle of another leads to no other place' bundles_do_not_lead_elsewhere
test_case 'a user of docker chooses no configuration' chooses_no_config
test_case 'a user of docker reads nothing of what is in files of root' reads_no_files_of_root
test_case 'a user of docker can neither write nor read what is of root' plants_no_plugin
test_end
