#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The plugin image-verify on real engines: docker, podman and containerd start what was signed, by
# the openssl program in cosign's format, and nothing else; and who typed the command reads why.
. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/engines.sh"
. "$TOP/tests/journal.sh"
. "$TOP/tests/enforced.sh"

writer=$BUILD/tests/plugins/writer.so

# --- images ----------------------------------------------------------------------------------------

make_images() {
  mkdir -m 700 "$STORE"
  make_key "$W/key"
  make_key "$W/stranger"
  build team/app:1 >"$W/app.digest"
  sign team/app "$(<"$W/app.digest")" "$W/key"
  build team/plain:1 >"$W/plain.digest"
  sign team/foreign "$(build team/foreign:1)" "$W/stranger"
  build free/app:1
  write_policy
}

# --- engines ---------------------------------------------------------------------------------------

# load COMMAND…: all images into an engine.
load() {
  local name
  for name in team-app team-plain team-foreign free-app; do
    run_ok "$@" "$W/$name-1.tar"
  done
}

# start ENGINE [OPTION…] IMAGE COMMAND…: a container that is removed afterwards.
start() {
  local engine=$1
  shift
  case $engine in
    docker) run "${docker_run[@]}" --rm "$@" ;;
    podman) run "${podman_run[@]}" --rm "$@" ;;
    containerd)
      # ctr wants an id between the image and the command.
      local options=()
      while [[ $1 == --* ]]; do
        options+=("$1" "$2")
        shift 2
      done
      run "${ctr_run[@]}" --rm --runc-binary "$RUNTIME" "${options[@]}" "$1" "c$RANDOM$RANDOM" \
        "${@:2}"
      ;;
  esac
}

starts() {
  start "$@"
  [ "$status" = 0 ] || fail "$output"$'\n'"$(tail -n 5 "$W/runtime.log")"
}

refuses() {
  start "$@"
  [ "$status" != 0 ] || fail "it started: $output"
  assert_lacks "$output" 'from the container'
}

# --- each engine -----------------------------------------------------------------------------------

signed_image_starts() {
  enforce
  starts "$1" docker.io/team/app:1 echo from the container
  assert_equal 'from the container' "$output"
  assert_contains "$(cat "$W/runtime.log")" 'image docker.io/team/app:1 (sha256:'
  assert_contains "$(cat "$W/runtime.log")" "over $(<"$W/app.digest")"
  assert_contains "$(cat "$W/runtime.log")" 'its root file system is what was signed'
}

unsigned_image_does_not() {
  enforce
  refuses "$1" docker.io/team/plain:1 echo from the container
  assert_contains "$output" 'image docker.io/team/plain:1 (sha256:'
  assert_contains "$output" 'is refused by the scope'
  assert_contains "$output" 'a signature is required, and there is none over '
  assert_contains "$output" "$(<"$W/plain.digest")"
  assert_contains "$output" 'container-hooks-ctk image fetch docker.io/team/plain:1'
}

image_by_another_key_does_not() {
  enforce
  refuses "$1" docker.io/team/foreign:1 echo from the container
  assert_contains "$output" 'of 1 signature none is accepted'
}

image_of_no_scope_does_not() {
  enforce
  refuses "$1" "$2" echo from the container
  assert_contains "$output" 'it rejects all images'
}

# The signed image under another name: its signature does not go over.
retagged_image_does_not() {
  enforce
  refuses "$1" docker.io/team/moved:1 echo from the container
  assert_contains "$output" 'it is for docker.io/team/app, which is not what matchRepository asks for'
}

# What the policy accepts unsigned starts, and nothing is compared: there is nothing to compare with.
unsigned_is_enough_where_the_policy_says_so() {
  enforce
  starts "$1" docker.io/free/app:1 echo from the container
  assert_contains "$(cat "$W/runtime.log")" 'which asks for no signature'
  assert_lacks "$(cat "$W/runtime.log")" 'its root file system'
}

