#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/e2e/ctk-engines.sh [CASE…]: what `container-hooks-ctk runtime` makes of engines' files, and
# back again. Needs neither root nor engines. A case is a folder tests/golden/engines/CASE, named by
# the rule it states, that holds
#
#   before/          the files at first
#   setup.sh         may be there: run in a copy of them
#   command          what stands behind `container-hooks-ctk runtime`, a command a line
#   after/           the files then
#   expected-output  may be there: lines that the output contains
#   expected-error   in place of after/: lines of the error; the files stay as they were
#   edit.sh          may be there: what the admin does before the unconfigure
#   restored/        the files after unconfigure; without it they are those of before/
#
# @CASE@ in them is the folder that they are copied to.
. "$(dirname "$0")/../lib.sh"

cases=$TOP/tests/golden/engines
corpus=$TOP/tests/golden/engines-corpus
case_folder=$W/case
ctk=$BUILD/container-hooks-ctk

# --- one case -----------------------------------------------------------------------------------

# lay FROM TO: a copy with the placeholders filled in.
lay() {
  local file
  rm -rf "$2"
  cp -r "$1" "$2"
  while IFS= read -r -d '' file; do
    sed -i "s|@CASE@|$case_folder|g" "$file"
  done < <(find "$2" -type f -size -100k -print0)
  chmod -R go-w "$2"
}

in_case() {
  (cd "$case_folder" && sh -eu "$1")
}

# The case's own programs come first; what the machine has is asked only if the case wants it.
runtime() {
  local check=--no-check
  [ ! -e "$case_folder/bin/.check" ] || check=
  # shellcheck disable=SC2086
  PATH=$case_folder/bin:$PATH run "$ctk" runtime "$@" $check
}

# same_files EXPECTED ACTUAL: names and bytes, but for what setup.sh made in bin.
same_files() {
  diff -r --exclude=bin "$1" "$2" || fail "the files of $2 are not those of $1"
}

contains_lines() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    assert_contains "$2" "$line"
  done < <(sed "s|@CASE@|$case_folder|g" "$1")
}

# The words of a command that say which engine and files are meant.
undo_words() {
  local words=()
  while [ $# -gt 0 ]; do
    case $1 in
      --runtime | --config-file | --name) words+=("$1" "$2"); shift ;;
      --runtime=* | --config-file=* | --name=*) words+=("$1") ;;
    esac
    shift
  done
  printf '%s\n' "${words[@]}"
}

run_commands() {
  local line words
  output_of_all=
  while IFS= read -r line; do
    read -ra words <<<"${line//@CASE@/$case_folder}"
    runtime "${words[@]}"
    output_of_all+=$output$'\n'
    [ "$status" = 0 ] || return 0
  done <"$1/command"
}

prepare() {
  rm -rf "$W/state"
  lay "$1/before" "$case_folder"
  if [ -e "$1/setup.sh" ]; then in_case "$1/setup.sh"; fi
  rm -rf "$W/before"
  cp -r "$case_folder" "$W/before"
}

nothing_is_remembered() {
  assert_equal '' "$(find "$W/state" -type f 2>/dev/null || true)"
}

refuses() {
  run_commands "$1"
  assert_equal 1 "$status"
  contains_lines "$1/expected-error" "$output"
  same_files "$W/before" "$case_folder"
  nothing_is_remembered
}

changes() {
  local words
  run_commands "$1"
  assert_equal 0 "$status" || fail "$output"
  lay "$1/after" "$W/after"
  same_files "$W/after" "$case_folder"
  if [ -e "$1/expected-output" ]; then contains_lines "$1/expected-output" "$output_of_all"; fi
  run_commands "$1"
  assert_equal 0 "$status"
  same_files "$W/after" "$case_folder"

  if [ -e "$1/edit.sh" ]; then in_case "$1/edit.sh"; fi
  mapfile -t words < <(sed "s|@CASE@|$case_folder|g; q" "$1/command" | xargs -n 1)
  mapfile -t words < <(undo_words "${words[@]}")
  runtime unconfigure "${words[@]}"
  assert_equal 0 "$status" || fail "$output"
  if [ -d "$1/restored" ]; then lay "$1/restored" "$W/before"; fi
  same_files "$W/before" "$case_folder"
  nothing_is_remembered
}

