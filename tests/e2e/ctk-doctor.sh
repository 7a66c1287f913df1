#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `container-hooks-ctk doctor`: a Docker that is configured by a file of the test's own. Needs neither
# root nor Docker.
. "$(dirname "$0")/../lib.sh"

daemon=$W/daemon.json
export CONTAINER_HOOKS_STATE=$W/state

# docker PATH [MORE]: its config knows us by this program; none reads it.
docker() {
  echo "{\"runtimes\": {\"container-hooks-runtime\": {\"path\": \"$1\"}}${2:-}, \
    \"pidfile\": \"$W/docker.pid\"}" >"$daemon"
}

# A low-level runtime that answers as runc does.
make_lowlevel() {
  cat >"$W/lowlevel" <<'SH'
#!/bin/sh
case $1 in
  --version) echo 'lowlevel version 1.2.3' ;;
  features) echo '{"ociVersionMax": "1.0.2"}' ;;
esac
SH
  chmod 755 "$W/lowlevel"
}

doctor() {
  run "$CTK" doctor --runtime docker --config-file "$daemon"
}

# examine: the findings, as JSON, in `findings`; the exit status in `status`.
examine() {
  status=0
  findings=$("$CTK" doctor --runtime docker --config-file "$daemon" --json 2>"$W/.errors") || status=$?
}

# finds LEVEL TEXT: one of this level says so.
finds() {
  jq -e --arg level "$1" --arg text "$2" \
    'any(.[]; .level == $level and (.text | contains($text)))' <<<"$findings" >/dev/null ||
    fail "not found: $1 $2"$'\n'"in: $(jq -c '.[]' <<<"$findings")"
}

# No finding that is not well is without something to do.
always_a_mend() {
  assert_equal 0 "$(jq '[.[] | select(.level != "ok" and .mend == null)] | length' <<<"$findings")"
}

all_is_well() {
  docker "$RUNTIME" ', "default-runtime": "container-hooks-runtime"'
  lowlevel=$W/lowlevel write_config "$(fault 'act = "none";')"
  examine
  assert_equal 0 "$status"
  finds note 'no running dockerd was found: this is what its files say'
  assert_equal 1 "$(jq -c '[.[] | select(.level != "ok")] | length' <<<"$findings")"
  finds ok "container-hooks-runtime is $RUNTIME ($daemon:1)"
  finds ok 'it is the default runtime'
  finds ok "$RUNTIME is there"
  finds ok "the low-level runtime is $W/lowlevel"
  finds ok '--version: lowlevel version 1.2.3'
  finds ok 'features: answered'
  finds ok "plugin 'fault' can be loaded, and finds its settings well"
  finds ok 'a sample container comes through'
}

in_words_for_people() {
  docker "$RUNTIME"
  lowlevel=$W/lowlevel write_config "$(fault 'act = "none";')"
  doctor
  assert_equal 0 "$status"
  assert_contains "$output" "  note     the default runtime is runc (built in)"
  assert_contains "$output" '           -> if it should be: container-hooks-ctk runtime configure'
  run "$CTK" --quiet doctor --runtime docker --config-file "$daemon"
  assert_lacks "$output" ' ok '
}

# problem LEVEL TEXT: 1 is the exit status of problems, 0 that of notes.
problem() {
  examine
  assert_equal "$([ "$1" = problem ] && echo 1 || echo 0)" "$status"
  finds "$1" "$2"
  always_a_mend
}

# mends COMMAND: one finding has this mend, for the file that was asked about and no other.
mends() {
  jq -e --arg mend "$1" 'any(.[]; .mend == $mend)' <<<"$findings" >/dev/null ||
    fail "not found: $1"$'\n'"in: $(jq -c '.[]' <<<"$findings")"
}

not_configured() {
  echo '{}' >"$daemon"
  write_config
  problem problem 'it does not know container-hooks-runtime'
  mends "container-hooks-ctk runtime configure --runtime docker --config-file $daemon"
}

by_another_name() {
  docker "$RUNTIME"
  write_config
  run "$CTK" doctor --runtime docker --config-file "$daemon" --name mine
  assert_equal 1 "$status"
  assert_contains "$output" \
    "container-hooks-ctk runtime configure --runtime docker --name mine --config-file $daemon"
}

program_is_missing() {
  docker "$W/gone"
  write_config
  problem problem "$W/gone cannot be run: No such file or directory"
}

