/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/engines/docker_daemon.h"

#include "common/file.h"
#include "common/json.h"
#include "common/trust.h"
#include "ctk/engines/daemon.h"
#include "ctk/engines/program.h"
#include "ctk/engines/reload.h"
#include "ctk/text/json_edit.h"
#include "ctk/text/json_way.h"

#define FILE_DEFAULT "/etc/docker/daemon.json"
#define PID_DEFAULT "/var/run/docker.pid"

static const char *const file_options[] = {"--config-file", NULL};
static const char *const host_options[] = {"--host", "-H", NULL};
static const char *const default_options[] = {"--default-runtime", NULL};

static char *user_file(void)
{
  const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
  if (config != NULL && config[0] == '/')
    return xasprintf("%s/docker/daemon.json", config);
  return home != NULL ? xasprintf("%s/.config/docker/daemon.json", home) : NULL;
}

char *docker_file(void)
{
  char *path = trust_rootless() ? user_file() : NULL;
  return path != NULL ? path : xstrdup(FILE_DEFAULT);
}

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

static void find_daemon(const struct engine_request *request, const char *text,
                        struct daemon *daemon)
{
  cleanup_free char *pid_file = pid_file_of(request, text);
  *daemon = (struct daemon){.pid = 0};
  pid_t pid = reload_pid(pid_file, "dockerd");
  if (pid > 0)
    daemon_read(daemon, pid);
}

/* The file that the daemon reads in place of `file`; owned by the caller, NULL if that is the one,
   or nobody can tell. */
static char *other_file(const struct daemon *daemon, const char *file)
{
  cleanup_free char *usual = docker_file();
  cleanup_free char *read = daemon_file(daemon, file_options, usual);
  bool same = daemon->length == 0 || text_equal(read, file) || file_is_same(read, file);
  return same ? NULL : steal_pointer(&read);
}

char *docker_other_file(const struct engine_request *request, const struct engine_file *file)
{
  cleanup_daemon struct daemon daemon;
  find_daemon(request, file->present, &daemon);
  return daemon.pid > 0 ? other_file(&daemon, file->path) : NULL;
}

/* A setting that stands both in the file and on the command line keeps docker from starting. */
static int check_command_line(const struct daemon *daemon, struct error *err)
{
  if (daemon_option(daemon, default_options) == NULL)
    return 0;
  return error_set(err,
                   "dockerd (process %d) was started with --default-runtime, which must not "
                   "stand in its file as well: take it off its command line",
                   (int)daemon->pid);
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
  cleanup_daemon struct daemon daemon;
  cleanup_free char *name = json_edit_text(file->text, DOCKER_DEFAULT);
  find_daemon(request, file->text, &daemon);
  if (daemon.pid > 0 && name != NULL && check_command_line(&daemon, err) < 0)
    return -1;
  return validate_texts(file->text, file->present, err);
}

/* --- its view of itself -------------------------------------------------------------------- */

/* Where it listens: by its command line, else by its file. */
static char *host_of(const struct daemon *daemon, const char *text)
{
  const char *typed = daemon_option(daemon, host_options);
  const char *folder = getenv("XDG_RUNTIME_DIR");
  char *host = typed != NULL ? xstrdup(typed) : json_edit_text(text, "/hosts/0");
  if (host != NULL && !text_starts(host, "fd:"))
    return host;
  free(host);
  return trust_rootless() && folder != NULL ? xasprintf("unix://%s/docker.sock", folder)
                                            : xstrdup("unix:///var/run/docker.sock");
}

/* `docker info` of the daemon; owned by the caller. */
static int read_info(const struct daemon *daemon, const char *text, char **info, struct error *err)
{
  cleanup_free char *docker = program_find("docker");
  if (docker == NULL)
    return error_set(err, "there is no program docker here to ask it");
  cleanup_free char *host = host_of(daemon, text);
  const char *const argv[] = {docker, "--host", host, "info", "--format", "{{json .}}", NULL};
  return program_capture(argv, info, err) < 0 ? error_wrap(err, "docker info") : 0;
}

