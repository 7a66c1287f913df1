#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/bench/image-verify.sh: what image-verify adds to a create, for a container of a real dockerd
# whose image is signed by a key or by GPG: who it is, the policy and the signature. Against programs
# that verify the same signature and nothing else, openssl and gpgv, and against skopeo, which looks at
# what is signed, too.
. "$(dirname "$0")/lib.sh"
for program in dockerd openssl gpg gpgv skopeo; do
  command -v $program >/dev/null || skip_all "$program is not here"
done
. "$TOP/tests/engines.sh"
. "$TOP/tests/signed.sh"

install_benchmarks
CONTAINER_HOOKS_CONFIG=$W/config.cfg
test_case 'a dockerd has a signed container' make_signed_container
[ "$failures" = 0 ] || exit 1
bundle b "$W/old.json"

# requirement NUMBER NAME: a policy of this one alone, and a chain that verifies by it.
requirement() {
  jq "{default: [.default[$1]]}" "$W/policy.json" >"$W/conf/$2.json"
  CONTAINER_HOOKS_CONFIG=$W/conf/$2.cfg configure "{ name = \"image-verify\"; settings: {
    policy = \"$W/conf/$2.json\"; store = \"$STORE\"; registries = \"\"; plans = \"$W/plans\";
    state = \"$W/state\"; roots = [ \"$W/docker/data\" ]; journal = false; }; }" "$file_hooks"
}
requirement 0 key
requirement 1 gpg
CONTAINER_HOOKS_CONFIG=$W/conf/none.cfg configure "$file_hooks"

# create_by CONFIG: a create by this config; it is the container's own id that counts.
create_by() {
  add_case "$1"
  put_back "$W/old.json" "$BUNDLES/b/config.json"
  timed /usr/bin/env "CONTAINER_HOOKS_CONFIG=$W/conf/$1.cfg" "$RUNTIME" create --bundle \
    "$BUNDLES/b" "$(<"$W/id")"
}

# The programs' own work: the payload of the signature that lies in the trust store.
for file in "$STORE"/sha256/*/signature-*; do
  if head -c 14 "$file" | grep -aq sigstore; then
    tail -n +2 "$file" | jq -j .payload | base64 -d >"$W/payload"
    tail -n +2 "$file" | jq -j '.annotations["dev.cosignproject.cosign/signature"]' | base64 -d \
      >"$W/proof"
  fi
done
manifest=$(ls "$STORE"/sha256/*/manifest)
signer=$(gpg --list-keys --with-colons signer 2>/dev/null | awk -F : '$1 == "fpr" { print $10; exit }')
create_by none
create_by key
create_by gpg
add_case openssl
timed "$(command -v openssl)" dgst -sha256 -verify "$W/key.pub" -signature "$W/proof" "$W/payload"
add_case gpgv
timed "$(command -v gpgv)" --keyring "$W/signer.gpg" --output /dev/null "$W/signature"
add_case skopeo
timed "$(command -v skopeo)" standalone-verify "$manifest" "$image" "$signer" "$W/signature"
run_cases 100 2>"$W/noise"

ratio 'create with image-verify, by a key: what it adds' '<2' 1 key none openssl -
ratio 'create with image-verify, by GPG: more than by a key' '<2' 1 gpg key gpgv -
ratio 'create with image-verify, by GPG: what it adds' '<1' - gpg none skopeo -
ratio 'create with image-verify by a key, to one without' '<4' - key - none -
test_end
