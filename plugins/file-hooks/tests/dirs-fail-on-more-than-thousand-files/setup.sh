# SPDX-License-Identifier: Apache-2.0
mkdir hooks.d
cd hooks.d
seq -f %.0f.json 1001 | xargs touch
