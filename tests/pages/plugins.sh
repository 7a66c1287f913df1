# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Pages about plugins, for tests/e2e/pages.sh: docs/image-verify.md and the README of each plugin, on a
# real dockerd that runs its containers by us.

guide=docs/image-verify.md

# --- docs/image-verify.md ------------------------------------------------------------------------

# Names of docker.io/team lead to a registry of our own: as mirrors are set up, registries.conf(5).
own_registry() {
  install -d /etc/containers
  echo '{"default": [{"type": "insecureAcceptAnything"}]}' >/etc/containers/policy.json
  printf '%s\n' '[[registry]]' 'prefix = "docker.io/team"' "location = \"$R/team\"" \
    'insecure = true' >/etc/containers/registries.conf
}

# team/app:1 and team/plain:1, in docker and in the registry.
images() {
  local name
  for name in app plain; do
    mkdir -p "$W/image/root"
    echo $name >"$W/image/root/name"
    make_image "$W/$name.tar" docker.io/team/$name:1
    run_ok docker load --input "$W/$name.tar"
  done
  run_ok skopeo copy --quiet --dest-tls-verify=false "docker-archive:$W/app.tar" "docker://$R/team/app:1"
}

guide_begins() {
  cd "$desk"
  docker_uses_us
  take $guide sh doctor | run_commands
  default_is container-hooks-runtime
  take $guide sh genpkey | run_commands
  assert_equal 600 "$(stat -c %a sign.pem)"
  take $guide json sigstoreSigned >/etc/container-hooks/policy.json
  take $guide cfg image-verify >/etc/container-hooks/conf.d/90-image-verify.cfg
  take $guide sh 'plugin check' | run_commands
}

guide_watches() {
  cd "$desk"
  run_ok docker run --rm busybox true
  take $guide sh grep | run_commands
  assert_contains "$output" docker.io/library/busybox:latest
}

# What cosign leaves in a registry is fetched; the store is empty before.
guide_fetches() {
  cd "$desk"
  run_ok container-hooks-ctk image sign --key sign.pem --push --store "$W/elsewhere" --tls-verify=false \
    --reference docker.io/team/app:1 "docker://$R/team/app:1"
  take $guide sh 'image fetch' | run_commands
  find_blocks $guide sh 'image verify' | xargs cat | run_commands
}

# A local signature is enough, too.
guide_signs() {
  cd "$desk"
  rm -r /var/lib/container-hooks/trust
  take $guide sh 'image sign' | run_commands
  take $guide sh 'image verify' | run_commands
}

# What is said of keys that are rolled, put into the policy: it is still one.
guide_rolls_keys() {
  local policy=/etc/container-hooks/policy.json text keys reject
  text=$(tr -s '[:space:]' ' ' <"$TOP/$guide" | grep -oE '`"[^`]*`' | tr -d '`')
  keys=$(grep '^"keyPaths"' <<<"$text")
  reject=$(grep '"reject"' <<<"$text")
  cp $policy "$W/policy.json"
  cp /etc/container-hooks/keys/team.pub /etc/container-hooks/keys/team-2.pub
  jq --argjson keys "{$keys}" --argjson reject "{$reject}" '.transports.docker |= (. + $reject |
    .["docker.io/team"][0] |= (del(.keyPath) + $keys))' "$W/policy.json" >$policy
  run_ok container-hooks-ctk plugin check
  run_fails container-hooks-ctk image verify --policy $policy team/app:1
  assert_contains "$output" reject
  cp "$W/policy.json" $policy
}

guide_enforces() {
  sed -i 's/mode = "audit"/mode = "enforce"/' /etc/container-hooks/conf.d/90-image-verify.cfg
  take $guide console 'docker run' | run_console
  take plugins/image-verify/README.md console team/plain |
    sed 's|/etc/containers/policy|/etc/container-hooks/policy|' | run_console
}

# The message of verify-rootfs(8), of a file whose mode was changed where docker keeps it.
guide_compares() {
  local layer file message
  layer=$(docker image inspect --format '{{.GraphDriver.Data.UpperDir}}' team/app:1)
  file=$layer/bin/busybox
  [ -f "$file" ] || fail "no $file"
  chmod 4755 "$file"
  run_fails docker run --rm team/app:1 true
  message=$(take docs/verify-rootfs.8 literal 4755 |
    sed -E 's/layer [0-9]+/layer 1/; s/sha256:[0-9a-f]+/…/; s|/usr/bin/app|/bin/busybox|')
  matches "…$message…" "$output"
  chmod 755 "$file"
}

manuals_on_images() {
  cd "$desk"
  take docs/container-hooks-ctk.8 console 'image sign' |
    sed 's|image verify|image verify --policy /etc/container-hooks/policy.json|' >"$W/examples"
  # Another key than the guide's, so the policy's is replaced by it.
  run_console < <(grep -v 'image verify' "$W/examples")
  openssl pkey -in sign.pem -pubout -out /etc/container-hooks/keys/team.pub
  run_console < <(grep 'image verify' "$W/examples")
  cp /etc/container-hooks/policy.json /etc/containers/policy.json
  take docs/container-hooks-image-verify.7 literal registry.example.com/lab |
    sed 's/mode .*"audit";/journal = false; &/' >/etc/container-hooks/conf.d/90-image-verify.cfg
  run_ok container-hooks-ctk plugin check
  take docs/container-hooks-image-verify.7 console 'image verify' | run_console
}

