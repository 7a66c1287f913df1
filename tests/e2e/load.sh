#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Many creates at once, with all plugins and with real runc; while the disk of the logs is full, while
# the logs are rotated, while the toolkit is installed anew, and while its files are replaced.
. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/engines.sh"
. "$TOP/tests/signed.sh"

# How long a chain may take is no question here.
lowlevel=/bin/true plugin_timeout=120

nothing_yet() {
  rm -rf "$W/many" "$W/failed" "$W/stop"
  mkdir -p "$W/many"
}

# bundle NUMBER: $W/many/NUMBER, with the config.json that docker wrote.
bundle() {
  mkdir "$W/many/$1"
  cp "$W/old.json" "$W/many/$1/config.json"
}

# create NUMBER [WORD…]: in its bundle; the words go before the command. What fails is noted.
create() {
  local i=$1
  shift
  "$@" "$RUNTIME" create --bundle "$W/many/$i" "$id" >"$W/many/$i.output" 2>&1 ||
    echo "$i: status $?: $(cat "$W/many/$i.output")" >>"$W/failed"
}

# at_once COUNT [WORD…]
at_once() {
  local i count=$1
  shift
  nothing_yet
  for ((i = 1; i <= count; i++)); do bundle $i; done
  for ((i = 1; i <= count; i++)); do create $i "$@" & done
  wait
}

# while_creating COUNT COMMAND…: the command, while there are creates, four at a time; as many as that
# at least, and as long as the command runs.
while_creating() {
  local count=$1 first
  shift
  nothing_yet
  for first in 1 2 3 4; do creator $first "$count" & done
  "$@"
  touch "$W/stop"
  wait
}

creator() {
  local i=$1
  until [ -e "$W/stop" ] && [ "$i" -gt "$2" ]; do
    bundle "$i"
    create "$i"
    i=$((i + 4))
  done
}

none_failed() {
  [ ! -e "$W/failed" ] || fail "$(wc -l <"$W/failed") failed: $(head -n 5 "$W/failed")"
}

no_process_is_left() {
  ! grep -lE "$RUNTIME|$TOOLKIT/modify|$W/filter" /proc/[0-9]*/cmdline 2>/dev/null >"$W/.left"
}

# --- what must be so afterwards --------------------------------------------------------------------

all_bundles() {
  find "$W/many" -mindepth 1 -maxdepth 1 -type d | sort
}