program_can_be_changed() {
  cp "$RUNTIME" "$W/open"
  chmod 777 "$W/open"
  docker "$W/open"
  lowlevel=$W/lowlevel write_config
  problem problem "$W/open could be changed by others"
}

program_is_another() {
  cp "$RUNTIME" "$TOOLKIT/other"
  docker "$TOOLKIT/other"
  lowlevel=$W/lowlevel write_config
  problem note "it is not the program that belongs to this one, $RUNTIME"
}

program_is_a_folder() {
  docker "$W"
  write_config
  problem problem "$W cannot be run: Is a directory"
}

program_is_none_of_ours() {
  cp "$(type -P true)" "$W/true"
  docker "$W/true"
  lowlevel=$W/lowlevel write_config
  problem problem "$W/true is not container-hooks-runtime, nor does it run it"
  assert_lacks "$findings" 'comes through'
  docker "$W/lowlevel"
  problem problem "$W/lowlevel is not container-hooks-runtime, nor does it run it"
}

# A wrapper around ours is known by where it ends.
program_is_a_wrapper() {
  printf '#!/bin/sh\nexec %s "$@"\n' "$RUNTIME" >"$W/wrapper"
  chmod 755 "$W/wrapper"
  docker "$W/wrapper"
  lowlevel=$W/lowlevel write_config
  problem note "it is not the program that belongs to this one, $RUNTIME"
  finds ok 'a sample container comes through'
  sed -i '2i echo hello' "$W/wrapper"
  problem problem "$W/wrapper --version is not what $W/lowlevel answers: hello"
}

# Without --name it is found by its program: behind a link, or by a profile's name.
by_any_name() {
  ln -sf "$RUNTIME" "$W/linked"
  jq -n --arg ours "$RUNTIME" --arg link "$W/linked" --arg pid "$W/docker.pid" '{pidfile: $pid,
    "default-runtime": "hooks", runtimes: {hooks: {path: $link}, strict: {path: $ours},
    profile: {path: "/opt/container-hooks-runtime-x"}, other: {path: "/usr/sbin/runc"}}}' >"$daemon"
  lowlevel=$W/lowlevel write_config
  problem problem '/opt/container-hooks-runtime-x cannot be run'
  finds ok "hooks is $W/linked"
  finds ok "strict is $RUNTIME"
  finds ok 'profile is /opt/container-hooks-runtime-x'
  finds ok 'it is the default runtime'
  assert_lacks "$findings" 'other is'
  assert_lacks "$findings" 'only containers that ask'
  run_ok "$CTK" runtime status --runtime docker --config-file "$daemon"
  assert_contains "$output" "hooks is $W/linked"
  assert_contains "$output" 'default: hooks'
  assert_lacks "$output" 'not us'
  assert_equal 'hooks,strict,profile' "$("$CTK" runtime status --runtime docker --json \
    --config-file "$daemon" | jq -r '[.[].name] | join(",")')"
}

# One cause, one problem.
engine_is_not_there() {
  [ ! -e /etc/crio ] && ! type -P crio || return 0
  lowlevel=$W/lowlevel write_config
  run "$CTK" doctor --runtime crio
  assert_equal 1 "$status"
  assert_contains "$output" 'it is not found: neither crio nor /etc/crio/crio.conf is there'
  assert_contains "$output" 'install it, or name its config by --config-file'
  assert_contains "$output" 'container-hooks-ctk: 1 problem'
}

# What was found stands in front of the number of problems, also in a pipe.
in_order() {
  echo '{}' >"$daemon"
  lowlevel=$W/lowlevel write_config
  doctor
  assert_equal 'container-hooks-ctk: 1 problem' "$(tail -n 1 <<<"$output")"
}

# broken_worker TEXT: what is there in its place is no worker of this version.
broken_worker() {
  docker "$RUNTIME"
  lowlevel=$W/lowlevel write_config "$(fault 'act = "none";')"
  problem problem "$1"
  mends 'install the toolkit anew, as it was installed; until then containers are refused'
}

worker_is_missing() {
  mv "$TOOLKIT/modify" "$W/modify"
  broken_worker "$TOOLKIT/modify does not exist"
  cp "$W/modify" "$TOOLKIT"
}

worker_is_another() {
  mv "$TOOLKIT/modify" "$W/modify"
  sed "s/$(version)/0.0.0/g" "$W/modify" >"$TOOLKIT/modify"
  chmod 755 "$TOOLKIT/modify"
  broken_worker "$TOOLKIT/modify is of another version than this program ($(version))"
  cp "$W/modify" "$TOOLKIT"
}

