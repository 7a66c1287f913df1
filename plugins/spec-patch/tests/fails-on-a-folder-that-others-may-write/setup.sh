# SPDX-License-Identifier: Apache-2.0
chmod o+w patches.d
