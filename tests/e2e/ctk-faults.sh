#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every command of container-hooks-ctk that writes, killed or failed by the kernel at any of its system
# calls: each file is the old one or the new one, whole; what is said to be done is done; what failed
# names a file; and doing it again ends in the same, with nothing left behind.
. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/faults.sh"

world=$W/world # all that a command may change
export CONTAINER_HOOKS_CONFIG=$world/config.cfg CONTAINER_HOOKS_STATE=$world/state
export TMPDIR=$W/tmp
hows=(SIGKILL SIGTERM ENOSPC EIO EMFILE ENOMEM EROFS EINTR short torn)

# --- before and after ------------------------------------------------------------------------------

fresh_world() {
  rm -rf "$world"
  cp -a "$W/old" "$world"
}

# old_world: what is in the world now is what each run begins with.
old_world() {
  rm -rf "$W/old"
  mkdir -p "$world"
  mv "$world" "$W/old"
}

is_temporary() {
  case ${1##*/} in .new | .*.new | .*ctk-new*) ;; *) return 1 ;; esac
}

is_new() {
  diff -r --no-dereference "${but[@]}" "$W/new" "$world"
}
but=() # what may differ

# Each file that there is, and each that there was.
old_or_new() {
  local file
  while IFS= read -r file; do
    ! is_temporary "$file" || continue
    cmp -s "$world/$file" "$W/new/$file" || cmp "$world/$file" "$W/old/$file"
  done < <(cd "$world" && find . -type f -o -type l)
  while IFS= read -r file; do
    [ -e "$world/$file" ] || [ -L "$world/$file" ] || [ ! -e "$W/new/$file" ] ||
      fail "$file is gone"
  done < <(cd "$W/old" && find . -type f -o -type l)
}

# The words of a failure lead to what failed.
says_what_failed() {
  case $1 in SIG* | torn) return 0 ;; esac
  case ${output##*$'\n'} in
    'container-hooks-ctk: '*/* | *'standard output'*) ;;
    *'error while loading shared libraries: '*) ;;
    *) fail 'the message names no file' ;;
  esac
}

# --- a command -------------------------------------------------------------------------------------

# anywhere CHECK WORD…: the command, spoiled. CHECK is a function that looks for more, or true.
anywhere() {
  local check=$1 how call count first apart
  shift
  fresh_world
  run_ok "$CTK" "$@"
  rm -rf "$W/new"
  cp -a "$world" "$W/new"
  ! diff -rq --no-dereference "$W/old" "$W/new" >/dev/null || fail 'nothing was changed'
  for how in "${hows[@]}"; do
    fresh_world
    first=$(count_calls container-hooks-ctk "$how" "$CTK" --version) # what comes before is the loader's
    count=$(count_calls container-hooks-ctk "$how" "$CTK" "$@")
    apart=$(((count - first) / 2 + 1))
    for call in $(numbers $((first + offset * apart / 20)) "$count" $apart); do
      fresh_world
      spoiled container-hooks-ctk "$call" "$how" "$CTK" "$@"
      undamaged "$how" "$check" "$@"
    done
    offset=$(((offset + 3) % 20))
  done
}

# What is removed cannot be removed twice.
again() {
  run "$CTK" "$@"
  [ "$status" = 0 ] || assert_contains "$*" 'image remove'
  is_new
}

undamaged() {
  local how=$1 check=$2
  shift 2
  trap 'echo "after $fault: $status $output"; where_failed' ERR
  old_or_new
  if [ "$status" = 0 ]; then
    is_new
  else
    says_what_failed "$how"
  fi
  "$check"
  rm -rf "${TMPDIR:?}"/* # a folder of skopeo's, who of us can go back for it?
  again "$@"
  assert_equal '' "$(ls -A "$TMPDIR")"
}
offset=0

# --- worlds ----------------------------------------------------------------------------------------

plain_config() {
  rm -rf "$world"
  mkdir "$world"
  cp "$TOP/etc/config.cfg" "$world/config.cfg"
}

edit_config() {
  plain_config
  old_world
  anywhere true "$@"
}

# engine_file ENGINE: the file that an admin has written, and that configure edits or stands beside.
engine_file() {
  case $1 in
    docker) echo "$world/etc/daemon.json" ;;
    containerd) echo "$world/etc/config.toml" ;;
    crio) echo "$world/etc/crio.conf" ;;
    podman) echo "$world/etc/containers.conf" ;;
  esac
}

engine() {
  runtime=(--runtime "$1" --config-file "$(engine_file "$1")" --no-check)
  configure=(runtime configure "${runtime[@]}" --default --path /bin/true)
}

world_of_engine() {
  local file
  plain_config
  engine "$1"
  file=$(engine_file "$1")
  mkdir "$world/etc"
  case $1 in
    docker) printf '{"log-driver": "local", "default-runtime": "old",\n "runtimes": {"old": {"path": "/bin/true"}}}\n' ;;
    containerd) printf '# mine\nversion = 3\n[grpc]\n' ;;
    crio) printf '# mine\n[crio.runtime]\nlog_level = "info"\n' ;;
    podman) printf '# mine\n[engine]\nruntime = "runc"\n' ;;
  esac >"$file"
  [ "${2:-}" != configured ] || run_ok "$CTK" "${configure[@]}"
  old_world
}

configure_engine() {
  world_of_engine "$1"
  anywhere true "${configure[@]}"
}

unconfigure_engine() {
  world_of_engine "$1" configured
  anywhere true runtime unconfigure "${runtime[@]}"
}

# --- the trust store -------------------------------------------------------------------------------

STORE=$world/trust

# An image in an OCI layout, signed in a store and in a registry; a key whose signatures are always
# the same.
make_signed_image() {
  (umask 077 && openssl genpkey -algorithm ED25519 -out "$W/key.pem")
  start_registry
  make_image "$W/image.tar" docker.io/team/app:1
  run_ok skopeo copy --quiet --insecure-policy "docker-archive:$W/image.tar" "oci:$W/layout:1"
  run_ok skopeo copy --quiet --insecure-policy --dest-tls-verify=false "oci:$W/layout:1" \
    "docker://$R/team/app:1"
  run_ok "$CTK" image sign --key "$W/key.pem" --store "$W/signed" --tls-verify=false --push \
    "docker://$R/team/app:1"
  digest=$(find "$W/signed" -path '*/sha256/*' -name 'signature-*' | head -n 1)
  basename "$(dirname "$digest")" >"$W/digest"
  echo "$R" >"$W/registry-address"
}

# world_of_store [FOLDER]: a store that is not there yet, or one with the same in it.
world_of_store() {
  rm -rf "$world"
  mkdir "$world"
  [ $# = 0 ] || cp -a "$1" "$STORE"
  old_world
}

store_command() {
  local word=$1
  shift
  anywhere true image "$word" --store "$STORE" "$@"
}

sign() {
  world_of_store
  store_command sign --key "$W/key.pem" --reference docker.io/team/app:1 "oci:$W/layout:1"
}

add() {
  local folder
  folder=$W/signed/sha256/$(<"$W/digest")
  world_of_store
  store_command add "$folder"/manifest* "$folder"/signature-*
}

import() {
  world_of_store
  store_command import "$W/signed"
}

# Of a manifest that cannot be read the marks stay: they lead to nothing, which does no harm.
remove() {
  but=(--exclude=by-config --exclude=by-manifest)
  world_of_store "$W/signed"
  store_command remove "sha256:$(<"$W/digest")"
}

# Of the config it only wants to know where signatures lie.
fetch() {
  local -x CONTAINER_HOOKS_CONFIG=$W/fetch.cfg
  : >"$CONTAINER_HOOKS_CONFIG"
  world_of_store
  store_command fetch --tls-verify=false "$(<"$W/registry-address")/team/app:1"
}

# --- install ---------------------------------------------------------------------------------------

install_words() {
  echo install --toolkit-root "$TOOLKIT" --prefix "$world/usr" --sysconfdir "$world/etc"
}

# Another version is there, whose files are all other ones.
world_of_install() {
  rm -rf "$world"
  mkdir "$world"
  # shellcheck disable=SC2046
  run_ok "$CTK" $(install_words)
  find "$world/usr" -type f ! -name installed | while read -r file; do echo old >>"$file"; done
  old_world
}

# The front is new only if all that it needs is.
front_comes_last() {
  ! cmp -s "$world/usr/bin/container-hooks-runtime" "$W/new/usr/bin/container-hooks-runtime" ||
    diff -rq "$W/new" "$world"
}

install_new_ones() {
  world_of_install
  # shellcheck disable=SC2046
  anywhere front_comes_last $(install_words)
}

mkdir "$TMPDIR"
install_toolkit
test_case 'config --set' edit_config config --set container-hooks-runtime.log-level=debug
test_case 'plugin disable' edit_config plugin disable file-hooks
test_case 'plugin enable' edit_config plugin enable writer
for engine in docker containerd crio podman; do
  test_case "runtime configure, $engine" configure_engine $engine
  test_case "runtime unconfigure, $engine" unconfigure_engine $engine
done
test_case 'an image is signed and pushed' make_signed_image
test_case 'image sign' sign
test_case 'image add' add
test_case 'image import' import
test_case 'image remove' remove
test_case 'image fetch' fetch
test_case 'install' install_new_ones
test_end
