#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `make install` into a folder of our own: the programs find each other there, a plugin can be
# built from the header alone, uninstall leaves the configuration only. Needs no root.
. "$(dirname "$0")/../lib.sh"

D=$W/root
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

uninstalls() {
  make_install uninstall
  rm -f "$D/usr/lib/container-hooks/plugins/timezone.so"
  rmdir -p "$D/usr/lib/container-hooks/plugins" 2>/dev/null || true
  assert_equal '' "$(find "$D/usr" -type f)"
  [ -f "$CONTAINER_HOOKS_CONFIG" ]
}

test_case 'make install puts everything in its place' installs
test_case 'make install again keeps the admin'\''s config' keeps_the_config
test_case 'a plugin is built by the installed header alone' plugin_works cc
test_case 'a plugin may be C++' plugin_works clang -x c++ -std=c++20
test_case 'make uninstall leaves the configuration only' uninstalls
test_end
