/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify-rootfs: is what a container will run what was signed? Called by the runtime as a
 * createRuntime hook, when the root file system is mounted and nothing runs in it yet.
 *
 *     arguments, state ─▶ plan ─▶ the mount ─▶ every layer ─▶ what lies above ─▶ 0, or 1 and why
 *
 * The arguments are the container's own, written by the plugin image-verify into config.json; they
 * name the plan by its digest. The runtime shows the user what is written to standard error.
 */
#include "common/log.h"
#include "verify-rootfs/arguments.h"
#include "verify-rootfs/state.h"

#include <signal.h>
#include <time.h>

#define SHOWN_MAX 4 /* differences */

enum { GOOD = 0, REFUSED = 1, CALLED_WRONGLY = 2 };

static int expect_same(const char *what, const char *planned, const char *given, struct error *err)
{
  if (given == NULL || text_equal(planned, given))
    return 0;
  return error_set(err, "the plan is of another container: its %s is '%s', not '%s'", what, planned,
                   given);
}

/* The plan is what the plugin wrote, and of the container that is being created now. */
static int read_plan(const struct arguments *arguments, struct plan *plan, struct error *err)
{
  if (plan_read(arguments->plan, &arguments->plan_digest, plan, err) < 0)
    return -1;
  return expect_same("id", plan->id, arguments->id, err) < 0 ||
                 expect_same("bundle", plan->bundle, arguments->bundle, err) < 0 ||
                 expect_same("root file system", plan->rootfs, arguments->rootfs, err) < 0
             ? -1
             : state_check(STDIN_FILENO, plan->id, plan->bundle, err);
}

static void check(const struct arguments *arguments, struct differences *found)
{
  struct error err = {.text = ""};
  cleanup_plan struct plan plan = {.id = NULL};
  if (read_plan(arguments, &plan, &err) < 0)
    differences_add(found, CHECK_CANNOT, NULL, "%s", err.text);
  else
    check_container(&plan, &arguments->options, found);
}

static void tell(const struct arguments *arguments, const struct differences *found)
{
  for (size_t i = 0; i < differences_count(found); i++) {
    const char *line = differences_line(found, i);
    log_line(arguments->mode == VERIFY_ENFORCE ? LOG_ERROR : LOG_WARN, "image %s: %s",
             arguments->image, line);
    if (arguments->mode != VERIFY_AUDIT)
      fprintf(stderr, "image %s: %s\n", arguments->image, line);
  }
}

static long milliseconds_since(const struct timespec *begin)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (now.tv_sec - begin->tv_sec) * 1000 + (now.tv_nsec - begin->tv_nsec) / 1000000;
}

static int verify(const struct arguments *arguments)
{
  cleanup_differences struct differences *found = differences_new(SHOWN_MAX);
  struct timespec begin;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  check(arguments, found);
  tell(arguments, found);
  bool good = differences_count(found) == 0;
  log_line(LOG_INFO, "image %s (%s): its root file system is %s, %ld ms", arguments->image,
           arguments->config, good ? "what was signed" : "refused", milliseconds_since(&begin));
  return good || arguments->mode != VERIFY_ENFORCE ? GOOD : REFUSED;
}

int main(int argc, char **argv)
{
  struct arguments arguments;
  struct error err = {.text = ""};
  char subject[80];
  (void)argc;
  signal(SIGPIPE, SIG_IGN);
  if (arguments_parse(argv, &arguments, &err) < 0) {
    fprintf(stderr, "verify-rootfs: %s\n", err.text);
    return CALLED_WRONGLY;
  }
  if (arguments.help || arguments.version) {
    fputs(arguments.help ? arguments_help : "verify-rootfs " VERSION "\n", stdout);
    return GOOD;
  }
  snprintf(subject, sizeof(subject), "verify %.64s", arguments.id);
  log_setup(arguments.log, arguments.log_level, subject);
  return verify(&arguments);
}
