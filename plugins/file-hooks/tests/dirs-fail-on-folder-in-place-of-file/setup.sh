# SPDX-License-Identifier: Apache-2.0
mkdir -p hooks.d/1.json
