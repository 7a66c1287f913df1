#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# container-hooks-ctk image, with real engines: what it signs openssl verifies, what openssl has
# signed it accepts, and what is not signed, or by another, or for another name, it refuses.
. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/engines.sh"

STORE=$W/trust
image=docker.io/cht/base:1
export DOCKER_BUILDKIT=0 CONTAINERS_STORAGE_CONF=$W/storage.conf GNUPGHOME=$W/gpg

# --- engines and keys ------------------------------------------------------------------------------

configure_podman() {
  mkdir -p "$DOCKER_CONFIG"
  echo '{}' >"$DOCKER_CONFIG/config.json" # podman wants it to be there
  printf '[containers]\ndefault_ulimits = []\nlog_driver = "k8s-file"\nnetns = "none"\n' \
    >"$CONTAINERS_CONF"
  printf '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\nlock_type = "file"\n' \
    >>"$CONTAINERS_CONF"
  printf '[storage]\ndriver = "overlay"\nrunroot = "%s"\ngraphroot = "%s"\n' "$W/podman/run" \
    "$W/podman/root" >"$CONTAINERS_STORAGE_CONF"
  podman=(podman --tmpdir "$W/podman/tmp" --runtime runc)
}

# make_keys NAME KIND [OPTION…]: NAME.pem and NAME.pub.
make_key() {
  local name=$1 kind=$2
  shift 2
  (umask 077 && openssl genpkey -algorithm "$kind" "$@" -out "$W/$name.pem" 2>/dev/null) &&
    openssl pkey -in "$W/$name.pem" -pubout -out "$W/$name.pub"
}

# Two layers: links and folders among the files, and a name too long for a tar header.
build_image() {
  mkdir -p "$W/build/tree/folder"
  head -c 5000 /dev/zero >"$W/build/tree/zeros"
  : >"$W/build/tree/empty"
  echo other >"$W/build/tree/other"
  ln -sf zeros "$W/build/tree/link"
  ln -f "$W/build/tree/zeros" "$W/build/tree/hard"
  : >"$W/build/tree/folder/$(printf 'n%.0s' {1..200})"
  printf 'FROM cht/base:1\nCOPY tree /tree\n' >"$W/build/Dockerfile"
  run_ok docker build --network none --tag team/app:1 "$W/build" &&
    run_ok docker save --output "$W/app.tar" team/app:1
}

load_elsewhere() {
  run_ok "${podman[@]}" load --input "$W/app.tar" &&
    run_ok "${podman[@]}" tag localhost/team/app:1 docker.io/team/app:1 docker.io/team/other:1 &&
    run_ok "${podman[@]}" untag localhost/team/app:1 localhost/team/app:1 &&
    run_ok "${podman[@]}" save --format oci-archive --output "$W/app.oci" docker.io/team/app:1 &&
    run_ok ctr image import "$W/app.oci"
}

setup() {
  install_toolkit
  write_config
  install -d -m 700 "$GNUPGHOME"
  start_registry && start_dockerd "$(command -v runc)" --insecure-registry "$R" &&
    start_containerd && configure_podman &&
    make_key signer EC -pkeyopt ec_paramgen_curve:P-256 &&
    make_key stranger EC -pkeyopt ec_paramgen_curve:P-256 && build_image && load_elsewhere
}

# image COMMAND ENGINE WORD…: of an engine of ours, and our store.
image() {
  local command=$1 root
  case $2 in
    docker) root=$W/docker/data ;;
    podman) root=$W/podman/root ;;
    containerd) root=$W/containerd/root ;;
  esac
  run "$CTK" image "$command" --engine "$2" --root "$root" --store "$STORE" "${@:3}"
}

image_ok() {
  image "$@"
  [ "$status" = 0 ] || fail "status $status of: image $*"$'\n'"$output"
}

# refused MESSAGE ENGINE IMAGE
refused() {
  image verify "$2" --policy "$W/policy.json" "${@:3}"
  assert_equal 1 "$status" || fail "$output"
  assert_contains "$output" "$1"
}

accepted() {
  image_ok verify "$1" --policy "$W/policy.json" "${@:2}"
  assert_contains "$output" "accepted by the scope"
}

# policy KEY [IDENTITY]: every image must be signed by this key.
policy() {
  jq -n --arg key "$W/$1" --argjson identity "${2:-null}" '{default: [{type: "sigstoreSigned",
    keyPath: $key} + (if $identity == null then {} else {signedIdentity: $identity} end)]}' \
    >"$W/policy.json"
}

# unpack DIGEST: the only signature over it, as payload and proof.
unpack() {
  tail -c +16 "$STORE/sha256/${1#sha256:}"/signature-* >"$W/attached.json"
  jq -r .payload "$W/attached.json" | base64 -d >"$W/payload"
  jq -r '.annotations["dev.cosignproject.cosign/signature"]' "$W/attached.json" | base64 -d \
    >"$W/proof"
}

# --- signing -----------------------------------------------------------------------------------------

unsigned() {
  rm -rf "$STORE"
  policy signer.pub
  refused 'no manifest of it is known' docker team/app:1
  assert_contains "$output" 'container-hooks-ctk image fetch docker.io/team/app:1'
  refused 'a signature is required, and there is none over' podman team/app:1
}

# The manifest that is made says of docker's layers what docker's own archive of them has.
made_manifest() {
  local digest layer sizes=
  rm -rf "$STORE"
  image_ok digest docker team/app:1
  digest=$output
  image_ok digest docker --id team/app:1
  assert_equal "$(docker image inspect --format '{{.Id}}' team/app:1)" "$output"
  image_ok sign docker --key "$W/signer.pem" team/app:1
  assert_contains "$output" 'made a manifest'
  assert_contains "$output" "signed $digest as docker.io/team/app:1 by SHA256:"
  cp "$STORE/sha256/${digest#sha256:}/manifest" "$W/manifest.json"
  assert_equal "$digest" "sha256:$(sha256sum <"$W/manifest.json" | cut -d ' ' -f 1)"
  mkdir -p "$W/saved"
  tar -C "$W/saved" -xf "$W/app.tar"
  for layer in $(jq -r '.[0].Layers[]' "$W/saved/manifest.json"); do
    sizes+="sha256:$(sha256sum <"$W/saved/$layer" | cut -d ' ' -f 1) $(stat -Lc %s \
      "$W/saved/$layer")"$'\n'
  done
  assert_equal "${sizes%$'\n'}" "$(jq -r '.layers[] | "\(.digest) \(.size)"' "$W/manifest.json")"
  assert_equal "$(jq -r '.[0].Config' "$W/saved/manifest.json")" \
    "$(jq -r '.config.digest[7:] + ".json"' "$W/manifest.json")"
  image_ok digest docker team/app:1
  assert_equal "$digest" "$output"
}

