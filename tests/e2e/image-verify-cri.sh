#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The plugin image-verify under a real containerd that is called as a kubelet calls it: of a pod both
# images are verified, the sandbox's (pause) and the container's, whatever the pod's annotations say.
. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/engines.sh"
. "$TOP/tests/journal.sh"
. "$TOP/tests/enforced.sh"

pause=docker.io/team/pause:1
other_pause=docker.io/team/other-pause:1
app=docker.io/team/app:1
plain=docker.io/team/plain:1

make_images() {
  mkdir -m 700 "$STORE"
  make_key "$W/key"
  sign team/pause "$(build team/pause:1 sleep 1000000)" "$W/key"
  sign team/app "$(build team/app:1)" "$W/key"
  build team/other-pause:1 sleep 1000000
  build team/plain:1
  sign team/other "$(build team/moved:1)" "$W/key"
  write_policy
}

# --- pods ------------------------------------------------------------------------------------------

import_images() {
  local file
  for file in "$W"/team-*.tar; do
    run_ok ctr --namespace k8s.io image import "$file"
  done
}

call() {
  run "${cri[@]}" "$1" "$2"
}

call_ok() {
  call "$@"
  [ "$status" = 0 ] || fail "$output"$'\n'"$(tail -n 5 "$W/runtime.log")"
}

# start_pod [JQ-FILTER]: its sandbox; its id is in `sandbox`.
start_pod() {
  pod "pod$RANDOM$RANDOM" "${1:-.}" >"$W/pod.json"
  call RunPodSandbox "$(jq '{config: .}' "$W/pod.json")"
  sandbox=$(jq -r .pod_sandbox_id <<<"$output" 2>/dev/null) || true
}

# start_container IMAGE [JQ-FILTER]: in the pod; its output goes to a file below $W/logs. What a kubelet
# asks for first, the container's record, does not start anything.
start_container() {
  local container
  rm -rf "$W/logs"
  mkdir "$W/logs"
  call_ok CreateContainer "$(jq --arg image "$1" --arg sandbox "$sandbox" --arg name "c$RANDOM$RANDOM" '{
    pod_sandbox_id: $sandbox, sandbox_config: .,
    config: ({metadata: {name: $name}, image: {image: $image}, log_path: "c.log",
      command: ["echo", "from the container"],
      linux: {security_context: {namespace_options: {network: 2}}}} | '"${2:-.}"')}' "$W/pod.json")"
  container=$(jq -r .container_id <<<"$output")
  call StartContainer "$(jq -n --arg id "$container" '{container_id: $id}')"
}

pod_starts() {
  start_pod '.log_directory = "'"$W/logs"'" | '"${1:-.}"
  [ "$status" = 0 ] || fail "$output"$'\n'"$(tail -n 5 "$W/runtime.log")"
}

container_starts() {
  start_container "$@"
  [ "$status" = 0 ] || fail "$output"$'\n'"$(tail -n 5 "$W/runtime.log")"
  wait_until 20 grep -q 'from the container' "$W/logs/c.log"
}

container_is_refused() {
  start_container "$@"
  [ "$status" != 0 ] || fail 'it started'
  [ ! -s "$W/logs/c.log" ] || fail "$(cat "$W/logs/c.log")"
}

# end_pod: what is left of it is an error.
end_pod() {
  call_ok StopPodSandbox "{\"pod_sandbox_id\": \"$sandbox\"}"
  call_ok RemovePodSandbox "{\"pod_sandbox_id\": \"$sandbox\"}"
  assert_equal '' "$(ctr --namespace k8s.io container list --quiet)"
}

logged() {
  assert_contains "$(cat "$W/runtime.log")" "$1"
}

# --- both are signed -------------------------------------------------------------------------------

both_signed() {
  enforce
  pod_starts
  logged "image $pause (sha256:"
  container_starts "$app"
  logged "image $app (sha256:"
  assert_equal 2 "$(grep -c 'is what was signed' "$W/runtime.log")"
  end_pod
}

