# SPDX-License-Identifier: Apache-2.0
echo '{"merge": {}}' >a.json
echo "files = [ $(yes '"@CASE@/a.json"' | head -n 1001 | paste -sd ,) ];" >settings.cfg