# engine_signs ENGINE
engine_signs() {
  local digest
  rm -rf "$STORE"
  policy signer.pub
  image_ok sign "$1" --key "$W/signer.pem" team/app:1
  image_ok digest "$1" team/app:1
  digest=$output
  accepted "$1" team/app:1
  assert_contains "$output" "signed by SHA256:$(openssl pkey -pubin -in "$W/signer.pub" -outform DER |
    sha256sum | cut -d ' ' -f 1) over $digest"
  unpack "$digest"
  run_ok openssl dgst -sha256 -verify "$W/signer.pub" -signature "$W/proof" "$W/payload"
  assert_equal "{\"critical\":{\"identity\":{\"docker-reference\":\"docker.io/team/app:1\"},\
\"image\":{\"docker-manifest-digest\":\"$digest\"},\"type\":\"cosign container image signature\"},\
\"optional\":null}" "$(cat "$W/payload")"
  refused "is by a key that is none of the policy's" "$1" --policy "$W/stranger.json" team/app:1
}

# A signature is good for every engine that has the image, by whichever manifest.
signed_for_all() {
  rm -rf "$STORE"
  policy signer.pub
  image_ok sign docker --key "$W/signer.pem" team/app:1
  accepted docker team/app:1
  accepted podman team/app:1
  rm -rf "$STORE"
  image_ok sign podman --key "$W/signer.pem" team/app:1
  accepted podman team/app:1
  accepted docker team/app:1
}

# key_kind NAME OPENSSL-VERIFY…
key_kind() {
  local name=$1 digest
  shift
  rm -rf "$STORE"
  policy "$name.pub"
  image_ok sign podman --key "$W/$name.pem" team/app:1
  accepted podman team/app:1
  image_ok digest podman team/app:1
  unpack "$output"
  run_ok "$@"
}

kinds_of_keys() {
  make_key p384 EC -pkeyopt ec_paramgen_curve:P-384
  make_key rsa RSA -pkeyopt rsa_keygen_bits:2048
  make_key ed25519 ED25519
  (umask 077 && openssl ecparam -name prime256v1 -genkey -noout -out "$W/sec1.pem")
  openssl pkey -in "$W/sec1.pem" -pubout -out "$W/sec1.pub"
  local name
  for name in p384 rsa sec1; do
    key_kind "$name" openssl dgst -sha256 -verify "$W/$name.pub" -signature "$W/proof" "$W/payload"
  done
  key_kind ed25519 openssl pkeyutl -verify -pubin -inkey "$W/ed25519.pub" -rawin -in "$W/payload" \
    -sigfile "$W/proof"
}

passphrases() {
  rm -rf "$STORE"
  printf 'a secret\n' >"$W/passphrase"
  (umask 077 && openssl pkcs8 -topk8 -in "$W/signer.pem" -out "$W/locked.pem" -passout \
    "file:$W/passphrase")
  image sign podman --key "$W/locked.pem" --passphrase-file "$W/passphrase" team/app:1
  assert_contains "$output" "can be read by others: chmod 600 $W/passphrase"
  chmod 600 "$W/passphrase"
  image_ok sign podman --key "$W/locked.pem" --passphrase-file "$W/passphrase" team/app:1
  policy signer.pub
  accepted podman team/app:1
  (umask 077 && echo wrong >"$W/wrong")
  image sign podman --key "$W/locked.pem" --passphrase-file "$W/wrong" team/app:1
  assert_contains "$output" 'the passphrase is wrong or missing'
  run setsid "$CTK" image sign --engine podman --root "$W/podman/root" --store "$STORE" \
    --key "$W/locked.pem" team/app:1
  assert_contains "$output" 'no terminal to ask for its passphrase: --passphrase-file FILE'
}

# As somebody types it: script(1) gives a terminal.
passphrase_on_a_terminal() {
  rm -rf "$STORE"
  : >"$W/terminal"
  {
    wait_until 10 grep -q Passphrase "$W/terminal"
    echo 'a secret'
  } | setsid script --quiet --return --echo never --command \
    "$CTK image sign --engine podman --root $W/podman/root --store $STORE --key $W/locked.pem \
    team/app:1" "$W/typescript" >"$W/terminal" 2>&1 || fail "$(cat "$W/terminal")"
  assert_contains "$(cat "$W/terminal")" "Passphrase of $W/locked.pem:"
  assert_lacks "$(cat "$W/terminal")" 'a secret'
  accepted podman team/app:1
}

refused_to_sign() {
  local before
  rm -rf "$STORE"
  image sign podman --key "$W/signer.pem" team/none:1
  assert_contains "$output" "no image 'team/none:1' in $W/podman/root"
  image sign podman --key "$W/signer.pub" team/app:1
  assert_contains "$output" 'signer.pub: it is a public key, which cannot sign: name the private one'
  assert_equal 1 "$status"
  cp "$W/signer.pem" "$W/open.pem"
  chmod 644 "$W/open.pem"
  image sign podman --key "$W/open.pem" team/app:1
  assert_contains "$output" "chmod 600 $W/open.pem"
  image sign podman --key "$W/signer.pem" --reference 'Not A Name' team/app:1
  assert_equal 1 "$status"
  image sign podman team/app:1
  assert_equal 2 "$status"
  assert_contains "$output" '--key is missing'
  before=$(docker image inspect --format '{{.Id}}' team/app:1)
  image sign docker --key "$W/signer.pem" "${before:7:12}"
  assert_contains "$output" '--reference NAME gives it one'
  [ ! -e "$STORE" ] || fail "something was stored: $(find "$STORE")"
  image_ok sign docker --key "$W/signer.pem" --reference team/app:1 "${before:7:12}"
  policy signer.pub
  accepted docker team/app:1
}