static int take_info(const char *info, const char *name, struct engine_view *view,
                     struct error *err)
{
  cleanup_json struct json_object *tree = NULL;
  if (json_parse(info, strlen(info), "docker info", &tree, err) < 0)
    return -1;
  cleanup_free char *entry = json_pointer_key("/Runtimes", name);
  cleanup_free char *path = xasprintf("%s/path", entry);
  view->default_runtime = json_edit_text(info, "/DefaultRuntime");
  view->program = json_edit_text(info, path);
  return 0;
}

int docker_ask(const struct engine_request *request, const struct engine_files *files,
               struct engine_view *view, struct error *err)
{
  const struct engine_file *file = &files->list[ENGINE_ROOT];
  cleanup_daemon struct daemon daemon;
  cleanup_free char *info = NULL;
  find_daemon(request, file->text, &daemon);
  if (daemon.pid == 0)
    return 1;
  cleanup_free char *other = other_file(&daemon, file->path);
  if (other != NULL) {
    view->amiss = xasprintf("the dockerd that runs (process %d) reads %s, not %s", (int)daemon.pid,
                            other, file->path);
    view->mend = xstrdup("name that file by --config-file, or start dockerd with this one");
    return 0;
  }
  if (read_info(&daemon, file->text, &info, err) < 0)
    return -1;
  view->asked = xstrdup("docker info");
  return take_info(info, request->name, view, err);
}

/* --- where it keeps images ------------------------------------------------------------------ */

#define IMAGE_STORE \
  "io.containerd.snapshotter.v1" /* moby: daemon/containerd/service.go, DriverStatus */

/* With containerd's image store, `Driver` is a snapshotter, and a line of the status says so. */
static void take_storage(const char *info, struct engine_storage *storage)
{
  cleanup_free char *status = json_edit_get(info, "/DriverStatus");
  storage->image_store = status != NULL && strstr(status, "\"" IMAGE_STORE "\"") != NULL;
  storage->driver = json_edit_text(info, "/Driver");
  storage->root = json_edit_text(info, "/DockerRootDir");
  storage->said_by = xstrdup("docker info");
}

/* What it would be if docker were started; what the file does not say depends on docker's version
   and on what lies in its data root. */
static void guess_storage(const struct engine_file *file, struct engine_storage *storage)
{
  cleanup_free char *feature = json_edit_get(file->text, "/features/containerd-snapshotter");
  storage->driver = json_edit_text(file->text, "/storage-driver");
  storage->root = json_edit_text(file->text, "/data-root");
  storage->image_store = feature != NULL && text_equal(feature, "true");
  if (storage->image_store && storage->driver == NULL)
    storage->driver = xstrdup("overlayfs");
  storage->said_by = xstrdup(file->path);
}

int docker_storage(const struct engine_request *request, const struct engine_files *files,
                   struct engine_storage *storage, struct error *err)
{
  const struct engine_file *file = &files->list[ENGINE_ROOT];
  cleanup_daemon struct daemon daemon;
  cleanup_free char *info = NULL;
  find_daemon(request, file->text, &daemon);
  cleanup_free char *other = daemon.pid > 0 ? other_file(&daemon, file->path) : NULL;
  if (daemon.pid == 0 || other != NULL) {
    guess_storage(file, storage);
    return 0;
  }
  if (read_info(&daemon, file->text, &info, err) < 0)
    return -1;
  take_storage(info, storage);
  return 0;
}

/* --- reading its file anew ----------------------------------------------------------------- */

int docker_reload(const struct engine_request *request, const char *file, struct error *err)
{
  cleanup_free char *text = NULL;
  cleanup_daemon struct daemon daemon;
  if (change_read(file, &text, err) < 0)
    return -1;
  find_daemon(request, text, &daemon);
  cleanup_free char *other = daemon.pid > 0 ? other_file(&daemon, file) : NULL;
  if (other != NULL)
    return error_set(err, "the daemon (process %d) reads %s, not %s: is that its config file?",
                     (int)daemon.pid, other, file);
  if (daemon.pid > 0)
    return reload_by_signal(daemon.pid, file, err);
  cleanup_free char *systemctl = program_find("systemctl");
  return systemctl != NULL && request->pid_file == NULL ? reload_by_systemd("reload", "docker", err)
                                                        : 1;
}
