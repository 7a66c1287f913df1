#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/bench/load.sh [ROUNDS]: 200 creates at once by the real runc, in turn through us, with file-hooks
# adding a hook, and by runc alone, whose config.json has that hook already: runc's own work is the same.
# Throughput is that of the whole, until the last container is there.
. "$(dirname "$0")/lib.sh"
NUMBER=200
rounds=${1:-3}

install_benchmarks
TARGET=$(command -v runc) configure "$file_hooks"
export XDG_RUNTIME_DIR=$BUNDLES # where runc keeps its state, in memory as usual

make_bundle "$W/model" '.process.args = ["/bin/true"] | del(.linux.cgroupsPath) |
  .linux.namespaces |= map(select(.type != "network"))' >/dev/null
jq --slurpfile hooks "$W/conf/hooks.json" '.hooks = $hooks[0]' "$W/model/config.json" >"$W/hooked"
for ((i = 0; i < NUMBER; i++)); do
  mkdir "$BUNDLES/$i"
done

# flood PROGRAM CONFIG: creates all, prints how long it took and removes them.
flood() {
  local i
  for ((i = 0; i < NUMBER; i++)); do
    cp "$2" "$BUNDLES/$i/config.json"
  done
  "$BUILD/bench/flood" "$NUMBER" "$1" --root "$BUNDLES/state" create --bundle "$BUNDLES/%" \
    "$NAME-%" || exit 1
  "$BUILD/bench/flood" "$NUMBER" "$(command -v runc)" --root "$BUNDLES/state" delete --force \
    "$NAME-%" >/dev/null || exit 1
}

alone() { flood "$(command -v runc)" "$W/hooked"; }
through_us() { flood "$RUNTIME" "$W/model/config.json"; }
alone >/dev/null # so that all is in memory
for ((round = 0; round < rounds; round++)); do
  bare=$(alone)
  ours=$(through_us)
  echo "$ours $bare"
done | awk -v number="$NUMBER" '{ print number * 1000 / $1, number * 1000 / $2 }' >"$W/rounds"
grep -q createRuntime "$BUNDLES/7/config.json" || fail 'the hooks were not added' || exit 1
in_rounds '200 creates at once, throughput against runc alone' '>0.95' 'a second'
test_end
