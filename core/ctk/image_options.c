/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/image_options.h"

#include "common/file.h"

#include <fcntl.h>

#define SHORT_DIGEST_MIN 4 /* digits */

int image_check_words(const struct ctk_command *self, char **words, size_t min, size_t max,
                      struct error *err)
{
  size_t count = 0;
  while (words[count] != NULL)
    count++;
  if (count < min)
    return command_usage(self, err, "%s is missing", self->operands);
  return count <= max ? 0 : command_usage(self, err, "%s is not wanted here", words[max]);
}

int image_open_store(const char *path, struct store **store, struct error *err)
{
  if (store_open(path, store, err) == 0)
    return 0;
  if (errno == ENOENT)
    error_append(err, ": container-hooks-ctk image sign, add or fetch makes it");
  return -1;
}

int image_read_file(const char *path, size_t limit, char **bytes, size_t *length, struct error *err)
{
  cleanup_close int fd = open(path, FILE_OPEN_FLAGS);
  if (fd < 0)
    return ctk_cannot("open", path, err);
  return file_read(fd, path, limit, bytes, length, err);
}

static int find_short(const struct digest_list *list, const char *hex, const char *word,
                      struct digest *digest, struct error *err)
{
  *digest = (struct digest){.text = ""};
  for (size_t i = 0; i < list->count; i++) {
    if (!text_starts(digest_hex(&list->items[i]), hex))
      continue;
    if (digest_is_set(digest))
      return error_set(err, "several digests begin with '%s': give more of it", word);
    *digest = list->items[i];
  }
  return digest_is_set(digest) ? 0
                               : error_set(err, "no digest in the store begins with '%s'", word);
}

int image_find_digest(const struct store *store, const char *word, struct digest *digest,
                      struct error *err)
{
  cleanup_digest_list struct digest_list list = {.items = NULL};
  if (digest_parse(word, digest))
    return 0;
  const char *hex = text_starts(word, DIGEST_ALGORITHM) ? word + strlen(DIGEST_ALGORITHM) : word;
  if (strlen(hex) < SHORT_DIGEST_MIN || strspn(hex, "0123456789abcdef") != strlen(hex))
    return error_set(err, "'%s' is no digest (sha256:…; see: container-hooks-ctk image list)",
                     word);
  if (store_list(store, &list, err) < 0)
    return -1;
  return find_short(&list, hex, word, digest, err);
}
