#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The plugin audit, with file-hooks in one chain: by runc, docker and podman; many at once; and with
# every place to write to that is none.
. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/engines.sh"
. "$TOP/tests/journal.sh"

audit_log=$W/log/audit.log

# audit [SETTING…]: its entry in the config; `entry_keys` may add to it.
audit() {
  echo "name = \"audit\"; ${entry_keys:-} settings: { file = \"$audit_log\"; $* };"
}

# fresh ENTRY…: nothing has been recorded, and the chain is file-hooks and these.
fresh() {
  ! mountpoint -q "$W/log" || umount "$W/log"
  rm -rf "$W/log" "$W/runtime.log"
  mkdir "$W/log"
  echo '{"poststop": [{"path": "/bin/true"}]}' >"$W/hooks.json"
  write_config "$file_hooks" "$@"
}

# field FILTER [FILE]: of the one line there is.
field() {
  assert_equal 1 "$(wc -l <"${2:-$audit_log}")"
  jq -rc "$1" "${2:-$audit_log}"
}

bundle=$W/bundle

# create [ID]: our part only, which is all that is recorded: /bin/true is the low-level runtime.
create() {
  run "$RUNTIME" create --bundle "$bundle" "${1:-c1}"
}

simple_bundle() {
  rm -rf "$bundle"
  mkdir "$bundle"
  echo '{"ociVersion": "1.0.2", "process": {"cwd": "/", "args": ["/bin/app", "--password=hidden"],
    "env": ["PATH=/bin", "TOKEN=hidden", "ZONE=a", "ZONE=b"], "user": {"uid": 5, "gid": 6}},
    "root": {"path": "rootfs"}, "annotations": {"team": "blue", "other": "hidden"}}' \
    >"$bundle/config.json"
}

# --- what is recorded ----------------------------------------------------------------------------

records_a_container_of_runc() {
  fresh "$(audit)"
  make_bundle "$W/real" '.process.args = ["/bin/echo", "from the container"]'
  run_ok "$RUNTIME" --root "$W/runc" run --bundle "$W/real" real
  assert_equal 'from the container' "$output"
  assert_equal "real run created unknown $W/real /bin/echo 2 0 0" \
    "$(field '"\(.id) \(.action) \(.outcome) \(.engine) \(.bundle) \(.command) \(.argc)
       \(.user.uid) \(.user.gid)" | gsub("\\s+"; " ")')"
  assert_equal '[{"plugin":"file-hooks","op":"add","pointer":"/hooks"}]' "$(field .edits)"
  assert_equal "$(jq -c .process.capabilities.bounding "$W/real/config.json")" \
    "$(field .capabilities)"
  [[ $(field .time) =~ ^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{3}Z$ ]]
  assert_equal 'null null' "$(field '"\(.error) \(.truncated)"')"
  assert_equal 600 "$(stat -c %a "$audit_log")"
}

no_secret_unless_asked_for() {
  lowlevel=/bin/true fresh "$(audit)"
  simple_bundle
  create
  assert_lacks "$(cat "$audit_log")" hidden
  lowlevel=/bin/true fresh "$(audit 'environment = [ "ZONE", "NONE" ]; annotations = [ "team" ];')"
  create
  assert_lacks "$(cat "$audit_log")" hidden
  assert_equal '{"ZONE":"b"} {"team":"blue"}' "$(field '"\(.environment) \(.annotations)"')"
  lowlevel=/bin/true fresh "$(audit 'fields = [ "args" ];')"
  create
  assert_equal '{"args":["/bin/app","--password=hidden"]}' "$(cat "$audit_log")"
}

fields_are_chosen() {
  lowlevel=/bin/true fresh "$(audit 'fields = [ "outcome", "rootfs", "id", "cwd", "hostname" ];')"
  simple_bundle
  create
  assert_equal "{\"outcome\":\"created\",\"rootfs\":\"$bundle/rootfs\",\"id\":\"c1\",\"cwd\":\"/\"}" \
    "$(cat "$audit_log")"
}

