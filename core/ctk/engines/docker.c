/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Docker: one JSON file, daemon.json.
 *
 *     "runtimes": { "NAME": { "path": "/usr/bin/container-hooks-runtime" } },
 *     "default-runtime": "NAME"
 */
#include "common/file.h"
#include "common/json.h"
#include "common/trust.h"
#include "ctk/engines/engine.h"
#include "ctk/engines/program.h"
#include "ctk/engines/reload.h"
#include "ctk/text/json_edit.h"

#include <fcntl.h>

#define BUILT_IN "runc" /* what docker runs unless it is told; nobody may define it */
#define RUNTIMES "/runtimes"
#define DEFAULT "/default-runtime"
#define FILE_DEFAULT "/etc/docker/daemon.json"
#define PID_DEFAULT "/var/run/docker.pid"

/* --- files --------------------------------------------------------------------------------- */

static char *user_file(void)
{
  const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
  if (config != NULL && config[0] == '/')
    return xasprintf("%s/docker/daemon.json", config);
  return home != NULL ? xasprintf("%s/.config/docker/daemon.json", home) : NULL;
}

static int locate(const struct engine_request *request, struct engine_files *files,
                  struct error *err)
{
  if (request->drop_in != NULL)
    return error_set(err, "docker reads one file only: it has no drop-ins");
  if (request->annotations)
    return error_set(err, "--annotations is for containerd: docker passes on what is given with "
                          "docker run --annotation");
  if (text_equal(request->name, BUILT_IN))
    return error_set(err, "docker keeps the name " BUILT_IN " for itself: choose another --name");
  char *path = request->config_file != NULL ? xstrdup(request->config_file) : NULL;
  if (path == NULL && trust_rootless())
    path = user_file();
  if (path == NULL)
    path = xstrdup(FILE_DEFAULT);
  files->list[ENGINE_ROOT].path = path;
  files->count = ENGINE_OTHERS;
  return 0;
}

/* --- reading ------------------------------------------------------------------------------- */

/* A file that is not there says as little as an empty one. */
static const char *or_empty(const char *text)
{
  return text != NULL ? text : "";
}

/* The text at a pointer; owned by the caller, NULL if there is none. */
static char *text_at(const char *text, const char *pointer)
{
  struct error ignored;
  cleanup_json struct json_object *value = NULL;
  cleanup_free char *bytes = json_edit_get(or_empty(text), pointer);
  if (bytes == NULL || json_parse(bytes, strlen(bytes), "", &value, &ignored) < 0 ||
      !json_object_is_type(value, json_type_string))
    return NULL;
  return xstrdup(json_object_get_string(value));
}

static bool is_there(const char *text, const char *pointer)
{
  cleanup_free char *bytes = json_edit_get(or_empty(text), pointer);
  return bytes != NULL;
}

static bool holds_nothing(const char *text, const char *pointer)
{
  struct error ignored;
  cleanup_json struct json_object *value = NULL;
  cleanup_free char *bytes = json_edit_get(text, pointer);
  return bytes != NULL && json_parse(bytes, strlen(bytes), "", &value, &ignored) == 0 &&
         json_object_is_type(value, json_type_object) && json_object_object_length(value) == 0;
}

static char *entry_pointer(const char *name)
{
  return json_pointer_key(RUNTIMES, name);
}

static char *default_of(const char *text)
{
  char *name = text_at(text, DEFAULT);
  if (name != NULL && name[0] != '\0')
    return name;
  free(name);
  return xstrdup(BUILT_IN);
}

/* What the name stands for: a program, or a shim (runtimeType) with a program behind it. */
static char *program_of(const char *text, const char *name)
{
  cleanup_free char *entry = entry_pointer(name);
  cleanup_free char *path = xasprintf("%s/path", entry);
  cleanup_free char *binary = xasprintf("%s/options/BinaryName", entry);
  char *program = text_at(text, path);
  return program != NULL ? program : text_at(text, binary);
}

static char *wrapped(const struct engine_request *request, const struct engine_files *files)
{
  (void)request;
  const char *text = files->list[ENGINE_ROOT].text;
  cleanup_free char *name = default_of(text);
  return text_equal(name, BUILT_IN) ? xstrdup(BUILT_IN) : program_of(text, name);
}

/* --- editing ------------------------------------------------------------------------------- */

