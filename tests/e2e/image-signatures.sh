#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Policies and signatures, against skopeo's own: images that it signed by GPG in a real registry and
# copied to containers/storage are asked about by both, and both must say the same.
. "$(dirname "$0")/../lib.sh"

VERIFY=$BUILD/tests/programs/image-verify
STORAGE=$W/storage
STORE=$W/trust
REGISTRIES=$W/registries.d
export GNUPGHOME=$W/gpg CONTAINERS_STORAGE_CONF=$W/storage.conf

# --- a registry with signed images ---------------------------------------------------------------

# skopeo wants the fingerprint to sign by, in FOLDER/NAME.fingerprint.
make_gpg_key() {
  gpg --batch --quiet --passphrase '' --quick-generate-key "$1" rsa2048 sign never 2>/dev/null &&
    gpg --export "$1" >"$W/$1.gpg" && gpg --armor --export "$1" >"$W/$1.asc" &&
    gpg --list-keys --with-colons "$1" 2>/dev/null | awk -F: '$1 == "fpr" {print $10; exit}' \
      >"$W/$1.fingerprint"
}

# push NAME [SIGNER]: an image of its own, signed.
push() {
  local options=()
  [ $# = 1 ] || options=(--sign-by "$(<"$W/$2.fingerprint")")
  mkdir -p "$W/image/root"
  echo "$1" >"$W/image/root/name"
  make_image "$W/image.tar" cht/base:1 &&
    run_ok skopeo --insecure-policy --registries.d "$REGISTRIES" copy --quiet \
      --dest-tls-verify=false "${options[@]}" "docker-archive:$W/image.tar" "docker://$R/$1"
}

# pull NAME: to containers/storage, by its own signatures.
pull() {
  run_ok skopeo --insecure-policy --registries.d "$REGISTRIES" copy --quiet \
    --src-tls-verify=false "docker://$R/$1" "containers-storage:[overlay@$STORAGE+$W/run]$R/$1"
}

digest_of() {
  skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://$R/$1"
}

setup() {
  install -d -m 700 "$GNUPGHOME"
  mkdir -p "$REGISTRIES" "$W/lookaside"
  printf '[storage]\ndriver = "overlay"\nrunroot = "%s"\ngraphroot = "%s"\n' "$W/run" "$STORAGE" \
    >"$CONTAINERS_STORAGE_CONF"
  start_registry || return
  printf 'docker:\n  %s:\n    lookaside: file://%s\n    lookaside-staging: file://%s\n' \
    "$R" "$W/lookaside" "$W/lookaside" >"$REGISTRIES/default.yaml"
  make_gpg_key signer && make_gpg_key stranger && push team/app:1 signer && push team/plain:1 &&
    push team/foreign:1 stranger && pull team/app:1 && pull team/plain:1 && pull team/foreign:1
}

# --- asking both ---------------------------------------------------------------------------------

# policy REQUIREMENTS [SCOPE]: of one scope in a policy that rejects all else; @R@ and @W@ stand for
# the registry and our folder.
policy() {
  local text
  if [ $# = 1 ]; then
    text='{"default": '$1'}'
  else
    text='{"default": [{"type": "reject"}], "transports": {"docker": {"'$2'": '$1'}}}'
  fi
  text=${text//@R@/$R}
  printf '%s\n' "${text//@W@/$W}" >"$W/policy.json"
}

skopeo_says() {
  rm -rf "$W/copy"
  run skopeo --policy "$W/policy.json" --registries.d "$REGISTRIES" copy --quiet \
    --src-tls-verify=false "docker://$R/$1" "dir:$W/copy"
}

we_say() {
  run "$VERIFY" ask "$W/policy.json" - - containers-storage "$STORAGE" "$R/$1"
}

# both yes|no NAME REQUIREMENTS [SCOPE]
both() {
  local expected=$1 name=$2
  shift 2
  policy "$@"
  skopeo_says "$name"
  assert_equal "skopeo $expected" "skopeo $([ "$status" = 0 ] && echo yes || echo no)" ||
    { fail "$output"; return; }
  we_say "$name"
  assert_equal "we $expected" "we $([ "$status" = 0 ] && echo yes || echo no)" || fail "$output"
}

signed='{"type": "signedBy", "keyType": "GPGKeys", "keyPath": "@W@/signer.gpg"}'
accept='{"type": "insecureAcceptAnything"}'
reject='{"type": "reject"}'

# identity JSON: a requirement with it.
identity() {
  echo "[${signed%\}}, \"signedIdentity\": $1}]"
}

scopes_mean_the_same() {
  both yes team/app:1 "[$signed]"
  both yes team/app:1 "[$signed]" @R@/team/app:1
  both yes team/app:1 "[$signed]" @R@/team/app
  both yes team/app:1 "[$signed]" @R@/team
  both yes team/app:1 "[$signed]" @R@
  both yes team/app:1 "[$signed]" '*.0.0.1'
  both yes team/app:1 "[$signed]" ''
  both no team/app:1 "[$signed]" @R@/te
  both no team/app:1 "[$signed]" @R@/team/ap
  both no team/app:1 "[$signed]" @R@/team/app:2
  both no team/app:1 "[$signed]" '*.0.0.2'
  both no team/app:1 "[$signed]" 127.0.0.1
}

the_most_specific_scope_alone_counts() {
  both no team/app:1 "[$reject], \"@R@/team\": [$accept]" @R@/team/app
  both yes team/app:1 "[$accept], \"@R@/team\": [$reject]" @R@/team/app
}

all_requirements_must_hold() {
  both no team/app:1 "[$accept, $reject]"
  both no team/app:1 "[$signed, $reject]"
  both yes team/app:1 "[$accept, $signed]"
  both no team/plain:1 "[$accept, $signed]"
}

signers_must_be_the_policys() {
  both no team/plain:1 "[$signed]"
  both no team/foreign:1 "[$signed]"
  both yes team/foreign:1 "[${signed/signer/stranger}]"
  both no team/app:1 "[${signed/signer/none}]"
  both yes team/app:1 "[${signed/.gpg/.asc}]"
}

key_data_is_as_good() {
  local data
  data=$(base64 -w 0 "$W/signer.gpg")
  both yes team/app:1 '[{"type": "signedBy", "keyType": "GPGKeys", "keyData": "'"$data"'"}]'
}

identities_mean_the_same() {
  local digest
  digest=$(digest_of team/app:1)
  both yes team/app:1 "$(identity '{"type": "matchExact"}')"
  both yes team/app:1 "$(identity '{"type": "matchRepoDigestOrExact"}')"
  both yes team/app:1 "$(identity '{"type": "matchRepository"}')"
  both yes team/app:1 \
    "$(identity '{"type": "exactReference", "dockerReference": "@R@/team/app:1"}')"
  both no team/app:1 \
    "$(identity '{"type": "exactReference", "dockerReference": "@R@/team/app:2"}')"
  both yes team/app:1 \
    "$(identity '{"type": "exactRepository", "dockerRepository": "@R@/team/app"}')"
  both no team/app:1 "$(identity '{"type": "exactRepository", "dockerRepository": "@R@/team"}')"
  both yes team/app:1 "$(identity \
    '{"type": "remapIdentity", "prefix": "h.example.com", "signedPrefix": "other.example.com"}')"
  both no team/app:1 "$(identity \
    '{"type": "remapIdentity", "prefix": "@R@/team", "signedPrefix": "other.example.com"}')"
  pull "team/app@$digest"
  both yes "team/app@$digest" "[$signed]"
  both no "team/app@$digest" "$(identity '{"type": "matchExact"}')"
  both yes "team/app@$digest" "$(identity '{"type": "matchRepository"}')"
}

# The signed image under another name, its signature with it.
retagged_images_are_refused() {
  local digest
  digest=$(digest_of team/app:1)
  mkdir -p "$W/lookaside/team/evil@${digest/:/=}"
  run_ok skopeo --insecure-policy copy --quiet --src-tls-verify=false --dest-tls-verify=false \
    "docker://$R/team/app:1" "docker://$R/team/evil:1"
  cp "$W/lookaside/team/app@${digest/:/=}/signature-1" "$W/lookaside/team/evil@${digest/:/=}"
  pull team/evil:1
  both no team/evil:1 "[$signed]"
  both no team/evil:1 "$(identity '{"type": "matchRepository"}')"
  both yes team/evil:1 "$(identity \
    '{"type": "remapIdentity", "prefix": "@R@/team/evil", "signedPrefix": "@R@/team/app"}')"
  assert_contains "$output" "signed by "
}

# What both refuse as a whole; ours says where.
broken_policies_are_refused_by_both() {
  local text
  while read -r text; do
    printf '%s\n' "$text" >"$W/policy.json"
    skopeo_says team/app:1
    [ "$status" != 0 ] || fail "skopeo takes $text"
    run_fails "$VERIFY" check "$W/policy.json"
    assert_contains "$output" "$W/policy.json:1:"
  done <<'JSON'
{}
{"default": []}
{"default": [{"type": "insecureAcceptAnything"}], "more": 1}
{"default": [{"type": "insecureAcceptAnything", "more": 1}]}
{"default": [{"type": "unknown"}]}
{"default": [{"type": "insecureAcceptAnything"}], "default": [{"type": "insecureAcceptAnything"}]}
{"default": [{"type": "signedBy", "keyType": "GPGKeys"}]}
{"default": [{"type": "signedBy", "keyType": "GPGKeys", "keyPath": "/a", "keyData": "AAAA"}]}
{"default": [{"type": "insecureAcceptAnything"}], "transports": {"docker": {"": []}}}
{"default": [{"type": "insecureAcceptAnything"}]} x
JSON
}

# --- where signatures lie ------------------------------------------------------------------------

ask_with() {
  run "$VERIFY" ask "$W/policy.json" "$1" "$2" containers-storage "$STORAGE" "$R/team/plain:1"
}

signatures_are_found_in_all_places() {
  local digest folder
  digest=$(digest_of team/plain:1)
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$W/key" 2>/dev/null
  openssl pkey -in "$W/key" -pubout -out "$W/key.pub"
  policy '[{"type": "sigstoreSigned", "keyPath": "@W@/key.pub"}]'
  mkdir -p "$STORE"
  ask_with "$STORE" -
  assert_contains "$output" "a signature is required, and there is none over $digest"
  run_ok "$VERIFY" sign "$STORE" "$digest" "$R/team/plain:1" "$W/key"
  ask_with "$STORE" -
  assert_contains "$output" "accepted by the scope \"default\""

  # What was written is what openssl verifies: payload and signature out of the file's JSON.
  folder=$STORE/sha256/${digest#sha256:}
  tail -c +16 "$folder"/signature-* >"$W/attached.json"
  jq -r .payload "$W/attached.json" | base64 -d >"$W/payload"
  jq -r '.annotations["dev.cosignproject.cosign/signature"]' "$W/attached.json" | base64 -d \
    >"$W/signature"
  run_ok openssl dgst -sha256 -verify "$W/key.pub" -signature "$W/signature" "$W/payload"

  # The same as containers/image keeps it beside the registry.
  folder=$W/lookaside/team/plain@${digest/:/=}
  mkdir -p "$folder"
  mv "$STORE/sha256/${digest#sha256:}"/signature-* "$folder/signature-1"
  ask_with - -
  assert_contains "$output" "there is none over"
  ask_with - "$REGISTRIES"
  assert_contains "$output" "accepted by the scope \"default\""
}

# What a newer podman stores of a sigstore signature: Debian's skopeo copies it, though it cannot
# verify it.
attached_signatures_in_storage_are_read() {
  pull team/plain:1
  ask_with - -
  assert_contains "$output" "accepted by the scope \"default\""
}

setup || { echo "FAIL $GROUP: cannot set up"; exit 1; }
test_case 'scopes decide about the same images' scopes_mean_the_same
test_case 'the most specific scope alone counts' the_most_specific_scope_alone_counts
test_case 'all requirements of a scope must hold' all_requirements_must_hold
test_case 'only keys of the policy count' signers_must_be_the_policys
test_case 'a key may stand in the policy' key_data_is_as_good
test_case 'signedIdentity means the same, by tag and by digest' identities_mean_the_same
test_case 'a signature does not go over to another name' retagged_images_are_refused
test_case 'what is no policy is refused as a whole' broken_policies_are_refused_by_both
test_case 'trust store and lookaside are read; openssl verifies what is written' \
  signatures_are_found_in_all_places
test_case 'sigstore signatures in containers/storage are read' attached_signatures_in_storage_are_read
test_end
