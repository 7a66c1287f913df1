# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the documentation prints, for a test that runs it: behind lib.sh. Each block is taken out of
# its page by a text that it has, and noted; unused_blocks prints those that nobody took. So a command
# that is added to a page without a test is found.
#
# The language of a fence says what a block is:
#
#     sh                    commands
#     console               commands behind `# ` or `$ `, with what they print; … stands for anything
#     cfg json toml yaml …  a file
#     text                  a picture, a synopsis, a message; never a command
#
# In a manual, .Dl lines that begin with a prompt are a console, other ones and .Bd blocks literal.

blocks=$W/blocks
shopt -s lastpipe # `take … | run_commands` leaves its output here
known_languages=' sh console cfg json toml yaml c python text literal '

# Prints the blocks of a page of Markdown as BLOCK.nn below FOLDER, and of each "nn language line".
split_markdown() {
  awk -v to="$2" '
    !inside && /^```/ { inside = 1; name = sprintf("%s.%02d", to, ++count)
      print name, (length($0) > 3 ? substr($0, 4) : "none"), NR; printf "" >name; next }
    inside && /^```$/ { inside = 0; close(name); next }
    inside { print >name }
    END { if (inside) print name, "unended", NR }' "$1"
}

split_manual() {
  awk -v to="$2" '
    function begin(language) { name = sprintf("%s.%02d", to, ++count); print name, language, NR; printf "" >name }
    function text(line) { gsub(/\\\(dq/, "\"", line); gsub(/\\&/, "", line); gsub(/\\e/, "\\", line)
      print line >name }
    /^\.Bd / { begin("literal"); inside = 1; next }
    /^\.Ed/ { inside = 0; next }
    inside { text($0); next }
    /^\.Dl / { line = substr($0, 5)
      if (!within) begin(line ~ /^[#$] / ? "console" : "literal")
      text(line) }
    { within = /^\.Dl / }' "$1"
}

# Every page that is printed for people. The blocks of a translation are those of the original
# (tests/tree.sh).
pages() {
  (cd "$TOP" && find README.md docs plugins -name '*.md' ! -name '*.zh-CN.md' -o -path 'docs/*.[1-8]') | sort
}

split_pages() {
  local page
  mkdir -p "$blocks"
  : >"$blocks/used"
  for page in $(pages); do
    case $page in
      *.md) split_markdown "$TOP/$page" "$blocks/${page//\//+}" ;;
      *) split_manual "$TOP/$page" "$blocks/${page//\//+}" ;;
    esac | sed "s|^|$page |"
  done >"$blocks/index"
}

# find_blocks PAGE LANGUAGE [TEXT]: the files of those that have this text.
find_blocks() {
  local page file language _line
  while read -r page file language _line; do
    [ "$page" = "$1" ] && [ "$language" = "$2" ] || continue
    [ -z "${3:-}" ] || grep -qF -- "$3" "$file" || continue
    echo "$file"
  done <"$blocks/index"
}

# take PAGE LANGUAGE [TEXT]: prints the one block that has this text.
take() {
  local found
  found=$(find_blocks "$@")
  [ "$(grep -c . <<<"$found")" = 1 ] || fail "$1: not one block in $2 with: ${3:-} ($found)" >&2
  echo "$found" >>"$blocks/used"
  cat "$found"
}

# elsewhere PAGE LANGUAGE SCRIPT: that test takes all blocks of this language itself.
elsewhere() {
  grep -qF "$1" "$TOP/tests/e2e/$3" || fail "tests/e2e/$3 does not read $1"
  find_blocks "$1" "$2" >>"$blocks/used"
}

# Those that nobody took, as page:line.
unused_blocks() {
  local page file language line
  while read -r page file language line; do
    [ "$language" != text ] || continue
    grep -qxF "$file" "$blocks/used" || echo "$page:$line: no test takes this block ($language)"
  done <"$blocks/index"
}

# --- running them --------------------------------------------------------------------------------

# The commands of standard input, as they stand; stops at the first that fails.
run_commands() {
  { echo 'set -euo pipefail'; cat; } >"$W/commands.sh"
  run_ok bash "$W/commands.sh"
}

# matches EXPECTED ACTUAL: the same but for blanks, and for what … stands for.
matches() {
  local expected actual
  expected=$(tr -s '[:space:]' ' ' <<<"$1" | sed 's/^ //; s/ $//; s/[][\\*?]/\\&/g; s/ *… */*/g')
  actual=$(tr -s '[:space:]' ' ' <<<"$2" | sed 's/^ //; s/ $//')
  # shellcheck disable=SC2053 # it is a pattern
  [[ $actual == $expected ]] || fail "expected: $1"$'\n'"but got:  $2"
}

# run_console: the commands of standard input behind their prompts, one by one. What one prints is
# compared, if the page shows anything.
run_console() {
  local line command='' expected=''
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      '# '* | '$ '*)
        console_command "$command" "$expected"
        command=${line:2} expected=''
        ;;
      *) expected+=$line$'\n' ;;
    esac
  done
  console_command "$command" "$expected"
}

# console_command COMMAND EXPECTED: without expectation it must succeed.
console_command() {
  [ -n "$1" ] || return 0
  if [ -n "${2//[[:space:]]/}" ]; then
    run bash -c "$1"
    matches "$2" "$output"
  else
    run_ok bash -c "$1"
  fi
}