# --- refusals ----------------------------------------------------------------------------------------

wrong_name() {
  rm -rf "$STORE"
  policy signer.pub
  image_ok sign podman --key "$W/signer.pem" team/app:1
  refused 'it is for docker.io/team/app:1, which is not what' podman team/other:1
  image_ok sign podman --key "$W/signer.pem" team/other:1
  accepted podman team/other:1
}

# A signature over one digest, put where those over another lie.
wrong_digest() {
  local app base
  rm -rf "$STORE"
  policy signer.pub
  image_ok sign docker --key "$W/signer.pem" --reference team/app:1 cht/base:1
  image_ok digest docker cht/base:1
  base=${output#sha256:}
  image_ok digest podman team/app:1
  app=${output#sha256:}
  mkdir -p "$STORE/sha256/$app"
  cp "$STORE/sha256/$base"/signature-* "$STORE/sha256/$app"
  refused "it is over sha256:$base" podman team/app:1
}

# --- the store ---------------------------------------------------------------------------------------

listed() {
  local digest signature
  rm -rf "$STORE"
  run_ok "$CTK" image list --store "$STORE"
  assert_contains "$output" "note: there is no trust store $STORE yet: container-hooks-ctk image sign"
  assert_equal '[]' "$("$CTK" image list --json --store "$STORE" 2>/dev/null)"
  image_ok sign podman --key "$W/signer.pem" team/app:1
  image_ok sign podman --key "$W/stranger.pem" team/app:1
  image_ok digest podman team/app:1
  digest=$output
  run_ok "$CTK" image list --store "$STORE"
  assert_contains "$output" "$digest  manifest of the image sha256:"
  assert_contains "$output" 'cosign signature that says docker.io/team/app:1'
  run_ok "$CTK" image list --json --store "$STORE"
  assert_equal "$digest manifest 2 docker.io/team/app:1" "$(jq -r '.[] | "\(.digest) \(.kind) " +
    "\(.signatures | length) \(.signatures[0].reference)"' <<<"$output")"
  signature=$(jq -r '.[0].signatures[0].signature' <<<"$output")
  run_ok "$CTK" image remove --store "$STORE" --signature "$signature" "$digest"
  run_ok "$CTK" image list --json --store "$STORE"
  assert_equal 1 "$(jq '.[0].signatures | length' <<<"$output")"
  echo >>"$STORE/sha256/${digest#sha256:}/manifest"
  run_ok "$CTK" image list --store "$STORE"
  assert_contains "$output" "$digest  damaged"
  run_ok "$CTK" image remove --store "$STORE" "${digest:0:15}"
  assert_contains "$output" "removed $digest"
  run_ok "$CTK" image list --json --store "$STORE"
  assert_equal '[]' "$output"
  run_fails "$CTK" image remove --store "$STORE" "$digest"
  assert_contains "$output" "has no $digest"
  run_fails "$CTK" image remove --store "$STORE" "${digest:0:15}"
  assert_contains "$output" 'no digest in the store begins with'
}

# sign_by_openssl REFERENCE DIGEST: payload.json and payload.sig.
sign_by_openssl() {
  printf '{"critical":{"identity":{"docker-reference":"%s"},"image":{"docker-manifest-digest":"%s"},"type":"cosign container image signature"},"optional":null}' \
    "$1" "$2" >"$W/payload.json"
  openssl dgst -sha256 -sign "$W/signer.pem" -out "$W/payload.sig" "$W/payload.json"
}

added_pair() {
  local digest
  rm -rf "$STORE"
  policy signer.pub
  image_ok digest podman team/app:1
  digest=$output
  sign_by_openssl docker.io/team/app:1 "$digest"
  run_ok "$CTK" image add --store "$STORE" "$W/payload.json" "$W/payload.sig"
  assert_contains "$output" "a cosign signature over $digest"
  accepted podman team/app:1
  rm -rf "$STORE"
  base64 "$W/payload.sig" -w 0 >"$W/payload.b64"
  run_ok "$CTK" image add --store "$STORE" "$W/payload.json" "$W/payload.b64"
  accepted podman team/app:1
  refused 'there is no trust store' docker team/app:1 --store "$W/none"
  rm -rf "$STORE"
  run_fails "$CTK" image add --store "$STORE" "$W/payload.json"
  assert_contains "$output" 'must come next'
  run_fails "$CTK" image add --store "$STORE" /etc/passwd
  assert_contains "$output" '/etc/passwd is neither an OpenPGP message nor a sigstore signature'
  run_fails "$CTK" image add --store "$STORE" "$W"
  assert_contains "$output" 'not a regular file'
}

# With the manifest, docker's image is accepted too.
added_manifest() {
  local digest
  rm -rf "$STORE"
  policy signer.pub
  image_ok digest podman team/app:1
  digest=$output
  sign_by_openssl docker.io/team/app:1 "$digest"
  run_ok "$CTK" image add --store "$STORE" "$W/podman/root/overlay-images/"*/manifest \
    "$W/payload.json" "$W/payload.sig"
  accepted docker team/app:1
}

added_gpg() {
  local fingerprint digest
  rm -rf "$STORE"
  gpg --batch --quiet --passphrase '' --quick-generate-key signer rsa2048 sign never
  gpg --export signer >"$W/signer.gpg"
  fingerprint=$(gpg --list-keys --with-colons signer | awk -F: '$1 == "fpr" {print $10; exit}')
  skopeo --insecure-policy copy --quiet --sign-by "$fingerprint" --sign-identity \
    docker.io/team/app:1 "containers-storage:docker.io/team/app:1" "dir:$W/dir"
  jq -n --arg key "$W/signer.gpg" '{default: [{type: "signedBy", keyType: "GPGKeys",
    keyPath: $key}]}' >"$W/policy.json"
  digest=sha256:$(sha256sum <"$W/dir/manifest.json" | cut -d ' ' -f 1)
  run_fails "$CTK" image add --store "$STORE" "$W/dir/signature-1"
  assert_contains "$output" '--digest sha256:… says what it is over'
  run_ok "$CTK" image add --store "$STORE" "$W/dir/manifest.json" "$W/dir/signature-1"
  assert_contains "$output" "a GPG signature over $digest"
  accepted docker team/app:1
  assert_contains "$output" "signed by $fingerprint"
  rm -rf "$STORE"
  run_ok "$CTK" image add --store "$STORE" "$W/dir/manifest.json"
  run_ok "$CTK" image add --store "$STORE" --digest "$digest" "$W/dir/signature-1"
  accepted docker team/app:1
}

