#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# make dist: the archive is the same wherever it is made; and what is unpacked from it, without git,
# builds, installs below another prefix, passes its unit tests, and has nothing to do a second time.
. "$(dirname "$0")/../lib.sh"

archive=container-hooks-toolkit-$(sed -n 's/^VERSION := //p' "$TOP/Makefile")
source=$W/$archive
unset MAKEFLAGS MAKELEVEL SANITIZE CC
export SOURCE_DATE_EPOCH=1700000000

# make_in FOLDER ARGUMENT…: in a build folder of an odd name. Not optimized: only that it builds counts.
make_in() {
  local folder=$1
  shift
  run_ok make -C "$folder" -j2 BUILD="out/of-the_way/2" PREFIX=/usr/local \
    CFLAGS='-O0 -U_FORTIFY_SOURCE' "$@"
}

archive_is_made() {
  run_ok make -C "$TOP" dist BUILD="$W/first"
  tar -C "$W" -xzf "$W/first/$archive.tar.gz"
  [ -e "$source/Makefile" ] || fail 'no Makefile in it'
}

same_bytes_from_itself() {
  run_ok make -C "$source" dist BUILD="$W/second"
  cmp "$W/first/$archive.tar.gz" "$W/second/$archive.tar.gz"
}

it_builds_and_installs() {
  make_in "$source" install DESTDIR="$W/root"
  run_ok "$W/root/usr/local/bin/container-hooks-ctk" --version
  grep -q '^prefix=/usr/local$' "$W/root/usr/local/share/pkgconfig/container-hooks.pc" ||
    fail 'PREFIX does not reach the pkg-config file'
  ! grep -rn '/usr/bin/container-hooks' "$W/root/usr/local/share" "$W/root/etc" ||
    fail 'a text names the usual prefix'
}

nothing_is_left_to_do() {
  make_in "$source" all
  assert_lacks "$output" '.o'
  assert_lacks "$output" 'container-hooks-runtime'
}

unit_tests_pass() {
  make_in "$source" check-unit
  assert_contains "$output" ' 0 failed'
}

test_case 'the archive is made' archive_is_made
test_case 'from what was unpacked the same bytes are made' same_bytes_from_itself
test_case 'what was unpacked builds and installs, without git' it_builds_and_installs
test_case 'a second make has nothing to do' nothing_is_left_to_do
test_case 'its unit tests pass' unit_tests_pass
test_end