# --- README.md's ways to each use ----------------------------------------------------------------

uses_spec_patch() {
  docker_uses_us
  rm -rf /etc/container-hooks/patches.d
  take README.md sh patches.d | run_commands
  make_bundle "$W/bundle" .
  run_ok container-hooks-ctk apply "$W/bundle"
  assert_equal 512 "$(jq .linux.resources.pids.limit <<<"$output")"
  run_ok docker run --rm busybox true
}

uses_spec_filter() {
  docker_uses_us
  take README.md sh no-docker-socket | run_commands
  run_ok docker run --rm busybox true
  run_fails docker run --rm --volume /run/docker.sock:/s busybox true
  assert_contains "$output" 'nobody gets the socket of docker'
}

uses_audit() {
  docker_uses_us
  rm -r /var/log/container-hooks
  take README.md sh audit.log | run_commands
  assert_contains "$output" '"outcome":"created"'
}

# With the key and the policy of the guide.
uses_image_verify() {
  cd "$desk"
  fresh_config
  openssl pkey -in sign.pem -pubout -out "$W/team.pub"
  install -D -m 644 "$W/team.pub" /etc/container-hooks/keys/team.pub
  find_blocks $guide json sigstoreSigned | xargs cat >/etc/container-hooks/policy.json
  rm -rf /var/lib/container-hooks/trust
  take README.md sh 'image sign' | run_commands
  run_ok docker run --rm team/app:1 true
  take README.md sh 'runc spec' | run_commands
  assert_contains "$output" image-verify
}

# --- READMEs of plugins --------------------------------------------------------------------------

# The entries that READMEs show are ones that each plugin accepts.
entries_are_valid() {
  local plugin
  fresh_config
  mkdir -p /usr/share/containers/oci/hooks.d /etc/containers/oci/hooks.d /usr/share/site \
    /etc/container-hooks/patches.d
  echo '{"merge": {}}' >/usr/share/site/baseline.json
  for plugin in file-hooks spec-patch; do
    take plugins/$plugin/README.md cfg >$config
    run_ok container-hooks-ctk config check
    run_ok container-hooks-ctk plugin check $plugin
  done
}

readme_of_file_hooks() {
  local page=plugins/file-hooks/README.md
  docker_uses_us
  printf '#!/bin/sh\necho "$0 $*" >>/var/log/noted.txt\n' >/usr/local/bin/note-start
  chmod 755 /usr/local/bin/note-start
  install -d /usr/libexec/oci/hooks.d /etc/containers/oci/hooks.d
  cp /usr/local/bin/note-start /usr/local/bin/note-stop
  cp /usr/local/bin/note-start /usr/libexec/oci/hooks.d/oci-umount
  take $page json note-stop >/etc/container-hooks/hooks.json
  take $page json hasBindMounts >/etc/containers/oci/hooks.d/umount.json
  run_ok container-hooks-ctk config --set 'plugins.file-hooks.settings.dirs=/etc/containers/oci/hooks.d,'
  run_ok docker run --rm busybox true
  grep -q 'note-start --quiet$' /var/log/noted.txt
  wait_until 5 grep -q note-stop /var/log/noted.txt
  assert_lacks "$(cat /var/log/noted.txt)" oci-umount

  run_ok container-hooks-ctk config --unset plugins.file-hooks.settings.dirs
  printf '{\n  "preStart": []\n}\n' >/etc/container-hooks/hooks.json
  run_fails docker run --rm busybox true
  matches "…$(take $page text preStart)…" "$output"
}

