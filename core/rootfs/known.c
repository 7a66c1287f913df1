/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/known.h"

#include "common/log.h"
#include "rootfs/fingerprint.h"

/* Changes this shortly before a check may look like others during it: the kernel counts in ticks,
   of which none is this long. */
#define SETTLED 2 /* seconds */

/* --- records ------------------------------------------------------------------------------- */

/* By the record of an earlier check: nothing needs to be unpacked. */
static bool is_good_by_record(const struct cache *cache, const struct layer_task *task)
{
  struct error ignored;
  const struct digest *diff_id = &task->plan->diff_id;
  cleanup_free char *path = cache_record_path(cache, diff_id);
  struct image_layer recorded = *task->plan;
  recorded.kind = LAYER_TAR_SPLIT;
  recorded.record = path;
  if (!cache_has_record(cache, diff_id))
    return false;
  cleanup_differences struct differences *unseen = differences_new(1);
  struct layer_task by_record = *task;
  by_record.plan = &recorded;
  by_record.found = unseen;
  return layer_check(&by_record, NULL, &ignored) == 0;
}

/* By its blob, of which a record is kept if the layer is good. */
static int check_and_record(const struct cache *cache, const struct layer_task *task,
                            struct error *err)
{
  char *name;
  const struct digest *diff_id = &task->plan->diff_id;
  int fd = cache_begin_record(cache, diff_id, &name);
  if (fd < 0)
    return layer_check(task, NULL, err);
  struct record *record = record_new(fd);
  int result = layer_check(task, record, err);
  bool written = record_end(record) == 0;
  cache_end_record(cache, diff_id, name, result == 0 && written);
  return result;
}

static int check_files(const struct cache *cache, const struct layer_task *task, struct error *err)
{
  if (cache == NULL || task->plan->kind != LAYER_BLOB)
    return layer_check(task, NULL, err);
  /* What is not good is looked at again: the blob tells better what differs. */
  return is_good_by_record(cache, task) ? 0 : check_and_record(cache, task, err);
}

/* --- fingerprints -------------------------------------------------------------------------- */

/* Did anything change since `before` was taken, or too shortly before `begin` to be sure? */
static bool has_settled(int folder, const struct digest *before, time_t begin)
{
  struct digest after;
  struct timespec newest;
  struct error ignored;
  return fingerprint_take(folder, &after, &newest, &ignored) == 0 && digest_equal(before, &after) &&
         newest.tv_sec < begin - SETTLED;
}

int known_check(const struct known *known, const struct layer_task *task, struct error *err)
{
  struct digest fingerprint;
  struct timespec newest;
  const struct cache *cache = known->cache;
  const struct digest *diff_id = &task->plan->diff_id;
  int folder = task->folders->fds[task->index];
  time_t begin = time(NULL);
  if (cache == NULL || !known->believe_fingerprints)
    return check_files(cache, task, err);
  if (fingerprint_take(folder, &fingerprint, &newest, err) < 0)
    return -1;
  if (cache_has_seen(cache, diff_id, &fingerprint))
    return 0;
  int result = check_files(cache, task, err);
  if (result == 0 && has_settled(folder, &fingerprint, begin))
    cache_note_seen(cache, diff_id, &fingerprint);
  return result;
}
