#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The plugin author's kit, from installed files alone: the guide's commands as they are printed, the
# example plugins, the manual's example. Needs no root.
. "$(dirname "$0")/../lib.sh"

# In a place of its own the toolkit reads the config there, as after any other installation.
unset CONTAINER_HOOKS_CONFIG
prefix=$W/prefix
export PATH=$prefix/bin:$PATH PKG_CONFIG_PATH=$prefix/share/pkgconfig
strict='-Wall -Wextra -Wshadow -Wpedantic -Werror'

# install_into DESTDIR
install_into() {
  make -C "$TOP" -j2 "BUILD=$W/build" "DESTDIR=$1" "PREFIX=$prefix" "SYSCONFDIR=$prefix/etc" \
    SANITIZE= install >"$W/make.log" 2>&1 || fail "$(tail -n 30 "$W/make.log")"
}

# shell_blocks FILE: all of its ```sh blocks.
shell_blocks() {
  sed -n '/^```sh$/,/^```$/{/^```/d;p}' "$1"
}

guide() {
  mkdir "$W/guide"
  cd "$W/guide"
  {
    echo 'set -euo pipefail'
    shell_blocks "$TOP/docs/writing-plugins.md"
  } >"$W/guide.sh"
  run_ok bash -x "$W/guide.sh"
  assert_contains "$output" '+      "TZ=UTC"'
  assert_contains "$output" 'timezone: 1 edit in '
  assert_contains "$output" "debug: plugin 'timezone': the zone is UTC"
  assert_contains "$output" "$prefix/lib/container-hooks/plugins/timezone.so"
  assert_contains "$output" "$prefix/etc/container-hooks/conf.d/timezone.cfg"
}

# The package, unpacked where the installation is, works without another step but `enable`.
package() {
  cd "$W/guide/timezone"
  run_ok make uninstall
  dpkg-deb --extract container-hooks-timezone_1.0_*.deb "$W/unpacked"
  cp -r "$W/unpacked$prefix/." "$prefix"
  run_ok container-hooks-ctk plugin enable timezone
  run_ok container-hooks-ctk apply tests/sets-the-zone/config.json
  assert_contains "$output" TZ=Asia/Tokyo
}

# example NAME CC CXX: a copy, built with what is installed and nothing else, tested and run.
example() {
  local folder=$W/examples/$2/$1
  mkdir -p "${folder%/*}"
  cp -r "$TOP/docs/examples/$1" "$folder"
  cd "$folder"
  run_ok make check "CC=$2" "CXX=$3" "CFLAGS=-O2 $strict" "CXXFLAGS=-O2 $strict"
  assert_lacks "$output" warning
  run_ok container-hooks-ctk apply --trace --plugin "./$1.so" --set "$4" \
    "$TOP/tests/samples/docker/001-create.config.json"
  assert_contains "$output" "$1: "
  assert_contains "$output" "$5"
}

# The examples' Makefiles are those that `plugin new` writes, but for the libraries.
same_makefile() {
  run_ok container-hooks-ctk plugin new --lang "$2" "$1" "$W/made/$1"
  diff <(sed 's/^PACKAGES :=.*/PACKAGES :=/' "$TOP/docs/examples/$1/Makefile") "$W/made/$1/Makefile"
}

makefiles() {
  mkdir "$W/made"
  same_makefile proxy c
  same_makefile mount-options c++
}

# new_project LANGUAGE CC CXX: what `plugin new` writes passes at once, under every warning.
new_project() {
  run_ok container-hooks-ctk plugin new --lang "$1" my-plugin "$W/new-$2"
  run_ok make -C "$W/new-$2" check "CC=$2" "CXX=$3" "CFLAGS=$strict" "CXXFLAGS=$strict"
  assert_contains "$output" 'ok   tests/sets-the-variable'
  run_ok make -C "$W/new-$2" clean
  assert_equal '' "$(find "$W/new-$2" -name '*.so')"
}

# Staged for a package, or in a prefix that pkg-config does not know.
other_places() {
  local flags
  install_into "$W/stage"
  flags=$(PKG_CONFIG_PATH=$W/stage$PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR=$W/stage \
    pkg-config --cflags container-hooks)
  assert_equal "-I$W/stage$prefix/include" "${flags% }"
  assert_equal "$prefix/lib/container-hooks/plugins" "$(pkg-config --variable=plugindir container-hooks)"

  PKG_CONFIG_PATH='' run_ok make -C "$W/new-cc" check "CONTAINER_HOOKS=$W/stage$prefix"
  PKG_CONFIG_PATH='' run_fails make -C "$W/new-cc" clean check
  assert_contains "$output" 'set PKG_CONFIG_PATH, or CONTAINER_HOOKS=PREFIX'
  run_ok "$W/stage$prefix/bin/container-hooks-ctk" plugin new staged "$W/staged"
  assert_contains "$output" "make -C $W/staged check CONTAINER_HOOKS=$W/stage$prefix"
  # Its config lies where it was built to look for it, not where a prefix usually has it.
  PKG_CONFIG_PATH='' run_ok make -C "$W/new-cc" install "CONTAINER_HOOKS=$W/stage$prefix" "DESTDIR=$W/dest"
  [ -f "$W/dest$prefix/etc/container-hooks/conf.d/my-plugin.cfg" ]
  mv "$W/stage$prefix/share/pkgconfig" "$W/pkgconfig"
  PKG_CONFIG_PATH='' run_fails make -C "$W/new-cc" install "CONTAINER_HOOKS=$W/stage$prefix" "DESTDIR=$W/dest"
  assert_contains "$output" 'says where the config is: set CONFDIR'
  rm -rf "$W/stage" "$W/dest"
}

