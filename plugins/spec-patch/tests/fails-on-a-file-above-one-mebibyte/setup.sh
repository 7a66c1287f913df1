# SPDX-License-Identifier: Apache-2.0
mkdir patches.d; truncate -s 1048577 patches.d/10.json
