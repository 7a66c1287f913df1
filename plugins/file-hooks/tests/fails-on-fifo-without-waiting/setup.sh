# SPDX-License-Identifier: Apache-2.0
mkfifo hooks.json