# By its id an image has no name that a scope or a signature could be for; by a digest it has.
by_id_and_by_digest() {
  local name id
  enforce
  id=$(docker image inspect --format '{{.Id}}' team/app:1)
  for name in "$id" "${id:7:12}"; do
    refuses docker "$name" true
    assert_contains "$output" "docker image without a name ($id) is refused by the scope \"default\""
  done
  name=$("${podman[@]}" image inspect --format '{{.Digest}}' docker.io/team/app:1)
  starts podman "docker.io/team/app@$name" echo from the container
  assert_contains "$(cat "$W/runtime.log")" "image docker.io/team/app@$name (sha256:"
  name=$("${podman[@]}" image inspect --format '{{.Digest}}' docker.io/team/plain:1)
  refuses podman "docker.io/team/plain@$name" echo from the container
  assert_contains "$output" "image docker.io/team/plain@$name (sha256:"
  assert_contains "$output" 'a signature is required, and there is none over '
}

# Who may call images what he likes may put any digest into a name.
digest_of_the_policy_is_proved() {
  local digest name
  digest=$(ctr image list name==docker.io/team/app:1 | awk 'NR == 2 {print $3}')
  name=docker.io/pinned/app@$digest
  jq --arg name "$name" '.transports.docker[$name] = [{type: "insecureAcceptAnything"}]' \
    "$W/policy.json" >"$W/pinned.json"
  enforce
  sed -i "s|$W/policy.json|$W/pinned.json|" "$CONTAINER_HOOKS_CONFIG"
  run_ok ctr image tag docker.io/team/app:1 "$name"
  starts containerd "$name" echo from the container
  assert_contains "$(cat "$W/runtime.log")" ', which names its digest'
  assert_contains "$(cat "$W/runtime.log")" 'its root file system is what was signed'
  run_ok ctr image tag --force docker.io/team/plain:1 "$name"
  refuses containerd "$name" echo from the container
  assert_contains "$output" 'no manifest or index of the digest in its name leads to this image'
}

audit_starts_and_logs() {
  enforce 'mode = "audit";'
  starts "$1" docker.io/team/plain:1 echo from the container
  assert_equal 'from the container' "$output"
  assert_contains "$(cat "$W/runtime.log")" 'mode audit starts what enforce would not: '
  assert_contains "$(cat "$W/runtime.log")" 'a signature is required, and there is none over'
}

has_warnings() {
  [ "$(entries | wc -l)" -ge "$1" ]
}

warn_starts_logs_and_writes_to_the_journal() {
  local before
  before=$(entries | wc -l)
  enforce "mode = \"warn\"; journal-socket = \"$journal_socket\";"
  sed -i 's/journal = false;//' "$CONTAINER_HOOKS_CONFIG"
  starts "$1" docker.io/team/plain:1 echo from the container
  assert_equal 'from the container' "$output"
  assert_contains "$(cat "$W/runtime.log")" 'mode warn starts what enforce would not: '
  wait_until 20 has_warnings $((before + 1))
  entries | tail -n 1 | jq -r '"\(.PRIORITY) \(.CONTAINER_HOOKS_IMAGE) \(.MESSAGE)"' >"$W/entry"
  assert_contains "$(cat "$W/entry")" '4 docker.io/team/plain:1 container '
  assert_contains "$(cat "$W/entry")" 'starts, but: '
}

warn_tells_the_user_where_it_is_asked_to() {
  enforce 'mode = "warn"; stderr = true;'
  if [ "$1" = podman ]; then
    # Who is attached to a container of podman's is so a moment too late.
    run_ok "${podman_run[@]}" --name told docker.io/team/plain:1 echo from the container
    run_ok "${podman[@]}" logs told
  else
    starts "$1" docker.io/team/plain:1 echo from the container
  fi
  assert_contains "$output" 'from the container'
  assert_contains "$output" 'image-verify: '
  assert_contains "$output" 'a signature is required, and there is none over'
}

# Who does not read what we say, or cannot, gets his container as well.
nobody_need_listen() {
  local bundle=$W/bare-bundle
  mkdir "$bundle"
  echo '{"ociVersion": "1.0.2", "process": {"cwd": "/", "args": ["/bin/sh"]}, "root": {"path": "x"}}' \
    >"$bundle/config.json"
  lowlevel=/bin/true enforce 'mode = "warn"; stderr = true;'
  run_ok "$RUNTIME" create --bundle "$bundle" c1
  assert_contains "$output" 'image-verify: cannot verify of which image this container is'
  "$RUNTIME" create --bundle "$bundle" c1 2>&-
  "$RUNTIME" create --bundle "$bundle" c1 2> >(exec <&-; sleep 1)
  "$RUNTIME" create --bundle "$bundle" c1 2>/dev/full
  mkfifo "$W/full"
  exec 9<>"$W/full"
  timeout 1 dd if=/dev/zero of="$W/full" bs=1k status=none || true
  timeout 10 "$RUNTIME" create --bundle "$bundle" c1 2>"$W/full"
  exec 9>&-
}

