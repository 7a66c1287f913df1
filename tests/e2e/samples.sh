#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Specs that real engines wrote (tests/samples), with `true` as runtime: a hook comes in and nothing
# else changes, compared by jq; without a hook the file stays byte for byte. Needs no root.
. "$(dirname "$0")/../lib.sh"

create() {
  rm -rf "$W/bundle"
  mkdir "$W/bundle"
  cp "$1" "$W/bundle/config.json"
  lowlevel=true write_config "$file_hooks"
  run_ok "$RUNTIME" create --bundle "$W/bundle" container
  assert_equal '' "$output"
}

gets_a_hook() {
  echo '{"createRuntime": [{"path": "/bin/true", "timeout": 5}]}' >"$W/hooks.json"
  create "$1"
  diff <(jq '.hooks.createRuntime += [{path: "/bin/true", timeout: 5}]' "$1") \
    <(jq . "$W/bundle/config.json")
}

stays_byte_for_byte() {
  rm -f "$W/hooks.json"
  create "$1"
  cmp "$1" "$W/bundle/config.json"
}

install_toolkit
for sample in "$TOP"/tests/samples/*/*config.json; do
  name=${sample#"$TOP"/tests/samples/}
  test_case "$name gets a hook and nothing else" gets_a_hook "$sample"
  test_case "$name stays byte for byte" stays_byte_for_byte "$sample"
done
test_end
