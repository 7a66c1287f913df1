# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Shared by the benchmarks: cases that are timed in the same rounds (rounds.c), and figures that are made
# of them, each with its target. Behind it a script reads so:
#
#     . "$(dirname "$0")/lib.sh"
#     add_case 'the target alone'; timed /bin/true state c
#     run_cases 1000
#     ratio 'state, kill, …' '<1.2' - 'pass' 'target' 'trampoline' 'target'
#     test_end
#
# FIGURES, where it is set, is a file that gets a line for each figure, split by tabs: the part of the
# benchmark, name, value, lower and upper quartile, target (<4, >0.95 or -), goal (or -), unit, what is
# ours and what it is measured against, in words.

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

[ "$(id -u)" = 0 ] || skip_all 'needs root'
FIGURES=${FIGURES:-/dev/null}
PART=$GROUP
SAMPLE=$TOP/tests/samples/docker/001-create.config.json
cases=$W/cases
times=$W/times
cd "$TOP" || exit 1
mkdir -p "$W/conf"
export CONTAINER_HOOKS_CONFIG=$W/conf/config.cfg

# The bundles of docker and containerd lie in /run, which is memory.
BUNDLES=$(mktemp -d /dev/shm/cht-bench.XXXXXX)
remove_bundles() {
  local status=$?
  rm -rf "$BUNDLES"
  (exit $status)
  cleanup
}
trap remove_bundles EXIT

# --- cases --------------------------------------------------------------------------------------

words() {
  local IFS=$'\t'
  printf '%s\n' "$*" >>"$cases"
}
add_case() { words case "$1"; }
put_back() { words copy "$1" "$2"; }
timed() { words run "$@"; }

run_cases() {
  "$BUILD/bench/rounds" "$1" <"$cases" >"$times" || exit 1
  rm "$cases"
}

# The cases that most others are measured against: the low-level runtime alone, and the barest program
# that becomes it.
add_references() {
  add_case target
  timed /bin/true state c
  add_case trampoline
  timed "$TOOLKIT/trampoline" state c
}

# --- figures ------------------------------------------------------------------------------------

# figure NAME VALUE LOW HIGH TARGET GOAL UNIT OURS REFERENCE: prints it and notes whether it is met.
figure() {
  local IFS=$'\t' verdict
  printf '%s\n' "$PART"$'\t'"$*" >>"$FIGURES"
  verdict=$(awk -v value="$2" -v target="$5" 'BEGIN {
    bound = substr(target, 2) + 0
    print target == "-" ? "" : (target ~ /^</ ? value <= bound : value >= bound) ? "met" : "MISSED" }')
  printf '%-50s %8.2f  (%.2f to %.2f)  %-7s %-6s %s: %s\n' "$1" "$2" "$3" "$4" "${5/-/}" "$verdict" \
    "$7" "$8 / $9"
  [ "$verdict" != MISSED ] || failures=$((failures + 1))
}

# ratio NAME TARGET GOAL CASE LESS REFERENCE LESS: what one case costs above another (-: none), as a
# multiple of what a third one costs above a fourth.
ratio() {
  local computed
  computed=$(awk -F '\t' -v a="$4" -v b="$5" -v c="$6" -v d="$7" '
    { q1[$1] = $3; median[$1] = $4; q3[$1] = $5 }
    END {
      if (!(a in median) || !(c in median)) exit 1
      unit = median[c] - median[d]
      printf "%.3f\t%.3f\t%.3f\t%.0f us\t%.0f us\n", (median[a] - median[b]) / unit,
        (q1[a] - median[b]) / unit, (q3[a] - median[b]) / unit, median[a] - median[b], unit
    }' "$times") || { echo "$GROUP: no case '$4' or '$6'" >&2; exit 1; }
  local IFS=$'\t' value low high ours reference
  read -r value low high ours reference <<<"$computed"
  figure "$1" "$value" "$low" "$high" "$2" "$3" times "$ours" "$reference"
}

# in_rounds NAME TARGET UNIT: of lines "OURS THEIRS" in W/rounds, a line each round: the quotient of their
# medians, and the quartiles of those of single rounds.
in_rounds() {
  local computed value low high ours theirs IFS=$'\t'
  computed=$(awk -v unit="$3" '
    function quantile(list, at,    i, j, swap) {
      for (i = 2; i <= NR; i++)
        for (j = i; j > 1 && list[j - 1] > list[j]; j--) {
          swap = list[j]; list[j] = list[j - 1]; list[j - 1] = swap
        }
      return list[int(at * (NR - 1)) + 1]
    }
    { ours[NR] = $1; theirs[NR] = $2; each[NR] = $1 / $2 }
    END {
      a = quantile(ours, 0.5); b = quantile(theirs, 0.5)
      printf "%.3f\t%.3f\t%.3f\t%.0f %s\t%.0f %s\n", a / b, quantile(each, 0.25),
        quantile(each, 0.75), a, unit, b, unit
    }' "$W/rounds")
  read -r value low high ours theirs <<<"$computed"
  figure "$1" "$value" "$low" "$high" "$2" - times "$ours" "$theirs"
}

# megabytes NAME TARGET KILOBYTES
megabytes() {
  local size
  size=$(awk -v size="$3" 'BEGIN { printf "%.2f", size / 1024 }')
  figure "$1" "$size" "$size" "$size" "$2" - MiB "$3 kB" 'at its peak'
}

# --- our programs -------------------------------------------------------------------------------

# What is run lies in one folder, so that no file system favours one of them.
install_benchmarks() {
  install_toolkit
  cp "$BUILD"/bench/* "$TOOLKIT"
  echo '{"createRuntime":[{"path":"/bin/true","timeout":5}]}' >"$W/conf/hooks.json"
}

# configure [ENTRY…]: a config.cfg whose target is /bin/true, or TARGET; with the log as it is by
# default.
configure() {
  local IFS=,
  printf 'container-hooks-runtime: { debug = "%s"; runtimes = [ "%s" ]; };\nplugins = ( %s );\n' \
    "$W/conf/log" "${TARGET:-/bin/true}" "$*" >"$CONTAINER_HOOKS_CONFIG"
}

file_hooks="{ name = \"file-hooks\"; settings: { path = \"$W/conf/hooks.json\"; }; }"

# bundle NAME [CONFIG]: an empty folder for one.
bundle() {
  mkdir -p "$BUNDLES/$1"
  cp "${2:-$SAMPLE}" "$BUNDLES/$1/config.json"
}

# create_case NAME BUNDLE [CONFIG]: a create of ours, of that config.json.
create_case() {
  add_case "$1"
  put_back "${3:-$SAMPLE}" "$BUNDLES/$2/config.json"
  timed "$RUNTIME" create --bundle "$BUNDLES/$2" c
}