example_works() {
  sed -n '/^plugins/,$p' "$TOP/plugins/image-verify/example.cfg" >"$CONTAINER_HOOKS_CONFIG"
  sed -i "s|/etc/containers/policy.json|$W/policy.json|; s|/var/lib/container-hooks/trust|$STORE|
    s|\"warn\"|\"audit\"|" "$CONTAINER_HOOKS_CONFIG"
  run_ok "$CTK" plugin check
}

forged_annotations_change_nothing() {
  local key options=()
  for key in io.kubernetes.cri.image-name io.kubernetes.cri-o.ImageName \
    org.opencontainers.image.ref.name; do
    options+=(--annotation "$key=docker.io/team/app:1")
  done
  options+=(--annotation io.kubernetes.cri.container-type=sandbox --annotation io.container.manager=x)
  enforce
  refuses "$1" "${options[@]}" docker.io/team/plain:1 echo from the container
  assert_contains "$output" 'image docker.io/team/plain:1 (sha256:'
  starts "$1" "${options[@]}" docker.io/team/app:1 echo from the container
}

# by_image ENTRY…: patches and hooks for some images, behind image-verify in mode audit; and these.
by_image() {
  rm -rf "$W/runtime.log" "$W/audit.log" "$W/hooked"
  mkdir -p "$W/patches"
  echo '{"when": {"images": ["^docker\\.io/team/app:"]}, "patch": [
    {"op": "add", "path": "/process/env/-", "value": "PATCHED=yes"}]}' >"$W/patches/app.json"
  jq -n --arg hooked "$W/hooked" '{createRuntime: [{path: "/bin/touch", args: ["touch", $hooked]}]}' \
    >"$W/hooks.json"
  write_config "$(image_verify 'mode = "audit";')" \
    "name = \"spec-patch\"; settings: { dir = \"$W/patches\"; };" \
    "$file_hooks when: { images = [ \"^docker\\\\.io/team/moved:\" ]; };" \
    "name = \"audit\"; settings: { file = \"$W/audit.log\"; };" "$@"
}

# A hook for one image only, and what the user says of the image makes no other of it.
annotation_chooses_nothing() {
  local options=()
  if [ "$1" != docker ]; then # that of Debian has no such option
    options=(--annotation io.kubernetes.cri.image-name=docker.io/team/moved:1
      --annotation io.kubernetes.cri-o.ImageName=docker.io/team/moved:1 --annotation io.container.manager=cri-o)
  fi
  by_image
  starts "$1" "${options[@]}" docker.io/team/app:1 env
  assert_contains "$output" PATCHED=yes
  [ ! -e "$W/hooked" ]
  assert_equal docker.io/team/app:1 "$(jq -r .identity.name "$W/audit.log")"
  by_image
  starts "$1" docker.io/team/moved:1 env
  assert_lacks "$output" PATCHED=yes
  [ -e "$W/hooked" ]
}

# The image that was found chooses the entry and the patch, and is recorded, accepted or not; a
# retagged image is one of another name.
image_chooses_the_plugins() {
  local found=docker.io/team/app:1
  rm -f "$W/runtime.log" "$W/audit.log"
  mkdir -p "$W/patches"
  echo '{"when": {"images": ["^docker\\.io/team/app:"]}, "patch": [
    {"op": "add", "path": "/process/env/-", "value": "PATCHED=yes"}]}' >"$W/patches/app.json"
  write_config "$(image_verify 'mode = "audit";')" \
    "name = \"spec-patch\"; settings: { dir = \"$W/patches\"; };" \
    "name = \"writer\"; path = \"$writer\"; when: { images = [ \"^docker\\\\.io/team/moved:\" ]; };
      settings: { env = \"MOVED=yes\"; };" \
    "name = \"audit\"; settings: { file = \"$W/audit.log\"; };"
  starts "$1" docker.io/team/app:1 env
  assert_contains "$output" PATCHED=yes
  assert_lacks "$output" MOVED=yes
  starts "$1" docker.io/team/moved:1 env
  assert_contains "$output" MOVED=yes
  assert_lacks "$output" PATCHED=yes
  jq -r '.identity | "\(.name) \(.signed) \(.accepted)"' "$W/audit.log" >"$W/identities"
  assert_equal "$found $(<"$W/app.digest") true"$'\n''docker.io/team/moved:1 null false' \
    "$(cat "$W/identities")"
  assert_equal "$(jq -r .identity.id "$W/audit.log" | sort -u | wc -l)" 1
}

