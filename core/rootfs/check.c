/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/check.h"

#include "common/document.h"
#include "common/log.h"
#include "rootfs/folders.h"
#include "rootfs/known.h"
#include "rootfs/mounted.h"
#include "rootfs/mountpoints.h"
#include "rootfs/started.h"

#include <pthread.h>
#include <sched.h>

#define MOUNTINFO "/proc/self/mountinfo"
#define STACK (512UL * 1024) /* bytes of a thread's: what it needs is a tenth of that */

/* --- the layers, by threads ------------------------------------------------------------------ */

struct work {
  const struct plan *plan;
  const struct folders *folders;
  struct differences *found;
  struct known known;
  size_t *order; /* owned; which layer comes when */
  size_t next;   /* in the order; taken atomically */
  int spare;     /* threads that nobody needs, for hashing; taken atomically */
  struct progress progress;
};

/* Takes a spare thread, if there is one. */
static bool take_spare(struct work *work)
{
  if (__atomic_fetch_sub(&work->spare, 1, __ATOMIC_RELAXED) > 0)
    return true;
  __atomic_fetch_add(&work->spare, 1, __ATOMIC_RELAXED);
  return false;
}

static void check_one(struct work *work, size_t index)
{
  struct error err = {.text = ""};
  const struct layer_task task = {.plan = &work->plan->layers[index],
                                  .folders = work->folders,
                                  .index = index,
                                  .found = work->found,
                                  .progress = &work->progress,
                                  .beside = take_spare(work)};
  if (known_check(&work->known, &task, &err) < 0)
    differences_add(work->found, CHECK_CANNOT, NULL, "%s", err.text);
  if (task.beside)
    __atomic_fetch_add(&work->spare, 1, __ATOMIC_RELAXED);
  progress_layer(&work->progress);
}

static void *check_some(void *data)
{
  struct work *work = data;
  for (;;) {
    size_t turn = __atomic_fetch_add(&work->next, 1, __ATOMIC_RELAXED);
    if (turn >= work->plan->layer_count || differences_are_full(work->found))
      break;
    check_one(work, work->order[turn]);
  }
  __atomic_fetch_add(&work->spare, 1, __ATOMIC_RELAXED); /* this one */
  return NULL;
}

struct sized {
  size_t index;
  off_t size;
};

static int by_size(const void *a, const void *b)
{
  const struct sized *left = a, *right = b;
  return (left->size < right->size) - (left->size > right->size);
}

/* The layers of the biggest records first, so that no thread begins with the longest work when the
   others are done. Owned by the caller. */
static size_t *make_order(const struct plan *plan)
{
  cleanup_free struct sized *sized = xcalloc(plan->layer_count + 1, sizeof(*sized));
  size_t *order = xcalloc(plan->layer_count + 1, sizeof(*order));
  for (size_t i = 0; i < plan->layer_count; i++) {
    struct stat status;
    const char *record = plan->layers[i].record;
    bool known = record != NULL && stat(record, &status) == 0;
    sized[i] = (struct sized){.index = i, .size = known ? status.st_size : 0};
  }
  qsort(sized, plan->layer_count, sizeof(*sized), by_size);
  for (size_t i = 0; i < plan->layer_count; i++)
    order[i] = sized[i].index;
  return order;
}

static unsigned count_threads(unsigned wanted)
{
  cpu_set_t cpus;
  unsigned count = wanted;
  if (count == 0) {
    count = sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? (unsigned)CPU_COUNT(&cpus) : 1;
    count = count < CHECK_THREADS_MAX ? count : CHECK_THREADS_MAX;
  }
  return count < CHECK_THREADS_LIMIT ? count : CHECK_THREADS_LIMIT;
}

/* This thread is one of them; where the kernel gives no more, those that are there do all. */
static void run_threads(struct work *work, unsigned count)
{
  pthread_t threads[CHECK_THREADS_LIMIT];
  pthread_attr_t attributes;
  unsigned started = 0;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK);
  while (started + 1 < count &&
         pthread_create(&threads[started], &attributes, check_some, work) == 0)
    started++;
  check_some(work);
  for (unsigned i = 0; i < started; i++)
    pthread_join(threads[i], NULL);
  pthread_attr_destroy(&attributes);
}

