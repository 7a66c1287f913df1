/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/differences.h"

#include "common/log.h"
#include "common/utf8.h"

#include <pthread.h>

#define TOLERATED_NAMES_MAX 16
#define TOLERATED_LOGGED 8 /* of one name */

struct tolerated {
  const char *name; /* borrowed: a literal */
  size_t count;
};

struct differences {
  pthread_mutex_t mutex; /* over all that follows */
  char **lines;          /* owned */
  size_t count, max;
  struct tolerated tolerated[TOLERATED_NAMES_MAX];
};

struct differences *differences_new(size_t max)
{
  struct differences *found = xcalloc(1, sizeof(*found));
  pthread_mutex_init(&found->mutex, NULL);
  found->lines = xcalloc(max, sizeof(*found->lines));
  found->max = max;
  return found;
}

void differences_free(struct differences *found)
{
  if (found == NULL)
    return;
  for (size_t i = 0; i < found->count; i++)
    free(found->lines[i]);
  free(found->lines);
  pthread_mutex_destroy(&found->mutex);
  free(found);
}

/* The names of files are whatever somebody gave them: no line ends, no escapes, only UTF-8. */
static void make_printable(char *text)
{
  log_one_line(text);
  size_t left = strlen(text);
  while (left > 0) {
    size_t length = utf8_length(text, left);
    if (length == 0)
      *text = '?';
    length = length == 0 ? 1 : length;
    text += length;
    left -= length;
  }
}

void differences_add(struct differences *found, const char *where, const char *path,
                     const char *format, ...)
{
  va_list args;
  va_start(args, format);
  cleanup_free char *text = xvasprintf(format, args);
  va_end(args);
  char *line =
      path != NULL ? xasprintf("%s: /%s: %s", where, path, text) : xasprintf("%s: %s", where, text);
  make_printable(line);
  pthread_mutex_lock(&found->mutex);
  if (found->count < found->max)
    found->lines[found->count++] = steal_pointer(&line);
  pthread_mutex_unlock(&found->mutex);
  free(line);
}

void differences_move(struct differences *found, struct differences *other)
{
  pthread_mutex_lock(&found->mutex);
  for (size_t i = 0; i < other->count; i++) {
    if (found->count < found->max)
      found->lines[found->count++] = steal_pointer(&other->lines[i]);
    free(steal_pointer(&other->lines[i]));
  }
  other->count = 0;
  pthread_mutex_unlock(&found->mutex);
}

/* How many of this name there are, with this one. */
static size_t count_tolerated(struct differences *found, const char *name)
{
  for (size_t i = 0; i < TOLERATED_NAMES_MAX; i++) {
    struct tolerated *tolerated = &found->tolerated[i];
    if (tolerated->name == NULL)
      tolerated->name = name;
    if (text_equal(tolerated->name, name))
      return ++tolerated->count;
  }
  return TOLERATED_LOGGED + 1;
}

void differences_tolerate(struct differences *found, const char *name, const char *where,
                          const char *path)
{
  cleanup_free char *line = xasprintf("tolerated (%s): %s: /%s", name, where, path);
  make_printable(line);
  pthread_mutex_lock(&found->mutex);
  if (count_tolerated(found, name) <= TOLERATED_LOGGED)
    log_line(LOG_INFO, "%s", line);
  pthread_mutex_unlock(&found->mutex);
}

size_t differences_max(const struct differences *found)
{
  return found->max;
}

size_t differences_count(const struct differences *found)
{
  return found->count;
}

bool differences_are_full(struct differences *found)
{
  pthread_mutex_lock(&found->mutex);
  bool full = found->count == found->max;
  pthread_mutex_unlock(&found->mutex);
  return full;
}

const char *differences_line(const struct differences *found, size_t index)
{
  return found->lines[index];
}
