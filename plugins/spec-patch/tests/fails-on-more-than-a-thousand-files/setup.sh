# SPDX-License-Identifier: Apache-2.0
mkdir patches.d; cd patches.d; seq -f %g.json 1001 | xargs touch
