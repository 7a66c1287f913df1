/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/image_files.h"

#include "ctk/command.h"
#include "rootfs/check.h"

#include <string.h>

#define SHOWN_MAX 10000 /* differences */
#define CLEAR_LINE "\r\033[K"

/* --- what is to be compared ------------------------------------------------------------------ */

/* A plan in memory: nobody hands it on. All borrowed from the image. */
static struct plan make_plan(const struct image *image)
{
  return (struct plan){
      .rootfs = image->rootfs,
      .upper = image->upper,
      .init = image->init,
      .layers = image->layers,
      .layer_count = image->layer_count,
      .first_uid = image->first_uid,
      .first_gid = image->first_gid,
  };
}

static int expect_unpacked(const struct image *image, const char *word, struct error *err)
{
  for (size_t i = 0; i < image->layer_count; i++)
    if (image->layers[i].folder == NULL)
      return error_set(err,
                       "%s: cannot compare files: %s has not unpacked layer %zu (%s); it does when "
                       "a container of the image is made",
                       word, image_engine_name(image->engine), i + 1,
                       image->layers[i].diff_id.text);
  return 0;
}

/* --- comparing ------------------------------------------------------------------------------- */

static void show_progress(size_t done, size_t count, uint64_t bytes)
{
  fprintf(stderr, CLEAR_LINE "comparing files: %zu of %zu layers are done, %llu MB are read", done,
          count, (unsigned long long)(bytes / 1000000));
}

static void compare(const struct image *image, const struct check_options *options,
                    struct differences *found)
{
  const struct plan plan = make_plan(image);
  if (options->progress != NULL)
    options->progress(0, plan.layer_count, 0);
  if (image->rootfs != NULL)
    check_container(&plan, options, found);
  else
    check_layers(&plan, options, found);
  if (options->progress != NULL)
    fputs(CLEAR_LINE, stderr);
}

/* --- telling --------------------------------------------------------------------------------- */

static int by_layer(const void *a, const void *b)
{
  return strverscmp(*(const char *const *)a, *(const char *const *)b);
}

/* By layer and path, though threads have found them. */
static void list(const struct differences *found, const char *label)
{
  size_t count = differences_count(found);
  cleanup_free const char **lines = xcalloc(count + 1, sizeof(*lines));
  for (size_t i = 0; i < count; i++)
    lines[i] = differences_line(found, i);
  qsort(lines, count, sizeof(*lines), by_layer);
  for (size_t i = 0; i < count; i++)
    printf("%s%s\n", label, lines[i]);
}

/* A layer or a container that could not be compared to its end is among the lines, too. */
static bool is_whole(const struct differences *found)
{
  for (size_t i = 0; i < differences_count(found); i++)
    if (text_starts(differences_line(found, i), CHECK_CANNOT))
      return false;
  return true;
}

/* A container that runs may write: no difference to the image, but worth knowing. */
static void tell_written(const char *name, enum upper_rule rule, const struct differences *written)
{
  if (rule == UPPER_IGNORE)
    ctk_say("what the container has written is not looked at (upper = \"%s\")", name);
  if (rule != UPPER_EMPTY_ON_FIRST_START)
    return;
  list(written, "note: ");
  if (differences_count(written) > 0)
    ctk_say("the notes say what the container has put over the image since it started, as it may "
            "(upper = \"%s\")",
            name);
}

static int tell(const char *word, struct differences *found, struct error *err)
{
  size_t count = differences_count(found);
  list(found, "");
  fflush(stdout); /* before the error, which ends it */
  if (count == 0) {
    ctk_say("every file is what the image says");
    return 0;
  }
  if (!is_whole(found))
    return error_set(err, "%s: not all of its files could be compared with the image", word);
  return error_set(err, "%s: its files are not what the image says: %zu difference%s%s", word,
                   count, count == 1 ? "" : "s",
                   differences_are_full(found) ? ", and maybe more" : "");
}

int image_files_check(const struct image *image, const struct image_settings *settings,
                      const char *word, struct error *err)
{
  struct check_options options = {.running = true, .state = settings->state};
  if (!upper_rule_parse(settings->upper, &options.upper))
    return error_set(err,
                     "image-verify's setting 'upper' is '%s', not empty-on-first-start, no-shadow "
                     "or ignore",
                     settings->upper);
  if (expect_unpacked(image, word, err) < 0)
    return -1;
  if (!ctk_quiet && isatty(STDERR_FILENO))
    options.progress = show_progress;
  cleanup_differences struct differences *found = differences_new(SHOWN_MAX);
  cleanup_differences struct differences *written = differences_new(SHOWN_MAX);
  if (options.upper == UPPER_EMPTY_ON_FIRST_START)
    options.written = written;
  compare(image, &options, found);
  if (image->upper != NULL)
    tell_written(settings->upper, options.upper, written);
  return tell(word, found, err);
}