version() {
  "$CTK" --version | cut -d ' ' -f 2
}

lowlevel_hangs() {
  printf '#!/bin/sh\nexec sleep 60\n' >"$W/hanging"
  chmod 755 "$W/hanging"
  docker "$RUNTIME"
  lowlevel=$W/hanging write_config
  problem problem "does not reach $W/hanging: no end within 10 s"
}

config_is_broken() {
  docker "$RUNTIME"
  echo 'nonsense' >"$CONTAINER_HOOKS_CONFIG"
  problem problem "containers are refused: $CONTAINER_HOOKS_CONFIG:2: '=' is missing"
}

engine_file_is_broken() {
  echo '{' >"$daemon"
  write_config
  problem problem "$daemon:"
  assert_lacks "$findings" 'was found'
}

engine_file_is_secret() {
  local command=()
  [ "$(id -u)" != 0 ] || command=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  chmod 755 "$W"
  docker "$RUNTIME"
  write_config
  chmod 0 "$daemon"
  run "${command[@]}" "$CTK" doctor --runtime docker --config-file "$daemon"
  chmod 644 "$daemon"
  assert_equal 1 "$status"
  assert_contains "$output" "cannot read $daemon: Permission denied: this needs root"
  assert_contains "$output" '-> run this as root; if that does not help, mend the file'
}

tells_what_it_does() {
  docker "$RUNTIME"
  lowlevel=$W/lowlevel write_config
  run "$CTK" doctor --runtime docker --config-file "$daemon" --debug
  assert_contains "$output" "container-hooks-ctk: debug: reading $daemon"
  assert_contains "$output" "container-hooks-ctk: debug: running $RUNTIME --version"
  assert_contains "$output" "container-hooks-ctk: debug: running $TOOLKIT/modify"
  run "$CTK" doctor --runtime docker --config-file "$daemon"
  assert_lacks "$output" debug:
}

no_lowlevel() {
  docker "$RUNTIME"
  lowlevel=$W/none write_config
  problem problem 'no low-level runtime found: looked for'
}

lowlevel_without_features() {
  printf '#!/bin/sh\n[ "$1" = --version ]\n' >"$W/old"
  chmod 755 "$W/old"
  docker "$RUNTIME"
  lowlevel=$W/old write_config
  problem note "$W/old has no \`features\`"
}

required_plugin_is_refused() {
  docker "$RUNTIME"
  lowlevel=$W/lowlevel write_config 'name = "abi-major";'
  problem problem "plugin 'abi-major': "
}

optional_plugin_is_refused() {
  docker "$RUNTIME"
  lowlevel=$W/lowlevel write_config 'name = "abi-major"; required = false;'
  problem note "plugin 'abi-major', which is optional and will be left out: "
}

sample_is_refused() {
  docker "$RUNTIME"
  lowlevel=$W/lowlevel write_config "$(fault 'act = "fail"; message = "told to";')"
  problem problem "a sample container would be refused: plugin 'fault': told to"
}

sample_kills_an_optional_plugin() {
  docker "$RUNTIME"
  lowlevel=$W/lowlevel write_config "$(fault 'act = "crash";') required = false;"
  problem note "plugin 'fault' is optional, and failed for it"
}

# The engine would fail with runc's words, which do not name the file that the hook stands in.
hook_is_missing() {
  docker "$RUNTIME"
  echo '{"createRuntime": [{"path": "/nowhere/hook"}]}' >"$W/hooks.json"
  lowlevel=$W/lowlevel write_config "$file_hooks" "name = \"abi-major\"; required = false;"
  problem note '/nowhere/hook'
  finds note "$W/hooks.json"
  assert_equal 1 "$(jq '[.[] | select(.text | contains("abi-major"))] | length' <<<"$findings")"
}

# The engine runs us by a profile's link: then it is the profile's chain that counts.
profile_counts() {
  ln -sf container-hooks-runtime "$TOOLKIT/container-hooks-runtime-x"
  docker "$TOOLKIT/container-hooks-runtime-x"
  lowlevel=$W/lowlevel write_config
  problem problem 'profiles/x.cfg is missing'
  mkdir -p "$W/profiles"
  echo 'plugins = ( { name = "abi-major"; } );' >"$W/profiles/x.cfg"
  problem problem "plugin 'abi-major': "
}