# In finish the image is known as well, though modify has failed.
refused_image_is_recorded() {
  rm -f "$W/audit.log"
  write_config "$(image_verify)" "name = \"audit\"; settings: { file = \"$W/audit.log\"; };"
  refuses docker team/plain:1 echo from the container
  assert_equal 'refused docker.io/team/plain:1 null false' \
    "$(jq -r '"\(.outcome) \(.identity | "\(.name) \(.signed) \(.accepted)")"' "$W/audit.log")"
}

# Where nobody has found it out, a condition on it cannot be answered.
image_that_nobody_told_chooses_nothing() {
  local asks="name = \"writer\"; path = \"$writer\"; when: { images = [ \"app\" ]; };"
  write_config "$asks" "$(image_verify)"
  refuses docker team/app:1 true
  assert_contains "$output" 'nobody has told which image this container is'
  run "$CTK" plugin check
  [ "$status" != 0 ] || fail "it is accepted: $output"
  assert_contains "$output" 'list image-verify before'
  write_config "$(image_verify)" "$asks"
  run_ok "$CTK" plugin check
  starts docker team/app:1 true
  write_config "$(image_verify 'mode = "audit";')" "$asks required = false;"
  starts podman --rootfs "$W/bare" true
  assert_contains "$(cat "$W/runtime.log")" 'it is optional'
}

# docker refuses it; ctr and runc do not.
mount_upon_the_root_is_no_image() {
  make_rootfs "$W/covering"
  enforce
  refuses containerd --mount "type=bind,src=$W/covering,dst=/,options=rbind" docker.io/team/app:1 \
    echo from the container
  assert_contains "$output" 'a mount there takes the place of the image'
  starts containerd --mount "type=bind,src=$W/covering,dst=/mnt,options=rbind" docker.io/team/app:1 \
    echo from the container
  # Nor has it the image's mode, or its name in a record.
  enforce 'scopes = ( { scope = "docker.io/team"; mode = "off"; } );'
  refuses containerd --mount "type=bind,src=$W/covering,dst=/,options=rbind" docker.io/team/app:1 \
    echo from the container
  rm -f "$W/audit.log"
  write_config "$(image_verify 'mode = "audit";')" "name = \"audit\"; settings: { file = \"$W/audit.log\"; };"
  # (runc cannot make such a container without a /proc in it, after us.)
  start containerd --mount "type=bind,src=$W/covering,dst=/,options=rbind" docker.io/team/app:1 true
  assert_equal 'created null' "$(jq -r '"\(.outcome) \(.identity)"' "$W/audit.log")"
}

folder_is_no_image() {
  make_rootfs "$W/bare"
  enforce
  refuses podman --rootfs "$W/bare" echo from the container
  assert_contains "$output" 'cannot verify of which image this container is'
  jq '.default = [{type: "insecureAcceptAnything"}] | del(.transports)' "$W/policy.json" >"$W/any.json"
  enforce "policy = \"$W/any.json\";"
  sed -i "s|policy = \"$W/policy.json\";||" "$CONTAINER_HOOKS_CONFIG"
  refuses podman --rootfs "$W/bare" echo from the container
  enforce 'mode = "warn";'
  starts podman --rootfs "$W/bare" echo from the container
  assert_equal 'from the container' "$output"
}

# --- modes by scope --------------------------------------------------------------------------------

