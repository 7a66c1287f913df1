#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/bench/plugins.sh: a create by the number of plugins, each a shared object of its own that adds a
# hook, and the number of hooks that one adds.
. "$(dirname "$0")/lib.sh"

install_benchmarks
bundle b

# hooks NUMBER FILE: hooks.json with so many different ones.
hooks() {
  jq -nc --argjson number "$1" \
    '{createRuntime: [range($number) | {path: "/bin/true", args: ["true", "\(.)"]}]}' >"$2"
}

# chain NUMBER: so many entries, in a config of their own.
chain() {
  local entries=() plugin
  for ((plugin = 0; plugin < $1; plugin++)); do
    cp "$TOOLKIT/plugins/file-hooks.so" "$TOOLKIT/plugins/file-hooks-$plugin.so"
    jq -nc --arg plugin "$plugin" '{poststop: [{path: "/bin/true", args: ["true", $plugin]}]}' \
      >"$W/conf/hooks-$plugin.json"
    entries+=("{ name = \"file-hooks-$plugin\"; settings: { path = \"$W/conf/hooks-$plugin.json\"; }; }")
  done
  CONTAINER_HOOKS_CONFIG=$W/conf/chain-$1.cfg configure "${entries[@]}"
}

# with CONFIG CASE: a create by another config.
with() {
  add_case "$2"
  put_back "$SAMPLE" "$BUNDLES/b/config.json"
  timed /usr/bin/env "CONTAINER_HOOKS_CONFIG=$W/conf/$1.cfg" "$RUNTIME" create --bundle \
    "$BUNDLES/b" c
}

add_references
add_case env
timed /usr/bin/env X=y /bin/true create --bundle "$BUNDLES/b" c
for number in 1 4 16; do
  chain "$number"
  with "chain-$number" "$number plugins"
done
for number in 1 100 1000; do
  hooks "$number" "$W/conf/hooks-$number.json"
  CONTAINER_HOOKS_CONFIG=$W/conf/add-$number.cfg configure \
    "{ name = \"file-hooks\"; settings: { path = \"$W/conf/hooks-$number.json\"; }; }"
  with "add-$number" "$number hooks"
done
run_cases 300

ratio 'create, with 1 plugin' '<4' 3.3 '1 plugins' env trampoline target
ratio 'create, with 4 plugins' - - '4 plugins' env trampoline target
ratio 'create, with 16 plugins' - - '16 plugins' env trampoline target
test_end