# --- image-verify ------------------------------------------------------------------------------------

# verify_config [SETTING [KEY]]: a chain that verifies images, by a policy that is there.
verify_config() {
  echo '{"default": [{"type": "reject"}]}' >"$W/policy.json"
  lowlevel=$W/lowlevel write_config "name = \"image-verify\"; ${2:-} settings: {
    policy = \"$W/policy.json\"; store = \"\"; files = false; journal = false; ${1:-} };"
}

# storage_is LEVEL TEXT [MORE]: what is found of a docker whose daemon.json has that, too.
storage_is() {
  docker "$RUNTIME" "${3:-}"
  problem "$1" "$2"
}

storage_of_docker() {
  verify_config
  storage_is problem "cannot verify images in docker's containerd image store ($daemon)" \
    ', "features": {"containerd-snapshotter": true}'
  mends 'set "features": { "containerd-snapshotter": false } in daemon.json and restart docker; images must be pulled or built anew'
  storage_is problem "cannot verify images of the storage btrfs, but of overlay2 ($daemon)" \
    ', "storage-driver": "btrfs"'
  storage_is note 'no running dockerd' ', "storage-driver": "overlay2"'
  finds ok "image-verify can verify images of the storage overlay2 ($daemon)"
  mkdir -p "$W/elsewhere"
  storage_is problem "image-verify does not believe records in $W/elsewhere" \
    ", \"data-root\": \"$W/elsewhere\""
  verify_config "roots = [ \"$W/elsewhere\" ];"
  storage_is note 'no running dockerd' ", \"data-root\": \"$W/elsewhere\""
  assert_lacks "$findings" 'does not believe'
}

# Where nothing is refused, nothing breaks.
storage_matters_to_who_verifies() {
  verify_config 'mode = "audit";'
  storage_is note 'cannot verify images of the storage vfs' ', "storage-driver": "vfs"'
  verify_config 'mode = "off";'
  storage_is note 'no running dockerd' ', "storage-driver": "vfs"'
  assert_lacks "$findings" 'of the storage'
  lowlevel=$W/lowlevel write_config "$(fault 'act = "none";')"
  storage_is note 'no running dockerd' ', "storage-driver": "vfs"'
  assert_lacks "$findings" 'of the storage'
}

# of_engine ENGINE FILE: the findings of one whose config is in this file.
of_engine() {
  findings=$("$CTK" doctor --runtime "$1" --config-file "$2" --json 2>"$W/.errors") || true
}

storage_of_containerd() {
  local version plugin
  verify_config
  for version in 2 3; do
    plugin=$([ $version = 2 ] && echo 'io.containerd.grpc.v1.cri' || echo 'io.containerd.cri.v1.runtime')
    printf 'version = %s\n[plugins."%s".containerd.runtimes.container-hooks-runtime]\n%s\n' \
      $version "$plugin" 'runtime_type = "io.containerd.runc.v2"' >"$W/containerd.toml"
    printf '[plugins."%s".containerd.runtimes.container-hooks-runtime.options]\nBinaryName = "%s"\n' \
      "$plugin" "$RUNTIME" >>"$W/containerd.toml"
    of_engine containerd "$W/containerd.toml"
    finds ok 'image-verify can verify images of the storage overlayfs (built in)'
    sed "/runtime_type/a snapshotter = \"devmapper\"" "$W/containerd.toml" >"$W/own.toml"
    of_engine containerd "$W/own.toml"
    finds problem 'images of the storage devmapper, but of overlayfs (of the runtime container-hooks-runtime)'
  done
  printf '[plugins."io.containerd.cri.v1.images"]\nsnapshotter = "native"\n' >>"$W/containerd.toml"
  of_engine containerd "$W/containerd.toml"
  finds problem "images of the storage native, but of overlayfs ($W/containerd.toml:7)"
  mends 'set snapshotter = "overlayfs" and restart containerd; images must be pulled anew'
}

storage_of_crio() {
  verify_config
  mkdir -p "$W/crio"
  printf '[crio.runtime.runtimes.container-hooks-runtime]\nruntime_path = "%s"\n' "$RUNTIME" \
    >"$W/crio/crio.conf"
  printf '[storage]\ndriver = "overlay"\n' >"$W/storage.conf"
  export CONTAINERS_STORAGE_CONF=$W/storage.conf
  of_engine crio "$W/crio/crio.conf"
  finds ok "image-verify can verify images of the storage overlay ($W/storage.conf:2)"
  printf '[crio]\nstorage_driver = "vfs"\n' >>"$W/crio/crio.conf"
  of_engine crio "$W/crio/crio.conf"
  finds problem "images of the storage vfs, but of overlay ($W/crio/crio.conf:4)"
}