namespaces_and_mounts() {
  lowlevel=/bin/true fresh "$(audit 'fields = [ "namespaces", "mounts", "user" ];')"
  simple_bundle
  jq '.linux.namespaces = [{type: "pid"}, {type: "network", path: "/proc/1/ns/net"}] |
    .mounts = [{destination: "/proc", type: "proc", source: "proc"},
      {destination: "/data", source: "/srv", options: ["ro", "rbind"]},
      {destination: "/b", type: "bind", source: "/c"}] | .process.user.username = "app"' \
    "$bundle/config.json" >"$W/new.json"
  mv "$W/new.json" "$bundle/config.json"
  create
  assert_equal '{"pid":"new","network":"/proc/1/ns/net"}' "$(field .namespaces)"
  assert_equal '[{"source":"/srv","destination":"/data"},{"source":"/c","destination":"/b"}]' \
    "$(field .mounts)"
  assert_equal '{"uid":5,"gid":6,"username":"app"}' "$(field .user)"
}

# image_of FOLDER SAMPLE: of a spec as an engine wrote it, in that engine's place.
image_of() {
  lowlevel=/bin/true fresh "$(audit 'fields = [ "engine", "sandbox", "image" ];')"
  bundle=$W/$1
  mkdir -p "$bundle"
  cp "$TOP/tests/samples/$2" "$bundle/config.json"
  create
  cat "$audit_log"
}

engines_of_kubernetes() {
  assert_equal '{"engine":"cri","sandbox":true}' \
    "$(image_of run/io.containerd.runtime.v2.task/k8s.io/c1 "$cri_sandbox")"
  assert_equal '{"engine":"cri","sandbox":false,"image":"127.0.0.1:5055/team/app:1"}' \
    "$(image_of run/io.containerd.runtime.v2.task/k8s.io/c1 "$cri_container")"
  assert_equal '{"engine":"crio","sandbox":false,"image":"localhost/bb:latest"}' \
    "$(image_of run/overlay-containers/c1/userdata "$crio_container")"
}

# --- refusals ------------------------------------------------------------------------------------

refusal_is_recorded() {
  lowlevel=/bin/true fresh "$(audit)" "$(fault 'act = "fail"; message = "no entry on Sundays";')"
  simple_bundle
  create
  assert_equal 1 "$status"
  assert_equal "refused plugin 'fault': no entry on Sundays" "$(field '"\(.outcome) \(.error)"')"
  assert_equal '["file-hooks"]' "$(field '[.edits[].plugin] | unique')"
}

crash_is_recorded() {
  lowlevel=/bin/true fresh "$(audit)" "$(fault 'act = "crash";')"
  simple_bundle
  create
  assert_equal 1 "$status"
  assert_equal "refused true" "$(field '"\(.outcome) \(.error | contains("killed by signal"))"')"
}

# At the very end, when audit has been told already: the last line counts.
late_crash_is_recorded() {
  lowlevel=/bin/true fresh "$(audit)" "$(fault 'act = "crash"; when = "finish";')"
  simple_bundle
  create
  assert_equal 1 "$status"
  assert_equal $'created\nrefused' "$(jq -r .outcome "$audit_log")"
}

broken_spec_is_recorded() {
  lowlevel=/bin/true fresh "$(audit)"
  simple_bundle
  echo '{"process": ' >"$bundle/config.json"
  create
  assert_equal 1 "$status"
  assert_equal "refused c1 $bundle true null" \
    "$(field '"\(.outcome) \(.id) \(.bundle) \(.error | contains("config.json:")) \(.engine)"')"
}

# A spec of wrong types is runc's to refuse, not ours to stumble over.
odd_spec_is_recorded() {
  local spec
  lowlevel=/bin/true write_config "$(audit 'fields = [ "id", "image", "rootfs", "command", "argc", "args",
    "user", "cwd", "hostname", "capabilities", "namespaces", "mounts", "engine", "sandbox" ];')"
  for spec in '[]' '5' 'null' '{"process": [], "linux": 5, "mounts": {}, "root": null}' \
    '{"process": {"args": [], "user": {"uid": "x"}, "capabilities": []}, "mounts": [5, null, []]}' \
    '{"process": {"args": [5], "capabilities": {"bounding": [5]}}, "linux": {"namespaces": [1]},
      "hostname": {}, "annotations": []}'; do
    rm -rf "$W/log" "$bundle"
    mkdir "$W/log" "$bundle"
    echo "$spec" >"$bundle/config.json"
    create
    assert_equal c1 "$(field .id)"
  done
}