scopes_have_modes_of_their_own() {
  enforce 'scopes = ( { scope = "docker.io/team/plain"; mode = "warn"; },
    { scope = "docker.io/team"; mode = "off"; }, { scope = "docker.io/team/foreign"; mode = "enforce"; } );'
  starts docker team/plain:1 true
  assert_contains "$(cat "$W/runtime.log")" 'mode warn starts'
  refuses docker team/foreign:1 true
  rm "$W/runtime.log"
  starts docker team/moved:1 true
  assert_lacks "$(cat "$W/runtime.log")" "plugin 'image-verify'"
  refuses docker other:1 true
}

# --- what fails closed -----------------------------------------------------------------------------

broken_trust_refuses() {
  enforce
  mv "$W/policy.json" "$W/kept.json"
  refuses docker team/app:1 true
  assert_contains "$output" "$W/policy.json does not exist"
  echo '{"default": []}' >"$W/policy.json"
  refuses docker team/app:1 true
  assert_contains "$output" "$W/policy.json:1:"
  mv "$W/kept.json" "$W/policy.json"
  chmod 666 "$W/policy.json"
  refuses docker team/app:1 true
  assert_contains "$output" "chmod go-w $W/policy.json"
  chmod 644 "$W/policy.json"
  chmod 666 "$W/key.pub"
  refuses docker team/app:1 true
  assert_contains "$output" "chmod go-w $W/key.pub"
  chmod 644 "$W/key.pub"
  mv "$W/key.pub" "$W/key.gone"
  refuses docker team/app:1 true
  assert_contains "$output" "$W/key.pub"
  mv "$W/key.gone" "$W/key.pub"
  mv "$STORE" "$STORE.gone"
  refuses docker team/app:1 true
  assert_contains "$output" 'there is no trust store'
  mv "$STORE.gone" "$STORE"
  mv "$TOOLKIT/verify-rootfs" "$W/verify-rootfs"
  refuses docker team/app:1 true
  assert_contains "$output" 'files = false'
  enforce 'files = false;'
  starts docker team/app:1 true
  mv "$W/verify-rootfs" "$TOOLKIT/verify-rootfs"
}

# told REASON TEXT: what docker's user reads of team/plain:1, beside whose manifest this was signed.
told() {
  local digest
  digest=$(<"$W/plain.digest")
  sign_text "$2" "$digest" "$W/key"
  refuses docker team/plain:1 true
  assert_contains "$output" "$1"
  assert_contains "$output" 'container-hooks-ctk image fetch docker.io/team/plain:1'
  rm "$STORE/sha256/${digest#sha256:}"/signature-*
}

# The bytes are what the key has signed, but they do not say what they should.
signed_nonsense_refuses() {
  local good
  good=$(payload team/plain "$(<"$W/plain.digest")")
  enforce
  told "it is over $(<"$W/app.digest")" "$(payload team/plain "$(<"$W/app.digest")")"
  told 'its signature is good, but not what it is over' "$(jq -c '.critical.more = 1' <<<"$good")"
  told 'its signature is good, but not what it is over' "${good/\"optional\"/\"critical\":null,\"optional\"}"
  told 'its signature is good, but not what it is over' "${good/cosign container/other}"
  told 'its signature is good, but not what it is over' "$good."
}

# damaged FILE REASON: what docker's user reads of team/app:1 when this is cut off.
damaged() {
  cp -p "$1" "$W/whole"
  truncate --size -1 "$1"
  refuses docker team/app:1 true
  assert_contains "$output" "$2"
  cp -p "$W/whole" "$1"
}

damaged_records_refuse() {
  local names=$W/docker/data/image/overlay2/repositories.json
  local app=$STORE/sha256/$(cut -d : -f 2 "$W/app.digest")
  enforce
  damaged "$app/manifest" 'no manifest of it is known'
  mv "$app/manifest" "$W/whole"
  refuses docker team/app:1 true
  assert_contains "$output" 'no manifest of it is known, over which a signature could be'
  mv "$W/whole" "$app/manifest"
  damaged "$names" "cannot verify of which image this container is: $names:1:"
  starts docker team/app:1 true
}

