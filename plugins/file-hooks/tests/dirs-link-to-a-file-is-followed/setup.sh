# SPDX-License-Identifier: Apache-2.0
mkdir hooks.d
ln -s ../vendor.json hooks.d/10-a.json
