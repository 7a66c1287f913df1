#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What docs/architecture.md says of the source tree, and what every file and plugin of it must have.
# Reads sources only.
. "$(dirname "$0")/lib.sh"
cd "$TOP" || exit

# --- who includes whom ---------------------------------------------------------------------------

# includes FOLDER: the folders of core that its files include, a line "FILE FOLDER" each.
includes() {
  { grep -rHoE --include='*.[ch]' '^ *# *include "[a-z]+/' "$1" || true; } |
    sed -E 's|:.*"(.*)/$| \1|'
}

# uses_only FOLDER NAME…: of core, it includes these folders' headers and no other's.
uses_only() {
  local folder=$1 file name
  shift
  [ -n "$(find "$folder" -name '*.[ch]')" ] || fail "$folder has no source"
  while read -r file name; do
    case " $* " in *" $name "*) ;; *) fail "$file includes a header of $name" ;; esac
  done < <(includes "$folder")
}

plugins_use_what_they_may() {
  local plugin
  for plugin in plugins/*/; do
    case $plugin in
      plugins/image-verify/) uses_only "$plugin" common image policy rootfs ;;
      *) uses_only "$plugin" common spec ;;
    esac
  done
}

header_stands_alone() {
  ! grep -nE '^ *# *include +"' include/container-hooks/*.h
}

# plugins_use_no_other: no header of another plugin, by whatever path.
plugins_use_no_other() {
  local plugin file header
  for plugin in plugins/*/; do
    while IFS=: read -r file header; do
      [ -e "$plugin$header" ] || [ -e "core/$header" ] ||
        fail "$file includes $header, which is neither its own nor core's"
      case $header in *../*) fail "$file includes $header" ;; esac
    done < <(grep -HoE '^ *# *include "[^"]+' "$plugin"*.[ch] | sed 's/:.*"/:/')
  done
}

# --- what happens in one file only ---------------------------------------------------------------

# only_in FILES FUNCTIONS: no other file of core and plugins calls one of these (a pattern). open(2) in a
# comment is no call.
only_in() {
  assert_equal "$1" "$(grep -rlE --include='*.c' "(^|[^A-Za-z0-9_\"./])($2) ?\([^0-9]" core plugins | sort | xargs)"
}

# --- what is written about the tree --------------------------------------------------------------

# paths_are_there DOCUMENT: those that it names, below the top, or as FOLDER/FILE without `core/` and maybe
# without `.c`.
paths_are_there() {
  local path
  while read -r path; do
    compgen -G "$path*" >/dev/null || compgen -G "core/$path*" >/dev/null ||
      compgen -G "tests/e2e/$path" >/dev/null || fail "there is no $path"
  done < <(grep -oP '(?<![\w/.-])((include|core|plugins|etc|tests|docs|common|config|spec|front|worker|ctk)/[\w./-]*[\w/]|[a-z-]+\.sh\b)' \
    "$1" | sort -u)
}

architecture_is_whole() {
  local folder
  while read -r folder; do
    grep -qE "^$folder/? " docs/architecture.md || fail "docs/architecture.md does not name $folder"
  done < <(find core -mindepth 1 -type d | sort)
}

# headings DOCUMENT: by the names that GitHub and others give them in links.
headings() {
  sed -nE 's/^#+ //p' "$1" | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9 -]//g; s/ /-/g'
}

# Links to files and headings, in every document.
links_lead_somewhere() {
  local document link
  while IFS= read -r document; do
    while IFS= read -r link; do
      case $link in http*:* | '#'* | '') continue ;; esac
      [ -e "$(dirname "$document")/${link%%#*}" ] || fail "$document: $link leads nowhere"
      case $link in
        *.md#*) headings "$(dirname "$document")/${link%%#*}" | grep -qx -- "${link##*#}" ||
          fail "$document: $link leads to no heading" ;;
      esac
    done < <({ grep -oE '\]\([^)]+\)' "$document" || true; } | sed 's/^](//; s/)$//')
  done < <(git_files '*.md' | grep -v ^core/ctk/template/) # those of a project to come
}

# git_files PATTERN…: the sources, without what was built; also where there is no git.
git_files() {
  local pattern
  for pattern; do
    find .ci core docs etc include plugins tests ./*.md Makefile -name "$pattern" -type f
  done | sort -u
}

# Each setting of the table in a plugin's README stands in the manual of the plugin.
manuals_have_the_settings() {
  local readme page name
  for readme in plugins/*/README.md; do
    page=docs/container-hooks-plugins.7
    [ "$readme" != plugins/image-verify/README.md ] || page=docs/container-hooks-image-verify.7
    while read -r name; do
      grep -qE "^\.It Cm (.* )?$name( |$)" "$page" || fail "$page does not have the setting $name of $readme"
    done < <(sed -n '/^## Settings/,/^## /s/^| `\([a-z-]*\)` .*/\1/p' "$readme")
  done
}

# Each field of audit's record, too.
manual_has_the_fields() {
  local name fields
  fields=$(sed -n '/^## Fields/,/^## /s/^| \(`[^|]*`\) |.*/\1/p' plugins/audit/README.md | grep -oE '[a-z]+')
  [ "$(wc -w <<<"$fields")" -ge 20 ]
  for name in $fields; do
    sed -n '/^\.Sh AUDIT/,/^\.Sh EX/p' docs/container-hooks-plugins.7 | grep -qE "^\.Cm (.* )?$name( |$)" ||
      fail "docs/container-hooks-plugins.7 lacks the field $name"
  done
}

# Each key of the configuration has its entry in the manual.
manual_has_the_keys() {
  local key
  [ "$(config_keys | wc -l)" -ge 10 ]
  while read -r key; do
    grep -qE "^\.(It Ic|Ss The group) $key( |$)" docs/container-hooks.cfg.5 || fail "docs/container-hooks.cfg.5 lacks $key"
  done < <(config_keys)
}