# All patches are read; tests/e2e/spec-patch.sh shows what each does.
readme_of_spec_patch() {
  local page=plugins/spec-patch/README.md file number=10 patches=/etc/container-hooks/patches.d
  docker_uses_us
  mkdir -p $patches
  for file in $(find_blocks $page json); do
    number=$((number + 1))
    cp "$file" $patches/$number.json
  done
  elsewhere $page json spec-patch.sh
  run_ok container-hooks-ctk plugin enable spec-patch
  run_ok container-hooks-ctk plugin check spec-patch

  rm $patches/*
  printf '%s\n' '{"patch": [' '    {"op": "set", "path": "/process/oomScoreAdj", "value": 1},' '' \
    '    {"op": "replace", "path": "/process/rlimits/0/hard", "value": 1}]}' >$patches/20-limits.json
  run_fails docker run --rm busybox true
  matches "…$(take $page text operation)…" "$output"
}

readme_of_spec_filter() {
  local page=plugins/spec-filter/README.md filters=/etc/container-hooks/filters
  docker_uses_us
  mkdir $filters
  take $page python sys.argv >$filters/set-zone
  take $page sh jq >$filters/no-sys-admin
  chmod 755 $filters/*
  take $page cfg >$config
  run_ok container-hooks-ctk plugin check
  run_ok docker run --rm busybox env
  assert_contains "$output" TZ=Europe/Berlin
  take $page console | run_console
}

# Questions to the record of real containers; tests/e2e/audit.sh shows the answers, and the journal's.
readme_of_audit() {
  local page=plugins/audit/README.md file
  docker_uses_us
  take $page cfg >$config
  run_ok container-hooks-ctk plugin check audit
  echo 'plugins = ( { name = "file-hooks"; }, { name = "audit"; } );' >$config
  echo '{"poststop": [{"path": "/bin/true"}]}' >/etc/container-hooks/hooks.json
  rm -f /var/log/container-hooks/audit.log
  run_ok docker run --rm busybox true
  take $page json poststop >"$W/record.json"
  diff <(jq -r 'keys_unsorted[]' "$W/record.json") <(jq -r keys_unsorted[] /var/log/container-hooks/audit.log)
  for file in $(find_blocks $page sh 'jq '); do
    run_commands <"$file"
    echo "$file" >>"$blocks/used"
  done

  start_journald
  printf '%s\n' 'plugins = ( { name = "file-hooks"; }, { name = "audit"; settings: {' \
    "journal = true; journal-socket = \"$journal_socket\"; }; } );" >$config
  echo 5 >/etc/container-hooks/hooks.json
  run_fails docker run --rm busybox true
  take $page sh journalctl | sed "s|journalctl|& --directory $(echo "$W/journal/log/journal"/*)|" >"$W/journalctl"
  wait_until 10 bash -c "bash $W/journalctl | grep -q refused"
  run_commands <"$W/journalctl"
  assert_contains "$output" '"outcome":"refused"'
}

manual_of_the_shipped_plugins() {
  local page=docs/container-hooks-plugins.7
  docker_uses_us
  take $page literal logger >/etc/container-hooks/hooks.json
  take $page literal '"version"' >/etc/containers/oci/hooks.d/umount.json
  run_ok container-hooks-ctk config --set 'plugins.file-hooks.settings.dirs=/etc/containers/oci/hooks.d,'
  run_ok container-hooks-ctk plugin check file-hooks
  assert_lacks "$output" warn

  mkdir -p /etc/container-hooks/patches.d /etc/container-hooks/filters
  rm -f /etc/container-hooks/patches.d/*
  take $page literal oomScoreAdj >/etc/container-hooks/patches.d/10-java.json
  take $page literal 'name = "audit"' >$config
  take $page console 'plugin check' | run_console

  install -m 755 /bin/cat /etc/container-hooks/filters/zone
  take $page literal spec-filter >$config
  run_ok container-hooks-ctk plugin check

  docker_uses_us
  take docs/container-hooks.8 literal prestart >/etc/container-hooks/hooks.json
  rm -f /var/log/noted.txt
  run_ok docker run --rm busybox true
  [ -s /var/log/noted.txt ]
}

plugin_that_asks() {
  take docs/abi.md c CHT_HAS >"$W/asks.c"
  echo 'CHT_PLUGIN(.name = "asks", .modify = modify);' >>"$W/asks.c"
  # shellcheck disable=SC2046
  run_ok cc -Wall -Wextra -Werror -shared -fPIC $(pkg-config --cflags container-hooks) "$W/asks.c" -o "$W/asks.so"
  run_ok container-hooks-ctk plugin check "$W/asks.so"
}

test_plugins() {
  start_registry
  test_case 'image-verify: a registry that docker.io/team leads to' own_registry
  test_case 'image-verify: images' images
  test_case 'image-verify: runtime, key, policy' guide_begins
  test_case 'image-verify: first only watch' guide_watches
  test_case 'image-verify: signatures from a registry' guide_fetches
  test_case 'image-verify: signatures made here' guide_signs
  test_case 'image-verify: rolling keys' guide_rolls_keys
  test_case 'image-verify: enforce' guide_enforces
  test_case 'image-verify: the message of verify-rootfs(8)' guide_compares
  test_case 'image-verify: the examples of the manuals' manuals_on_images
  test_case 'README: the shortest way to a limit' uses_spec_patch
  test_case 'README: the shortest way to a rule of your own' uses_spec_filter
  test_case 'README: the shortest way to a record' uses_audit
  test_case 'README: the shortest way to signed images' uses_image_verify
  test_case 'entries that READMEs show are valid' entries_are_valid
  test_case 'README of file-hooks' readme_of_file_hooks
  test_case 'README of spec-patch' readme_of_spec_patch
  test_case 'README of spec-filter' readme_of_spec_filter
  test_case 'README of audit' readme_of_audit
  test_case 'manuals: container-hooks-plugins(7), container-hooks(8)' manual_of_the_shipped_plugins
  test_case 'the interface: a plugin that asks' plugin_that_asks
  elsewhere docs/writing-plugins.md sh writing-plugins.sh
}
