/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/engines/docker_daemon.h"

#include "common/file.h"
#include "common/trust.h"
#include "ctk/engines/program.h"
#include "ctk/engines/reload.h"
#include "ctk/text/json_edit.h"

#include <fcntl.h>

#define PID_DEFAULT "/var/run/docker.pid"

/* --- the process --------------------------------------------------------------------------- */

static char *pid_file_of(const struct engine_request *request, const char *text)
{
  if (request->pid_file != NULL)
    return xstrdup(request->pid_file);
  char *named = json_edit_text(text, "/pidfile");
  const char *runtime_folder = getenv("XDG_RUNTIME_DIR");
  if (named != NULL)
    return named;
  if (trust_rootless() && runtime_folder != NULL)
    return xasprintf("%s/docker.pid", runtime_folder);
  return xstrdup(PID_DEFAULT);
}

static pid_t daemon_pid(const struct engine_request *request, const char *text)
{
  cleanup_free char *pid_file = pid_file_of(request, text);
  return reload_pid(pid_file, "dockerd");
}

/* A setting that stands both in the file and on the command line keeps docker from starting. */
static int check_command_line(pid_t pid, struct error *err)
{
  cleanup_free char *path = xasprintf("/proc/%d/cmdline", (int)pid);
  cleanup_free char *words = NULL;
  size_t length;
  struct error ignored;
  cleanup_close int fd = open(path, FILE_OPEN_FLAGS);
  if (fd < 0 || file_read(fd, path, CHANGE_SIZE_MAX, &words, &length, &ignored) < 0)
    return 0;
  for (const char *word = words; word < words + length; word += strlen(word) + 1)
    if (text_equal(word, "--default-runtime") || text_starts(word, "--default-runtime="))
      return error_set(err,
                       "dockerd (process %d) was started with --default-runtime, which must not "
                       "stand in its file as well: take it off its command line",
                       (int)pid);
  return 0;
}

/* --- its view of a file -------------------------------------------------------------------- */

static int validate(const char *dockerd, const char *path, struct error *err)
{
  const char *const argv[] = {dockerd, "--validate", "--config-file", path, NULL};
  return program_run(argv, err);
}

/* dockerd can do so since 23. */
static char *find_validator(void)
{
  struct error ignored;
  cleanup_free char *dockerd = program_find("dockerd");
  cleanup_free char *usage = NULL;
  const char *const argv[] = {dockerd, "--help", NULL};
  bool can = dockerd != NULL && program_capture(argv, &usage, &ignored) == 0 &&
             strstr(usage, "--validate") != NULL;
  return can ? steal_pointer(&dockerd) : NULL;
}

static int validate_texts(const char *text, const char *present, struct error *err)
{
  struct error before;
  cleanup_free char *dockerd = text != NULL ? find_validator() : NULL;
  if (dockerd == NULL)
    return 0;
  cleanup_program_folder char *folder = program_folder(err);
  cleanup_free char *new = folder != NULL ? program_write(folder, "daemon.json", text, err) : NULL;
  if (new == NULL)
    return -1;
  if (validate(dockerd, new, err) == 0)
    return 0;
  cleanup_free char *old =
      program_write(folder, "old.json", present != NULL ? present : "", &before);
  bool was_wrong = present != NULL && old != NULL && validate(dockerd, old, &before) < 0;
  return error_wrap(err, "dockerd --validate rejects %s",
                    was_wrong ? "the file, as it did before" : "the result");
}

int docker_check(const struct engine_request *request, const struct engine_files *files,
                 struct error *err)
{
  const struct engine_file *file = &files->list[ENGINE_ROOT];
  pid_t pid = daemon_pid(request, file->text);
  cleanup_free char *name = json_edit_text(file->text, DOCKER_DEFAULT);
  if (pid > 0 && name != NULL && check_command_line(pid, err) < 0)
    return -1;
  return validate_texts(file->text, file->present, err);
}

int docker_reload(const struct engine_request *request, const char *file, struct error *err)
{
  cleanup_free char *text = NULL;
  if (change_read(file, &text, err) < 0)
    return -1;
  pid_t pid = daemon_pid(request, text);
  if (pid > 0)
    return reload_by_signal(pid, file, err);
  cleanup_free char *systemctl = program_find("systemctl");
  return systemctl != NULL && request->pid_file == NULL ? reload_by_systemd("reload", "docker", err)
                                                        : 1;
}