config_keys() {
  sed -nE 's/^ +\{"([a-z-]+)", take_.*/\1/p' core/config/schema.c | sort -u
}

# Each variable that is read from the environment, given to a program, or written as a field of the journal.
manuals_have_the_variables() {
  local name
  while read -r name; do
    grep -qE "^\.(It )?Ev (.* )?$name( |$)" docs/*.[1-8] || fail "no manual has the variable $name"
  done < <(grep -rhoE --include='*.[ch]' '(getenv\("|"CONTAINER_HOOKS_)[A-Z_]+' core plugins |
    sed -E 's/^(secure_)?getenv\(//; s/"//' | sort -u)
}

# The Chinese README says what the English one says: its headings, blocks, tables and paragraphs are as
# many, and have the same commands, names and links.
translation_is_whole() {
  diff <(/usr/bin/python3 tests/pages/skeleton.py README.md) <(/usr/bin/python3 tests/pages/skeleton.py docs/README.zh-CN.md)
}

# --- what everything must have -------------------------------------------------------------------

# Golden cases are data, most of it in JSON, which has no comments.
licences() {
  local file
  while IFS= read -r file; do
    case $file in plugins/*/tests/* | docs/examples/*/tests/* | tests/golden/* | tests/fuzz/corpus/*) continue ;; esac
    case $file in core/ctk/template/*) continue ;; esac # becomes somebody else's
    head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || fail "$file has no SPDX line"
  done < <(git_files '*.[ch]' '*.cc' '*.sh' '*.md' '*.py' '*.cfg' '*.map' '*.[1-8]' Makefile)
}

plugins_are_complete() {
  local plugin name file
  for plugin in plugins/*/; do
    name=$(basename "$plugin")
    for file in README.md example.cfg tests; do
      [ -e "$plugin$file" ] || fail "$plugin$file is missing"
    done
    grep -qF "| [$name](plugins/$name/README.md) | " README.md || fail "README.md does not list $name"
    grep -qw -- "$name" CHANGELOG.md || fail "CHANGELOG.md does not name $name"
  done
}

tests_can_be_run() {
  local file
  for file in tests/e2e/*.sh; do
    [ -x "$file" ] || fail "$file is not executable"
    grep -qx 'test_end' "$file" || fail "$file does not tell how it ended"
  done
}

# Every fuzz target says what it is meant for, of which all is there, and has seeds.
fuzzers_are_complete() {
  local file patterns name
  for file in tests/fuzz/*.c; do
    name=$(basename "$file" .c)
    patterns=$(sed -n 's/^ \* Covers: //p' "$file")
    [ -n "$patterns" ] || fail "$file does not say what it covers"
    # shellcheck disable=SC2086
    ls $patterns >/dev/null || fail "$file covers what is not there"
    [ -n "$(ls -A "tests/fuzz/corpus/$name/" 2>/dev/null)" ] || fail "tests/fuzz/corpus/$name has no seed"
  done
}

# Each defect of the original, 1 to 29, has a test that names it.
defects_have_tests() {
  local number
  for number in {1..29}; do
    grep -rqiE "defects? ([0-9]+ and )?$number\b" tests/e2e tests/unit || fail "defect $number"
  done
}

test_case 'common uses itself only' uses_only core/common common
test_case 'config uses common' uses_only core/config config common
test_case 'spec uses common' uses_only core/spec spec common
test_case 'front uses config and common' uses_only core/front front config common
test_case 'worker uses config, spec and common' uses_only core/worker worker config spec common
test_case 'image uses common' uses_only core/image image common
test_case 'policy uses image and common' uses_only core/policy policy image common
test_case 'rootfs uses image and common' uses_only core/rootfs rootfs image common
test_case 'verify-rootfs uses rootfs, image and common' \
  uses_only core/verify-rootfs verify-rootfs rootfs image common
test_case 'ctk uses what is below it, and neither verify-rootfs nor the marker' \
  uses_only core/ctk ctk front worker rootfs policy image config spec common
test_case 'the marker uses nothing' uses_only core/marker
test_case 'plugins use common and spec, image-verify image, policy and rootfs' plugins_use_what_they_may
test_case "no plugin uses another's files" plugins_use_no_other
test_case 'the public header stands alone' header_stands_alone
test_case 'two files exec: what we become, and what we spawn' \
  only_in 'core/common/process.c core/front/lowlevel.c' 'exec[lv]p?e?|f?execve(at)?'
test_case 'one file spawns' only_in core/common/process.c 'v?fork|clone3?|posix_spawnp?|popen|system'
test_case 'one file loads shared objects' only_in core/worker/plugin.c 'dlm?open'
test_case 'docs/architecture.md names nothing that is not there' paths_are_there docs/architecture.md
test_case 'docs/security.md names nothing that is not there' paths_are_there docs/security.md
test_case 'docs/architecture.md names every folder of core' architecture_is_whole
test_case 'links in documents lead somewhere' links_lead_somewhere
test_case 'the manuals have every setting of the plugins' manuals_have_the_settings
test_case 'the manual has every field of the record' manual_has_the_fields
test_case 'the manual has every key of the configuration' manual_has_the_keys
test_case 'the manuals have every variable of the environment' manuals_have_the_variables
test_case 'the Chinese README has what the English one has' translation_is_whole
test_case 'every source has its licence' licences
test_case 'every plugin is complete and listed' plugins_are_complete
test_case 'every script of tests can be run' tests_can_be_run
test_case 'every fuzz target names what it covers and has seeds' fuzzers_are_complete
test_case 'each defect of the original has a test that names it' defects_have_tests
test_end
