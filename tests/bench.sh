#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/bench.sh [ROUNDS]: what the runtime costs; see tests/bench/bench.c.
. "$(dirname "$0")/lib.sh"

install_toolkit
cd "$TOP" || exit 1
"$BUILD/bench/bench" "$RUNTIME" "$BUILD/bench/trampoline" "$W" "${1:-1000}"
