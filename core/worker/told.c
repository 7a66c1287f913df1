/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/told.h"

/* Of an older plugin, whose struct is smaller, what came later is not there; this is all of 1.2. */
#define IMAGE_SIZE_MIN (offsetof(struct cht_image, accepted) + sizeof(bool))

static int check_image(const struct link *link, const struct cht_image *image, struct error *err)
{
  const struct link *by = link->chain->told.by;
  if (by != NULL)
    return error_set(err, "it tells which image this is, but plugin '%s' has told already",
                     by->entry->name);
  if (image->size < IMAGE_SIZE_MIN)
    return error_set(err, "it tells an image without its size");
  if (image->id == NULL || image->id[0] == '\0' || (image->name != NULL && image->name[0] == '\0'))
    return error_set(err, "it tells an image whose id or name is empty");
  return 0;
}

static char *copy_text(const char *text)
{
  return text != NULL ? xstrdup(text) : NULL;
}

int told_image_set(const struct link *link, const struct cht_image *image, struct error *err)
{
  if (check_image(link, image, err) < 0)
    return -1;
  link->chain->told = (struct told){
      .by = link,
      .image = {.size = sizeof(struct cht_image),
                .id = copy_text(image->id),
                .name = copy_text(image->name),
                .signed_digest = copy_text(image->signed_digest),
                .accepted = image->accepted},
  };
  return 0;
}

const struct cht_image *told_image(const struct chain *chain)
{
  static const struct cht_image some = {.size = sizeof(some), .id = "sha256:sample"};
  if (chain->told.by != NULL)
    return &chain->told.image;
  return chain->part ? &some : NULL;
}

void told_drop(struct chain *chain, const struct link *link)
{
  struct told *told = &chain->told;
  if (told->by == NULL || (link != NULL && told->by != link))
    return;
  free((char *)(uintptr_t)told->image.id);
  free((char *)(uintptr_t)told->image.name);
  free((char *)(uintptr_t)told->image.signed_digest);
  *told = (struct told){.by = NULL};
}
