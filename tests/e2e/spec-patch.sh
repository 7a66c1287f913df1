#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The patches of spec-patch's README, just as they are printed: what they make of the config.json of
# docker, containerd and podman, and what a real container of runc has of them.
. "$(dirname "$0")/../lib.sh"

patches=$W/patches.d
spec_patch="name = \"spec-patch\"; settings: { dir = \"$patches\"; };"

# recipe HEADING: the JSON block below this heading.
recipe() {
  awk -v heading="### $1" '
    $0 == heading { found = 1 }
    found && /^```$/ { exit }
    found && block { print }
    found && /^```json$/ { block = 1 }' "$TOP/plugins/spec-patch/README.md"
}

# use HEADING…: the folder has these recipes, and nothing else.
use() {
  local heading number=10
  rm -rf "$patches"
  mkdir "$patches"
  for heading; do
    recipe "$heading" >"$patches/$number.json"
    [ -s "$patches/$number.json" ] || fail "no recipe: $heading"
    number=$((number + 1))
  done
}

# --- what they make of a spec -------------------------------------------------------------------

# The recipes, and what then holds of config.json.
recipes() {
  cat <<'RECIPES'
A memory limit|.linux.resources.memory.limit == 536870912
A limit of processes|.linux.resources.pids.limit == 512
An rlimit|[.process.rlimits[] | select(.type == "RLIMIT_NOFILE")] == [{type: "RLIMIT_NOFILE", soft: 1024, hard: 2048}]
Drop a capability|[.process.capabilities[][] | select(. == "CAP_NET_RAW")] == []
Add a capability|[.process.capabilities[] | select(index("CAP_SYS_PTRACE"))] | length >= 3
No seccomp filter|.linux | has("seccomp") | not
Killed first when memory is short|.process.oomScoreAdj == 500
A folder of the host|.mounts[-1] == {destination: "/etc/site", type: "bind", source: "/etc/site", options: ["bind", "ro", "nosuid", "nodev"]}
A read-only root|.root.readonly
No new privileges|.process.noNewPrivileges
A sysctl|.linux.sysctl["kernel.shm_rmid_forced"] == "1"
A masked path|.linux.maskedPaths[-1] == "/proc/version"
A device|.linux.devices[-1].path == "/dev/fuse" and .linux.resources.devices[-1].minor == 229
Only where something is so|.process.noNewPrivileges
RECIPES
}

# The seccomp recipe is for containers with an annotation; docker's sample has the filter.
sample() {
  mkdir -p "$W/bundle"
  jq '.annotations["debug.example.com/seccomp"] = "off" | .process.noNewPrivileges = false' \
    "$1" >"$W/bundle/config.json"
}

# applies HEADING FILTER: is not so in a spec, is so with the patch, and stays with a second one.
applies() {
  local engine
  use "$1"
  for engine in docker ctr podman; do
    sample "$TOP/tests/samples/$engine/001-create.config.json"
    run_ok "$CTK" apply --plugin "$TOOLKIT/plugins/spec-patch.so" --set dir="$patches" \
      --write "$W/bundle"
    jq -e "$2" "$W/bundle/config.json" || fail "does not hold for $engine: $2"
    cp "$W/bundle/config.json" "$W/once.json"
    run_ok "$CTK" apply --plugin "$TOOLKIT/plugins/spec-patch.so" --set dir="$patches" \
      --write "$W/bundle"
    cmp "$W/once.json" "$W/bundle/config.json"
  done
  sample "$TOP/tests/samples/docker/001-create.config.json"
  ! jq -e "$2" "$W/bundle/config.json" || fail "holds without the patch: $2"
}

every_recipe_is_tried() {
  assert_equal "$(sed -n '/^## Patches that are/,/^## Errors/s/^### //p' "$TOP/plugins/spec-patch/README.md")" \
    "$(recipes | cut -d '|' -f 1)"
}