# Without options it is the plugin's policy and store that count.
configured() {
  rm -rf "$STORE"
  policy signer.pub
  write_config "name = \"image-verify\"; settings: { policy = \"$W/policy.json\";
    store = \"$STORE\"; };"
  run_ok "$CTK" image sign --engine podman --root "$W/podman/root" --key "$W/signer.pem" team/app:1
  run_ok "$CTK" image verify --engine podman --root "$W/podman/root" team/app:1
  assert_contains "$output" "$W/policy.json: scope \"default\" decides"
  run_ok "$CTK" image list
  assert_contains "$output" 'docker.io/team/app:1'
  write_config "name = \"image-verify\"; settings: { policy = 1; };"
  run_fails "$CTK" image verify --engine podman --root "$W/podman/root" team/app:1
  assert_contains "$output" "setting 'policy'"
  run_ok "$CTK" image list --store "$STORE" # it needs no config
  write_config
}

carried() {
  local digest other
  rm -rf "$STORE" "$W/stick"
  policy signer.pub
  image_ok sign podman --key "$W/signer.pem" team/app:1
  image_ok sign docker --key "$W/signer.pem" cht/base:1
  image_ok digest podman team/app:1
  digest=$output
  run_ok "$CTK" image export --store "$STORE" "$W/stick"
  assert_contains "$output" 'exported to'
  assert_contains "$output" '2 manifests, 2 signatures'
  rm -rf "$STORE"
  run_ok "$CTK" image import --store "$STORE" "$W/stick" "$digest"
  assert_contains "$output" '1 manifest, 1 signature'
  accepted docker team/app:1
  refused 'no manifest of it is known' docker cht/base:1
  cd "$W"
  run_ok "$CTK" image import --store "$STORE" stick
  accepted docker cht/base:1
  assert_equal "$(cd "$STORE" && find . | sort)" "$(cd "$W/stick" && find . | sort)"
  rm -rf "$STORE"
  printf ' ' >>"$W/stick/sha256/${digest#sha256:}/manifest"
  run_fails "$CTK" image import --store "$STORE" "$W/stick" "$digest"
  assert_contains "$output" 'its digest is sha256:'
  chmod 777 "$W/stick"
  run_fails "$CTK" image import --store "$STORE" "$W/stick"
  assert_contains "$output" 'writable by'
  run_fails "$CTK" image import --store "$STORE" "$W/nothing"
  assert_contains "$output" "$W/nothing"
}

# --- containers --------------------------------------------------------------------------------------

# By their bundles: engines of ours have them in other places than the usual ones.
containers() {
  local id bundle
  rm -rf "$STORE"
  policy signer.pub
  image_ok sign docker --key "$W/signer.pem" team/app:1
  run_ok docker run --detach --network none --name "$NAME-app" team/app:1 sleep 1000
  id=$(tail -n 1 <<<"$output")
  bundle=$(find "$W/docker/exec" /run/containerd -maxdepth 6 -type d -name "$id" \
    -path '*v2.task*' 2>/dev/null | head -n 1)
  accepted docker --bundle "$bundle" "$id"
  assert_contains "$output" 'layer sha256:'
  accepted docker --bundle "$bundle" "$NAME-app"
  refused "id '${id:0:12}' is none of docker's" docker --bundle "$bundle" "${id:0:12}"
  run_ok docker rm --force "$id"
  run_ok "${podman[@]}" run --detach --name "$NAME-app" team/app:1 sleep 1000
  id=$(tail -n 1 <<<"$output")
  accepted podman --bundle "$W/podman/root/overlay-containers/$id/userdata" "$id"
  accepted podman --bundle "$W/podman/root/overlay-containers/$id/userdata" "$NAME-app"
  refused "container '$NAME-app' ($id) does not run, or its bundle is not in its usual place" \
    podman "$NAME-app"
  run_ok "${podman[@]}" rm --force --time 0 "$id"
  refused 'no running container of this name or id' docker nothing-like-it
  refused 'cannot open the bundle' docker --bundle "$W/nothing" "$id"
}

# --- files -------------------------------------------------------------------------------------------

# root_of ENGINE: where its layers lie.
root_of() {
  case $1 in
    docker) echo "$W/docker/data" ;;
    podman) echo "$W/podman/root" ;;
    containerd) echo "$W/containerd/root" ;;
  esac
}

# layer_with ENGINE PATH: the folder of the layer that has this file.
layer_with() {
  local found
  found=$(find "$(root_of "$1")" -path "*/$2" -not -path '*/merged/*' | head -n 1)
  [ -n "$found" ] || fail "no layer of $1 has $2"
  echo "${found%"/$2"}"
}

# What checks keep lies in W, not where the machine has it.
files_config() {
  write_config "name = \"image-verify\"; settings: { state = \"$W/verify\"; $* };"
}

poke() {
  printf %b "$1" | dd of="$2" bs=1 seek=2000 conv=notrunc status=none
}

# In both layers, so that no thread's first difference is all.
change_layers() {
  poke X "$top/tree/hard" # by its first name; zeros is the other one
  chmod 640 "$top/tree/empty"
  mv "$top/tree/other" "$W/other" # then there is no digest to compare
  echo /tmp/evil.so >"$base/ld.so.preload"
}

restore_layers() {
  poke '\0' "$top/tree/hard"
  chmod 644 "$top/tree/empty"
  mv "$W/other" "$top/tree/other"
  rm "$base/ld.so.preload"
}

# all_differences ENGINE WORD…
all_differences() {
  local line
  refused 'its files are not what the image says' "$1" --files "${@:2}"
  for line in 'layer 1 (sha256:[0-9a-f]*): /ld.so.preload: it is not in the image' \
    "layer 2 (sha256:[0-9a-f]*): /tree/hard: its content is not the image's" \
    'layer 2 (sha256:[0-9a-f]*): /tree/empty: its mode is 0640, not 0644' \
    'layer 2 (sha256:[0-9a-f]*): /tree/other: it is missing'; do
    grep -q "^$line" <<<"$output" || fail "no line $line in: $output"
  done
}

