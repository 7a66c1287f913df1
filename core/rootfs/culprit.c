/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/culprit.h"

#include "common/file.h"
#include "image/tarsplit.h"
#include "rootfs/beneath.h"
#include "rootfs/crc64.h"

#define CHUNK (64UL * 1024)

/* False if the bytes cannot be read. */
static bool sum_file(int fd, uint64_t *sum)
{
  cleanup_free char *bytes = xcalloc(CHUNK, 1);
  ssize_t got;
  *sum = 0;
  while ((got = read(fd, bytes, CHUNK)) > 0)
    *sum = crc64_iso(*sum, bytes, (size_t)got);
  return got == 0;
}

/* "./etc/passwd", "/etc/passwd" -> "etc/passwd". */
static const char *relative(const char *name)
{
  while (*name == '/' || text_starts(name, "./"))
    name += *name == '/' ? 1 : 2;
  return name;
}

static void look_at(struct layer *layer, const struct tarsplit_file *file)
{
  const char *path = relative(file->name);
  uint64_t sum;
  cleanup_close int fd = beneath_open(layer_folder(layer), path, BENEATH_READ);
  if (file->has_sum && fd >= 0 && sum_file(fd, &sum) && sum != file->sum)
    layer_difference(layer, path, "its content is not the image's");
}

void culprit_find(struct layer *layer)
{
  struct tarsplit_file file;
  struct error ignored;
  const char *name = layer->plan->record;
  int fd = open(name, FILE_OPEN_FLAGS);
  if (fd < 0)
    return;
  cleanup_inflate struct inflate *stream = inflate_open(fd, name, &ignored);
  if (stream == NULL)
    return;
  cleanup_tarsplit struct tarsplit *record = tarsplit_new(stream, name);
  while (!differences_are_full(layer->found) && tarsplit_next_file(record, &file, &ignored) == 1)
    look_at(layer, &file);
}
