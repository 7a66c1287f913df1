/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/cache.h"

#include "common/log.h"
#include "rootfs/state_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#define VERSION_NUMBER "1" /* of what is compared: a newer checker believes no older one */
#define UNUSED_MAX (30L * 24 * 3600) /* seconds that a record is kept for without being used */

struct cache {
  char *state;       /* owned */
  int records, seen; /* owned descriptors */
};

struct cache *cache_open(const char *state)
{
  struct error err = {.text = ""};
  struct cache *cache = xcalloc(1, sizeof(*cache));
  cache->state = xstrdup(state);
  cache->records = state_folder_open(state, "records", &err);
  cache->seen = state_folder_open(state, "seen", &err);
  if (cache->records >= 0 && cache->seen >= 0)
    return cache;
  log_line(LOG_WARN, "nothing is kept for later checks: %s", err.text);
  cache_close(cache);
  return NULL;
}

void cache_close(struct cache *cache)
{
  if (cache == NULL)
    return;
  if (cache->records >= 0)
    close(cache->records);
  if (cache->seen >= 0)
    close(cache->seen);
  free(cache->state);
  free(cache);
}

/* --- records --------------------------------------------------------------------------------- */

static char *record_name(const struct digest *diff_id)
{
  return xasprintf("%s.gz", digest_hex(diff_id));
}

char *cache_record_path(const struct cache *cache, const struct digest *diff_id)
{
  return xasprintf("%s/records/%s.gz", cache->state, digest_hex(diff_id));
}

bool cache_has_record(const struct cache *cache, const struct digest *diff_id)
{
  cleanup_free char *name = record_name(diff_id);
  return utimensat(cache->records, name, NULL, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Removes what was not used for long, and what a check that was killed left behind. */
static void clean(const struct cache *cache)
{
  struct stat status;
  const struct dirent *entry;
  int copy = openat(cache->records, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *entries = copy >= 0 ? fdopendir(copy) : NULL;
  while (entries != NULL && (entry = readdir(entries)) != NULL)
    if (fstatat(cache->records, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(status.st_mode) && time(NULL) - status.st_mtime > UNUSED_MAX)
      unlinkat(cache->records, entry->d_name, 0);
  if (entries != NULL)
    closedir(entries);
}

int cache_begin_record(const struct cache *cache, const struct digest *diff_id, char **name)
{
  *name = xasprintf(".%s.%d", digest_hex(diff_id), getpid());
  int fd =
      openat(cache->records, *name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd >= 0)
    return fd;
  log_line(LOG_WARN, "cannot keep a record of layer %s: %m", diff_id->text);
  free(steal_pointer(name));
  return -1;
}

void cache_end_record(const struct cache *cache, const struct digest *diff_id, char *name,
                      bool keep)
{
  cleanup_free char *right = record_name(diff_id);
  if (!keep || renameat(cache->records, name, cache->records, right) < 0)
    unlinkat(cache->records, name, 0);
  else
    clean(cache);
  free(name);
}

/* --- fingerprints ---------------------------------------------------------------------------- */

/* Several folders may hold the same layer; the last one that was checked is known. */
static void make_note(const struct digest *fingerprint, char note[128])
{
  snprintf(note, 128, VERSION_NUMBER " %s\n", fingerprint->text);
}

bool cache_has_seen(const struct cache *cache, const struct digest *diff_id,
                    const struct digest *fingerprint)
{
  char expected[128], found[128];
  make_note(fingerprint, expected);
  return state_folder_read(cache->seen, digest_hex(diff_id), found, sizeof(found)) == 0 &&
         text_equal(expected, found);
}

void cache_note_seen(const struct cache *cache, const struct digest *diff_id,
                     const struct digest *fingerprint)
{
  char note[128];
  make_note(fingerprint, note);
  if (state_folder_write(cache->seen, digest_hex(diff_id), note) < 0)
    log_line(LOG_WARN, "cannot note that layer %s is good: %m", diff_id->text);
}
