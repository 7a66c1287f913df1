#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bash completion and the manual pages: they have what the programs have, and nothing else. Needs no root.
. "$(dirname "$0")/../lib.sh"

# offers EXPECTED WORD…: the last word is the one being typed; the program's own name comes first.
offers() {
  local expected=$1
  shift
  output=$(
    trap - ERR # an interactive shell goes on where nothing was found
    set +e
    COMP_WORDS=("$CTK" "$@")
    COMP_CWORD=$#
    _container_hooks_ctk
    echo "${COMPREPLY[*]}"
  )
  assert_equal "$expected" "$output"
}

every_command() {
  offers 'runtime config plugin apply image doctor install uninstall' ''
  offers 'configure unconfigure status' runtime ''
  offers 'list show enable disable check new test' plugin ''
  offers 'sign fetch add export import list verify digest remove' image ''
  offers 'configure' --quiet runtime co
}

# "help" is what one types first.
help_is_a_word() {
  run_ok "$CTK" --help
  local main=$output
  run_ok "$CTK" help
  assert_equal "$main" "$output"
  run_ok "$CTK" help runtime configure
  assert_contains "$output" 'Usage: container-hooks-ctk runtime configure'
  run_ok "$CTK" runtime help
  assert_contains "$output" 'Usage: container-hooks-ctk runtime [OPTION]'
  run "$CTK" confg
  assert_equal 2 "$status"
  assert_contains "$output" 'unknown command confg: did you mean config?'
}

# options COMMAND…: all that its --help has, and nothing that it has not.
options() {
  run_ok "$CTK" "$@" --help
  offers "$(sed -n '/^Options:/,/^$/p' <<<"$output" | grep -oE -- '^  (-., )?--[a-z-]+' |
    grep -oE -- '--.*' | tr '\n' ' ' | sed 's/ $//')" "$@" -
  assert_contains "$output" --help
}

# manual COMMAND…: its options stand in the page.
manual() {
  local option page
  page=$(mandoc -T ascii "$TOP/docs/container-hooks-ctk.8" | sed 's/.\x08//g')
  run_ok "$CTK" "$@" --help
  for option in $(sed -n '/^Options:/,/^$/p' <<<"$output" | grep -oE -- '^  (-., )?--[a-z-]+' |
    grep -oE -- '--.*'); do
    assert_contains "$page" "$option"
  done
  assert_contains "$page" "container-hooks-ctk $*"
}

# synopsis COMMAND: the options that the page's synopsis has for it.
synopsis() {
  awk -v wanted="$1" '
    /^\.Sh / { inside = /SYNOPSIS/ }
    !inside { next }
    /^\.Nm/ { command = "" }
    /^\.Cm / && command == "" { command = substr($0, 5); next }
    command == wanted { print }' "$TOP/docs/container-hooks-ctk.8" |
    { grep -oE '(Fl|\|) -[a-z][a-z-]+' || true; } | sed 's/^.* /-/'
}

# The other way round: what the page has, the program has.
manual_has_no_more() {
  local option help
  run_ok "$CTK" "$@" --help
  help=$output
  for option in $(synopsis "$*"); do
    grep -qE -- "^  (-., )?$option([ =[]|$)" <<<"$help" || fail "the manual has $option for $*"
  done
}

# The commands of the page are those that are looked at here.
manual_has_every_command() {
  assert_equal "$(printf '%s\n' "${commands[@]}" | grep -vxE '|runtime|plugin|image' | sort)" \
    "$(sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESC/s/^\.Cm //p' "$TOP/docs/container-hooks-ctk.8" | sort)"
}

# verify-rootfs is called by nobody's hand, but has a --help and a page as well.
manual_of_verify_rootfs() {
  run_ok "$TOOLKIT/verify-rootfs" --help
  assert_equal "$(grep -oE -- '--[a-z][a-z-]+' <<<"$output" | sort -u)" \
    "$(sed -n '/^\.Sh DESC/,/^\.Sh WHAT/p' "$TOP/docs/verify-rootfs.8" | grep -E '^\.It Fl' |
      grep -oE 'Fl -[a-z-]+' | sed 's/Fl /-/' | sort -u)"
}

values() {
  mkdir -p "$W/values/folder"
  touch "$W/values/file.json"
  cd "$W/values"
  offers 'docker containerd crio podman' runtime configure --runtime ''
  offers 'docker' runtime configure --runtime = d
  offers 'docker containerd crio podman' runtime configure --runtime =
  offers 'file.json' runtime status --config-file 'fi'
  offers 'folder' install --toolkit-root ''
  offers 'file.json folder' apply ''
  offers 'file.json' apply --diff 'fi'
  offers 'folder' image export ''
  offers 'file.json folder' image add ''
  offers 'docker containerd crio podman' image sign --engine ''
  offers 'file.json' image sign --key fi
  offers '' runtime configure --name ''
  offers 'folder' plugin test ''
  offers 'c c++' plugin new --lang ''
  offers '' plugin new ''
  offers 'create run restore' apply --command ''
  offers 'restore' apply --command = re
}

plugins() {
  cd "$TOOLKIT/plugins"
  write_config 'name = "writer"; settings: { };'
  offers 'writer' plugin disable wri
  offers 'writer.so writer' plugin show wri
  touch "$W/values/writer.txt" "$W/values/writer.so"
  cd "$W/values"
  offers 'writer.so writer' plugin enable wri
}

keys() {
  write_config 'name = "writer"; settings: { };'
  offers 'container-hooks-runtime.log-level' config --get container-hooks-runtime.l
  offers 'container-hooks.path' config --unset container-hooks.p
  offers 'plugins.writer.enabled plugins.writer.required plugins.writer.path' config --set plugins.
  offers 'plugin-dir' config --set plugin-
  offers '' plugin check --set p
}

profiles() {
  write_config
  mkdir -p "$W/profiles"
  touch "$W/profiles/strict.cfg" "$W/profiles/lax.cfg"
  offers 'lax strict' apply --profile ''
  offers 'strict' plugin list --profile s
}

install_toolkit
# shellcheck source=/dev/null
. "$TOP/etc/bash-completion/container-hooks-ctk"
test_case 'every command' every_command
test_case 'help, and a word that is none' help_is_a_word
commands=('' runtime 'runtime configure' 'runtime unconfigure' 'runtime status' config 'config check'
  plugin 'plugin list' 'plugin show' 'plugin enable' 'plugin disable' 'plugin check' 'plugin new'
  'plugin test' apply doctor install uninstall image 'image sign' 'image fetch' 'image add'
  'image export' 'image import' 'image list' 'image verify' 'image digest' 'image remove')
for command in "${commands[@]}"; do
  # shellcheck disable=SC2086
  test_case "the options of: container-hooks-ctk $command" options $command
  # shellcheck disable=SC2086
  test_case "the manual has: container-hooks-ctk $command" manual $command
  # shellcheck disable=SC2086
  test_case "the manual has no more: container-hooks-ctk $command" manual_has_no_more $command
done
test_case 'the manual has every command, and no other' manual_has_every_command
test_case 'the manual of verify-rootfs has its options, and no others' manual_of_verify_rootfs
test_case 'values: engines, files, folders' values
test_case 'values: plugins by their names, and files of plugins' plugins
test_case 'values: keys of the config' keys
test_case 'values: profiles' profiles
test_end