# A kubelet asks by the id that the pull has answered, others by a digest or another name: containerd
# records the first name that the image has.
by_id_and_by_digest() {
  local manifest name
  manifest=$(ctr --namespace k8s.io image list "name==$app" | awk 'NR == 2 {print $3}')
  run_ok ctr --namespace k8s.io image tag "$app" "docker.io/team/app@$manifest"
  run_ok ctr --namespace k8s.io image tag "$app" docker.io/zoo/app:1
  enforce
  pod_starts
  for name in "docker.io/team/app@$manifest" docker.io/zoo/app:1 "$(config_of "$manifest")"; do
    rm "$W/runtime.log"
    container_starts "$name"
    logged "image $app ("
    logged "is accepted by the scope"
  done
  end_pod
}

config_of() {
  ctr --namespace k8s.io content get "$1" | jq -r .config.digest
}

# --- one is not ------------------------------------------------------------------------------------

unsigned_container() {
  enforce
  pod_starts
  container_is_refused "$plain"
  assert_contains "$output" "image $plain (sha256:"
  assert_contains "$output" 'is refused by the scope "docker docker.io/team"'
  assert_contains "$output" "container-hooks-ctk image fetch $plain"
  container_is_refused docker.io/team/moved:1
  assert_contains "$output" 'it is for docker.io/team/other'
  end_pod
}

forged='.annotations = {"io.kubernetes.cri.image-name": "docker.io/team/app:1",
  "io.kubernetes.cri.container-type": "sandbox", "io.kubernetes.cri-o.ImageName": "docker.io/team/app:1"}'

forged_annotations() {
  enforce
  pod_starts "$forged"
  logged "image $pause (sha256:"
  container_is_refused "$plain" "$forged"
  assert_contains "$output" "image $plain (sha256:"
  end_pod
}

with_an_unsigned_pause() {
  stop_containerd
  start_cri "$other_pause"
}

unsigned_sandbox() {
  enforce
  for filter in . "$forged"; do
    start_pod "$filter"
    [ "$status" != 0 ] || fail 'it started'
    assert_contains "$output" "image $other_pause (sha256:"
    assert_contains "$output" 'is refused by the scope "docker docker.io/team"'
    assert_contains "$output" "container-hooks-ctk image fetch $other_pause"
  done
  wait_until 10 nothing_is_left
}

nothing_is_left() {
  [ "$(ctr --namespace k8s.io container list --quiet)" = '' ]
}

# --- modes -----------------------------------------------------------------------------------------

audit() {
  enforce 'mode = "audit";'
  pod_starts
  container_starts "$plain"
  assert_equal 2 "$(grep -c 'mode audit starts what enforce would not: ' "$W/runtime.log")"
  logged "image $other_pause (sha256:"
  logged "image $plain (sha256:"
  end_pod
}

has_warnings() {
  [ "$(entries | wc -l)" -ge "$1" ]
}

warn() {
  enforce "mode = \"warn\"; journal-socket = \"$journal_socket\";"
  sed -i 's/journal = false;//' "$CONTAINER_HOOKS_CONFIG"
  pod_starts
  container_starts "$plain"
  assert_equal 2 "$(grep -c 'mode warn starts what enforce would not: ' "$W/runtime.log")"
  wait_until 20 has_warnings 2
  assert_equal "$other_pause $plain" "$(entries | jq -r .CONTAINER_HOOKS_IMAGE | xargs)"
  end_pod
}

# --- signed on the node ----------------------------------------------------------------------------

signed_in_place() {
  chmod 600 "$W/key"
  run_ok "$CTK" image sign --engine containerd --root "$W/containerd/root" --store "$STORE" \
    --key "$W/key" "$other_pause"
  enforce
  pod_starts
  logged "image $other_pause (sha256:"
  container_starts "$app"
  end_pod
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
install_toolkit
test_case 'images are made and signed by openssl' make_images
enforce
test_case 'a real journald starts' start_journald
test_case 'containerd starts, with the interface of Kubernetes' start_cri "$pause"
test_case 'images are imported' import_images
test_case 'a pod whose images are both signed starts, their files are compared' both_signed
test_case 'a container by an image id or digest is of the image that has it' by_id_and_by_digest
test_case 'an unsigned container does not start, nor a retagged one' unsigned_container
test_case 'forged annotations of pod and container change nothing' forged_annotations
test_case 'containerd starts with another pause image' with_an_unsigned_pause
test_case 'an unsigned pause image refuses the sandbox' unsigned_sandbox
test_case 'audit starts both and logs' audit
test_case 'warn starts both, logs and tells the journal' warn
test_case 'a pause image that was signed in containerd starts' signed_in_place
test_end