# The whole of a chain has ten seconds, a helper less: its name is told.
gpgv_that_hangs_refuses() {
  printf '#!/bin/sh\nexec sleep 1000\n' >"$W/gpgv"
  chmod 755 "$W/gpgv"
  jq '.default = [{type: "signedBy", keyType: "GPGKeys", keyPath: "'"$W/signer.gpg"'"}] |
    del(.transports)' "$W/policy.json" >"$W/gpg.json"
  cp "$TOP/tests/samples/signatures/gpg-simple/gpg-signer.pub.gpg" "$W/signer.gpg"
  cp "$TOP/tests/samples/signatures/gpg-simple/signature-1" "$W/signature"
  run_ok "$FILL" signature "$STORE" "$(<"$W/plain.digest")" "$W/signature"
  enforce
  sed -i "s|$W/policy.json|$W/gpg.json|" "$CONTAINER_HOOKS_CONFIG"
  refuses docker team/plain:1 true
  assert_contains "$output" 'of 1 signature none is accepted: it is over sha256:dd370a40c5cc'
  mount --bind "$W/gpgv" "$(command -v gpgv)"
  refuses docker team/plain:1 true
  umount "$(command -v gpgv)"
  rm "$STORE/sha256/$(cut -d : -f 2 "$W/plain.digest")"/signature-*
  assert_contains "$output" 'gpgv did not end within 5 seconds'
}

check_finds_what_would_refuse() {
  enforce
  run_ok "$CTK" plugin check
  assert_contains "$output" 'image-verify: ok'
  # Only a trial's sample is let through, never a container of that name.
  run_fails "$RUNTIME" create --bundle "$W/bare-bundle" sample
  assert_contains "$output" 'cannot verify of which image this container is'
  chmod 666 "$W/key.pub"
  run_fails "$CTK" plugin check
  assert_contains "$output" "chmod go-w $W/key.pub"
  chmod 644 "$W/key.pub"
  chmod 777 "$STORE"
  run_fails "$CTK" plugin check
  assert_contains "$output" "chmod go-w $STORE"
  chmod 700 "$STORE"
  mv "$STORE" "$STORE.gone"
  run_ok "$CTK" plugin check
  assert_contains "$output" "there is no trust store $STORE yet: no signature is found but what podman"
  mv "$STORE.gone" "$STORE"
  enforce "journal-socket = \"$W/nobody\"; mode = \"warn\";"
  sed -i 's/journal = false;//' "$CONTAINER_HOOKS_CONFIG"
  run_fails "$CTK" plugin check
  assert_contains "$output" "cannot reach the journal at $W/nobody"
  enforce
  sed -i "s|$W/podman/root|$W/nowhere|" "$CONTAINER_HOOKS_CONFIG"
  run_fails "$CTK" plugin check
  assert_contains "$output" "$W/nowhere does not exist"
}

later_plugins_cannot_take_it_out() {
  local patch
  for patch in '[{"op": "remove", "path": "/hooks/createRuntime"}]' \
    '[{"op": "replace", "path": "/hooks/createRuntime/0/args/2", "value": "other"}]' \
    '[{"op": "replace", "path": "/root/path", "value": "/"}]'; do
    echo "$patch" >"$W/patch.json"
    write_config "$(image_verify)" "name = \"spec-patch\"; settings: { files = [ \"$W/patch.json\" ]; };"
    refuses docker team/app:1 echo from the container
    assert_contains "$output" "which plugin 'image-verify' has pinned"
  done
}

# --- files -----------------------------------------------------------------------------------------

