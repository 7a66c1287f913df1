/* SPDX-License-Identifier: Apache-2.0 */
/* rewrite FOLDER: reads a bundle's config.json by json-c's own parser and writes it by json-c's own
   writer. What a create is measured against whose config.json is large. */
#include <json-c/json.h>
#include <stdio.h>

int main(int argc, char **argv)
{
  char from[4096], to[4096];
  if (argc != 2)
    return 2;
  snprintf(from, sizeof(from), "%s/config.json", argv[1]);
  snprintf(to, sizeof(to), "%s/config.json.new", argv[1]);
  struct json_object *spec = json_object_from_file(from);
  if (spec == NULL || json_object_to_file_ext(to, spec, JSON_C_TO_STRING_PLAIN) < 0)
    return 1;
  return rename(to, from) == 0 ? 0 : 1;
}