/* A text that is edited step by step, each step replacing it. */
struct draft {
  const char *name; /* the file's; borrowed */
  char *text;       /* owned */
  struct error *err;
};

static void free_draft(struct draft *draft)
{
  free(draft->text);
}

#define cleanup_draft __attribute__((cleanup(free_draft)))

static int take(struct draft *draft, int result, char *edited)
{
  if (result < 0)
    return -1;
  free(draft->text);
  draft->text = edited;
  return 0;
}

static int set(struct draft *draft, const char *pointer, struct json_object *value)
{
  char *edited = NULL;
  size_t length;
  int result = json_edit_set(draft->text, draft->name, pointer, json_text(value, &length), &edited,
                             draft->err);
  return take(draft, result, edited);
}

static int set_text(struct draft *draft, const char *pointer, const char *text)
{
  cleanup_json struct json_object *value = json_object_new_string(text);
  return set(draft, pointer, value);
}

static int put(struct draft *draft, const char *pointer, const char *bytes)
{
  char *edited = NULL;
  int result = json_edit_put(draft->text, draft->name, pointer, bytes, &edited, draft->err);
  return take(draft, result, edited);
}

static int cut(struct draft *draft, const char *pointer)
{
  char *edited = NULL;
  int result = json_edit_remove(draft->text, draft->name, pointer, &edited, draft->err);
  return take(draft, result, edited);
}

/* What the entry has beside its path stays: runtimeArgs above all. */
static int apply(const struct engine_request *request, struct engine_files *files,
                 struct error *err)
{
  struct engine_file *file = &files->list[ENGINE_ROOT];
  cleanup_free char *entry = entry_pointer(request->name);
  cleanup_free char *path = xasprintf("%s/path", entry);
  cleanup_free char *type = xasprintf("%s/runtimeType", entry);
  cleanup_draft struct draft draft = {
      .name = file->path, .text = xstrdup(or_empty(file->present)), .err = err};
  if (is_there(draft.text, type))
    return error_set(err,
                     "%s: %s has a runtimeType, which cannot stand beside a path: choose "
                     "another --name, or remove it",
                     file->path, entry);
  if (set_text(&draft, path, request->path) < 0 ||
      (request->set_default && set_text(&draft, DEFAULT, request->name) < 0))
    return -1;
  free(file->text);
  file->text = steal_pointer(&draft.text);
  return 0;
}

/* Gives a member the bytes that it had, or takes it out if it was not there. */
static int give_back(struct draft *draft, const char *before, const char *pointer)
{
  cleanup_free char *bytes = json_edit_get(or_empty(before), pointer);
  return bytes != NULL ? put(draft, pointer, bytes) : cut(draft, pointer);
}

static int strip_entry(struct draft *draft, const struct engine_past *past, const char *name)
{
  cleanup_free char *entry = entry_pointer(name);
  if (!is_there(draft->text, entry))
    return 0;
  if (give_back(draft, past->before, entry) < 0)
    return -1;
  if (!holds_nothing(draft->text, RUNTIMES))
    return 0;
  cleanup_free char *old = json_edit_get(or_empty(past->before), RUNTIMES);
  bool had_others = old != NULL && *old == '{' && !holds_nothing(past->before, RUNTIMES);
  return had_others ? 0 : give_back(draft, past->before, RUNTIMES);
}

/* The old default, if it still exists; a default that does not keeps docker from starting. */
static int strip_default(struct draft *draft, const char *before, const char *name)
{
  cleanup_free char *present = text_at(draft->text, DEFAULT);
  if (present == NULL || !text_equal(present, name))
    return 0;
  cleanup_free char *old = default_of(before);
  cleanup_free char *entry = entry_pointer(old);
  bool exists = text_equal(old, BUILT_IN) || is_there(draft->text, entry);
  if (!exists)
    engine_note("the default before, %s, is not there any more: docker's own, " BUILT_IN
                ", will be the default",
                old);
  return exists ? give_back(draft, before, DEFAULT) : cut(draft, DEFAULT);
}

/* Would nothing be left of a file that held nothing before us? */
static bool is_as_empty_as(const char *text, const char *before)
{
  return holds_nothing(text, "") &&
         (before == NULL || before[strspn(before, " \t\r\n")] == '\0' || holds_nothing(before, ""));
}

