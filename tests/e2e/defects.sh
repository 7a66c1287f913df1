#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The defects 1 to 17 of the Go original's runtime, each tried as it was seen there. The low-level
# runtime is a script that notes its words. Needs no root.
. "$(dirname "$0")/../lib.sh"

bundle=$W/bundle
spec=$bundle/config.json

make_recorder() {
  mkdir "$W/bin"
  cat >"$W/bin/runc" <<SH
#!/bin/sh
tail -z -n +3 /proc/\$\$/cmdline >"$W/words"
[ "\$1" != --version ] || echo runc version 1.2.3
SH
  chmod 755 "$W/bin/runc"
}

# A bundle without hooks, and a hook to come in.
fresh() {
  rm -rf "$bundle" "$W"/{words,log,runtime.log}
  mkdir "$bundle"
  printf '{"ociVersion":"1.0.2"}' >"$spec"
  echo '{"createRuntime": [{"path": "/bin/true"}]}' >"$W/hooks.json"
  write_config "$file_hooks"
}

hooks() {
  jq '.hooks // {} | map(length) | add // 0' "$spec"
}

# passes WORD…: the low-level runtime gets these words; the bundle is left alone.
passes() {
  fresh
  run_ok "$RUNTIME" "$@"
  cmp "$W/words" <(printf '%s\0' "$@")
  assert_equal 0 "$(hooks)"
}

# modifies WORD…: so it does, and the hook is in.
modifies() {
  fresh
  run_ok "$RUNTIME" "$@"
  cmp "$W/words" <(printf '%s\0' "$@")
  assert_equal 1 "$(hooks)"
}

defect_1() {
  modifies --log-format=json "--log=$W/log" create --bundle="$bundle" c1
  modifies --log "$W/log" --log-format json create --bundle "$bundle" c1
  modifies "--log=$W/log" --log-format json create -b "$bundle" c1
  passes --log-format=json "--log=$W/log" delete c1
  passes delete c1 --log
  passes --log
}

defect_2() {
  passes --root /run/runc start c1
  passes --root /run/runc --systemd-cgroup start c1
  passes --log "$bundle/log.json" --log-format json start c1
  [ ! -e "$bundle/log.json" ]
}

defect_3() {
  cd "$W"
  passes --log-format json --log "$W/log" start c1
  passes start c1 --log
  passes --log-format
}

defect_4() {
  passes delete create
  passes kill start KILL
  passes exec c1 start
  passes exec c1 create --bundle "$bundle" c2
  passes state run
  modifies create --bundle "$bundle" start
}

defect_5() {
  passes exec c1 app --log "$W/inside.log" --log-level debug
  [ ! -e "$W/inside.log" ]
  passes exec c1 ls --version
  assert_equal '' "$output"
}

defect_6() {
  modifies create --bundle "$bundle" c1
  cp "$spec" "$W/first.json"
  run_ok "$RUNTIME" start c1
  run_ok "$RUNTIME" create --bundle "$bundle" c1
  cmp "$W/first.json" "$spec"
}

defect_7() {
  fresh
  printf '{"a":18446744073709551615,"x-b":1.0,"c":{"<&>":[]}}' >"$spec"
  run_ok "$RUNTIME" create --bundle "$bundle" c1
  assert_equal '{"a":18446744073709551615,"x-b":1.0,"c":{"<&>":[]},"hooks":{"createRuntime":[{"path":"/bin/true"}]}}' \
    "$(cat "$spec")"
}

# Killed at whatever point, config.json is the old one or the new one; and what lies beside it is
# gone with the next create.
defect_8() {
  local i front
  fresh
  rm "$W/hooks.json"
  cp "$spec" "$W/old.json"
  run_ok "$RUNTIME" create --bundle "$bundle" c1
  cmp "$W/old.json" "$spec" || fail 'it was written without need'

  fresh
  { printf '{"a":"'; head -c 300000 /dev/zero | tr '\0' x; printf '"}'; } >"$W/old.json"
  cp "$W/old.json" "$spec"
  run_ok "$RUNTIME" create --bundle "$bundle" c1
  cp "$spec" "$W/new.json"
  for i in {1..60}; do
    cp "$W/old.json" "$spec"
    "$RUNTIME" create --bundle "$bundle" c1 &
    front=$!
    sleep "0.00$((i % 6))"
    kill -KILL "$front" 2>/dev/null || true
    wait "$front" 2>/dev/null || true
    wait_until 5 worker_gone
    cmp -s "$W/new.json" "$spec" || cmp "$W/old.json" "$spec"
  done
  run_ok "$RUNTIME" create --bundle "$bundle" c1
  cmp "$W/new.json" "$spec"
  assert_equal config.json "$(ls -A "$bundle")"
}

worker_gone() {
  ! grep -qF "$TOOLKIT/modify" /proc/[0-9]*/cmdline
}

