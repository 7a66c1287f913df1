#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/bench.sh [ROUNDS]: what the runtime costs; see tests/bench/bench.c.
. "$(dirname "$0")/lib.sh"

install_toolkit
cd "$TOP" || exit 1
# The bundles of docker and containerd lie in /run, which is memory.
memory=$(mktemp -d /dev/shm/cht-bench.XXXXXX)
trap 'rm -rf "$memory"; cleanup' EXIT
"$BUILD/bench/bench" "$RUNTIME" "$BUILD/bench/trampoline" "$memory" "${1:-1000}"