# The block that describes the format is a file too.
first_example_is_a_file() {
  use 'A memory limit'
  awk '/^## A patch file$/ { found = 1 } found && /^```$/ { exit } found && block { print }
    found && /^```json$/ { block = 1 }' "$TOP/plugins/spec-patch/README.md" >"$patches/10.json"
  sample "$TOP/tests/samples/docker/001-create.config.json"
  jq '.process.args = ["/usr/bin/java"]' "$W/bundle/config.json" >"$W/java.json"
  mv "$W/java.json" "$W/bundle/config.json"
  run_ok "$CTK" apply --plugin "$TOOLKIT/plugins/spec-patch.so" --set dir="$patches" "$W/bundle"
  assert_equal '300 8192' "$(jq -r '"\(.process.oomScoreAdj) \(.process.rlimits[0].hard)"' <<<"$output")"
}

check_finds_what_is_broken() {
  use 'A memory limit' 'A device'
  write_config "$spec_patch"
  run_ok "$CTK" plugin check spec-patch
  echo '{"merge": {}, "on-eror": "skip"}' >"$patches/12.json"
  run_fails "$CTK" plugin check spec-patch
  assert_contains "$output" "$patches/12.json:1:15: /on-eror is not known here"
}

# --- what a container has of them ---------------------------------------------------------------

# inside FILTER COMMAND: what a command prints in a container of runc, in `output`; the filter makes
# its spec what it is before the patches.
inside() {
  write_config "$spec_patch"
  make_bundle "$W/inside" ".process.args = [\"/bin/sh\", \"-c\", \"$2\"] | .root.readonly = false |
    .process.noNewPrivileges = false | $1"
  run_ok "$RUNTIME" --root "$W/runc" run --bundle "$W/inside" inside
}

# The first line of a file of the container's cgroup, version 1 or 2.
cgroup_file() {
  local file
  for file in /sys/fs/cgroup/"$1"/"$NAME"/inside/"$2" /sys/fs/cgroup/"$NAME"/inside/"$3"; do
    [ ! -e "$file" ] || head -n 1 "$file"
  done
}

limits_reach_the_cgroup() {
  use 'A memory limit' 'A limit of processes'
  write_config "$spec_patch"
  make_bundle "$W/inside" '.process.args = ["/bin/sleep", "1000"]'
  run_ok "$RUNTIME" --root "$W/runc" create --bundle "$W/inside" inside
  assert_equal 536870912 "$(cgroup_file memory memory.limit_in_bytes memory.max)"
  assert_equal 512 "$(cgroup_file pids pids.max pids.max)"
  cp "$W/inside/config.json" "$W/first.json"
  run_ok "$RUNTIME" --root "$W/runc" delete --force inside

  run_ok "$RUNTIME" --root "$W/runc" create --bundle "$W/inside" inside
  run_ok "$RUNTIME" --root "$W/runc" delete --force inside
  cmp "$W/first.json" "$W/inside/config.json"
}

rlimit_reaches_the_process() {
  use 'An rlimit'
  inside . 'ulimit -Sn; ulimit -Hn'
  assert_equal $'1024\n2048' "$output"
  inside '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 64, hard: 64}]' 'ulimit -Sn; ulimit -Hn'
  assert_equal $'1024\n2048' "$output"
}

# has_capability BIT: in the set that `output` shows.
has_capability() {
  [ $((16#$output >> $1 & 1)) = 1 ]
}

# CAP_NET_RAW is bit 13, CAP_SYS_PTRACE 19 (capability.h).
capabilities_are_dropped_and_added() {
  local given='.process.capabilities[] += ["CAP_NET_RAW"]' command='sed -n s/CapEff:.//p /proc/self/status'
  use
  inside "$given" "$command"
  has_capability 13
  ! has_capability 19
  use 'Drop a capability' 'Add a capability'
  inside "$given" "$command"
  ! has_capability 13
  has_capability 19
}

process_is_changed() {
  use 'Killed first when memory is short' 'No new privileges'
  inside . 'cat /proc/self/oom_score_adj; sed -n s/NoNewPrivs:.//p /proc/self/status'
  assert_equal $'500\n1' "$output"
}

# A filter that forbids mkdir, which runc 1.1 and later read.
seccomp_is_off() {
  local filter='.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
    syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO"}]}'
  use 'No seccomp filter'
  inside "$filter" 'mkdir /tmp/a 2>&1 || true'
  assert_contains "$output" 'Operation not permitted'
  inside "$filter | .annotations[\"debug.example.com/seccomp\"] = \"off\"" 'mkdir /tmp/b && echo made'
  assert_equal made "$output"
}

files_are_changed() {
  use 'A read-only root' 'A masked path' 'A folder of the host'
  sed -i "s|\"source\": \"/etc/site\"|\"source\": \"$W/share\"|" "$patches/12.json"
  mkdir -p "$W/share" "$W/rootfs/etc/site"
  echo 'of the host' >"$W/share/site"
  inside . 'touch /new 2>&1; cat /proc/version /etc/site/site; touch /etc/site/new 2>&1 || true'
  assert_equal 'touch: /new: Read-only file system
of the host
touch: /etc/site/new: Read-only file system' "$output"
}

sysctl_is_set() {
  use 'A sysctl'
  inside . 'cat /proc/sys/kernel/shm_rmid_forced'
  assert_equal 1 "$output"
}

device_is_there() {
  use 'A device'
  inside . 'ls -l /dev/fuse'
  assert_contains "$output" 'crw-rw-rw-'
  assert_contains "$output" '10, 229'
}

what_does_not_apply_is_read_by_the_user() {
  use 'A memory limit'
  printf '{"patch": [\n  {"op": "replace", "path": "/process/rlimits/0/hard", "value": 1}\n]}\n' \
    >"$patches/20-limits.json"
  write_config "$spec_patch"
  make_bundle "$W/refused" '.process.args = ["/bin/true"]'
  run_fails "$RUNTIME" --root "$W/runc" run --bundle "$W/refused" refused
  assert_equal "container-hooks-runtime: plugin 'spec-patch': $patches/20-limits.json:2:3: \
operation 1 (replace /process/rlimits/0/hard): there is no /process/rlimits" "$output"
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
install_toolkit
while IFS='|' read -r heading filter; do
  test_case "README: $heading" applies "$heading" "$filter"
done < <(recipes)
test_case 'README: every recipe is tried' every_recipe_is_tried
test_case 'README: the first example is a patch file' first_example_is_a_file
test_case 'plugin check names what is broken' check_finds_what_is_broken
test_case 'limits reach the cgroup, and a second create changes nothing' limits_reach_the_cgroup
test_case 'an rlimit reaches the process' rlimit_reaches_the_process
test_case 'capabilities are dropped and added' capabilities_are_dropped_and_added
test_case 'oomScoreAdj and noNewPrivileges reach the process' process_is_changed
test_case 'the seccomp filter is off for those with the annotation' seccomp_is_off
test_case 'a read-only root, a masked path, a mount' files_are_changed
test_case 'a sysctl is set' sysctl_is_set
test_case 'a device is there' device_is_there
test_case 'a patch that does not apply: file, line, operation, cause' \
  what_does_not_apply_is_read_by_the_user
test_end
