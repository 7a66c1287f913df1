# SPDX-License-Identifier: Apache-2.0
mkdir patches.d
{
  printf '[{"op": "add", "path": "/x", "value": {}}'
  for i in $(seq 60); do
    printf ',\n {"op": "copy", "from": "/x", "path": "/x/%s"}' "$i"
  done
  echo ']'
} >patches.d/10.json
