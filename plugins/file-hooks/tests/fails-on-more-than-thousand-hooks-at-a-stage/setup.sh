# SPDX-License-Identifier: Apache-2.0
{
  printf '{"prestart": [{"path": "/usr/bin/0"}'
  seq -f ', {"path": "/usr/bin/%.0f"}' 1000
  printf ']}'
} >hooks.json