defect_9() {
  fresh
  echo 'plugins = 5;' >"$CONTAINER_HOOKS_CONFIG"
  for command in 'kill c1 KILL' 'delete c1' 'state c1'; do
    rm -f "$W/words"
    # shellcheck disable=SC2086
    PATH=$W/bin:$PATH run_ok "$RUNTIME" $command
    [ -e "$W/words" ]
  done
  rm "$W/words"
  run_fails "$RUNTIME" --log "$W/log" --log-format json create --bundle "$bundle" c1
  [ ! -e "$W/words" ]
  assert_contains "$(jq -r .msg "$W/log")" "$CONTAINER_HOOKS_CONFIG:1: "
}

defect_10() {
  fresh
  lowlevel=$RUNTIME write_config "$file_hooks"
  run_fails timeout 5 "$RUNTIME" state c1
  assert_equal 1 "$status"
  assert_contains "$output" 'this program itself'
}

defect_12() {
  modifies create --bundle "$bundle" c1
  modifies run --bundle "$bundle" c1
  modifies restore --image-path /i --bundle "$bundle" c1
}

defect_13() {
  fresh
  cd "$bundle"
  run_ok "$RUNTIME" create c1
  assert_equal 1 "$(hooks)"
}

defect_14() {
  fresh
  rm "$W/hooks.json"
  run_ok "$RUNTIME" create --bundle "$bundle" c1
  assert_contains "$(cat "$W/runtime.log")" "$W/hooks.json"
  for hooks in '{"prestrat": []}' '{"poststop": [{"path": "bin/true"}]}' '{} {}' \
    '{"poststop": [{"path": "/bin/true", "timeout": 0}]}'; do
    echo "$hooks" >"$W/hooks.json"
    run_fails "$RUNTIME" create --bundle "$bundle" c1
    assert_contains "$output" "$W/hooks.json:1:"
  done
  assert_equal 0 "$(hooks)"
}

defect_15() {
  modifies --log "$W/log" --log-format json create --bundle "$bundle" c1
  [ ! -e "$W/log" ]
  write_config "$(fault 'act = "fail";')"
  run_fails "$RUNTIME" --log "$W/log" --log-format json create --bundle "$bundle" c1
  assert_equal error "$(jq -r .level "$W/log")"
  assert_equal 1 "$(wc -l <"$W/log")"
  assert_equal 1 "$(grep -c ' error ' "$W/runtime.log")"
}

defect_16() {
  fresh
  sed -i 's/"debug"/"info"/' "$CONTAINER_HOOKS_CONFIG"
  run_ok "$RUNTIME" state c1
  [ ! -e "$W/runtime.log" ]
  sed -i "s|debug = \"[^\"]*\"|debug = \"/proc/nowhere/log\"|" "$CONTAINER_HOOKS_CONFIG"
  run_ok "$RUNTIME" create --bundle "$bundle" c1
  sed -i 's|debug = "[^"]*"|debug = ""|' "$CONTAINER_HOOKS_CONFIG"
  run_ok "$RUNTIME" create --bundle "$bundle" c1
  assert_lacks "$(strings -a "$RUNTIME" 2>/dev/null || tr -c '[:print:]' '\n' <"$RUNTIME")" \
    /etc/container-hooks/runtime.log
}

defect_17() {
  fresh
  run_ok "$RUNTIME" create --bundle "$bundle" c1
  grep -q ' debug create c1' "$W/runtime.log" || fail "$(cat "$W/runtime.log")"
  if grep -vE "^$(date -u +%Y)-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z [a-z]+ create c1\[[0-9]+\]: " \
    "$W/runtime.log"; then
    fail 'these lines are of another form'
  fi
  run_ok "$RUNTIME" --version
  assert_equal 'runc version 1.2.3' "$output"
}

install_toolkit
make_recorder
lowlevel=$W/bin/runc
test_case 'defect 1: --log-format=json and --log=FILE do not end the program' defect_1
test_case 'defect 2: start is none of our business' defect_2
test_case 'defect 3: --log-format is not --log' defect_3
test_case 'defect 4: the first bare word is the command, and no other' defect_4
test_case 'defect 5: the arguments of what runs in a container are not options' defect_5
test_case 'defect 6: create, start and create again add a hook once' defect_6
test_case 'defect 7: what is not known is not lost' defect_7
test_case 'defect 8: the file is never half written, and not written without need' defect_8
test_case 'defect 9: a broken config stops no kill, delete and state, and is told' defect_9
test_case 'defect 10: it does not call itself' defect_10
# defect 11, that crun was not known, is tried by unit tests: here there is a runc.
test_case 'defect 12: run and restore are edited too' defect_12
test_case 'defect 13: without --bundle it is the working folder' defect_13
test_case 'defect 14: a hooks file is read strictly, and a missing one is logged' defect_14
test_case 'defect 15: --log gets failures only, and each once' defect_15
test_case 'defect 16: the log stops nobody, and is not below /etc' defect_16
test_case 'defect 17: debug lines are written, with true times; the version is the real one' defect_17
test_end