files_of_an_image() {
  local engine=$1 top base
  rm -rf "$STORE" "$W/verify"
  files_config
  policy signer.pub
  image_ok sign "$engine" --key "$W/signer.pem" team/app:1
  accepted "$engine" --files team/app:1
  assert_contains "$output" 'every file is what the image says'
  assert_lacks "$output" 'layers are done' # no terminal
  top=$(layer_with "$engine" tree/zeros)
  base=$(layer_with "$engine" bin/busybox)
  change_layers
  accepted "$engine" team/app:1 # the signature is still good
  all_differences "$engine" team/app:1
  all_differences "$engine" --quiet team/app:1
  assert_lacks "$output" accepted
  restore_layers
  accepted "$engine" --files team/app:1
  policy stranger.pub
  refused "is by a key that is none of the policy's" "$engine" --files team/app:1
  assert_lacks "$output" 'every file'
  write_config
}

has_written() {
  find "$(root_of "$1")" -name written | grep -q .
}

# start_container ENGINE: one of team/app:1 that writes to what the image has; sets id and bundle.
start_container() {
  local script='echo x >>/tree/zeros; touch /written; sleep 1000'
  case $1 in
    docker)
      run_ok docker run --detach --network none team/app:1 sh -c "$script"
      id=$(tail -n 1 <<<"$output")
      bundle=$(find "$W/docker/exec" /run/containerd -maxdepth 6 -type d -name "$id" \
        -path '*v2.task*' 2>/dev/null | head -n 1)
      ;;
    podman)
      run_ok "${podman[@]}" run --detach team/app:1 sh -c "$script"
      id=$(tail -n 1 <<<"$output")
      bundle=$W/podman/root/overlay-containers/$id/userdata
      ;;
    containerd)
      id=files-$RANDOM
      run_ok ctr run --detach --cgroup "/$NAME/$id" docker.io/team/app:1 "$id" sh -c "$script"
      bundle=$W/containerd/state/io.containerd.runtime.v2.task/default/$id
      ;;
  esac
  wait_until 10 has_written "$1"
}

stop_container() {
  case $1 in
    docker) run_ok docker rm --force "$id" ;;
    podman) run_ok "${podman[@]}" rm --force --time 0 "$id" ;;
    containerd)
      run_ok ctr task kill --signal KILL "$id"
      wait_until 10 ctr task rm "$id"
      run_ok ctr container rm "$id"
      ;;
  esac
}

files_of_a_container() {
  local engine=$1 id bundle top base
  rm -rf "$STORE" "$W/verify"
  files_config
  policy signer.pub
  image_ok sign "$engine" --key "$W/signer.pem" team/app:1
  top=$(layer_with "$engine" tree/zeros)
  base=$(layer_with "$engine" bin/busybox)
  start_container "$engine"
  accepted "$engine" --files --bundle "$bundle" "$id"
  assert_contains "$output" "note: the container's own layer: /tree/zeros: it replaces a file of the image"
  assert_contains "$output" 'since it started, as it may'
  assert_lacks "$output" /written # it is where the image has nothing
  assert_contains "$output" 'every file is what the image says'
  [ -z "$(find "$W/verify" -path '*/started/*')" ] || fail 'a start was noted'
  files_config 'upper = "no-shadow";'
  refused '/tree/zeros: ' "$engine" --files --bundle "$bundle" "$id"
  assert_lacks "$output" /written
  files_config 'upper = "ignore";'
  accepted "$engine" --files --bundle "$bundle" "$id"
  assert_contains "$output" 'what the container has written is not looked at'
  assert_lacks "$output" note:
  files_config
  change_layers
  all_differences "$engine" --bundle "$bundle" "$id"
  restore_layers
  stop_container "$engine"
  write_config
}

cannot_compare() {
  local record
  rm -rf "$STORE" "$W/verify"
  files_config
  echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$W/policy.json"
  printf 'FROM cht/base:1\nCOPY Dockerfile /other\n' >"$W/build/Dockerfile.other"
  run_ok docker build --network none --tag team/packed:1 --file "$W/build/Dockerfile.other" "$W/build"
  run_ok docker save --output "$W/packed.tar" team/packed:1
  run_ok ctr image import --no-unpack "$W/packed.tar"
  refused 'containerd has not unpacked layer' containerd --files team/packed:1
  for record in "$W"/docker/data/image/overlay2/layerdb/sha256/*/tar-split.json.gz; do
    mv "$record" "$record.away"
  done
  refused 'not all of its files could be compared' docker --files team/packed:1
  assert_contains "$output" 'cannot verify: layer 1 (sha256:'
  assert_contains "$output" 'cannot verify: layer 2 (sha256:'
  for record in "$W"/docker/data/image/overlay2/layerdb/sha256/*/tar-split.json.gz.away; do
    mv "$record" "${record%.away}"
  done
  files_config 'upper = "some";'
  refused "setting 'upper' is 'some'" docker --files team/packed:1
  write_config
}

# on_a_terminal OPTION…: what script(1) has seen.
on_a_terminal() {
  setsid script --quiet --return --command "$CTK image verify --files $* --engine docker \
    --root $W/docker/data --store $STORE --policy $W/policy.json team/app:1" "$W/typescript" \
    </dev/null >"$W/terminal" 2>&1 || fail "$(cat "$W/terminal")"
}

progress() {
  files_config
  echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$W/policy.json"
  on_a_terminal
  assert_contains "$(cat "$W/terminal")" 'comparing files: 2 of 2 layers are done, '
  on_a_terminal --quiet
  assert_lacks "$(cat "$W/terminal")" 'comparing files'
  write_config
}

# --- registries --------------------------------------------------------------------------------------

# publish NAME…: the image to our registry, and into docker by that name.
publish() {
  local name
  for name; do
    run_ok skopeo --insecure-policy copy --quiet --dest-tls-verify=false \
      containers-storage:docker.io/team/app:1 "docker://$R/$name"
    run_ok docker pull "$R/$name"
  done
}

