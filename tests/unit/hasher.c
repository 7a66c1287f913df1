/* SPDX-License-Identifier: Apache-2.0 */
/* A digest that is made beside is that of the same bytes; and the limits of what a layer has. */
#include "rootfs/hasher.h"

#include "rootfs/paths.h"
#include "rootfs/repeats.h"

#include <criterion/criterion.h>

#define BYTES (3UL * 1024 * 1024)

static unsigned char bytes[BYTES];

/* Of the first `length` bytes, added by pieces of this size. */
static void expect_same(size_t length, size_t piece, bool beside)
{
  struct digest expected, found;
  struct hasher *hasher = hasher_new(beside);
  for (size_t at = 0; at < length; at += piece)
    hasher_add(hasher, bytes + at, length - at < piece ? length - at : piece);
  hasher_end(hasher, &found);
  hasher_free(hasher);
  hash_bytes(bytes, length, &expected);
  cr_expect(digest_equal(&expected, &found), "%zu bytes by %zu", length, piece);
}

Test(hasher, bytes_keep_their_order)
{
  static const size_t lengths[] = {0, 1, 65535, 65536, 65537, 524288, 524289, BYTES};
  static const size_t pieces[] = {512, 65536, 131072, 1000003};
  for (size_t i = 0; i < BYTES; i++)
    bytes[i] = (unsigned char)(i * 7919 >> 8);
  for (size_t i = 0; i < ARRAY_LENGTH(lengths); i++)
    for (size_t j = 0; j < ARRAY_LENGTH(pieces); j++) {
      expect_same(lengths[i], pieces[j], true);
      expect_same(lengths[i], pieces[j], false);
    }
}

Test(hasher, what_is_given_up_ends)
{
  struct hasher *hasher = hasher_new(true);
  hasher_add(hasher, bytes, BYTES);
  hasher_free(hasher);
  hasher_free(hasher_new(true));
}

Test(paths, limits_of_a_layer, .timeout = 30)
{
  struct error err = {.text = ""};
  cleanup_paths struct paths *paths = paths_new();
  char path[32];
  size_t count = 0;
  do
    snprintf(path, sizeof(path), "%zu", count++);
  while (paths_mark(paths, path, PATH_LISTED, &err) == 0);
  cr_expect_eq(count, PATHS_MAX, "with the root"); /* the first that does not fit is counted */
  cr_expect_str_eq(err.text, "the layer has more than 1048576 paths");
  cr_expect_eq(paths_marks(paths, "0"), PATH_LISTED);
  cr_expect_eq(paths_marks(paths, path), 0);
}

Test(repeats, limits_of_a_layer)
{
  struct error err = {.text = ""};
  struct repeats *repeats = repeats_new();
  char path[32];
  for (int i = 0; i < REPEATS_MAX; i++) {
    snprintf(path, sizeof(path), "%d", i);
    cr_assert_eq(repeats_add(repeats, path, &err), 0);
  }
  cr_expect_eq(repeats_add(repeats, "0", &err), 0, "once more");
  cr_expect_eq(repeats_add(repeats, "more", &err), -1);
  cr_expect_str_eq(err.text, "the layer has more than 1024 paths twice");
  repeats_free(repeats);
}
