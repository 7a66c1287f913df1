# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A container of a real dockerd whose image is signed, and a chain of all plugins that it satisfies, for
# tests that make creates of ours for it: behind lib.sh and engines.sh.

export GNUPGHOME=$W/gpg
STORE=$W/trust

# By openssl and by GPG, as two requirements of one policy.
sign_image() {
  local digest
  install -d -m 700 "$GNUPGHOME" "$STORE"
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$W/key.pem" 2>/dev/null
  chmod 600 "$W/key.pem"
  openssl pkey -in "$W/key.pem" -pubout -out "$W/key.pub"
  gpg --batch --quiet --passphrase '' --quick-generate-key signer rsa2048 sign never
  gpg --export signer >"$W/signer.gpg"
  run_ok "$CTK" image sign --engine docker --root "$W/docker/data" --store "$STORE" \
    --key "$W/key.pem" "$image"
  digest=sha256:$(basename "$(dirname "$STORE"/sha256/*/signature-*)")
  printf '{"critical":{"identity":{"docker-reference":"%s"},"image":{"docker-manifest-digest":"%s"},"type":"atomic container signature"},"optional":{}}' \
    "$image" "$digest" | gpg --batch --quiet --sign >"$W/signature"
  run_ok "$CTK" image add --store "$STORE" --digest "$digest" "$W/signature"
  jq -n --arg key "$W/key.pub" --arg gpg "$W/signer.gpg" '{default: [
    {type: "sigstoreSigned", keyPath: $key, signedIdentity: {type: "matchRepository"}},
    {type: "signedBy", keyType: "GPGKeys", keyPath: $gpg}]}' >"$W/policy.json"
}

# Its id is in $W/id, the config.json that docker wrote in $W/old.json.
start_container() {
  run_ok "${docker_run[@]}" --detach --name held "$image" sleep 1000000
  docker inspect --format '{{.Id}}' held >"$W/id"
  cp "$(find "$W/docker/exec" -path "*/$(<"$W/id")/config.json")" "$W/old.json"
}

# config.cfg with all plugins; audit is in conf.d.
all_plugins() {
  mkdir -p "$W/patches.d" "$W/log" "$W/conf.d"
  echo '{"poststop": [{"path": "/bin/true"}]}' >"$W/hooks.json"
  echo '{"merge": {"process": {"oomScoreAdj": 321}}}' >"$W/patches.d/10.json"
  printf '#!/bin/sed -f\ns/"hostname":"[^"]*"/"hostname":"filtered"/\n' >"$W/filter"
  chmod 755 "$W/filter"
  write_config "$file_hooks" "name = \"spec-patch\"; settings: { dir = \"$W/patches.d\"; };" \
    "name = \"spec-filter\"; settings: { programs = ( \"$W/filter\" ); };" \
    "name = \"image-verify\"; settings: { policy = \"$W/policy.json\"; store = \"$STORE\";
      registries = \"\"; plans = \"$W/plans\"; state = \"$W/state\"; log = \"$W/runtime.log\";
      roots = [ \"$W/docker/data\" ]; journal = false; };"
  printf 'plugins = ({ name = "audit"; settings: { file = "%s"; fields = [ "id", "bundle", "outcome" ]; }; });' \
    "$W/log/audit.log" >"$W/conf.d/10-audit.cfg"
}

# make_signed_container: all of it. `lowlevel` and `plugin_timeout` may be set, as for write_config.
make_signed_container() {
  start_dockerd "$(command -v runc)"
  sign_image
  start_container
  all_plugins
}
