#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A config.json that is no config.json, or that cannot be replaced: one clear line to everybody who
# listens, and the bundle is left as it is. Needs root only for what takes a mount.
. "$(dirname "$0")/../lib.sh"

bundle=$W/bundle
spec=$bundle/config.json
as=()   # what the runtime is called by; empty: ourselves
limit=16777216 # bytes

# --- what must be so after each ------------------------------------------------------------------

# All that can be told of what lies in the bundle, and what the files hold that can be read.
state_of() {
  find "$1" -printf '%P %y %m %U:%G %i %l\n'
  find "$1" -type f -printf '%s %T@\n'
  find "$1" -type f -readable -exec sha256sum {} +
}

# refused_in FORMAT CAUSE
refused_in() {
  local before entry
  rm -f "$W/logs/engine"
  before=$(state_of "$bundle")
  run "${as[@]}" timeout 20 "$RUNTIME" --log "$W/logs/engine" --log-format "$1" \
    create --bundle "$bundle" hostile
  assert_equal 1 "$status"
  assert_equal 1 "$(wc -l <<<"$output")"
  case $output in 'container-hooks-runtime: '*"$2"*) ;; *) fail "not '$2' but: $output" ;; esac
  assert_equal "$before" "$(state_of "$bundle")"

  assert_equal 1 "$(wc -l <"$W/logs/engine")"
  entry=$(cat "$W/logs/engine")
  if [ "$1" = json ]; then
    assert_equal "error $output" "$(jq -r '"\(.level) \(.msg)"' "$W/logs/engine")"
  else
    assert_contains "$entry" 'level=error msg="container-hooks-runtime: '
  fi
}

# refused CAUSE: create fails, in time, and says so once; nothing else has happened.
refused() {
  refused_in json "$1"
  refused_in text "$1"
}

# --- its text ------------------------------------------------------------------------------------

fresh_bundle() {
  rm -rf "$bundle"
  mkdir "$bundle"
}

# text_refused TEXT CAUSE: printf's escapes are known in the text.
text_refused() {
  fresh_bundle
  # shellcheck disable=SC2059
  printf "$1" >"$spec"
  refused "$2"
}

repeat() {
  head -c "$2" /dev/zero | tr '\0' "$1"
}

nested() {
  fresh_bundle
  { printf '{"a":'; repeat '[' 10000; repeat ']' 10000; printf '}'; } >"$spec"
  refused "$spec:1:"
}

too_large() {
  fresh_bundle
  { printf '{"a":"'; repeat x $limit; printf '"}'; } >"$spec"
  refused "$spec is larger than $limit bytes"
}

# What it would become is counted as well.
too_large_when_edited() {
  fresh_bundle
  { printf '{"a":"'; repeat x $((limit - 8)); printf '"}'; } >"$spec"
  refused "the edited config.json would have "
}

# --- its file ------------------------------------------------------------------------------------

missing() {
  fresh_bundle
  refused "cannot open $spec: No such file or directory"
}

folder() {
  fresh_bundle
  mkdir "$spec"
  refused "$spec is not a regular file"
}

fifo() {
  fresh_bundle
  mkfifo "$spec"
  refused "$spec is not a regular file"
}

socket_or_device() {
  fresh_bundle
  mknod "$spec" c 1 5 # /dev/zero
  refused "$spec is not a regular file"
}

dangling_link() {
  fresh_bundle
  ln -s nowhere "$spec"
  refused "$spec is a symbolic link"
}

link_to_a_file() {
  fresh_bundle
  echo '{}' >"$bundle/elsewhere"
  ln -s elsewhere "$spec"
  refused "$spec is a symbolic link"
}

# Not for ever, and the log says why.
locked() {
  fresh_bundle
  echo '{}' >"$spec"
  plugin_timeout=1 lowlevel=/bin/true write_config "$file_hooks"
  flock --no-fork "$bundle" sleep 30 &
  wait_until 5 lock_is_held
  refused 'did not finish within 1 s'
  kill %1
  lowlevel=/bin/true write_config "$file_hooks"
  assert_contains "$(cat "$W/runtime.log")" "somebody has locked $bundle"
}

lock_is_held() {
  ! flock --nonblock "$bundle" true
}

# A folder in the place of the file that we write is not ours to remove.
new_file_is_a_folder() {
  fresh_bundle
  echo '{}' >"$spec"
  mkdir "$bundle/.config.json.container-hooks"
  refused "cannot remove $bundle/.config.json.container-hooks, left by an earlier run: Is a directory"
}

# as_nobody FUNCTION: the runtime is not called by root, who may do everything.
as_nobody() {
  if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid 65534 --regid 65534 --clear-groups); fi
  "$1"
}