# What an admin has written is nobody's to delete; but where its plugin is gone, it must not count.
uninstalls() {
  local folder=$W/dest$prefix/etc/container-hooks/conf.d
  run_ok make -C "$W/new-cc" install "DESTDIR=$W/dest"
  run_ok make -C "$W/new-cc" uninstall "DESTDIR=$W/dest"
  assert_equal '' "$(find "$W/dest" -type f)"
  run_ok make -C "$W/new-cc" install "DESTDIR=$W/dest"
  echo '# mine' >>"$folder/my-plugin.cfg"
  run_ok make -C "$W/new-cc" uninstall "DESTDIR=$W/dest"
  assert_contains "$output" "was edited: it is $folder/my-plugin.cfg.saved now"
  assert_equal "$folder/my-plugin.cfg.saved" "$(find "$W/dest" -type f)"
  assert_equal '# mine' "$(tail -n 1 "$folder/my-plugin.cfg.saved")"
  run_ok make -C "$W/new-cc" uninstall "DESTDIR=$W/dest"
  rm -rf "$W/dest"
}

# A function that forgets its return would give the host any number.
forgotten_return() {
  cp -r "$W/new-cc" "$W/forgotten"
  printf 'static int forgotten(void) {}\nint use(void);\nint use(void) { return forgotten(); }\n' \
    >>"$W/forgotten/my-plugin.c"
  run_fails make -C "$W/forgotten" clean all CFLAGS=
  assert_contains "$output" return-type
}

# Where groups are shared, as with a umask of 002, plugin test works even so.
umask_002() {
  (umask 002 && container-hooks-ctk plugin new shared "$W/shared" && make -C "$W/shared" check)
}

# The manual's example is a plugin, and the manual knows every function of the header.
manual() {
  local name page=$TOP/docs/container-hooks-plugin.7
  sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/{/^\.Bd/,/^\.Ed/{/^\./d;s/\\e/\\/g;p}}' "$page" >"$W/timezone.c"
  # shellcheck disable=SC2046,SC2086
  run_ok cc $strict -shared -fPIC $(pkg-config --cflags container-hooks) "$W/timezone.c" -o "$W/timezone.so"
  run_ok container-hooks-ctk plugin check "$W/timezone.so" --set zone=UTC
  grep -oE '^(CHT_[A-Z_]+ )?static inline [a-z_ *]+\(' "$TOP/include/container-hooks/plugin.h" |
    grep -oE 'cht_[a-z_]+\($' | tr -d '(' >"$W/functions"
  grep -qx cht_add_hook "$W/functions"
  sed -i '/^cht_needs$/d' "$W/functions" # the header's own
  while read -r name; do
    grep -q "^\.It Fn $name\b" "$page" || fail "$name is missing in the manual"
  done <"$W/functions"
}

installs() {
  install_into ''
  [ -f "$prefix/share/doc/container-hooks/docs/examples/proxy/proxy.c" ]
}

test_case 'the toolkit is built and installed into a prefix of its own' installs
test_case 'the guide, command by command' guide
test_case 'the package that the guide builds' package
test_case 'the example in C, gcc' example proxy gcc g++ http=http://proxy:3128 'add     /process/env'
test_case 'the example in C, clang' example proxy clang clang++ http=http://proxy:3128 'add     /process/env'
test_case 'the example in C++20, g++' example mount-options gcc g++ options=noexec, '/mounts/'
test_case 'the example in C++20, clang++' example mount-options clang clang++ options=noexec, '/mounts/'
test_case 'the examples have the Makefile of plugin new' makefiles
test_case 'a new project in C' new_project c cc c++
test_case 'a new project in C++20' new_project c++ clang clang++
test_case 'a staged installation, and one that pkg-config does not know' other_places
test_case 'make uninstall keeps what an admin has edited' uninstalls
test_case 'a forgotten return is an error' forgotten_return
test_case 'a new project where groups are shared' umask_002
test_case 'the manual: its example, and every function' manual
test_end