static void check_opened_layers(const struct plan *plan, const struct folders *folders,
                                const struct check_options *options, struct differences *found)
{
  struct work work = {.plan = plan,
                      .folders = folders,
                      .found = found,
                      .progress = {.tell = options->progress,
                                   .count = plan->layer_count,
                                   .mutex = PTHREAD_MUTEX_INITIALIZER}};
  struct cache *cache = options->state != NULL ? cache_open(options->state) : NULL;
  work.known = (struct known){cache, options->believe_fingerprints};
  work.order = make_order(plan);
  unsigned threads = count_threads(options->threads);
  unsigned workers = threads < plan->layer_count ? threads : (unsigned)plan->layer_count;
  work.spare = (int)(threads - workers);
  run_threads(&work, workers);
  free(work.order);
  pthread_mutex_destroy(&work.progress.mutex);
  cache_close(cache);
}

/* --- what lies above them -------------------------------------------------------------------- */

/* Nobody but the engine and the runtime has written to the container's own layer. Where the engine
   has not shifted all owners, they are those that the container's user namespace says. */
static int check_first_start(const struct plan *plan, struct folders *folders,
                             struct differences *found, struct error *err)
{
  cleanup_document struct document document = {.name = NULL};
  cleanup_paths struct paths *mountpoints = paths_new();
  if (document_read_bundle(plan->bundle, &document, err) < 0)
    return -1;
  struct value config = document_root(&document);
  bool shifted = plan->first_uid != 0 || plan->first_gid != 0;
  if (value_type(&config, json_type_object, err) < 0 ||
      (!shifted && owners_read(&config, &folders->own, err) < 0) ||
      mountpoints_mark(&config, plan->rootfs, mountpoints, err) < 0)
    return -1;
  cleanup_differences struct differences *own = differences_new(differences_max(found));
  int result = upper_check_empty(folders, folders->count - 1, mountpoints, own, err);
  if (differences_count(own) > 0)
    differences_add(found, UPPER_WHERE, NULL,
                    "no start of this container is noted, so nothing may be in there; one that "
                    "started before verify-rootfs watched must be made anew, or start once with "
                    "the setting upper = \"no-shadow\" or \"ignore\", which notes it");
  differences_move(found, own);
  return result;
}

static int check_upper(const struct plan *plan, struct folders *folders,
                       const struct check_options *options, struct differences *found,
                       struct error *err)
{
  size_t index = folders->count - 1;
  int fd = folders->fds[index];
  bool before = false;
  if (plan->upper == NULL || options->upper == UPPER_IGNORE)
    return 0;
  if (options->upper == UPPER_NO_SHADOW)
    return upper_check_no_shadow(folders, index, found, err);
  if (options->running)
    return options->written != NULL ? upper_check_no_shadow(folders, index, options->written, err)
                                    : 0;
  if (options->state != NULL &&
      started_before(options->state, plan->id, plan->upper, fd, &before, err) < 0)
    return -1;
  return before ? 0 : check_first_start(plan, folders, found, err);
}

/* Only a container that will start has started. By other rules than the one that asks for it, the
   note is for the day when the admin changes the rule. */
static int note_start(const struct plan *plan, const struct folders *folders,
                      const struct check_options *options, struct error *err)
{
  if (plan->upper == NULL || options->running || options->state == NULL)
    return 0;
  if (started_note(options->state, plan->id, plan->upper, folders->fds[folders->count - 1], err) ==
      0)
    return 0;
  if (options->upper == UPPER_EMPTY_ON_FIRST_START)
    return -1;
  log_line(LOG_WARN, "%s", err->text);
  return 0;
}

static int check_all(const struct plan *plan, const struct check_options *options,
                     struct differences *found, struct error *err)
{
  cleanup_folders struct folders folders;
  const char *mountinfo = options->mountinfo != NULL ? options->mountinfo : MOUNTINFO;
  if (folders_open(plan, &folders, err) < 0 || mounted_check(plan, folders.fds, mountinfo, err) < 0)
    return -1;
  /* First what is quick. */
  if (plan->init != NULL && upper_check_init(&folders, plan->layer_count, found, err) < 0)
    return -1;
  if (check_upper(plan, &folders, options, found, err) < 0)
    return -1;
  check_opened_layers(plan, &folders, options, found);
  bool starts = options->lenient || differences_count(found) == 0;
  return !starts ? 0 : note_start(plan, &folders, options, err);
}

void check_container(const struct plan *plan, const struct check_options *options,
                     struct differences *found)
{
  struct error err = {.text = ""};
  if (check_all(plan, options, found, &err) < 0)
    differences_add(found, CHECK_CANNOT, NULL, "%s", err.text);
}

void check_layers(const struct plan *plan, const struct check_options *options,
                  struct differences *found)
{
  struct error err = {.text = ""};
  cleanup_folders struct folders folders;
  if (folders_open(plan, &folders, &err) < 0)
    differences_add(found, CHECK_CANNOT, NULL, "%s", err.text);
  else
    check_opened_layers(plan, &folders, options, found);
}
