# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A systemd-journald for the tests of what is sent to it.

journal_socket=$W/journal/run/systemd/journal.$NAME/socket

# A journald of our own: in its own view of the folders that it writes to, which are ours.
start_journald() {
  local daemon
  for daemon in /usr/lib/systemd/systemd-journald /lib/systemd/systemd-journald ''; do
    [ ! -x "$daemon" ] || break
  done
  [ -n "$daemon" ] || fail 'there is no systemd-journald'
  mkdir -p "$W/journal"/{run/systemd,log/journal}
  unshare --mount sh -euc "
    mount --bind $W/journal/run /run
    mount --bind $W/journal/log /var/log
    exec $daemon $NAME" </dev/null >"$W/journald.log" 2>&1 &
  wait_until 20 test -S "$journal_socket"
}

entries() {
  journalctl --quiet --directory "$W/journal/log/journal"/*."$NAME" -o json SYSLOG_IDENTIFIER=container-hooks
}

has_entries() {
  [ "$(entries | wc -l)" = "$1" ]
}
