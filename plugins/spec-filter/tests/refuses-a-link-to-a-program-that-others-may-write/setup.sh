# SPDX-License-Identifier: Apache-2.0
chmod go+w filter
ln -s filter link