unreadable() {
  fresh_bundle
  echo '{}' >"$spec"
  chmod 000 "$spec"
  refused "cannot open $spec: Permission denied"
}

folder_of_somebody_else() {
  fresh_bundle
  echo '{}' >"$spec"
  chmod 555 "$bundle"
  refused "cannot write the edited config.json in $bundle: Permission denied"
  chmod 755 "$bundle"
}

# --- its file system -----------------------------------------------------------------------------

# on_tmpfs SIZE FUNCTION
on_tmpfs() {
  fresh_bundle
  mount -t tmpfs -o "size=$1,mode=755" tmpfs "$bundle"
  "$2"
  umount "$bundle"
}

read_only() {
  echo '{}' >"$spec"
  mount -o remount,ro "$bundle"
  refused "cannot write the edited config.json in $bundle: Read-only file system"
}

full_disk() {
  { printf '{"a":"'; repeat x 40000; printf '"}'; } >"$spec"
  refused "cannot write the edited config.json in $bundle: No space left on device"
}

# --- all of it -----------------------------------------------------------------------------------

install_toolkit
chmod 755 "$W"
mkdir -m 777 "$W/logs"
echo '{"createRuntime": [{"path": "/bin/true"}]}' >"$W/hooks.json"
lowlevel=/bin/true write_config "$file_hooks"

test_case 'empty' text_refused '' "$spec:1:1: "
test_case 'not JSON' text_refused 'ociVersion: 1.0.2' "$spec:1:1: "
test_case 'cut off' text_refused '{"process": {"args": ["a"' "$spec:1:"
test_case 'more behind its end' text_refused '{}\n{}' "$spec:2:1: "
test_case 'a comma too many' text_refused '{"a": 1,}' "$spec:1:9: "
test_case 'an array' text_refused '[]' "$spec is not an OCI runtime spec"
test_case 'null' text_refused 'null' "$spec is not an OCI runtime spec"
test_case 'hooks that are a text' text_refused '{"hooks": "x"}' \
  "plugin 'file-hooks': config.json: /hooks is a string, not an object"
test_case 'a stage of hooks that is an object' text_refused '{"hooks": {"createRuntime": {}}}' \
  'config.json: /hooks/createRuntime is an object, not an array'
test_case 'a hook that is a number' text_refused '{"hooks": {"createRuntime": [{}, 5]}}' \
  'config.json: /hooks/createRuntime/1 is a '
test_case 'a key twice' text_refused '{"a": 1,\n "b": 2, "a": 3}' "$spec:2:10: "
test_case 'a key twice, once in disguise' text_refused '{"a": 1, "\\u0061": 2}' "$spec:1:10: "
test_case 'an integer above 64 bits' text_refused '{"a": 18446744073709551616}' "$spec:1:7: "
test_case 'an integer below 64 bits' text_refused '{"a": -9223372036854775809}' "$spec:1:7: "
test_case 'NaN' text_refused '{"a": NaN}' "$spec:1:7: "
test_case 'Infinity' text_refused '{"a": -Infinity}' "$spec:1:"
test_case 'single quotes' text_refused "{'a': 1}" "$spec:1:2: "
test_case 'a NUL in a key' text_refused '{"a\\u0000b": 1}' "$spec:1:"
test_case 'a NUL between' text_refused '{"a": \0 1}' "$spec:1:7: "
test_case 'a byte that is not UTF-8' text_refused '{"a": "x\377y"}' "$spec:1:9: "
test_case 'UTF-8 longer than it need be' text_refused '{"a": "\300\257"}' "$spec:1:8: "
test_case 'half a surrogate pair' text_refused '{"a": "\\ud800"}' "$spec:1:"
test_case 'a byte order mark' text_refused '\357\273\277{}' "$spec:1:1: "
test_case 'nested 10,000 deep' nested
test_case 'larger than 16 MiB' too_large
test_case 'larger than 16 MiB when it is edited' too_large_when_edited
test_case 'missing' missing
test_case 'a folder' folder
test_case 'a FIFO, without waiting for its writer' fifo
test_case 'a link that leads nowhere' dangling_link
test_case 'a link' link_to_a_file
test_case 'locked by somebody' locked
test_case 'a folder in the place of the new one' new_file_is_a_folder
test_case 'unreadable' as_nobody unreadable
test_case 'in a folder that we may not write to' as_nobody folder_of_somebody_else
if [ "$(id -u)" = 0 ]; then
  test_case 'a device' socket_or_device
  test_case 'on a file system that is read-only' on_tmpfs 1m read_only
  test_case 'on a file system that is full' on_tmpfs 64k full_disk
else
  echo "skip $GROUP: devices and file systems of our own need root"
fi
test_end