# Whatever is in it, the line is one, JSON and bounded.
long_values_are_cut() {
  lowlevel=/bin/true fresh "$(audit "fields = [ \"id\", \"bundle\", \"rootfs\", \"args\", \"user\", \"cwd\",
    \"hostname\", \"capabilities\", \"namespaces\", \"mounts\", \"edits\" ];")"
  simple_bundle
  jq '("\u0001\u007f\u009b\n\"ä" * 1000) as $long | [range(2000) | tostring + $long[0:50]] as $many |
    .process.args = $many | .process.cwd = $long | .root.path = $long | .hostname = $long |
    .process.user.username = $long | .process.capabilities.bounding = $many |
    .linux.namespaces = [$many[] | {type: .}] |
    .mounts = [$many[] | {destination: ., source: $many[0], type: "bind"}]' \
    "$bundle/config.json" >"$W/new.json"
  mv "$W/new.json" "$bundle/config.json"
  create
  assert_equal '' "$output"
  assert_equal 'true true true' "$(field '"\(.truncated) \(.hostname | endswith("…"))
    \(.more.args + (.args | length) == 2000)" | gsub("\\s+"; " ")')"
  [ "$(wc -c <"$audit_log")" -le 131072 ]
  ! LC_ALL=C grep -q $'[\x01-\x09\x0b-\x1f\x7f]' "$audit_log"
}

# --- what the documentation says -----------------------------------------------------------------

# container ID JQ-FILTER: a container of the simple bundle, edited.
container() {
  simple_bundle
  jq "$2" "$bundle/config.json" >"$W/new.json"
  mv "$W/new.json" "$bundle/config.json"
  create "$1"
}

# answer PATTERN: of the question of the README that has it, without the time.
answer() {
  grep "^jq .*$1" "$TOP/plugins/audit/README.md" |
    sed "s|/var/log/container-hooks/audit.log|$audit_log|" | bash -eu | sed 's/^20[^ ]*Z //'
}

questions_are_answered() {
  lowlevel=/bin/true fresh "$(audit 'fields = [ "time", "id", "outcome", "error", "engine", "command",
    "capabilities", "mounts", "edits" ];')"
  container c1 '.process.capabilities.bounding = ["CAP_KILL", "CAP_SYS_ADMIN"]'
  container c2 '.mounts = [{destination: "/s", source: "/run/docker.sock", options: ["rbind"]}]'
  container c3 '.hooks = 5'
  assert_equal 'unknown c1 /bin/app' "$(answer CAP_SYS_ADMIN)"
  assert_equal "c3 plugin 'file-hooks': config.json: /hooks is a whole number, not an object" \
    "$(answer refused)"
  assert_equal 'file-hooks add /hooks' "$(answer startswith)"
  assert_equal 'unknown 3' "$(answer group_by)"
  assert_equal c2 "$(answer docker.sock)"
}

example_works() {
  fresh
  simple_bundle
  { echo 'container-hooks-runtime: { debug = ""; runtimes = [ "/bin/true" ]; };'
    sed "s|/var/log/container-hooks/audit.log|$audit_log|" "$TOP/plugins/audit/example.cfg"
  } >"$CONTAINER_HOOKS_CONFIG"
  create
  assert_equal '' "$output"
  assert_equal 'c1 created' "$(field '"\(.id) \(.outcome)"')"
}

# --- many at once --------------------------------------------------------------------------------

# The file becomes FILE.1 in between.
two_hundred_at_once() {
  local i pids=()
  lowlevel=/bin/true plugin_timeout=60 fresh "$(audit 'max-size = 50;')"
  for i in {1..200}; do
    mkdir -p "$W/many/$i"
    cp "$TOP/tests/samples/docker/001-create.config.json" "$W/many/$i/config.json"
    "$RUNTIME" create --bundle "$W/many/$i" "c$i" &
    pids+=($!)
  done
  for i in "${pids[@]}"; do wait "$i"; done
  [ -s "$audit_log.1" ]
  [ -s "$audit_log" ]
  assert_equal "$(printf 'c%s\n' {1..200} | sort)" "$(jq -r .id "$audit_log.1" "$audit_log" | sort)"
  assert_equal 200 "$(cat "$audit_log.1" "$audit_log" | wc -l)"
  assert_equal 600 "$(stat -c %a "$audit_log")"
}

# As logrotate does it, without telling anybody.
renamed_file_is_begun_anew() {
  lowlevel=/bin/true fresh "$(audit 'max-size = 0;')"
  simple_bundle
  create c1
  mv "$audit_log" "$audit_log-20260101"
  create c2
  assert_equal c1 "$(field .id "$audit_log-20260101")"
  assert_equal c2 "$(field .id)"
}

# --- where nothing can be written ----------------------------------------------------------------

