#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The TOML parser against Python's: on tests/toml and on what becomes of it by chance.
. "$(dirname "$0")/../lib.sh"

python3 -c 'import tomllib' 2>/dev/null || skip_all 'no python3 with tomllib (3.11)'

same_as_python() {
  # shellcheck disable=SC2046
  run_ok "${CC:-cc}" -std=c11 -D_GNU_SOURCE -I"$TOP"/core $(pkg-config --cflags json-c) \
    "$TOP"/tests/toml/dump.c "$TOP"/core/ctk/text/toml{,_names,_reader,_scalar}.c \
    "$TOP"/core/common/{error,utf8,util}.c $(pkg-config --libs json-c) -o "$W/dump"
  run_ok python3 "$TOP/tests/toml/compare.py" "$W/dump" "$TOP/tests/toml" "${ROUNDS:-10000}"
}

test_case "our parser and Python's read the same" same_as_python
test_end
