/* SPDX-License-Identifier: Apache-2.0 */
/*
 * container-hooks-runtime, the front: called by an engine in place of the low-level runtime, it
 * lets the worker edit config.json where a container is about to be made, and then becomes that
 * runtime.
 *
 * It cannot fail where it must not: kill, delete and every other command go through even if the
 * config is broken.
 */
#include "common/log.h"
#include "config/config.h"
#include "config/profile.h"
#include "front/command.h"
#include "front/failure.h"
#include "front/lowlevel.h"
#include "front/place.h"
#include "front/worker.h"

/* What all steps share. */
struct front {
  struct command command;
  struct place place;
  const char *profile;
  struct config config;
  char subject[80]; /* as each log line names it: "create 4f2a…" */
};

static int read_config(struct front *front, const char *argv0, struct error *err)
{
  struct config_source source = {.plugin_dir = front->place.plugin_dir};
  config_defaults(&front->config, &source);
  if (place_find(&front->place, err) < 0 || profile_of(argv0, &front->profile, err) < 0)
    return -1;
  source.profile = front->profile;
  return config_load(&front->config, &source, err);
}

static void start_log(struct front *front)
{
  const char *id = front->command.id;
  snprintf(front->subject, sizeof(front->subject), "%s%s%.64s", front->command.name,
           id != NULL ? " " : "", id != NULL ? id : "");
  log_setup(front->config.log_file, front->config.log_level, front->subject);
}

static int modify(const struct front *front, struct error *err)
{
  const struct command *command = &front->command;
  if (command->spec_file != NULL)
    return error_set(err,
                     "--config %s: a spec outside the bundle cannot be checked and edited: put it "
                     "into the bundle as config.json",
                     command->spec_file);
  const struct worker_task task = {
      .worker = front->place.worker,
      .command = command->name,
      .id = command->id,
      .bundle = command->bundle,
      .root = command->root,
      .config = front->config.path,
      .profile = front->profile,
      .plugin_dir = front->place.plugin_dir,
      .timeout = front->config.plugin_timeout,
  };
  return worker_run(&task, err);
}

int main(int argc, char **argv)
{
  (void)argc;
  static struct front front; /* lives as long as the program: nothing to free */
  struct error err, broken;

  command_parse(argv, &front.command);
  bool modifies = command_modifies(&front.command);
  bool config_broken = read_config(&front, argv[0], &broken) < 0;
  start_log(&front);
  if (config_broken && modifies)
    return failure_report(&front.command, &broken);
  if (config_broken)
    log_line(LOG_WARN, "going on with the default runtimes: %s", broken.text);

  cleanup_free char *runtime = lowlevel_find(front.config.runtimes, &err);
  if (runtime == NULL && config_broken)
    error_append(&err, "; the config was not read: %s", broken.text);
  if (runtime == NULL || (modifies && modify(&front, &err) < 0))
    return failure_report(&front.command, &err);
  log_line(LOG_DEBUG, "handing over to %s", runtime);
  lowlevel_become(runtime, argv, &err);
  return failure_report(&front.command, &err);
}