# refused_or_not ERROR: a required audit refuses the container for it, an optional one only warns.
refused_or_not() {
  simple_bundle
  cp "$bundle/config.json" "$W/before.json"
  write_config "$file_hooks" "$(audit)"
  create
  assert_equal 1 "$status"
  assert_contains "$output" "plugin 'audit': $1"
  cmp "$W/before.json" "$bundle/config.json"
  rm "$W/runtime.log"
  write_config "$file_hooks" "$(entry_keys='required = false;' audit)"
  create
  assert_equal 0 "$status"
  assert_contains "$(cat "$W/runtime.log")" "plugin 'audit': $1"
}

full_disk() {
  local lowlevel=/bin/true
  fresh
  mount -t tmpfs -o size=64k none "$W/log"
  head -c 65500 /dev/zero | tr '\0' x >"$audit_log"
  refused_or_not "cannot write to $audit_log: No space left on device"
  assert_equal 65500 "$(stat -c %s "$audit_log")"
  umount "$W/log"
}

missing_folder() {
  local lowlevel=/bin/true
  fresh
  rmdir "$W/log"
  refused_or_not "$W/log does not exist: install -d -m 0750 $W/log"
}

folder_of_others() {
  local lowlevel=/bin/true
  fresh
  chmod 775 "$W/log"
  refused_or_not "folder $W/log is writable by others (mode 0775): chmod go-w $W/log"
  assert_equal '' "$(ls -A "$W/log")"
}

file_of_others() {
  local lowlevel=/bin/true
  fresh
  touch "$audit_log"
  chmod 646 "$audit_log"
  refused_or_not "$audit_log is writable by others (mode 0646): chmod go-w $audit_log"
  chmod 600 "$audit_log"
  chown 65534 "$audit_log"
  refused_or_not "$audit_log is owned by uid 65534, not root: chown root $audit_log"
  assert_equal 0 "$(stat -c %s "$audit_log")"
}

link_in_place_of_the_file() {
  local lowlevel=/bin/true
  fresh
  echo precious >"$W/precious"
  ln -s "$W/precious" "$audit_log"
  refused_or_not "$audit_log is not a regular file"
  assert_equal precious "$(cat "$W/precious")"
}

fifo_in_place_of_the_file() {
  local lowlevel=/bin/true
  fresh
  mkfifo "$audit_log"
  refused_or_not "$audit_log is not a regular file"
}

# --- trying and checking -------------------------------------------------------------------------

dry_run_writes_nothing() {
  lowlevel=/bin/true fresh "$(audit)"
  simple_bundle
  run_ok "$CTK" apply --trace "$bundle"
  assert_contains "$output" "plugin 'audit': would record {\"time\":"
  assert_equal '' "$(ls -A "$W/log")"
  run_ok "$CTK" apply --write "$bundle"
  assert_equal 'dry-run create' "$(field '"\(.id) \(.action)"')"
}

check_looks_at_the_place() {
  fresh "$(audit)"
  run_ok "$CTK" plugin check
  assert_equal '' "$(ls -A "$W/log")"
  chmod 775 "$W/log"
  run_fails "$CTK" plugin check
  assert_contains "$output" "chmod go-w $W/log"
  fresh "$(audit "journal = true; journal-socket = \"$W/nobody\";")"
  run_fails "$CTK" plugin check
  assert_contains "$output" "cannot reach the journal at $W/nobody: No such file or directory"
}

# --- the journal ---------------------------------------------------------------------------------

journal_has_the_record() {
  lowlevel=/bin/true fresh \
    "name = \"audit\"; settings: { journal = true; journal-socket = \"$journal_socket\"; };"
  simple_bundle
  create c1
  assert_equal '' "$output"
  jq '.process.args = null | .hostname = "a" * 100000' "$bundle/config.json" >"$W/new.json"
  echo '{' >"$bundle/config.json"
  create c2
  assert_equal 1 "$status"
  wait_until 20 has_entries 2
  assert_equal "c1 $bundle created 6 c1 created /bin/app
c2 $bundle refused 4 c2 refused null" \
    "$(entries | jq -r '(.MESSAGE | fromjson) as $record | "\(.CONTAINER_HOOKS_ID) " +
      "\(.CONTAINER_HOOKS_BUNDLE) \(.CONTAINER_HOOKS_OUTCOME) \(.PRIORITY) \($record.id) " +
      "\($record.outcome) \($record.command)"' | sort)"
  [ ! -e "$audit_log" ]
}

file_is_written_without_the_journal() {
  lowlevel=/bin/true fresh "$(audit "journal = true; journal-socket = \"$W/nobody\";")"
  simple_bundle
  create
  assert_equal 1 "$status"
  assert_contains "$output" "cannot reach the journal at $W/nobody: No such file or directory"
  assert_equal c1 "$(field .id)"
}

