/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/paths.h"

#include "rootfs/siphash.h"

#include <sys/random.h>

#define CAPACITY_FIRST 1024 /* a power of two, as all later ones */

/* An open table: a sum's place is the first free one from where its low bits say. */
struct paths {
  unsigned char key[SIPHASH_KEY];
  uint64_t *sums; /* owned; 0 is a free place */
  unsigned char *marks;
  size_t capacity, count;
};

struct paths *paths_new(void)
{
  struct paths *paths = xcalloc(1, sizeof(*paths));
  if (getrandom(paths->key, sizeof(paths->key), 0) != (ssize_t)sizeof(paths->key)) {
    fputs("the kernel gives no random bytes\n", stderr);
    _exit(EXIT_FAILURE);
  }
  paths->capacity = CAPACITY_FIRST;
  paths->sums = xcalloc(paths->capacity, sizeof(*paths->sums));
  paths->marks = xcalloc(paths->capacity, 1);
  return paths;
}

void paths_free(struct paths *paths)
{
  if (paths == NULL)
    return;
  free(paths->sums);
  free(paths->marks);
  free(paths);
}

static uint64_t sum_of(const struct paths *paths, const char *path, size_t length)
{
  uint64_t sum = siphash(paths->key, path, length);
  return sum != 0 ? sum : 1;
}

/* Where the sum is, or would be. */
static size_t place_of(const struct paths *paths, uint64_t sum)
{
  size_t place = sum & (paths->capacity - 1);
  while (paths->sums[place] != 0 && paths->sums[place] != sum)
    place = (place + 1) & (paths->capacity - 1);
  return place;
}

static void grow(struct paths *paths)
{
  size_t count = paths->capacity;
  cleanup_free uint64_t *sums = paths->sums;
  cleanup_free unsigned char *marks = paths->marks;
  paths->capacity *= 2;
  paths->sums = xcalloc(paths->capacity, sizeof(*paths->sums));
  paths->marks = xcalloc(paths->capacity, 1);
  for (size_t i = 0; i < count; i++) {
    if (sums[i] == 0)
      continue;
    size_t place = place_of(paths, sums[i]);
    paths->sums[place] = sums[i];
    paths->marks[place] = marks[i];
  }
}

unsigned paths_marks(const struct paths *paths, const char *path)
{
  return paths->marks[place_of(paths, sum_of(paths, path, strlen(path)))];
}

/* Returns the marks that were there before. */
static int mark(struct paths *paths, const char *path, size_t length, enum path_mark new_mark,
                unsigned *before, struct error *err)
{
  uint64_t sum = sum_of(paths, path, length);
  size_t place = place_of(paths, sum);
  *before = paths->marks[place];
  if (*before == 0) {
    if (paths->count == PATHS_MAX)
      return error_set(err, "the layer has more than %lu paths", PATHS_MAX);
    paths->count++;
  }
  paths->sums[place] = sum;
  paths->marks[place] |= (unsigned char)new_mark;
  if (paths->count * 4 > paths->capacity * 3)
    grow(paths);
  return 0;
}

/* "a/b/c" -> the length of "a/b"; the root is above "a". */
static size_t length_of_parent(const char *path, size_t length)
{
  while (length > 0 && path[length - 1] != '/')
    length--;
  return length > 0 ? length - 1 : 0;
}

int paths_mark(struct paths *paths, const char *path, enum path_mark new_mark, struct error *err)
{
  size_t length = strlen(path);
  unsigned before;
  if (mark(paths, path, length, new_mark, &before, err) < 0)
    return -1;
  /* What is there already has its folders there. */
  while (before == 0 && length > 0) {
    length = length_of_parent(path, length);
    if (mark(paths, path, length, PATH_IMPLIED, &before, err) < 0)
      return -1;
  }
  return 0;
}
