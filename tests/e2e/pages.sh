#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every command and every file that the documentation prints, taken from the page itself and run: from a
# clone to docker, containerd and podman with plugins, signed images, and back. All of it happens in
# a view of the system's folders that nobody else has. What a block is, tests/pages/blocks.sh says.

# See tests/own-folders.sh.
namespace=$(readlink /proc/self/ns/mnt)
[[ ${CALLERS_NAMESPACE:-} =~ ^mnt:\[[0-9]+\]$ ]] || CALLERS_NAMESPACE=$namespace
if [ "$(id -u)" = 0 ] && [ "$CALLERS_NAMESPACE" = "$namespace" ]; then
  CALLERS_NAMESPACE=$namespace exec unshare --mount --propagation private "$0" "$@"
fi
. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/own-folders.sh"
. "$TOP/tests/pages/blocks.sh"
. "$TOP/tests/journal.sh"
. "$TOP/tests/pages/engines.sh"
. "$TOP/tests/pages/plugins.sh"
unset CONTAINER_HOOKS_CONFIG BUILD SANITIZE
unset MAKEFLAGS MAKELEVEL MFLAGS # whoever types `make demo` has no make above it

clone=$W/clone
desk=$W/desk # where the admin sits
config=/etc/container-hooks/config.cfg
log=/var/log/container-hooks/runtime.log

# --- README.md -----------------------------------------------------------------------------------

# A clone has no build folder.
make_clone() {
  mkdir "$clone" "$desk"
  (cd "$TOP" && tar -c --exclude=./build --exclude=./.git .) | tar -x -C "$clone"
}

five_commands() {
  cd "$clone"
  take README.md sh 'make install' >"$W/five"
  assert_equal 5 "$(grep -vc '^ ' "$W/five")"
  time_limit=900 MAKEFLAGS=-j2 run_commands <"$W/five"
  assert_equal 1 "$(wc -l </var/log/hooks.txt)"
  assert_equal "$(cat /var/log/hooks.txt)" "$(tail -n 1 <<<"$output")"
}

and_back() {
  grep -qF '`container-hooks-ctk runtime unconfigure --reload`' "$TOP/README.md"
  run_ok container-hooks-ctk runtime unconfigure --reload
  cmp "$W/before.json" "$daemon"
  run_ok docker run --rm busybox true
  assert_equal 1 "$(wc -l </var/log/hooks.txt)"
}

demo() {
  cd "$clone"
  take README.md console 'make demo' | run_console
}

# By hand: the file that is printed, and a restart.
by_hand() {
  take README.md json default-runtime >"$daemon"
  kill -HUP "$(cat /var/run/docker.pid)"
  wait_until 10 default_is container-hooks-runtime
  run_ok docker run --rm busybox true
  assert_equal 2 "$(wc -l </var/log/hooks.txt)"
}

# The table of what is installed.
installed() {
  local path count=0
  while read -r path; do
    [ -e "$path" ] || fail "$path is not there"
    count=$((count + 1))
  done < <(sed -nE 's/^\| `(\/[^`]*)` .*/\1/p' "$TOP/README.md")
  [ $count -ge 6 ]
}

examples_are_valid() {
  take README.md json logger >/etc/container-hooks/hooks.json
  take README.md cfg >$config
  run_ok container-hooks-ctk config check
  run_ok container-hooks-ctk plugin check
  run_ok container-hooks-ctk config --set container-hooks-runtime.log-level=debug
  run_ok container-hooks-ctk config --get container-hooks-runtime.log-level
  assert_equal debug "$output"
  assert_contains "$(cat $config)" '# the first one that is found'
}

# What make has built, installed by itself: in a place of its own, or it would replace what is there.
installs_itself() {
  local command
  command=$(grep -oE '`cd build && [^`]*`' "$TOP/README.md")
  cd "$clone"
  run_commands <<<"${command//\`/} --prefix=$W/itself --sysconfdir=/etc"
  [ -x "$W/itself/bin/container-hooks-runtime" ]
}

