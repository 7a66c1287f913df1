#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `make install` into a folder of our own: the programs find each other there, a plugin can be
# built from the header alone, uninstall leaves the configuration only. Needs no root.
. "$(dirname "$0")/../lib.sh"

D=$W/root
export CONTAINER_HOOKS_STATE=$W/state
export CONTAINER_HOOKS_CONFIG=$D/etc/container-hooks/config.cfg

make_install() {
  run_ok make -C "$TOP" --no-print-directory "BUILD=$BUILD" "DESTDIR=$D" PREFIX=/usr SYSCONFDIR=/etc "$1"
}

installs() {
  make_install install
  local file
  for file in usr/bin/container-hooks-runtime usr/bin/container-hooks \
    usr/libexec/container-hooks/modify usr/lib/container-hooks/plugins/file-hooks.so \
    usr/include/container-hooks/plugin.h usr/share/pkgconfig/container-hooks.pc \
    usr/share/man/man8/container-hooks-runtime.8 etc/container-hooks/config.cfg; do
    [ -f "$D/$file" ] || fail "$file is not there"
  done
}

# A package that is upgraded must not replace what the admin wrote.
keeps_the_config() {
  echo '# mine' >"$CONTAINER_HOOKS_CONFIG"
  make_install install
  assert_equal '# mine' "$(cat "$CONTAINER_HOOKS_CONFIG")"
}

write_plugin() {
  cat >"$W/timezone.c" <<'C'
#include <container-hooks/plugin.h>

static int modify(struct cht_context *ctx)
{
  const char *zone = "UTC";
  if (cht_setting_text(ctx, "zone", &zone) < 0)
    return -1;
  return cht_set_env(ctx, "TZ", zone, true);
}

CHT_PLUGIN(.name = "timezone", .version = "1.0", .summary = "set TZ", .modify = modify);
C
}

# plugin_works COMPILER…: builds it with nothing but what pkg-config says, and runs it.
plugin_works() {
  local flags
  write_plugin
  flags=$(PKG_CONFIG_PATH=$D/usr/share/pkgconfig pkg-config --define-prefix --cflags container-hooks)
  # shellcheck disable=SC2086
  run_ok "$@" -Wall -Wextra -Werror -shared -fPIC -fvisibility=hidden $flags "$W/timezone.c" \
    -o "$D/usr/lib/container-hooks/plugins/timezone.so"
  assert_equal '' "$output"

  lowlevel=true write_config 'name = "timezone"; settings: { zone = "Asia/Tokyo"; };'
  rm -rf "$W/bundle"
  mkdir "$W/bundle"
  cp "$TOP/tests/samples/docker/001-create.config.json" "$W/bundle/config.json"
  run_ok "$D/usr/bin/container-hooks-runtime" create --bundle "$W/bundle" container
  assert_equal '"TZ=Asia/Tokyo"' "$(jq '.process.env[-1]' "$W/bundle/config.json")"
}

# Every document that the README leads to, and no folder that is not of this build.
documents_are_there() {
  local doc=$D/usr/share/doc/container-hooks link
  for link in $(grep -oE '\]\([a-z][^):]*\)' "$doc/README.md" | tr -d '])('); do
    [ -e "$doc/${link%%#*}" ] || fail "README.md leads to $link"
  done
  [ -f "$doc/plugins/file-hooks/example.cfg" ]
  [ -f "$doc/etc/logrotate.d/container-hooks" ]
}

# Elsewhere, in no DESTDIR: P and E are built in.
make_elsewhere() {
  run make -C "$TOP" --no-print-directory "BUILD=$W/build" "PREFIX=$W/opt" "SYSCONFDIR=$W/opt/etc" "$@"
}

elsewhere_names_its_folders() {
  make_elsewhere -j2 install
  assert_equal 0 "$status" || fail "$output"
  local made="$W/opt/share/man $W/opt/share/doc/container-hooks/docs $W/opt/etc" found
  # shellcheck disable=SC2086
  found=$(grep -rE '(^|[^t])/etc/container-hooks|/usr/(bin|lib|libexec)/container-hooks' $made || true)
  assert_equal '' "$found"
  assert_contains "$(cat "$W/opt/etc/container-hooks/config.cfg")" \
    "path = \"$W/opt/bin/container-hooks-ctk\""
  rm "$W/opt/etc/container-hooks/config.cfg"
  run_ok env -u CONTAINER_HOOKS_CONFIG "$W/opt/bin/container-hooks-ctk" config
  assert_contains "$(cat "$W/opt/etc/container-hooks/config.cfg")" \
    "path = \"$W/opt/bin/container-hooks-ctk\""
}

# Like the ctk's own uninstall: docker would not start a container any more.
uninstall_refuses_while_an_engine_uses_it() {
  local this=(--runtime docker --config-file "$W/daemon.json" --no-check)
  run_ok "$W/opt/bin/container-hooks-ctk" runtime configure "${this[@]}"
  make_elsewhere uninstall
  [ "$status" != 0 ]
  assert_contains "$output" "Docker still runs $W/opt/bin/container-hooks-runtime"
  assert_contains "$output" 'make uninstall FORCE=1'
  [ -x "$W/opt/bin/container-hooks-runtime" ]
  run_ok "$W/opt/bin/container-hooks-ctk" runtime unconfigure "${this[@]}"
}

uninstall_leaves_no_folders() {
  touch "$W/opt/lib/container-hooks/plugins/of-others.so"
  make_elsewhere uninstall
  assert_equal 0 "$status"
  assert_lacks "$output" ignored
  assert_equal "$W/opt/lib/container-hooks/plugins/of-others.so" \
    "$(find "$W/opt" -path "$W/opt/etc" -prune -o -type f -print)"
  rm "$W/opt/lib/container-hooks/plugins/of-others.so"
  make_elsewhere uninstall
  assert_equal "$W/opt/etc" "$(find "$W/opt" -mindepth 1 -maxdepth 1)"
}

uninstalls() {
  make_install uninstall
  assert_equal "$D/usr/lib/container-hooks/plugins/timezone.so" "$(find "$D/usr" -type f)"
  [ -f "$CONTAINER_HOOKS_CONFIG" ]
}

test_case 'make install puts everything in its place' installs
test_case 'make install again keeps the admin'\''s config' keeps_the_config
test_case 'a plugin is built by the installed header alone' plugin_works cc
test_case 'a plugin may be C++' plugin_works clang -x c++ -std=c++20
test_case 'the documents are there, with all that README.md leads to' documents_are_there
test_case 'elsewhere: config and manuals name the folders of that build' elsewhere_names_its_folders
test_case 'make uninstall refuses while an engine uses it' uninstall_refuses_while_an_engine_uses_it
test_case 'make uninstall leaves no empty folders, and those of others' uninstall_leaves_no_folders
test_case 'make uninstall leaves the configuration only' uninstalls
test_end
