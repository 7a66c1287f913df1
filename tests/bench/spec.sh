#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/bench/spec.sh: a create by the size of config.json and by the hooks that are in it, against a
# program that only parses and writes the same file with json-c (rewrite.c).
. "$(dirname "$0")/lib.sh"

install_benchmarks
configure "$file_hooks"
bundle b

# grown KILOBYTES FILE: the sample with more variables and mounts, half of the bytes each.
grown() {
  jq -c --argjson bytes "$(($1 * 1000))" '
    ([$bytes - (tojson | length), 0] | max / 2) as $half |
    .process.env += [range($half / 40 | floor) | "VARIABLE_\(.)=/opt/some/where/\(.)"] |
    .mounts += [range($half / 105 | floor) | {destination: "/mnt/\(.)", type: "bind",
      source: "/srv/volumes/\(.)", options: ["rbind", "ro", "nosuid"]}]' "$SAMPLE" >"$2"
}

# hooked NUMBER FILE: the sample with so many hooks.
hooked() {
  jq -c --argjson number "$1" '.hooks.poststop = [range($number) |
    {path: "/usr/bin/hook", args: ["hook", "\(.)"]}]' "$SAMPLE" >"$2"
}

# against_json_c NAME FILE ROUNDS: times both and prints the ratio; the times are kept for growth.
against_json_c() {
  add_case target
  timed /bin/true state c
  create_case create b "$2"
  add_case rewrite
  put_back "$2" "$BUNDLES/b/config.json"
  timed "$TOOLKIT/rewrite" "$BUNDLES/b"
  run_cases "$3"
  ratio "$1" '<2' - create target rewrite -
  awk -F '\t' '{ median[$1] = $4 } END { print median["create"] - median["target"] }' "$times" \
    >"$2.took"
}

# grows NAME SMALL LARGE: the time for each byte of the large one, as a multiple of the small one's.
grows() {
  local value
  value=$(awk -v small="$(<"$2.took")" -v large="$(<"$3.took")" -v bytes="$(stat -c %s "$2")" \
    -v more="$(stat -c %s "$3")" 'BEGIN { printf "%.2f", large / more / (small / bytes) }')
  figure "$1" "$value" "$value" "$value" '<1.3' - times "$(<"$3.took") us" "$(<"$2.took") us"
}

for size in 10:200 100:100 1000:30 10000:7; do
  kilobytes=${size%:*}
  grown "$kilobytes" "$W/$kilobytes"
  against_json_c "create, config.json of $kilobytes kB" "$W/$kilobytes" "${size#*:}"
done
for number in 1:200 100:100 1000:50 10000:15; do
  hooked "${number%:*}" "$W/hooks-${number%:*}"
  against_json_c "create, ${number%:*} hooks in config.json" "$W/hooks-${number%:*}" "${number#*:}"
done
grows 'growth for each byte, from 1 MB to 10 MB' "$W/1000" "$W/10000"
grows 'growth for each byte, from 1000 to 10000 hooks' "$W/hooks-1000" "$W/hooks-10000"
test_end