raw() {
  skopeo inspect --raw --tls-verify=false "docker://$R/$1"
}

digest_of() {
  echo "sha256:$(raw "$1" | sha256sum | cut -d ' ' -f 1)"
}

# fetch NAME…
fetch() {
  run "$CTK" image fetch --tls-verify=false --store "$STORE" "$@"
}

# sign_remote NAME WORD…
sign_remote() {
  run_ok "$CTK" image sign --tls-verify=false --store "$STORE" "${@:2}" "docker://$R/$1"
}

fetched() {
  local digest
  rm -rf "$STORE"
  policy signer.pub
  publish remote/app:1
  digest=$(digest_of remote/app:1)
  refused 'image fetch' docker "$R/remote/app:1"
  sign_remote remote/app:1 --key "$W/signer.pem" --push
  assert_contains "$output" "signed $digest as $R/remote/app:1"
  assert_contains "$output" "pushed the signature to $R/remote/app"
  accepted docker "$R/remote/app:1"

  # Another machine: the same by fetching.
  rm -rf "$STORE"
  fetch "$R/remote/app:1"
  assert_contains "$output" "1 manifest, 1 signature, $digest"
  accepted docker "$R/remote/app:1"
  assert_equal "$(raw remote/app:1 | sha256sum)" \
    "$(sha256sum <"$STORE/sha256/${digest#sha256:}/manifest")"

  # What lies in the registry is what cosign puts there: openssl verifies it, without us.
  raw "remote/app:${digest/:/-}.sig" >"$W/sig.json"
  assert_equal 'application/vnd.dev.cosign.simplesigning.v1+json 1' \
    "$(jq -r '"\(.layers[0].mediaType) \(.layers | length)"' "$W/sig.json")"
  rm -rf "$W/sig"
  run_ok skopeo --insecure-policy copy --quiet --src-tls-verify=false \
    "docker://$R/remote/app:${digest/:/-}.sig" "dir:$W/sig"
  jq -r '.layers[0].annotations["dev.cosignproject.cosign/signature"]' "$W/sig.json" |
    base64 -d >"$W/proof"
  run_ok openssl dgst -sha256 -verify "$W/signer.pub" -signature "$W/proof" \
    "$W/sig/$(jq -r '.layers[0].digest[7:]' "$W/sig.json")"
}

# The signature lies beside the image, and is for the name by which it will run.
other_name() {
  rm -rf "$STORE"
  policy signer.pub
  publish remote/from:1
  run_ok docker tag "$R/remote/from:1" team/copied:1
  sign_remote remote/from:1 --key "$W/signer.pem" --reference team/copied:1 --push
  assert_contains "$output" "pushed the signature to $R/remote/from"
  rm -rf "$STORE"
  fetch "$R/remote/from:1"
  accepted docker team/copied:1
  refused 'it is for docker.io/team/copied:1' docker "$R/remote/from:1"
}

second_signature() {
  rm -rf "$STORE"
  publish remote/two:1
  sign_remote remote/two:1 --key "$W/stranger.pem" --push
  sign_remote remote/two:1 --key "$W/signer.pem" --push
  rm -rf "$STORE"
  fetch "docker://$R/remote/two:1"
  assert_contains "$output" '2 signatures'
  policy signer.pub
  accepted docker "$R/remote/two:1"
  policy stranger.pub
  accepted docker "$R/remote/two:1"
}

not_signed_there() {
  rm -rf "$STORE"
  policy signer.pub
  publish remote/plain:1
  fetch "$R/remote/plain:1"
  assert_contains "$output" '0 signatures'
  refused 'a signature is required, and there is none over' docker "$R/remote/plain:1"
  sign_remote remote/plain:1 --key "$W/stranger.pem" --push
  refused "is by a key that is none of the policy's" docker "$R/remote/plain:1"
  fetch "$R/remote/none:1"
  assert_equal 1 "$status"
  assert_contains "$output" 'manifest unknown'
  assert_lacks "$output" 'level=fatal'
  run_fails "$CTK" image fetch --store "$STORE" "$R/remote/plain:1"
  assert_contains "$output" 'HTTP response to HTTPS client'
  image sign docker --tls-verify=false --push --key "$W/signer.pem" --reference "$R/remote/plain:1" \
    cht/base:1
  assert_equal 1 "$status"
  assert_contains "$output" "--push goes with an image that is there"
}

# put NAME FILE TYPE: a manifest, as it is.
put() {
  python3 - "$R" "$@" <<'PY'
import sys, urllib.request
registry, name, file, kind = sys.argv[1:]
repository, tag = name.rsplit(":", 1)
request = urllib.request.Request(f"http://{registry}/v2/{repository}/manifests/{tag}",
                                 open(file, "rb").read(), {"Content-Type": kind}, method="PUT")
assert urllib.request.urlopen(request).status == 201
PY
}

# An index: signed as a whole, as cosign does; this machine's manifest is fetched with it.
index() {
  local type=application/vnd.oci.image.index.v1+json digest size arch
  rm -rf "$STORE"
  policy signer.pub
  publish remote/index:one
  digest=$(digest_of remote/index:one)
  size=$(raw remote/index:one | wc -c)
  arch=$(docker image inspect --format '{{.Architecture}}' "$R/remote/index:one")
  jq -n --arg digest "$digest" --argjson size "$size" --arg arch "$arch" --arg type "$type" '
    {schemaVersion: 2, mediaType: $type, manifests: [{digest: $digest, size: $size,
      mediaType: "application/vnd.docker.distribution.manifest.v2+json",
      platform: {os: "linux", architecture: $arch}}]}' >"$W/index.json"
  put remote/index:1 "$W/index.json" "$type"
  run_ok docker pull "$R/remote/index:1"
  sign_remote remote/index:1 --key "$W/signer.pem" --push
  rm -rf "$STORE"
  fetch "$R/remote/index:1"
  assert_contains "$output" "2 manifests, 1 signature, $(digest_of remote/index:1)"
  accepted docker "$R/remote/index:1"
  assert_contains "$output" "index $(digest_of remote/index:1) lists that manifest"
}

# A sigstore bundle, signed by openssl, that refers to the image by the tag that registries without
# a referrers API have for it.
bundle() {
  local digest text envelope type=application/vnd.oci.image.index.v1+json
  rm -rf "$STORE" "$W/artifact"
  publish remote/bundle:1
  digest=$(digest_of remote/bundle:1)
  text=$(jq -nc --arg hex "${digest#sha256:}" --arg name "$R/remote/bundle:1" '{
    _type: "https://in-toto.io/Statement/v1", subject: [{name: $name, digest: {sha256: $hex}}],
    predicateType: "https://sigstore.dev/cosign/sign/v1", predicate: {}}')
  printf 'DSSEv1 28 application/vnd.in-toto+json %d %s' ${#text} "$text" >"$W/pae"
  envelope=$(jq -nc --arg payload "$(printf %s "$text" | base64 -w 0)" \
    --arg sig "$(openssl dgst -sha256 -sign "$W/signer.pem" "$W/pae" | base64 -w 0)" '{
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {publicKey: {hint: ""}},
    dsseEnvelope: {payload: $payload, payloadType: "application/vnd.in-toto+json",
      signatures: [{sig: $sig}]}}')
  printf %s "$envelope" >"$W/bundle.json"
  mkdir "$W/artifact"
  printf 'Directory Transport Version: 1.1\n' >"$W/artifact/version"
  printf '{}' >"$W/artifact/$(printf '{}' | sha256sum | cut -d ' ' -f 1)"
  cp "$W/bundle.json" "$W/artifact/$(sha256sum <"$W/bundle.json" | cut -d ' ' -f 1)"
  jq -n --arg bundle "sha256:$(sha256sum <"$W/bundle.json" | cut -d ' ' -f 1)" \
    --arg config "sha256:$(printf '{}' | sha256sum | cut -d ' ' -f 1)" \
    --argjson size "$(stat -c %s "$W/bundle.json")" '{schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    artifactType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    config: {mediaType: "application/vnd.oci.empty.v1+json", digest: $config, size: 2},
    layers: [{mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json", digest: $bundle,
      size: $size}]}' >"$W/artifact/manifest.json"
  run_ok skopeo --insecure-policy copy --quiet --preserve-digests --dest-tls-verify=false \
    "dir:$W/artifact" "docker://$R/remote/bundle:bundle"
  jq -n --arg digest "$(digest_of remote/bundle:bundle)" --arg type "$type" \
    --argjson size "$(stat -c %s "$W/artifact/manifest.json")" '{schemaVersion: 2, mediaType: $type,
    manifests: [{digest: $digest, size: $size,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      artifactType: "application/vnd.dev.sigstore.bundle.v0.3+json"}]}' >"$W/index.json"
  put "remote/bundle:${digest/:/-}" "$W/index.json" "$type"
  fetch "$R/remote/bundle:1"
  assert_contains "$output" '1 manifest, 1 signature'
  policy signer.pub
  accepted docker "$R/remote/bundle:1"

  # The same bundle as a file.
  rm -rf "$STORE"
  fetch "$R/remote/bundle:1"
  run_ok "$CTK" image remove --store "$STORE" "$digest"
  raw remote/bundle:1 >"$W/manifest.json"
  run_ok "$CTK" image add --store "$STORE" "$W/manifest.json" "$W/bundle.json"
  assert_contains "$output" "a sigstore bundle over $digest"
  accepted docker "$R/remote/bundle:1"
}

