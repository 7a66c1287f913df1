/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/signature_blobs.h"

static bool is_there(const struct signature_blobs *blobs, const char *bytes, size_t length)
{
  for (size_t i = 0; i < blobs->count; i++)
    if (blobs->items[i].length == length && memcmp(blobs->items[i].bytes, bytes, length) == 0)
      return true;
  return false;
}

int signature_blobs_add(struct signature_blobs *blobs, const char *name, char *bytes, size_t length,
                        struct error *err)
{
  if (is_there(blobs, bytes, length)) {
    free(bytes);
    return 0;
  }
  if (blobs->count == SIGNATURES_MAX) {
    free(bytes);
    return error_set(err, "%s: more than %d signatures over one digest", name, SIGNATURES_MAX);
  }
  if (blobs->items == NULL)
    blobs->items = xcalloc(SIGNATURES_MAX, sizeof(*blobs->items));
  blobs->items[blobs->count++] =
      (struct signature_blob){.name = xstrdup(name), .bytes = bytes, .length = length};
  return 0;
}

void signature_blobs_free(struct signature_blobs *blobs)
{
  for (size_t i = 0; i < blobs->count; i++) {
    free(blobs->items[i].name);
    free(blobs->items[i].bytes);
  }
  free(blobs->items);
  *blobs = (struct signature_blobs){.items = NULL};
}
