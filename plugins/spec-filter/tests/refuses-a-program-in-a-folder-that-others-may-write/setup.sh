# SPDX-License-Identifier: Apache-2.0
mkdir open
mv filter open
chmod go+w open