# start_files: a server of the files in $W/www, at $S, a free port of 127.0.0.1.
start_files() {
  mkdir -p "$W/www"
  /usr/bin/python3 -u -m http.server --bind 127.0.0.1 --directory "$W/www" 0 \
    </dev/null >"$W/files.log" 2>&1 &
  echo $! >"$W/files.pid"
  disown
  wait_until 20 grep -q 'port [0-9]' "$W/files.log"
  S=127.0.0.1:$(grep -om1 'port [0-9]*' "$W/files.log" | cut -d ' ' -f 2)
}

# GPG signatures on a server of files, where skopeo puts them into its folder.
http_lookaside() {
  local digest folder regd=$W/http.d fetch=(fetch --registries "$W/http.d")
  rm -rf "$STORE"
  start_files
  mkdir "$regd"
  printf 'docker:\n  %s:\n    lookaside: http://%s/sigs\n    lookaside-staging: file://%s\n' "$R" "$S" \
    "$W/www/sigs" >"$regd/default.yaml"
  run_ok skopeo --insecure-policy --registries.d "$regd" copy --quiet --dest-tls-verify=false \
    --sign-by "$(gpg --list-keys --with-colons signer | awk -F: '$1 == "fpr" {print $10; exit}')" \
    containers-storage:docker.io/team/app:1 "docker://$R/remote/beside:1"
  run_ok docker pull "$R/remote/beside:1"
  jq -n --arg key "$W/signer.gpg" '{default: [{type: "signedBy", keyType: "GPGKeys",
    keyPath: $key}]}' >"$W/policy.json"
  fetch "$R/remote/beside:1"
  assert_contains "$output" '1 manifest, 0 signatures'
  refused 'there is none over' docker "$R/remote/beside:1"
  "${fetch[@]}" "$R/remote/beside:1"
  assert_contains "$output" '1 manifest, 1 signature,'
  accepted docker "$R/remote/beside:1"

  # What is no signature harms the others not; a server that fails is no answer.
  digest=$(digest_of remote/beside:1)
  folder=$W/www/sigs/remote/beside@${digest/:/=}
  cp "$folder/signature-1" "$folder/signature-3"
  echo '<html>not here</html>' >"$folder/signature-2"
  rm -rf "$STORE"
  "${fetch[@]}" "$R/remote/beside:1"
  assert_contains "$output" "left out: http://$S/sigs/remote/beside@${digest/:/=}/signature-2: "
  assert_contains "$output" '1 manifest, 2 signatures,'
  rm "$folder/signature-2"
  head -c 300000 /dev/zero >"$folder/signature-2"
  "${fetch[@]}" "$R/remote/beside:1"
  assert_equal 1 "$status"
  assert_contains "$output" 'signature-2: curl: (63) Maximum file size exceeded'
  kill "$(<"$W/files.pid")"
  "${fetch[@]}" "$R/remote/beside:1"
  assert_equal 1 "$status"
  assert_contains "$output" 'curl: (7) Failed to connect to 127.0.0.1'
  sed -i 's|lookaside: http:|lookaside: ftp:|' "$regd/default.yaml"
  "${fetch[@]}" "$R/remote/beside:1"
  assert_contains "$output" 'is no plain URL with http: or https:'
}

