/* SPDX-License-Identifier: Apache-2.0 */
#include "image/digest_list.h"

void digest_list_add(struct digest_list *list, const struct digest *digest)
{
  if (digest_list_has(list, digest))
    return;
  list->items = xrealloc_array(list->items, list->count + 1, sizeof(*list->items));
  list->items[list->count++] = *digest;
}

bool digest_list_has(const struct digest_list *list, const struct digest *digest)
{
  for (size_t i = 0; i < list->count; i++)
    if (digest_equal(&list->items[i], digest))
      return true;
  return false;
}

void digest_list_free(struct digest_list *list)
{
  free(list->items);
  *list = (struct digest_list){.items = NULL};
}
