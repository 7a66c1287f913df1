#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the Go original's ctk did to engines' files, and this one must not: by the original's defects,
# numbered as in the project's list (18 to 27, 29; for 28 see ctk-install.sh). Needs neither root nor
# engines.
. "$(dirname "$0")/../lib.sh"

file=$W/config
export CONTAINER_HOOKS_STATE=$W/state

# is TEXT: the file's text, before the commands.
is() {
  rm -rf "$W/state"
  printf '%s\n' "$1" >"$file"
  cp "$file" "$W/before"
}

# runtime ENGINE COMMAND OPTION…
runtime() {
  local engine=$1 command=$2
  shift 2
  [ "$command" = unconfigure ] || set -- "$@" --path /bin/true
  run_ok "$CTK" runtime "$command" --runtime "$engine" --config-file "$file" --no-check "$@"
}

containerd_3_and_4_are_known() {
  local version
  for version in 3 4; do
    is "version = $version"
    runtime containerd configure --default
    assert_contains "$(cat "$W/conf.d/99-container-hooks.toml")" "version = $version"
    runtime containerd unconfigure
    cmp "$W/before" "$file"
  done
}

form_and_numbers_stay() {
  is $'{\n  "z": 18446744073709551615, "a": "&<>"\n}'
  runtime docker configure
  assert_contains "$(cat "$file")" $'{\n  "z": 18446744073709551615, "a": "&<>"'
  is $'# mine\nversion = 2 # two\n\n[grpc]\n  uid = 0x00'
  runtime containerd configure
  assert_equal "$(cat "$W/before")" "$(head -n 5 "$file")"
}

default_comes_back() {
  is '{"runtimes": {"crun": {"path": "/usr/bin/crun"}}, "default-runtime": "crun"}'
  runtime docker configure --default
  runtime docker unconfigure
  cmp "$W/before" "$file"
  is $'version = 2\n[plugins."io.containerd.grpc.v1.cri".containerd]\ndefault_runtime_name = "crun"'
  runtime containerd configure --default
  echo '# edited' >>"$file"
  runtime containerd unconfigure
  assert_contains "$(cat "$file")" 'default_runtime_name = "crun"'
}

runtime_args_stay() {
  is '{"runtimes": {"container-hooks-runtime": {"path": "/old", "runtimeArgs": ["-x"]}}}'
  runtime docker configure
  assert_equal '{"path":"/bin/true","runtimeArgs":["-x"]}' \
    "$(jq -c '.runtimes["container-hooks-runtime"]' "$file")"
}

odd_files_work() {
  local text
  for text in '{"runtimes": null}' null '' '{}'; do
    is "$text"
    runtime docker configure --default
    assert_equal container-hooks-runtime "$(jq -r '.["default-runtime"]' "$file")"
    runtime docker unconfigure
    cmp "$W/before" "$file"
  done
  is '{"default-runtime": 3, "runtimes": "x"}'
  runtime docker unconfigure
  cmp "$W/before" "$file"
  run "$CTK" runtime configure --config-file "$file" --path /bin/true
  assert_equal 1 "$status"
  assert_contains "$output" "$file:1:36: /runtimes is a text, not an object"
}

unconfigure_of_nothing_is_well() {
  local engine
  rm -f "$file"
  for engine in docker containerd crio podman; do
    runtime "$engine" unconfigure
    [ ! -e "$file" ] || fail "$engine made a file"
  done
  is 'version = 2'
  runtime containerd unconfigure
  cmp "$W/before" "$file"
}

errors_of_writing_are_told() {
  is '{}'
  run strace -qq -o /dev/null -e inject=fsync:error=EIO "$CTK" runtime configure \
    --config-file "$file" --path /bin/true --no-check
  assert_equal 1 "$status"
  assert_contains "$output" 'Input/output error'
  cmp "$W/before" "$file"
}

folders_are_refused() {
  local engine
  rm -f "$file"
  mkdir "$file"
  for engine in docker containerd crio podman; do
    run "$CTK" runtime configure --runtime "$engine" --config-file "$file" --path /bin/true
    assert_equal 1 "$status"
    assert_contains "$output" "$file is not a regular file"
  done
  rmdir "$file"
}

crio_files_together_count() {
  is $'[crio.runtime.runtimes.runc]\nruntime_root = "/run/runc"'
  mkdir -p "$W/crio.conf.d"
  printf '[crio.runtime]\ndefault_runtime = "crun"\n[crio.runtime.runtimes.crun]\nmonitor_path = "/c"\n' \
    >"$W/crio.conf.d/10-crun.conf"
  runtime crio configure --drop-in --default
  assert_contains "$(cat "$W/crio.conf.d/99-container-hooks.conf")" 'monitor_path = "/c"'
  assert_equal '10-crun.conf 99-container-hooks.conf' "$(ls -A "$W/crio.conf.d" | xargs)"
  cmp "$W/before" "$file"
  runtime crio unconfigure
  assert_equal 10-crun.conf "$(ls -A "$W/crio.conf.d")"
}

# A list, a key that the file has not, and a value that makes no sense.
every_key_can_be_set() {
  local config=$W/own.cfg
  echo 'container-hooks-runtime: { log-level = "info"; };' >"$config"
  run_ok "$CTK" config --config-file "$config" --set container-hooks-runtime.runtimes=crun,runc
  run_ok "$CTK" config --config-file "$config" --get container-hooks-runtime.runtimes
  assert_equal crun,runc "$output"
  cp "$config" "$W/before"
  run "$CTK" config --config-file "$config" --set container-hooks-runtime.log-level=bananas
  assert_equal 1 "$status"
  assert_contains "$output" "not 'bananas'"
  cmp "$W/before" "$config"
}

podman_and_dry_run_are_there() {
  is '[engine]'
  runtime podman configure --dry-run
  assert_contains "$output" '+container-hooks-runtime = ["/bin/true"]'
  cmp "$W/before" "$file"
}

install_toolkit
write_config
test_case 'defect 18: files of containerd of version 3 and 4 are known' containerd_3_and_4_are_known
test_case 'defect 19: comments, order, form and big numbers stay' form_and_numbers_stay
test_case 'defect 20: the default that was set before comes back' default_comes_back
test_case 'defect 21: the runtimeArgs of an entry stay' runtime_args_stay
test_case 'defect 22: empty and null files work, wrong types are told' odd_files_work
test_case 'defect 23: unconfigure of what is not there succeeds and makes nothing' \
  unconfigure_of_nothing_is_well
if command -v strace >/dev/null; then
  test_case 'defect 24: an error of writing is told, and the file is the old one' \
    errors_of_writing_are_told
else
  echo "skip $GROUP: defect 24 needs strace"
fi
test_case 'defect 25: a folder in place of a file is refused' folders_are_refused
test_case "defect 26: CRI-O's drop-ins count, and ours is one" crio_files_together_count
test_case 'defect 27: lists and absent keys are set, nonsense is not' every_key_can_be_set
test_case 'defect 29: podman and a dry run' podman_and_dry_run_are_there
test_end