# --- manuals -------------------------------------------------------------------------------------

# The examples, in order; each where it makes sense.
manual_of_the_runtime() {
  local page=docs/container-hooks-runtime.8
  docker_uses_us
  make_bundle /srv/bundle '.process.args = ["/bin/echo", "in a bundle"]'
  take $page console /srv/bundle | run_console
  take $page console 'docker run' | run_console
  grep -q ' run c1\[' $log
}

# The plugin of the manual, as ./timezone.so.
build_timezone() {
  mkdir -p "$1"
  take docs/container-hooks-plugin.7 literal '#include' >"$W/timezone.c"
  # shellcheck disable=SC2046
  run_ok cc -shared -fPIC $(pkg-config --cflags container-hooks) "$W/timezone.c" -o "$1/timezone.so"
}

manual_of_plugins() {
  build_timezone /opt/timezone
  printf 'plugin-dir = "/opt/timezone";\nplugins = ( %s );\n' \
    "$(take docs/container-hooks-plugin.7 literal Asia/Tokyo)" >$config
  run_ok container-hooks-ctk plugin check
  make_bundle "$desk/bundle" .
  run_ok container-hooks-ctk apply "$desk/bundle"
  assert_contains "$output" TZ=Asia/Tokyo
}

manual_of_the_ctk() {
  local page=docs/container-hooks-ctk.8
  cd "$desk"
  build_timezone .
  take $page console 'configure --runtime docker' | run_console
  take $page console 'configure --runtime containerd' | run_console
  docker_uses_us
  take $page console doctor | run_console
  take $page console 'apply --diff' | run_console
  take $page console 'plugin new' | run_console
  take $page console 'plugin enable' | run_console
}

# Files of the configuration, each by its own check.
manual_of_the_config() {
  local page=docs/container-hooks.cfg.5 part
  fresh_config
  install -d /usr/share/containers/oci/hooks.d /opt/timezone
  ln -sf container-hooks-runtime /usr/bin/container-hooks-runtime-podman
  for part in '"crun", "runc"' nvidia; do
    take $page literal "$part" >$config
    run_ok container-hooks-ctk config check
  done
  printf 'plugins = ( %s );\n' "$(take $page literal 'when:')" >$config
  run_ok container-hooks-ctk config check
  take $page literal /opt/timezone/timezone.so >/etc/container-hooks/conf.d/50-timezone.cfg
  take $page literal '[ "crun" ]' >/etc/container-hooks/profiles/podman.cfg
  run_ok container-hooks-ctk config check
  assert_contains "$output" profiles/podman.cfg
  run_ok container-hooks-ctk plugin list
  assert_contains "$output" timezone

  fresh_config
  printf '%s\n' '#' '#' 'container-hooks-runtime: {' '  loglevel = "info"; };' >$config
  run container-hooks-ctk config check
  matches "…$(take $page literal loglevel)…" "$output"
  # The form of a line of the log: the refusal of this is one.
  rm -f $log
  run_fails container-hooks-runtime create --bundle "$desk/bundle" 4f2a
  part=$(take $page literal '4f2a[1234]' | sed 's/warn/error/; s/text$/…/; s/^20.*Z /20…Z /; s/1234/…/')
  matches "$part" "$(head -n 1 $log)"
}

# --- every page ----------------------------------------------------------------------------------

# What is only mentioned, in running text: there is such a command, and it has these options.
inline_commands_exist() {
  local page span
  for page in $(pages); do
    case $page in *.md) ;; *) continue ;; esac
    while IFS= read -r span; do
      inline_command_exists "$page" "$span"
    done < <(tr '\n' ' ' <"$TOP/$page" | { grep -oE '`container-hooks-ctk [^`]*`' || true; } | tr -d '`')
  done
}

