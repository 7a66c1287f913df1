/* SPDX-License-Identifier: Apache-2.0 */
#include "common/listing.h"

#include "common/trust.h"

#include <dirent.h>

static void close_folder(DIR **folder)
{
  int saved = errno;
  if (*folder != NULL)
    closedir(*folder);
  errno = saved;
}

#define cleanup_folder __attribute__((cleanup(close_folder)))

static bool is_wanted(const char *name, const char *suffix)
{
  size_t length = strlen(name), end = strlen(suffix);
  return name[0] != '.' && length > end && text_equal(name + length - end, suffix);
}

static int compare_names(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_name(struct listing *listing, const char *name)
{
  listing->names = xrealloc_array(listing->names, listing->count + 1, sizeof(listing->names[0]));
  listing->names[listing->count++] = xstrdup(name);
}

static int read_names(struct listing *listing, DIR *stream, const char *folder, const char *suffix,
                      size_t max, struct error *err)
{
  for (;;) {
    errno = 0;
    const struct dirent *entry = readdir(stream);
    if (entry == NULL)
      return errno == 0 ? 0 : error_set(err, "cannot read %s: %m", folder);
    if (!is_wanted(entry->d_name, suffix))
      continue;
    if (listing->count == max)
      return error_set(err, "%s: more than %zu files", folder, max);
    add_name(listing, entry->d_name);
  }
}

int listing_read(struct listing *listing, const char *folder, const char *suffix, size_t max,
                 struct error *err)
{
  *listing = (struct listing){.names = NULL};
  cleanup_close int fd = trust_open_folder(folder, err);
  if (fd < 0)
    return -1;
  cleanup_folder DIR *stream = fdopendir(fd);
  if (stream == NULL)
    return error_set(err, "cannot read %s: %m", folder);
  steal_fd(&fd); /* it is the stream's now */
  if (read_names(listing, stream, folder, suffix, max, err) < 0) {
    listing_free(listing);
    return -1;
  }
  if (listing->count > 0)
    qsort(listing->names, listing->count, sizeof(listing->names[0]), compare_names);
  return 0;
}

void listing_free(struct listing *listing)
{
  for (size_t i = 0; i < listing->count; i++)
    free(listing->names[i]);
  free(listing->names);
  *listing = (struct listing){.names = NULL};
}