changed_layer_does_not_start() {
  local file
  enforce
  file=$(grep -lx team/app:1 "$W"/docker/data/overlay2/*/diff/name)
  echo evil >"$file"
  refuses docker team/app:1 echo from the container
  assert_contains "$output" 'image docker.io/team/app:1'
  enforce 'mode = "audit";'
  starts docker team/app:1 echo from the container
  assert_contains "$(cat "$W/runtime.log")" 'image docker.io/team/app:1: '
  echo team/app:1 >"$file"
  enforce 'files = false;'
  starts docker team/app:1 true
}

copied_file_does_not_start() {
  enforce
  run_ok docker create --name copied --network none team/app:1 echo from the container
  run_ok docker cp "$W/policy.json" copied:/bin/echo
  run_fails docker start --attach copied
  assert_contains "$output" 'image docker.io/team/app:1'
  run_ok docker rm --force copied
}

plans_are_roots_alone() {
  enforce
  rm -rf "$W/plans"
  starts docker team/app:1 true
  assert_equal 700 "$(stat -c %a "$W/plans")"
  assert_equal 600 "$(stat -c %a "$W"/plans/*)"
  touch -d '3 hours ago' "$W"/plans/*
  touch "$W/plans/recent.json"
  starts docker team/app:1 true
  assert_equal 2 "$(find "$W/plans" -type f | wc -l)"
  rm -rf "$W/plans"
  mkdir -m 777 "$W/plans"
  refuses docker team/app:1 true
  assert_contains "$output" "chmod go-w $W/plans"
  rm -rf "$W/plans"
}

# --- a container's life ----------------------------------------------------------------------------

docker_restart() {
  enforce
  run_ok "${docker_run[@]}" --detach --name kept team/app:1 sh -c 'echo x >/tmp/written; sleep 1000'
  run_ok docker restart --time 0 kept
  assert_equal true "$(docker inspect --format '{{.State.Running}}' kept)"
  # The tag is given to another image: the container stays what it was.
  run_ok docker tag team/app:1 team/saved:1
  run_ok docker tag team/plain:1 team/app:1
  run_ok docker restart --time 0 kept
  refuses docker team/app:1 true
  run_ok docker tag team/saved:1 team/app:1
  # Nobody is accepted for having been accepted once.
  mv "$STORE" "$STORE.gone"
  run_fails docker restart --time 0 kept
  assert_contains "$output" 'there is no trust store'
  mv "$STORE.gone" "$STORE"
  run_ok docker start kept
}

# Of the container that is running: what we do is done there once more, by hand.
bundle_of_kept() {
  echo "$W"/docker/exec/containerd/daemon/io.containerd.runtime.v2.task/moby/"$(docker inspect --format '{{.Id}}' kept)"
}

restore_is_refused() {
  local bundle
  bundle=$(bundle_of_kept)
  lowlevel=/bin/true enforce
  run_fails "$RUNTIME" restore --bundle "$bundle" "${bundle##*/}"
  assert_contains "$output" 'the setting allow-restore permits it'
  lowlevel=/bin/true enforce 'mode = "audit";'
  run_ok "$RUNTIME" restore --bundle "$bundle" "${bundle##*/}"
  lowlevel=/bin/true enforce 'allow-restore = true;'
  run_ok "$RUNTIME" restore --bundle "$bundle" "${bundle##*/}"
}

dry_run_writes_no_plan() {
  local bundle
  bundle=$(bundle_of_kept)
  enforce
  rm -rf "$W/plans"
  run_ok docker exec kept true
  # A create's config.json, without our hook.
  cp "$bundle/config.json" "$W/kept.json"
  jq 'del(.hooks.createRuntime)' "$W/kept.json" >"$bundle/config.json"
  run_ok "$CTK" apply --id "${bundle##*/}" "$bundle"
  jq -c '.hooks.createRuntime[0]' <<<"$output" >"$W/hook"
  mv "$W/kept.json" "$bundle/config.json"
  assert_equal "$TOOLKIT/verify-rootfs [\"PATH=/usr/sbin:/usr/bin:/sbin:/bin\"]" \
    "$(jq -r '"\(.path) \(.env | tojson)"' "$W/hook")"
  assert_contains "$(jq -r '.args | join(" ")' "$W/hook")" \
    "--image docker.io/team/app:1 --manifest $(<"$W/app.digest") --config sha256:"
  [ ! -e "$W/plans" ]
}

# By `apply`, of the container that is running, and nothing is written.
dry_run_asks_for_the_image_as_well() {
  local bundle
  bundle=$(bundle_of_kept)
  by_image
  run_ok "$CTK" apply --id "${bundle##*/}" "$bundle"
  assert_contains "$output" '"PATCHED=yes"'
  assert_lacks "$output" "$W/hooked"
  run_ok "$CTK" apply --id "${bundle##*/}" --trace "$bundle"
  assert_contains "$output" '"identity":{"name":"docker.io/team/app:1","id":"sha256:'
  [ ! -e "$W/audit.log" ]
}

# --- users that are others on the host -------------------------------------------------------------

