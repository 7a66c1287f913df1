#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# verify-rootfs on the stores of a real docker: images with all that is hard in them raise no alarm,
# and whatever is changed on disk refuses the container.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../verify.sh"

image=cht/hard:1
export DOCKER_HOST=unix://$W/docker.sock DOCKER_CONFIG=$W/docker-client
data=$W/docker/data

start_dockerd() {
  jq -n --arg runtime "$RUNTIME" --arg group "/$NAME" '{
    runtimes: {"container-hooks": {path: $runtime}}, "default-runtime": "container-hooks",
    "exec-opts": ["native.cgroupdriver=cgroupfs"], "cgroup-parent": $group}' >"$W/daemon.json"
  dockerd --config-file "$W/daemon.json" --host "$DOCKER_HOST" --pidfile "$W/docker.pid" \
    --data-root "$data" --exec-root "$W/docker/exec" \
    --bridge=none --iptables=false --ip6tables=false </dev/null >"$W/dockerd.log" 2>&1 &
  wait_until 60 docker info && return
  tail -n 20 "$W/dockerd.log"
  return 1
}

start=(docker run --rm --network none)

no_false_alarm() {
  rm -f "$W/verify.log"
  run_ok "${start[@]}" "$image" echo runs
  assert_equal runs "$output"
  assert_contains "$(cat "$W/verify.log")" 'what was signed'
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
install_toolkit
write_config
make_layers "$W/layers"
make_archive "$W/image.tar" "$image" "$W"/layers/?.tar
make_many "$W/many" 80
make_archive "$W/many.tar" cht/many:1 $(printf "$W/many/%d.tar " {1..80})
test_case 'dockerd starts' start_dockerd
run docker load --input "$W/image.tar"; echo "$output"
run docker load --input "$W/many.tar"; echo "$output"
verify_hook docker "$data"
test_case 'no false alarm' no_false_alarm
cat $W/verify.log
image=cht/many:1
test_case 'no false alarm, 80 layers' no_false_alarm
cat $W/verify.log
test_end