# Lets containers through, though it is there to refuse some.
gaps() {
  local key
  docker "$RUNTIME"
  verify_config '' 'required = false;'
  problem problem "$CONTAINER_HOOKS_CONFIG:6: plugin 'image-verify' has required = false: what it refuses starts all the same"
  mends 'container-hooks-ctk plugin enable image-verify --required'
  verify_config '' 'when: { commands = [ "^sh$" ]; };'
  problem note "$CONTAINER_HOOKS_CONFIG:6: plugin 'image-verify' has a \`when\`: containers that it does not match start unverified"
  verify_config 'mode = "audit";' 'required = false;'
  problem note "plugin 'image-verify' does not refuse any container: its mode is audit ($CONTAINER_HOOKS_CONFIG:6)"
  assert_lacks "$findings" 'required = false'
  verify_config 'mode = "warn"; scopes = ( { scope = "docker.io/team"; mode = "enforce"; } );'
  problem note "plugin 'image-verify' does not refuse the images of some scopes: its mode is warn"
  verify_config
  problem note 'no running dockerd'
  assert_lacks "$findings" 'does not refuse'
}

# All but the test's own notes and the runtime's log.
list_files() {
  find "$W" -path "$W/.*" -prune -o -type f ! -name runtime.log -printf '%p %T+\n' | sort
}

changes_nothing() {
  docker "$RUNTIME"
  lowlevel=$W/lowlevel write_config
  list_files >"$W/.before"
  examine
  list_files | diff "$W/.before" -
}

usage() {
  run "$CTK" doctor --runtime nothing
  assert_equal 2 "$status"
  run "$CTK" doctor --config-file "$daemon"
  assert_equal 2 "$status"
  run "$CTK" doctor word
  assert_equal 2 "$status"
  run "$CTK" doctor --help
  assert_equal 0 "$status"
  assert_contains "$output" Example
}

install_toolkit
make_lowlevel
test_case 'all is well: status 0' all_is_well
test_case 'in words, with what to do' in_words_for_people
test_case 'an engine that is not configured' not_configured
test_case 'an engine that calls us something else' by_another_name
test_case 'a program that is missing' program_is_missing
test_case 'a program that others could change' program_can_be_changed
test_case 'a program that is not this toolkit'\''s' program_is_another
test_case 'a folder in place of a program' program_is_a_folder
test_case 'a program that has nothing to do with us' program_is_none_of_ours
test_case 'a wrapper around container-hooks-runtime' program_is_a_wrapper
test_case 'whatever the engine calls us' by_any_name
test_case 'an engine that is not there' engine_is_not_there
test_case 'in a pipe: the findings, then their number' in_order
test_case 'no worker' worker_is_missing
test_case "another version's worker" worker_is_another
test_case 'a low-level runtime that hangs' lowlevel_hangs
test_case 'a broken config.cfg' config_is_broken
test_case 'a broken daemon.json' engine_file_is_broken
test_case 'a daemon.json that only root may read' engine_file_is_secret
test_case '--debug: what is read and run' tells_what_it_does
test_case 'no low-level runtime' no_lowlevel
test_case 'a low-level runtime without features' lowlevel_without_features
test_case 'a required plugin that is refused' required_plugin_is_refused
test_case 'an optional plugin that is refused' optional_plugin_is_refused
test_case 'a hook whose program is missing' hook_is_missing
test_case 'a chain that refuses a sample' sample_is_refused
test_case 'an optional plugin that crashes on a sample' sample_kills_an_optional_plugin
test_case 'a profile has its own chain' profile_counts
test_case 'image-verify: a storage of docker that it cannot verify' storage_of_docker
test_case 'image-verify: of containerd' storage_of_containerd
test_case 'image-verify: of CRI-O' storage_of_crio
test_case 'image-verify: a storage matters only to who verifies' storage_matters_to_who_verifies
test_case 'image-verify: what it refuses may start' gaps
test_case 'nothing is changed' changes_nothing
test_case 'usage: status 2; --help has an example' usage
test_end
