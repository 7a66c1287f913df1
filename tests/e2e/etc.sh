#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The examples in etc/, by the programs that read them: systemd-tmpfiles makes the folder of the log after
# each boot, and logrotate renames what the runtime and audit write, without telling anybody.
. "$(dirname "$0")/../lib.sh"

logs=/var/log/container-hooks # in a /var/log of our own, by lib.sh
audit='name = "audit"; settings: { max-size = 0; };'

folder_is_made() {
  install -m 644 "$TOP/etc/tmpfiles.d/container-hooks.conf" "$W/tmpfiles.conf"
  run_ok systemd-tmpfiles --create "$W/tmpfiles.conf"
  assert_equal '' "$output"
  assert_equal '750 root root' "$(stat -c '%a %U %G' $logs)"
}

# create ID: leaves a line in both files; the container itself is no matter.
create() {
  run_ok "$RUNTIME" create --bundle "$W/bundle" "$1"
}

rotate() {
  run_ok logrotate --verbose --force --state "$W/logrotate.state" "$W/logrotate.conf"
  assert_lacks "$output" error:
}

# Both files go under a name with the date, and the next line begins a new one.
logs_are_rotated() {
  local file today
  create first
  rotate
  today=$(date +%Y%m%d)
  create second
  for file in runtime audit; do
    grep -q first "$logs/$file.log-$today"
    grep -q second "$logs/$file.log"
    ! grep -q first "$logs/$file.log" || fail "$file.log still has what was rotated"
    # Nobody else reads them, as before.
    assert_equal "$(stat -c '%a %U %G' "$logs/$file.log-$today")" "$(stat -c '%a %U %G' "$logs/$file.log")"
    case $(stat -c '%a %U %G' "$logs/$file.log") in *'0 root root') ;; *) fail "$(ls -l $logs)" ;; esac
  done
}

# Those of before are compressed, and only eight are kept.
old_ones_go() {
  local week file today
  today=$(date +%Y%m%d)
  for week in {11..19}; do
    for file in runtime audit; do
      mv "$logs/$file.log-$today" "$logs/$file.log-202001$week"
    done
    rotate
    create "week$week"
  done
  assert_equal 8 "$(find $logs -name 'runtime.log-*' | wc -l)"
  [ ! -e $logs/runtime.log-20200111.gz ] || fail 'the oldest one is still there'
  gzip -t $logs/runtime.log-20200119.gz
}

# No log yet, or an empty one, is no error.
nothing_to_rotate() {
  rm $logs/*
  rotate
  : >$logs/runtime.log
  rotate
  assert_equal runtime.log "$(ls $logs)"
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
install_toolkit
make_bundle "$W/bundle" '.process.args = ["/bin/true"]'
install -m 644 "$TOP/etc/logrotate.d/container-hooks" "$W/logrotate.conf"
lowlevel=/bin/true write_config "$audit"
sed -i "s|debug = \"[^\"]*\"|debug = \"$logs/runtime.log\"|" "$CONTAINER_HOOKS_CONFIG"
test_case 'systemd-tmpfiles makes the folder of the log' folder_is_made
test_case 'logrotate: the next line begins a new file' logs_are_rotated
test_case 'logrotate: eight old ones are kept, compressed' old_ones_go
test_case 'logrotate: nothing to do is no error' nothing_to_rotate
test_end
