#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `container-hooks-ctk config`, `plugin` and `install` killed, or failed by the kernel, anywhere: each
# file is the old one or the new one, and doing it again leaves nothing behind.
. "$(dirname "$0")/../lib.sh"

F=$CONTAINER_HOOKS_CONFIG
P=$W/usr
E=$W/etc

# traced WORD…: writes down the system calls of a command, and which of them is the first that knows
# of ours: what comes before it is the loader's.
traced() {
  strace -f -qq -o "$W/calls" "$CTK" "$@" >/dev/null
  first=$(grep -n -m 1 -F "$W/" <(tail -n +2 "$W/calls") | cut -d : -f 1)
  count=$(wc -l <"$W/calls")
}

# spoiled INJECTION WORD…: a command of which strace spoils system calls.
spoiled() {
  local injection=$1
  shift
  status=0
  strace -f -qq -o /dev/null -e "inject=$injection" "$CTK" "$@" </dev/null >/dev/null 2>&1 || status=$?
}

old_config() {
  cp "$TOP/etc/config.cfg" "$F"
}

# edit_spoiled INJECTION STEP WORD…: a command that edits config.cfg, spoiled at each STEPth call.
edit_spoiled() {
  local injection=$1 step=$2 call
  shift 2
  old_config
  traced "$@"
  cp "$F" "$W/new.cfg"
  ! cmp -s "$TOP/etc/config.cfg" "$F" || fail 'nothing was changed'
  for ((call = first; call <= count; call += step)); do
    old_config
    spoiled "all:$injection:when=$call" "$@"
    cmp -s "$F" "$W/new.cfg" || cmp -s "$F" "$TOP/etc/config.cfg" ||
      fail "neither old nor new: $injection at call $call"
    [ "$status" != 0 ] || cmp -s "$F" "$W/new.cfg" ||
      fail "said to be done, but is not: $injection at call $call"
    "$CTK" "$@" >/dev/null
    cmp "$F" "$W/new.cfg"
    assert_equal '' "$(find "$W" -maxdepth 1 -name '*ctk-new*')"
  done
}

install_words() {
  echo install --toolkit-root "$TOOLKIT" --prefix "$P" --sysconfdir "$E"
}

# Another version is installed, whose files are all other ones.
old_installation() {
  local file
  rm -rf "$P" "$E"
  cp -r "$W/installed" "$P"
  cp -r "$W/installed-etc" "$E"
}

make_installations() {
  local file
  # shellcheck disable=SC2046
  run_ok "$CTK" $(install_words)
  cp -r "$P" "$W/wanted"
  find "$P" -type f ! -name installed | while read -r file; do echo old >>"$file"; done
  mv "$P" "$W/installed"
  mv "$E" "$W/installed-etc"
}

# Each file is there, old or new; the front is new only if all that it needs is.
installed_is_whole() {
  local file path
  (cd "$W/wanted" && find . -type f) >"$W/.files"
  while read -r file; do
    path=$P/$file
    cmp -s "$path" "$W/wanted/$file" || cmp -s "$path" "$W/installed/$file" ||
      fail "neither old nor new: $file, $1"
  done <"$W/.files"
  if cmp -s "$P/bin/container-hooks-runtime" "$W/wanted/bin/container-hooks-runtime"; then
    diff -rq "$W/wanted" "$P" || fail "the front is new, but not all is: $1"
  elif [ "$status" = 0 ]; then
    fail "said to be done, but is not: $1"
  fi
}

install_spoiled() {
  local injection=$1 step=$2 call
  old_installation
  # shellcheck disable=SC2046
  traced $(install_words)
  for ((call = first; call <= count; call += step)); do
    old_installation
    # shellcheck disable=SC2046
    spoiled "all:$injection:when=$call" $(install_words)
    installed_is_whole "$injection at call $call"
    # shellcheck disable=SC2046
    run_ok "$CTK" $(install_words)
    diff -r "$W/wanted" "$P"
  done
}

command -v strace >/dev/null || skip_all 'strace is not installed'
install_toolkit
write_config
test_case 'config --set killed anywhere' edit_spoiled signal=SIGKILL 2 \
  config --set container-hooks-runtime.log-level=debug
test_case 'config --set with ENOSPC anywhere' edit_spoiled error=ENOSPC 3 \
  config --set container-hooks-runtime.log-level=debug
test_case 'plugin disable killed anywhere' edit_spoiled signal=SIGKILL 5 \
  plugin disable file-hooks
make_installations
test_case 'install killed anywhere' install_spoiled signal=SIGKILL 7
test_case 'install with ENOSPC anywhere' install_spoiled error=ENOSPC 11
test_end