# In data roots of their own, below the one that is believed.
start_remapped() {
  stop_dockerd
  echo daemon:200000:65536 >"$W/subid"
  for file in /etc/subuid /etc/subgid; do
    [ -e "$file" ] || : >"$file"
    mount --bind "$W/subid" "$file"
  done
  chmod 711 "$W"
  start_dockerd "$RUNTIME" --userns-remap=daemon
  load docker load --input
  run_ok docker tag team/app:1 team/moved:1
  [ -e "$W/docker/data/200000.200000/image" ]
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
install_toolkit
test_case 'images are made and signed by openssl' make_images
enforce
test_case 'a real journald starts' start_journald
test_case 'dockerd starts' start_dockerd
use_podman
test_case 'docker: images are loaded' load docker load --input
docker tag team/app:1 team/moved:1
docker tag team/app:1 other:1
test_case 'podman: images are loaded' load "${podman[@]}" load --input
"${podman[@]}" tag docker.io/team/app:1 docker.io/team/moved:1 docker.io/library/other:1
test_case 'containerd starts' start_containerd
test_case 'containerd: images are loaded' load ctr image import
ctr image tag docker.io/team/app:1 docker.io/team/moved:1 >/dev/null
ctr image tag docker.io/team/app:1 docker.io/library/other:1 >/dev/null
for engine in docker podman containerd; do
  test_case "$engine: a signed image starts, its files are compared" signed_image_starts $engine
  test_case "$engine: an unsigned one does not" unsigned_image_does_not $engine
  test_case "$engine: one by another key does not" image_by_another_key_does_not $engine
  test_case "$engine: a retagged one does not" retagged_image_does_not $engine
  test_case "$engine: one of no scope does not" image_of_no_scope_does_not $engine docker.io/library/other:1
  test_case "$engine: an unsigned one does where the policy says so" \
    unsigned_is_enough_where_the_policy_says_so $engine
  test_case "$engine: audit starts and logs" audit_starts_and_logs $engine
  test_case "$engine: warn starts, logs and tells the journal" \
    warn_starts_logs_and_writes_to_the_journal $engine
  test_case "$engine: and the user, if it is asked to" warn_tells_the_user_where_it_is_asked_to $engine
done
for engine in docker podman containerd; do
  test_case "$engine: the image that was found chooses plugins and is recorded" \
    image_chooses_the_plugins $engine
  test_case "$engine: a hook for one image, whatever annotations say" annotation_chooses_nothing $engine
done
for engine in podman containerd; do
  test_case "$engine: forged annotations change nothing" forged_annotations_change_nothing $engine
done
test_case 'what is told to the user holds no container up' nobody_need_listen
test_case 'an image by its id, and by a digest' by_id_and_by_digest
test_case 'an accepted digest is proved, whatever name an image has' digest_of_the_policy_is_proved
test_case 'the example is a configuration that works' example_works
test_case 'a folder is no image, whatever the policy accepts' folder_is_no_image
test_case 'a refused image is recorded as what it is' refused_image_is_recorded
test_case 'conditions on an image that nobody has told refuse' image_that_nobody_told_chooses_nothing
test_case 'nor is what is mounted upon all of an image' mount_upon_the_root_is_no_image
test_case 'scopes have modes of their own' scopes_have_modes_of_their_own
test_case 'policy, key, store or helper broken: refused' broken_trust_refuses
test_case 'signed, but not what a signature is: refused' signed_nonsense_refuses
test_case 'manifest missing, manifest or record damaged: refused' damaged_records_refuse
test_case 'a gpgv that does not end: refused' gpgv_that_hangs_refuses
test_case 'plugin check finds what would refuse' check_finds_what_would_refuse
test_case 'a later plugin takes neither the hook out nor root.path' later_plugins_cannot_take_it_out
test_case 'a changed layer does not start' changed_layer_does_not_start
test_case 'nor a container into which something was copied' copied_file_does_not_start
test_case "plans are root's alone, and old ones are swept" plans_are_roots_alone
test_case 'docker restart decides anew' docker_restart
test_case 'restore is refused unless it is allowed' restore_is_refused
test_case 'a dry run writes no plan' dry_run_writes_no_plan
test_case 'and shows what is chosen by the image' dry_run_asks_for_the_image_as_well
test_case 'docker starts with userns-remap' start_remapped
test_case 'userns-remap: a signed image starts, its files are compared' signed_image_starts docker
test_case 'userns-remap: an unsigned one does not' unsigned_image_does_not docker
test_case 'userns-remap: a retagged one does not' retagged_image_does_not docker
test_end