# --- engines -------------------------------------------------------------------------------------

# engine_records ENGINE COMMAND…: created and refused, by `docker run` or `podman run`.
engine_records() {
  local engine=$1
  shift
  fresh "$(audit)"
  run_ok "$@" --rm "$image" echo from the container
  assert_equal 'from the container' "$output"
  assert_equal "$engine created /bin/echo 5 0 [\"file-hooks\"]" \
    "$(field '"\(.engine) \(.outcome) /bin/\(.command) \(.argc + 1) \(.user.uid) \([.edits[].plugin] | unique)"')"
  fresh "$(audit)" "$(fault 'act = "fail"; message = "no entry on Sundays";')"
  run_fails "$@" --rm "$image" true
  assert_equal "$engine refused plugin 'fault': no entry on Sundays" \
    "$(field '"\(.engine) \(.outcome) \(.error)"')"
}

# privileged COMMAND…: is found as the README tells. (runc may refuse it afterwards, where this machine
# has not so many capabilities to give.)
privileged() {
  fresh "$(audit)"
  run_ok "$@" --rm "$image" true
  run "$@" --rm --privileged "$image" true
  assert_equal 2 "$(wc -l <"$audit_log")"
  assert_equal 1 "$(answer CAP_SYS_ADMIN | wc -l)"
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
install_toolkit
cri_sandbox=$(cd "$TOP/tests/samples" && grep -l '"io.kubernetes.cri.container-type":"sandbox"' cri/*.config.json | head -n 1)
cri_container=$(cd "$TOP/tests/samples" && grep -l '"io.kubernetes.cri.image-name":"127.0.0.1:5055/team/app:1"' cri/*.config.json | head -n 1)
crio_container=$(cd "$TOP/tests/samples" && grep -l '"io.kubernetes.cri-o.ImageName": "localhost/bb:latest"' crio/*.config.json | head -n 1)

test_case 'a container of runc is a line, with what file-hooks changed' records_a_container_of_runc
test_case 'arguments, variables and annotations only if they are asked for' no_secret_unless_asked_for
test_case 'fields are chosen, and their order' fields_are_chosen
test_case 'namespaces, bind mounts and the user' namespaces_and_mounts
test_case 'the image and sandboxes of the engines of Kubernetes' engines_of_kubernetes
test_case 'a refusal is a line with its reason' refusal_is_recorded
test_case 'so is that by a plugin that crashes' crash_is_recorded
test_case 'one that crashes after the record is a second line' late_crash_is_recorded
test_case 'and that of a config.json that is none' broken_spec_is_recorded
test_case 'a config.json of odd types is recorded' odd_spec_is_recorded
test_case 'long values are cut, and the line is still JSON' long_values_are_cut
test_case "the README's questions are answered" questions_are_answered
test_case 'the example is a configuration that works' example_works
test_case '200 at once, with a rotation: no line is lost or torn' two_hundred_at_once
test_case 'a file that was renamed is begun anew' renamed_file_is_begun_anew
test_case 'a full disk: nothing but whole lines; required refuses' full_disk
test_case 'a missing folder: required refuses' missing_folder
test_case 'a folder that others may write to: required refuses' folder_of_others
test_case 'a file that others may write to: required refuses' file_of_others
test_case 'a link in place of the file is not followed' link_in_place_of_the_file
test_case 'a FIFO in place of the file is not waited for' fifo_in_place_of_the_file
test_case 'a dry run writes nothing and says what it would' dry_run_writes_nothing
test_case 'plugin check: the folder, the file and the journal' check_looks_at_the_place
test_case 'a real journald starts' start_journald
test_case 'the journal has the record and fields to search for' journal_has_the_record
test_case 'without the journal the file is still written' file_is_written_without_the_journal

test_case 'dockerd starts' start_dockerd
test_case 'docker: its name, what was changed, and a refusal' engine_records docker "${docker_run[@]}"
test_case 'docker: who runs privileged is found' privileged "${docker_run[@]}"
use_podman
test_case 'podman: its name, what was changed, and a refusal' engine_records podman "${podman_run[@]}"
test_case 'podman: who runs privileged is found' privileged "${podman_run[@]}"
test_end