# Each bundle has the edits of every plugin, and its own plan; nothing else is left of any.
edited() {
  none_failed
  wait_until 10 no_process_is_left
  jq -r '.hooks.createRuntime[0].args as $args | "\($args | .[index("--bundle") + 1]) " +
    "\(.hooks.poststop | length) \(.process.oomScoreAdj) \(.hostname)"' \
    "$W"/many/*/config.json | sort >"$W/.edits"
  all_bundles | sed 's/$/ 1 321 filtered/' | sort | diff - "$W/.edits"
  jq -r '.hooks.createRuntime[0].args | .[index("--plan") + 1]' "$W"/many/*/config.json |
    xargs -n 100 sha256sum | awk -v at="$W/plans/" '$2 != at $1 ".json"' >"$W/.damaged"
  assert_equal '' "$(cat "$W/.damaged")"
  assert_equal '' "$(find "$W/plans" "$W/many" -name '*.new' -o -name '.config*')"
}

# recorded FILE…: one whole line in all for each of them.
recorded() {
  cat "$@" | jq -r 'select(.outcome == "created").bundle' | sort >"$W/.recorded"
  all_bundles | diff - "$W/.recorded"
  assert_equal "$(all_bundles | wc -l)" "$(cat "$@" | wc -l)"
}

# How many creates have logged the line that each ends with.
handed_over() {
  cat "$@" | awk '/: handing over to \/bin\/true$/ {n++} END {print n + 0}'
}

# logged COUNT FILE…: every line is whole, and each create has the one that it ends with.
logged() {
  local count=$1
  shift
  assert_equal '' "$(cat "$@" |
    awk '!/^20[0-9-]+T[0-9:]+Z (error|warn|info|debug) create [0-9a-f]+\[[0-9]+\]: /')"
  assert_equal "$count" "$(handed_over "$@")"
}

# --- all plugins -----------------------------------------------------------------------------------

# What each process may have is limited: none grows with the others.
five_hundred_at_once() {
  at_once 500 prlimit --as=64000000
  edited
  recorded "$W/log/audit.log"
  logged 500 "$W/runtime.log"
}

# By the real runc: containers that are there afterwards, and nothing else.
runc_many_at_once() {
  local i count=$1
  lowlevel=runc write_config "$file_hooks" "name = \"spec-patch\"; settings: { dir = \"$W/patches.d\"; };" \
    "name = \"spec-filter\"; settings: { programs = ( \"$W/filter\" ); };"
  rm -f "$W/log/audit.log" "$W/failed"
  for ((i = 1; i <= count; i++)); do
    make_bundle "$W/many/$i" '.process.args = ["/bin/sleep", "1000"] | .hostname = "old"'
  done
  for ((i = 1; i <= count; i++)); do
    "$RUNTIME" --root "$W/runc" create --bundle "$W/many/$i" "c$i" >"$W/many/$i.output" 2>&1 ||
      echo "c$i: $(cat "$W/many/$i.output")" >>"$W/failed" &
  done
  wait
  none_failed
  assert_equal "$count created" "$(runc --root "$W/runc" list --format json |
    jq -r 'group_by(.status)[] | "\(length) \(.[0].status)"')"
  for ((i = 1; i <= count; i++)); do
    assert_equal filtered "$(jq -r .hostname "$W/many/$i/config.json")"
    "$RUNTIME" --root "$W/runc" delete --force "c$i"
  done
  assert_equal "$count" "$(jq -r .bundle "$W/log/audit.log" | sort -u | wc -l)"
  assert_equal '' "$(ls -A "$W/runc")"
}

# --- logs ------------------------------------------------------------------------------------------

# The log and the file of audit where an admin has them; lib.sh has given us a folder of our own.
logs=/var/log/container-hooks

use_real_logs() {
  rm -rf $logs
  install -d -m 750 $logs
  all_plugins
  sed -i "s|debug = .*; log-level|debug = \"$logs/runtime.log\"; log-level|" "$CONTAINER_HOOKS_CONFIG"
  sed -i "s|$W/log/audit.log|$logs/audit.log|; s|settings: {|required = false; settings: { max-size = 0;|" \
    "$W/conf.d/10-audit.cfg"
}

# An optional audit lets them start; both files have whole lines only, before and after there is room.
full_disk() {
  use_real_logs
  mount -t tmpfs -o size=128k,mode=750 none $logs
  head -c 80000 /dev/zero >$logs/filler
  at_once 100
  edited
  [ "$(jq -r .outcome $logs/audit.log | wc -l)" = "$(wc -l <$logs/audit.log)" ]
  logged "$(handed_over $logs/runtime.log)" $logs/runtime.log
  [ "$(handed_over $logs/runtime.log)" -lt 100 ] || fail 'the disk was not full'
  rm $logs/*
  at_once 5
  logged 5 $logs/runtime.log
  recorded $logs/audit.log
  umount $logs
}

# By the real logrotate, whose names of rotated files get the second as well.
rotated() {
  use_real_logs
  sed 's/^  dateext$/  dateext\n  dateformat -%Y%m%d-%s/; s/^  rotate 8$/  rotate 100/' \
    "$TOP/etc/logrotate.d/container-hooks" >"$W/logrotate.conf"
  while_creating 100 rotate_a_few_times
  edited
  gunzip $logs/*.gz
  assert_equal 5 "$(find $logs -name 'audit.log*' | wc -l)"
  recorded $logs/audit.log*
  logged "$(all_bundles | wc -l)" $logs/runtime.log*
}

rotate_a_few_times() {
  local turn
  for turn in 1 2 3 4; do
    sleep 1.1
    logrotate --force --state "$W/logrotate.state" "$W/logrotate.conf"
  done
  sleep 0.5
}

# --- files that are replaced -----------------------------------------------------------------------

# `make install` over what runs, and the ctk's own install: every create finds all that it needs.
installed_anew() {
  all_plugins
  make_install
  RUNTIME=$W/made/usr/bin/container-hooks-runtime
  while_creating 100 install_a_few_times
  edited
}

make_install() {
  run_ok make -C "$TOP" --no-print-directory "BUILD=$BUILD" "DESTDIR=$W/made" PREFIX=/usr install
}

install_a_few_times() {
  local turn
  for turn in 1 2; do
    make_install
    run_ok "$CTK" install --toolkit-root "$TOOLKIT" --prefix "$W/made/usr" --sysconfdir "$W/made/etc"
  done
}

# replace FILE TEXT: as an admin's editor and the ctk do it.
replace() {
  printf '%s' "$2" >"$W/.replacement"
  mv "$W/.replacement" "$1"
}

# config.cfg, a file of conf.d, the hooks and a patch have two texts each, and are replaced all the
# time: each create finds one or the other.
replaced() {
  local texts=() file files
  files=("$CONTAINER_HOOKS_CONFIG" "$W/conf.d/10-audit.cfg" "$W/hooks.json" "$W/patches.d/10.json")
  all_plugins
  for file in "${files[@]}"; do texts+=("$(cat "$file")"); done
  texts+=("$(sed 's|"spec-filter"|"spec-filter"; enabled = false|' "${files[0]}")"
    "$(printf '# %08000d\n' 0; cat "${files[1]}")"
    '{"poststop": [{"path": "/bin/true"}, {"path": "/bin/false"}]}'
    '{"merge": {"process": {"oomScoreAdj": 123}}}')
  while_creating 100 replace_all_the_time
  none_failed
  jq -r '"\(.hooks.poststop | length) \(.process.oomScoreAdj) \(.hostname == "filtered")"' \
    "$W"/many/*/config.json | sort | uniq -c >"$W/.found"
  assert_equal '' "$(awk '!/ [12] (321|123) (true|false)$/' "$W/.found")"
  [ "$(wc -l <"$W/.found")" -gt 3 ] || fail "nothing was replaced meanwhile: $(cat "$W/.found")"
}

replace_all_the_time() {
  local turn
  for ((turn = 0; turn < 800; turn++)); do
    file=$((turn % 4))
    replace "${files[file]}" "${texts[file + turn / 4 % 2 * 4]}"
  done
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
command -v logrotate >/dev/null || skip_all 'logrotate is not installed'
install_toolkit
test_case 'a container of docker whose image is signed' make_signed_container
id=$(cat "$W/id")
test_case '500 creates at once, with all plugins: each is right, recorded and logged' five_hundred_at_once
test_case '40 creates at once by real runc, then deleted' runc_many_at_once 40
test_case 'logs on a full disk: whole lines only, and the containers start' full_disk
test_case 'logrotate under load loses no line, and tears none' rotated
test_case 'installed anew all the time: no create fails' installed_anew
test_case 'config, conf.d, hooks and patches replaced all the time: no create fails' replaced
test_end