# What somebody else has pushed there stops nobody.
strange_layers() {
  local digest
  rm -rf "$STORE"
  publish remote/strange:1
  digest=$(digest_of remote/strange:1)
  run_ok skopeo --insecure-policy copy --quiet --dest-tls-verify=false --src-tls-verify=false \
    "docker://$R/remote/strange:1" "docker://$R/remote/strange:${digest/:/-}.sig"
  fetch "$R/remote/strange:1"
  assert_contains "$output" 'left out: '
  assert_contains "$output" '1 manifest, 0 signatures'
}

layout_is_verified() {
  local verify=("$CTK" image verify --store "$STORE" --policy "$W/policy.json")
  run_ok "${verify[@]}" --reference team/oci:1 "oci:$W/layout:one"
  assert_contains "$output" 'accepted by the scope "default"'
  run_fails "${verify[@]}" --reference team/app:1 "oci:$W/layout:one"
  assert_contains "$output" 'it is for docker.io/team/oci:1, which is not what'
  run "${verify[@]}" "oci:$W/layout:one"
  assert_equal 2 "$status"
  assert_contains "$output" '--reference NAME gives it one'
  run "${verify[@]}" --files --reference team/oci:1 "oci:$W/layout:one"
  assert_equal 2 "$status"
  run "${verify[@]}" --reference team/oci:1 team/app:1
  assert_equal 2 "$status"
  run_fails "${verify[@]}" --reference team/oci:1 "oci:$W/layout:three"
  assert_contains "$output" 'lists no image with the tag three'
}

layouts() {
  local digest
  rm -rf "$STORE" "$W/layout"
  policy signer.pub
  run_ok skopeo --insecure-policy copy --quiet containers-storage:docker.io/team/app:1 \
    "oci:$W/layout:one"
  run_ok skopeo --insecure-policy copy --quiet containers-storage:docker.io/team/app:1 \
    "oci:$W/layout:two"
  run_fails "$CTK" image sign --store "$STORE" --key "$W/signer.pem" --reference team/oci:1 \
    "oci:$W/layout"
  assert_contains "$output" 'lists several images: oci:DIR:TAG says which'
  run_fails "$CTK" image sign --store "$STORE" --key "$W/signer.pem" --reference team/oci:1 \
    "oci:$W/layout:three"
  assert_contains "$output" 'lists no image with the tag three'
  run_fails "$CTK" image sign --store "$STORE" --key "$W/signer.pem" "oci:$W/layout:one"
  assert_contains "$output" '--reference NAME'
  run_ok "$CTK" image sign --store "$STORE" --key "$W/signer.pem" --reference team/oci:1 \
    "oci:$W/layout:one"
  digest=$(jq -r '.manifests[0].digest' "$W/layout/index.json")
  assert_contains "$output" "signed $digest as docker.io/team/oci:1"
  run_ok "$CTK" image digest "oci:$W/layout:one"
  assert_equal "$digest" "$output"
  run_ok "$CTK" image digest --id "oci:$W/layout:one"
  assert_equal "$(jq -r .config.digest "$W/layout/blobs/sha256/${digest#sha256:}")" "$output"
  layout_is_verified
  run_ok skopeo --insecure-policy copy --quiet "oci:$W/layout:one" \
    containers-storage:docker.io/team/oci:1
  accepted podman team/oci:1
  printf ' ' >>"$W/layout/blobs/sha256/${digest#sha256:}"
  run_fails "$CTK" image sign --store "$STORE" --key "$W/signer.pem" --reference team/oci:1 \
    "oci:$W/layout:one"
  assert_contains "$output" "its digest is sha256:"
}

setup || { echo "FAIL $GROUP: cannot set up: $output"; exit 1; }
jq -n --arg key "$W/stranger.pub" '{default: [{type: "sigstoreSigned", keyPath: $key}]}' \
  >"$W/stranger.json"
test_case 'what is not signed is refused' unsigned
test_case 'docker: a manifest is made that says what its layers are' made_manifest
test_case 'docker: signed, and openssl verifies it' engine_signs docker
test_case 'podman: signed, and openssl verifies it' engine_signs podman
test_case 'containerd: signed, and openssl verifies it' engine_signs containerd
test_case 'signed in docker or podman, accepted in both' signed_for_all
test_case 'keys: P-384, RSA, Ed25519, SEC1' kinds_of_keys
test_case 'keys: a passphrase from a file' passphrases
test_case 'keys: a passphrase from the terminal, which does not show it' passphrase_on_a_terminal
test_case 'what cannot be signed leaves nothing behind' refused_to_sign
test_case 'another name is refused' wrong_name
test_case 'a signature over another digest is refused' wrong_digest
test_case 'the store is listed, and things removed from it' listed
test_case 'add: what openssl signed is accepted' added_pair
test_case 'add: a manifest from elsewhere' added_manifest
test_case 'add: what skopeo signed by GPG is accepted' added_gpg
test_case "the plugin's policy and store count" configured
test_case 'export and import: carried to another machine' carried
test_case 'running containers are verified' containers
for engine in docker podman containerd; do
  test_case "$engine: the files of an image, and all that differs" files_of_an_image "$engine"
  test_case "$engine: the files of a container, and all that differs" files_of_a_container "$engine"
done
test_case 'files: what cannot be compared is said' cannot_compare
test_case 'files: progress on a terminal only' progress
test_case 'fetch: signed and pushed, accepted on another machine' fetched
test_case 'fetch: signed for another name than that of its registry' other_name
test_case 'fetch: the signatures of two, one pushed after the other' second_signature
test_case 'fetch: what is not signed, or by another, is refused' not_signed_there
test_case 'fetch: an index, and the manifest for this machine' index
test_case 'fetch: a sigstore bundle that openssl signed' bundle
test_case 'fetch: GPG signatures on a server of files' http_lookaside
test_case 'fetch: what is no signature is left out' strange_layers
test_case 'an OCI layout is signed, and verified' layouts
test_end