# inline_command_exists PAGE COMMAND: its help is asked for, each time anew only where it must be.
inline_command_exists() {
  local help word key words=()
  for word in ${2#container-hooks-ctk}; do
    [[ $word =~ ^[a-z]+$ ]] || break
    container-hooks-ctk "${words[@]}" "$word" --help >"$W/help" 2>&1 || break
    grep -qE "^  $word  " <<<"$(container-hooks-ctk "${words[@]}" --help)" || break
    words+=("$word")
  done
  [ ${#words[@]} -gt 0 ] || [[ $2 =~ ' COMMAND'|' image'$|' -' ]] || fail "$1: no such command: $2"
  help=$(container-hooks-ctk "${words[@]}" --help; container-hooks-ctk --help)
  for key in $({ grep -oE -- ' --[a-z-]+' || true; } <<<"$2"); do
    grep -qE -- "(^|[ ,\[])$key([ =[]|$)" <<<"$help" || fail "$1: no option $key in: $2"
  done
}

# `make TARGET` in running text, but for a project's own and other tools'.
make_targets_exist() {
  local target
  while read -r target; do
    grep -qE "^(\.PHONY:.* )?$target( |:)|^\.PHONY:.* $target( |$)" "$TOP/Makefile" || fail "make $target"
  done < <(cd "$TOP" && grep -ohE '`make [a-z][a-z-]*' README.md CHANGELOG.md docs/architecture.md \
    docs/*.8 | cut -d ' ' -f 2 | sort -u)
}

languages_are_known() {
  local page file language line
  while read -r page file language line; do
    case $known_languages in *" $language "*) ;; *) fail "$page:$line: a block of the language '$language'" ;; esac
    [ "$language" != text ] || ! grep -nE '^([#$] |docker |podman |make |kubectl |systemctl )' "$file" ||
      fail "$page:$line: commands in a block of text"
  done <"$blocks/index"
}

nothing_is_left_over() {
  output=$(unused_blocks)
  assert_equal '' "$output"
}

# The check above can fail.
a_new_command_is_found() {
  printf '%s\n' 'Text.' '```sh' 'true' '```' >"$W/new.md"
  printf '%s\n' '.Sh EXAMPLES' '.Dl # true' 'or' '.Bd -literal' 'x = 1;' '.Ed' >"$W/new.8"
  blocks=$W/other
  mkdir "$blocks"
  : >"$blocks/used"
  { split_markdown "$W/new.md" "$blocks/md"; split_manual "$W/new.8" "$blocks/8"; } |
    sed 's/^/new /' >"$blocks/index"
  run unused_blocks
  assert_equal 'new:2: no test takes this block (sh)
new:2: no test takes this block (console)
new:4: no test takes this block (literal)' "$(unused_blocks)"
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
make_clone
split_pages
own_folders || skip_all 'folders of our own need a mount namespace and overlay file systems'
unset CALLERS_NAMESPACE

test_case 'dockerd starts' start_docker
test_case 'README: five commands from a clone to a hook' five_commands
test_case 'README: and back' and_back
test_case 'README: make demo prints what is shown of it' demo
test_case 'README: what is installed is where the table says' installed
test_case 'README: what make has built installs itself' installs_itself
test_case 'README: docker, enabled by hand' by_hand
test_case 'README: the examples are valid' examples_are_valid
cp -a /etc/container-hooks "$W/pristine"
test_engines
test_plugins
test_case 'manual: container-hooks-runtime(8)' manual_of_the_runtime
test_case 'manual: container-hooks-plugin(7)' manual_of_plugins
test_case 'manual: container-hooks-ctk(8)' manual_of_the_ctk
test_case 'manual: container-hooks.cfg(5)' manual_of_the_config
test_case 'commands that are only mentioned exist' inline_commands_exist
test_case 'make knows the targets that are mentioned' make_targets_exist
test_case 'blocks say what they are' languages_are_known
test_case 'a command that is added to a page is found' a_new_command_is_found
test_case 'every block of every page was run' nothing_is_left_over
test_end