golden_case() {
  prepare "$1"
  if [ -e "$1/expected-error" ]; then refuses "$1"; else changes "$1"; fi
}

# --- every file of a corpus ---------------------------------------------------------------------

# variant NAME FILE: the file as other editors would have written it.
variant() {
  case $1 in
    plain) cat "$2" ;;
    crlf) sed 's/\r*$/\r/' "$2" ;;
    open) perl -pe 'chomp if eof' "$2" ;;
    spaced) cat "$2" && printf '\n\n' ;;
  esac
}

# What an admin may do elsewhere in the file; the same to any text.
touch_text() {
  case $1 in
    docker) sed '0,/{/s//{"touched": [1],/' ;;
    *) sed "1i\\# touched$([ "$2" = crlf ] && printf '\r')" ;;
  esac
}

# reads_as_more ENGINE BEFORE AFTER: by a parser that is not ours.
reads_as_more() {
  if [ "$1" = docker ]; then
    jq -e -n --slurpfile before "$2" --slurpfile after "$3" '
      ($before[0] // {}) as $b | $after[0] |
      .runtimes |= (. // {} | del(.["container-hooks-runtime"])) |
      if ($b.runtimes // {}) == .runtimes then del(.runtimes) else . end |
      del(.["default-runtime"]) | . == ($b | del(.["default-runtime"]) |
        if $after[0].runtimes then del(.runtimes) else . end)' >/dev/null ||
      fail "jq: more is different than our parts: $(cat "$3")"
  elif [ -n "$python" ]; then
    "$python" "$TOP/tests/toml-superset.py" "$2" "$3"
  fi
}

# gives_back ENGINE FILE VARIANT OPTION…: configure and unconfigure leave the bytes, by memory, by
# text when the admin touched the file in between, and the default too.
gives_back() {
  local engine=$1 file=$2 variant=$3
  shift 3
  rm -rf "$case_folder" "$W/state"
  mkdir "$case_folder"
  variant "$variant" "$file" >"$case_folder/config"
  cp "$case_folder/config" "$W/first"
  local this=(--runtime "$engine" --config-file "$case_folder/config")
  runtime configure "${this[@]}" --path /bin/true "$@"
  assert_equal 0 "$status" || fail "$output"
  reads_as_more "$engine" "$W/first" "$case_folder/config"
  cp "$case_folder/config" "$W/second"
  runtime configure "${this[@]}" --path /bin/true "$@"
  cmp "$W/second" "$case_folder/config" || fail 'a second configure changed more'

  runtime unconfigure "${this[@]}"
  cmp "$W/first" "$case_folder/config" || fail 'by memory: not the same bytes'
  [ "$engine" != docker ] || grep -q '"' "$W/first" || return 0 # nothing to touch

  runtime configure "${this[@]}" --path /bin/true "$@"
  touch_text "$engine" "$variant" <"$case_folder/config" >"$W/touched"
  cp "$W/touched" "$case_folder/config"
  touch_text "$engine" "$variant" <"$W/first" >"$W/expected"
  runtime unconfigure "${this[@]}"
  assert_equal 0 "$status" || fail "$output"
  diff -u "$W/expected" "$case_folder/config" || fail 'by text: not the same bytes'
}

corpus_file() {
  local variant
  for variant in plain crlf open spaced; do
    gives_back "$1" "$2" "$variant"
    gives_back "$1" "$2" "$variant" --default
    case $2 in *v3* | *v4*)
      gives_back "$1" "$2" "$variant" --default --in-place ;;
    esac
  done
}

# --- what no folder of files can show -----------------------------------------------------------

# here WORD…: on the files of a fresh case, in which we are.
here() {
  runtime "$1" --config-file daemon.json "${@:2}"
}

status_here() {
  run "$ctk" runtime status --runtime docker --config-file daemon.json
}

begin() {
  rm -rf "$W/state" "$case_folder"
  mkdir -p "$case_folder/folder"
  cd "$case_folder"
  printf '{"default-runtime": "old"}\n' >daemon.json
}

spelt_otherwise() {
  local path
  begin
  ln -s . link
  for path in daemon.json ./daemon.json folder/../daemon.json "$PWD//daemon.json"; do
    printf '{"default-runtime": "old"}\n' >daemon.json
    runtime configure --config-file "$path" --path /bin/true --default
    assert_equal 0 "$status" || fail "$output"
    sed -i 's/{/{"debug": true, /' daemon.json
    here unconfigure
    assert_equal '{"debug": true, "default-runtime": "old"}' "$(cat daemon.json)"
  done
  runtime configure --config-file link/new.json --path /bin/true
  assert_contains "$output" "$PWD/link/new.json" # a link's name is the admin's
}

# What configure remembers is not as it wrote it.
spoil_memory() {
  case $1 in
    empty) : >"$2" ;;
    cut) truncate -s -20 "$2" ;;
    of-another-name) sed -i 's/"name":"c/"name":"d/' "$2" ;;
    of-the-future) sed -i 's/"format":1/"format":2/' "$2" ;;
    writable-by-others) chmod 666 "$2" ;;
    a-pipe) rm "$2" && mkfifo "$2" ;;
    a-link-to-nowhere) rm "$2" && ln -s /nowhere "$2" ;;
  esac
}

