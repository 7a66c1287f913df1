# SPDX-License-Identifier: Apache-2.0
# 800 kB of values; each copy is below what a patch may copy.
{
  echo '[{"op": "set", "path": "/x", "value": ['
  yes 1, | head -n 400000 | tr -d '\n'
  echo '1]}, {"op": "copy", "from": "/x", "path": "/y"}, {"op": "copy", "from": "/x", "path": "/z"}]'
} >patch.json