static int strip(const struct engine_request *request, const struct engine_files *files,
                 size_t index, const struct engine_past *past, char **stripped, struct error *err)
{
  const struct engine_file *file = &files->list[index];
  *stripped = change_copy(file->present);
  if (file->present == NULL || (!past->remembered && !past->removing))
    return 0;
  cleanup_draft struct draft draft = {.name = file->path, .text = *stripped, .err = err};
  *stripped = NULL;
  if (strip_entry(&draft, past, request->name) < 0 ||
      strip_default(&draft, past->before, request->name) < 0)
    return -1;
  bool empty = past->remembered && is_as_empty_as(draft.text, past->before);
  *stripped = empty ? change_copy(past->before) : steal_pointer(&draft.text);
  return 0;
}

/* A reload notices neither that `runtimes` is gone nor that the default is. */
static int farewell(const char *file, const char *text, char **aloud, struct error *err)
{
  cleanup_json struct json_object *none = json_object_new_object();
  cleanup_free char *runtimes = json_edit_get(or_empty(text), RUNTIMES);
  cleanup_free char *name = default_of(text);
  cleanup_draft struct draft draft = {.name = file, .text = xstrdup(or_empty(text)), .err = err};
  if (((runtimes == NULL || text_equal(runtimes, "null")) && set(&draft, RUNTIMES, none) < 0) ||
      set_text(&draft, DEFAULT, name) < 0)
    return -1;
  *aloud = steal_pointer(&draft.text);
  return 0;
}

/* --- looking ------------------------------------------------------------------------------- */

static char *place_of(const char *path, const char *text, const char *pointer)
{
  struct json_place place;
  if (json_locate(text, strlen(text), pointer, &place) < 0)
    return xstrdup(path);
  return xasprintf("%s:%zu", path, place.line);
}

static int must_be_json(const char *path, const char *text, struct error *err)
{
  cleanup_json struct json_object *tree = NULL;
  bool blank = text[strspn(text, " \t\r\n")] == '\0';
  return blank ? 0 : json_parse(text, strlen(text), path, &tree, err);
}

static int inspect(const struct engine_request *request, const struct engine_files *files,
                   struct engine_status *status, struct error *err)
{
  const struct engine_file *file = &files->list[ENGINE_ROOT];
  const char *text = or_empty(file->text);
  cleanup_free char *entry = entry_pointer(request->name);
  if (must_be_json(file->path, text, err) < 0)
    return -1;
  status->configured = is_there(text, entry);
  status->configured_in = status->configured ? place_of(file->path, text, entry) : NULL;
  status->path = program_of(text, request->name);
  status->default_runtime = default_of(text);
  status->default_in = is_there(text, DEFAULT) ? place_of(file->path, text, DEFAULT) : NULL;
  status->is_default = text_equal(status->default_runtime, request->name);
  return 0;
}

/* --- the daemon ---------------------------------------------------------------------------- */

static char *pid_file_of(const struct engine_request *request, const char *text)
{
  if (request->pid_file != NULL)
    return xstrdup(request->pid_file);
  char *named = text_at(text, "/pidfile");
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
  return reload_pid(pid_file, "docker");
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
  cleanup_free char *old = program_write(folder, "old.json", or_empty(present), &before);
  bool was_wrong = present != NULL && old != NULL && validate(dockerd, old, &before) < 0;
  return error_wrap(err, "dockerd --validate rejects %s",
                    was_wrong ? "the file, as it did before" : "the result");
}

static int check(const struct engine_request *request, const struct engine_files *files,
                 struct error *err)
{
  const struct engine_file *file = &files->list[ENGINE_ROOT];
  pid_t pid = daemon_pid(request, file->text);
  cleanup_free char *name = file->text != NULL ? text_at(file->text, DEFAULT) : NULL;
  if (pid > 0 && name != NULL && check_command_line(pid, err) < 0)
    return -1;
  return validate_texts(file->text, file->present, err);
}

static int reload(const struct engine_request *request, const char *file, struct error *err)
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

const struct engine docker_engine = {
    .name = "docker",
    .title = "Docker",
    .program = "dockerd",
    .manual = "systemctl reload docker",
    .manual_undo = "systemctl restart docker (a reload does not notice what was removed; "
                   "unconfigure --reload does both)",
    .locate = locate,
    .strip = strip,
    .wrapped = wrapped,
    .apply = apply,
    .check = check,
    .inspect = inspect,
    .reload = reload,
    .farewell = farewell,
};
