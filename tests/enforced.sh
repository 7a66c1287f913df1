# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The plugin image-verify enforced, on images that the openssl program signs into a trust store of our
# own: behind lib.sh.

FILL=$BUILD/tests/programs/image-verify
STORE=$W/trust

# --- settings and policy ---------------------------------------------------------------------------

# image_verify [SETTING…]: its entry in the config.
image_verify() {
  echo "name = \"image-verify\"; settings: { policy = \"$W/policy.json\"; store = \"$STORE\";
    registries = \"\"; plans = \"$W/plans\"; state = \"$W/state\"; log = \"$W/runtime.log\";
    roots = [ \"$W/docker/data\", \"$W/podman/root\", \"$W/containerd/root\" ];
    journal = false; $* };"
}

# enforce [SETTING…]: the chain is this plugin, and nothing was logged yet.
enforce() {
  rm -f "$W/runtime.log"
  write_config "$(image_verify "$@")"
}

# Images of docker.io/team need a signature by W/key over their repository, docker.io/free none; all
# others are rejected.
write_policy() {
  jq -n --arg key "$W/key.pub" '{
    default: [{type: "reject"}],
    transports: {docker: {
      "docker.io/team": [{type: "sigstoreSigned", keyPath: $key,
        signedIdentity: {type: "matchRepository"}}],
      "docker.io/free": [{type: "insecureAcceptAnything"}]}}}' >"$W/policy.json"
}

# --- images ----------------------------------------------------------------------------------------

make_key() {
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null
  openssl pkey -in "$1" -pubout -out "$1.pub"
}

# build NAME [WORD…]: an image of its own that runs this, in NAME.tar, and its manifest in the trust
# store; prints the manifest's digest. Archives have no manifest; engines make one when they push the image.
build() {
  local file=$W/${1//[\/:]/-} config
  mkdir -p "$W/image/root"
  echo "$1" >"$W/image/root/name"
  make_image "$file.tar" "docker.io/$1" "${@:2}"
  config=$(tar -xOf "$file.tar" manifest.json | jq -r '.[0].Config')
  jq -n --arg config "sha256:${config%.json}" --argjson size "$(stat -c %s "$W/image/$config")" \
    --arg layer "sha256:$(sha256sum "$W/image/layer.tar" | cut -d ' ' -f 1)" \
    --argjson layer_size "$(stat -c %s "$W/image/layer.tar")" '{
      schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: {mediaType: "application/vnd.oci.image.config.v1+json", digest: $config, size: $size},
      layers: [{mediaType: "application/vnd.oci.image.layer.v1.tar", digest: $layer,
        size: $layer_size}]}' >"$file.manifest"
  "$FILL" manifest "$STORE" "$file.manifest"
}

# payload REPOSITORY DIGEST: what cosign signs.
payload() {
  printf '{"critical":{"identity":{"docker-reference":"docker.io/%s"},"image":{"docker-manifest-digest":"%s"},"type":"cosign container image signature"},"optional":null}' \
    "$1" "$2"
}

# sign REPOSITORY DIGEST KEY: a cosign signature by openssl, in the trust store.
sign() {
  sign_text "$(payload "$1" "$2")" "$2" "$3"
}

# sign_text TEXT DIGEST KEY: the same of any text, beside a manifest.
sign_text() {
  printf %s "$1" >"$W/payload"
  openssl dgst -sha256 -sign "$3" -out "$W/proof" "$W/payload"
  {
    printf '\0sigstore-json\n'
    jq -nc --arg payload "$(base64 -w 0 "$W/payload")" --arg proof "$(base64 -w 0 "$W/proof")" '{
      mimeType: "application/vnd.dev.cosign.simplesigning.v1+json", payload: $payload,
      annotations: {"dev.cosignproject.cosign/signature": $proof}}'
  } >"$W/signature"
  run_ok "$FILL" signature "$STORE" "$2" "$W/signature"
}