spoilt_memory_is_told() {
  local how memory
  for how in empty cut of-another-name of-the-future writable-by-others a-pipe a-link-to-nowhere; do
    begin
    here configure --path /bin/true --default
    memory=$(echo "$W"/state/engines/*)
    cp daemon.json ours.json
    spoil_memory "$how" "$memory"
    here unconfigure
    assert_equal 1 "$status" || fail "$how"
    assert_contains "$output" "$memory"
    assert_contains "$output" 'if you remove the file, unconfigure goes by the text of'
    cmp ours.json daemon.json
    status_here
    assert_equal 0 "$status"
    rm "$memory"
    here unconfigure
    assert_equal 0 "$status" || fail "$output"
    assert_lacks "$(cat daemon.json)" container-hooks
  done
}

# is_told MESSAGE: by configure and status, and nothing is made beside it.
is_told() {
  local before
  before=$(ls -A)
  here configure --path /bin/true
  assert_equal 1 "$status"
  assert_contains "$output" "$1"
  status_here
  assert_equal 1 "$status"
  assert_equal "$before" "$(ls -A)"
}

odd_files_are_told() {
  begin
  rm daemon.json
  mkfifo daemon.json
  is_told 'is not a regular file'
  rm daemon.json
  mkdir daemon.json
  is_told 'is not a regular file'
  rmdir daemon.json
  ln -s /dev/zero daemon.json
  is_told 'is not a regular file'
  ln -sf nowhere daemon.json
  is_told 'is a symbolic link that leads nowhere'
  ln -sf daemon.json daemon.json
  is_told 'Too many levels of symbolic links'
  rm daemon.json
  printf '{}\0' >daemon.json
  is_told 'it holds a NUL byte'
}

the_file_behind_a_link_keeps_its_mode() {
  begin
  mv daemon.json folder/real.json
  chmod 640 folder/real.json
  [ "$(id -u)" != 0 ] || chown 1234:4321 folder/real.json
  stat -c '%a %u %g' folder/real.json >mode
  ln -s folder/real.json daemon.json
  here configure --path /bin/true
  assert_equal 0 "$status" || fail "$output"
  assert_equal folder/real.json "$(readlink daemon.json)"
  assert_contains "$(cat folder/real.json)" container-hooks-runtime
  assert_equal "$(cat mode)" "$(stat -c '%a %u %g' folder/real.json)"
  here unconfigure
  assert_equal '{"default-runtime": "old"}' "$(cat folder/real.json)"
  assert_equal "$(cat mode)" "$(stat -c '%a %u %g' folder/real.json)"
}

# A folder's name is no pattern.
brackets_in_a_path() {
  local engine=$1 folder="$case_folder/a[1]?"
  begin
  mkdir "$folder"
  printf '%s\n' "$2" >"$folder/config"
  cp "$folder/config" first
  ln -s "$BUILD/container-hooks-runtime" ours
  runtime configure --runtime "$engine" --config-file "$folder/config" --drop-in \
    --path "$case_folder/ours" --default
  assert_equal 0 "$status" || fail "$output"
  assert_lacks "$output" note:
  run "$ctk" runtime status --runtime "$engine" --config-file "$folder/config" --json
  jq -e '.[0] | .configured and .is_default' <<<"$output"
  runtime unconfigure --runtime "$engine" --config-file "$folder/config"
  cmp first "$folder/config"
}

# Two names, taken back in the order in which they came.
two_names() {
  local engine=$1 file=$2 name
  begin
  cp "$file" config
  for name in first second; do
    runtime configure --runtime "$engine" --config-file config --path /bin/true --name "$name"
    assert_equal 0 "$status" || fail "$output"
  done
  for name in first second; do
    runtime unconfigure --runtime "$engine" --config-file config --name "$name"
    assert_equal 0 "$status" || fail "$output"
  done
  diff -u "$file" config
  nothing_is_remembered
}

# The default that was there before the first of them, whichever goes first, and whatever the admin
# has changed between.
default_of_old() {
  local order name
  for order in 'first second' 'second first'; do
    begin
    echo '{"runtimes": {"nv": {"path": "/usr/bin/nv"}}, "default-runtime": "nv"}' >config
    for name in first second; do
      runtime configure --config-file config --path /bin/true --default --name "$name"
      assert_equal 0 "$status" || fail "$output"
    done
    sed -i 's/^{/{"debug": true, /' config
    for name in $order; do
      runtime unconfigure --config-file config --name "$name"
      assert_equal 0 "$status" || fail "$output"
      assert_lacks "$output" 'will be the default'
    done
    assert_equal '{"debug":true,"runtimes":{"nv":{"path":"/usr/bin/nv"}},"default-runtime":"nv"}' \
      "$(jq -c . config)"
    nothing_is_remembered
  done
}

pid_file_is_dockers() {
  begin
  runtime configure --runtime podman --config-file config --path /bin/true --pid-file "$W/pid"
  assert_equal 2 "$status"
  assert_contains "$output" '--pid-file is for docker: Podman is found without it'
  [ ! -e config ]
}

# Of no file and no folder, in any order, nothing is left; nor are folders that others use by then.
nothing_is_left() {
  local engine=$1 order name
  for order in 'first second' 'second first' 'first other second'; do
    begin
    rm -rf daemon.json folder
    for name in $order; do
      runtime configure --runtime "$engine" --config-file new/deep/config --path /bin/true --default \
        --name "$name" ${2:-}
      assert_equal 0 "$status" || fail "$output"
    done
    for name in first second other; do
      runtime unconfigure --runtime "$engine" --config-file new/deep/config --name "$name" ${2:-}
      assert_equal 0 "$status" || fail "$output"
    done
    assert_equal '' "$(find . -mindepth 1)"
    nothing_is_remembered
  done
}

# Ours, behind a link, is; a runtime that is not lets no container through the plugins.
foreign_program_is_told() {
  begin
  ln -s "$BUILD/container-hooks-runtime" ours
  here configure --path "$case_folder/ours"
  assert_equal 0 "$status"
  assert_lacks "$output" note:
  here configure --path /bin/true
  assert_equal 0 "$status"
  assert_contains "$output" 'note: /bin/true is not container-hooks-runtime, nor does it run it'
}

# A path that was mistyped, an engine that is not installed.
what_is_not_there_is_told() {
  begin
  runtime unconfigure --config-file "$case_folder/damon.json"
  assert_equal 0 "$status"
  assert_contains "$output" "note: $case_folder/damon.json does not exist"
  here unconfigure
  assert_lacks "$output" note:
  runtime configure docker
  assert_equal 2 "$status"
  assert_contains "$output" 'docker is not wanted here: it is named by --runtime docker'
  ! type -P crio || return 0
  runtime configure --runtime crio --config-file crio.conf --path "$BUILD/container-hooks-ctk" --dry-run
  assert_equal 0 "$status" || fail "$output"
  assert_contains "$output" "note: CRI-O is not found here: there is neither crio nor $case_folder/crio.conf"
}

folders_of_others_stay() {
  begin
  mkdir new
  runtime configure --config-file new/deep/daemon.json --path /bin/true
  touch new/deep/mine
  runtime unconfigure --config-file new/deep/daemon.json
  assert_equal 0 "$status"
  assert_equal new/deep/mine "$(find new -type f)"
}

# --- all ----------------------------------------------------------------------------------------

python=
for candidate in python3 python3.12 python3.11; do
  if "$candidate" -c 'import tomllib' 2>/dev/null; then python=$candidate; fi
done
export CONTAINER_HOOKS_STATE=$W/state CONTAINER_HOOKS_CONFIG=$case_folder/config.cfg
shopt -s nullglob
for folder in "$cases"/*/; do
  name=$(basename "$folder")
  if [ $# = 0 ] || [[ " $* " = *" $name "* ]]; then test_case "$name" golden_case "${folder%/}"; fi
done
if [ $# = 0 ]; then
  for file in "$corpus"/*/*; do
    engine=$(basename "$(dirname "$file")")
    test_case "configure and unconfigure give back $engine/$(basename "$file")" \
      corpus_file "$engine" "$file"
  done
  test_case 'a file is the same one however its path is spelt' spelt_otherwise
  test_case 'memory that is not as configure wrote it is told, and can be removed' \
    spoilt_memory_is_told
  test_case 'what is no file is told and left' odd_files_are_told
  test_case 'the file behind a link is edited and keeps mode and owner' \
    the_file_behind_a_link_keeps_its_mode
  test_case 'brackets in a path are no pattern: containerd' brackets_in_a_path containerd 'version = 3'
  test_case 'brackets in a path are no pattern: crio' brackets_in_a_path crio ''
  test_case 'brackets in a path are no pattern: podman' brackets_in_a_path podman ''
  for engine in docker containerd crio podman; do
    test_case "several names, a file and folders that were not there: $engine" \
      nothing_is_left "$engine"
  done
  for engine in crio podman; do
    test_case "several names, drop-ins and folders that were not there: $engine" \
      nothing_is_left "$engine" --drop-in
  done
  test_case 'two names that were the default: the one before them comes back' default_of_old
  test_case '--pid-file is for docker' pid_file_is_dockers
  test_case 'a program that does not come to us is told' foreign_program_is_told
  test_case 'a file or an engine that is not there is told' what_is_not_there_is_told
  test_case 'a folder that others use stays' folders_of_others_stay
  for file in "$corpus"/{containerd/v2-indented.toml,containerd/v3-bare.toml,crio/full.conf}; do
    engine=$(basename "$(dirname "$file")")
    test_case "two names are taken back in any order: $engine/$(basename "$file")" \
      two_names "$engine" "$file"
  done
  [ -n "$python" ] || echo "skip $GROUP: python3 has no tomllib: nobody else read the TOML"
fi
test_end
