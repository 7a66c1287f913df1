/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What earlier checks of layers and starts of containers left, whatever somebody made of it: a note
 * is believed only if it is what would be written now.
 *
 * Covers: core/rootfs/cache.c core/rootfs/started.c core/rootfs/state_folder.c
 */
#include "folder.h"

#include "image/hash.h"
#include "rootfs/cache.h"
#include "rootfs/started.h"

#define ID "the-container"

/* A record that was used is kept, one that was not for long goes with the next that is made. */
static void expect_old_ones_go(const struct cache *cache, const struct digest *diff_id)
{
  const struct timespec long_ago[] = {{.tv_sec = 1}, {.tv_sec = 1}};
  char *name = NULL;
  cleanup_free char *path = cache_record_path(cache, diff_id),
                    *old = fuzz_path("state/records/old");
  must(fuzz_write("state/records/old", "", 0) && utimensat(AT_FDCWD, old, long_ago, 0) == 0);
  cleanup_close int record = cache_begin_record(cache, diff_id, &name);
  must(record >= 0);
  cache_end_record(cache, diff_id, name, true);
  must(access(old, F_OK) < 0 && access(path, F_OK) == 0 && cache_has_record(cache, diff_id));
}

static void expect_seen(const char *state, const char *input, size_t length)
{
  struct cache *cache = cache_open(state);
  struct digest diff_id, fingerprint;
  must(cache != NULL);
  hash_bytes("layer", 5, &diff_id);
  hash_bytes("fingerprint", 11, &fingerprint);
  cleanup_free char *note = xasprintf("state/seen/%s", digest_hex(&diff_id));
  must(!cache_has_seen(cache, &diff_id, &fingerprint));
  must(fuzz_write(note, input, length));
  if (cache_has_seen(cache, &diff_id, &fingerprint))
    must(strstr(input, fingerprint.text) != NULL);
  cache_note_seen(cache, &diff_id, &fingerprint);
  must(cache_has_seen(cache, &diff_id, &fingerprint));
  must(!cache_has_seen(cache, &fingerprint, &diff_id));

  /* Where a note cannot be put, there is none. */
  cleanup_free char *in_the_way = xasprintf("state/seen/%s/x", digest_hex(&fingerprint));
  must(fuzz_write(in_the_way, "", 0));
  cache_note_seen(cache, &fingerprint, &diff_id);
  must(!cache_has_seen(cache, &fingerprint, &diff_id));

  char *name = NULL;
  cleanup_close int record = cache_begin_record(cache, &diff_id, &name);
  must(record >= 0 && !cache_has_record(cache, &diff_id));
  cache_end_record(cache, &diff_id, name, length % 2 == 0);
  must(cache_has_record(cache, &diff_id) == (length % 2 == 0));
  expect_old_ones_go(cache, &diff_id);
  cache_close(cache);
}

/* Where there can be no folder, nothing is kept, and no container is known to have started. */
static void expect_nothing_without_folder(void)
{
  struct error err = {.text = ""};
  bool before = false;
  cleanup_free char *file = fuzz_path("file");
  must(fuzz_write("file", "", 0) && cache_open(file) == NULL);
  must(started_before(file, ID, fuzz_folder, AT_FDCWD, &before, &err) < 0 && err.text[0] != '\0');
  must(started_note(file, ID, fuzz_folder, AT_FDCWD, &err) < 0);
}

static void expect_started(const char *state, const char *input, size_t length)
{
  struct error err = {.text = ""};
  bool before = true;
  cleanup_close int upper = open(fuzz_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  must(started_before(state, ID, fuzz_folder, upper, &before, &err) == 0 && !before);
  must(fuzz_write("state/started/" ID, input, length) &&
       fuzz_write("state/started/x", input, length));
  must(started_before(state, ID, fuzz_folder, upper, &before, &err) == 0);
  must(!before || strstr(input, fuzz_folder) != NULL);
  must(started_note(state, ID, fuzz_folder, upper, &err) == 0);
  must(started_before(state, ID, fuzz_folder, upper, &before, &err) == 0 && before);
  if (started_before(state, input, fuzz_folder, upper, &before, &err) == 0)
    must(input[0] != '\0' && input[0] != '.' && strchr(input, '/') == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  cleanup_free char *input = fuzz_text(bytes, length);
  fuzz_make_folder();
  cleanup_free char *state = fuzz_path("state");
  expect_seen(state, input, length);
  expect_started(state, input, length);
  expect_nothing_without_folder();
  return 0;
}
