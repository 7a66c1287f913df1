/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Docker: one JSON file, daemon.json.
 *
 *     "runtimes": { "NAME": { "path": "/usr/bin/container-hooks-runtime" } },
 *     "default-runtime": "NAME"
 */
#include "common/json.h"
#include "ctk/command.h"
#include "ctk/engines/docker_daemon.h"
#include "ctk/text/json_edit.h"
#include "ctk/text/json_way.h"

#include <json-c/json_object.h>
#include <json-c/linkhash.h>

#define BUILT_IN "runc" /* what docker runs unless it is told; nobody may define it */
#define RUNTIMES "/runtimes"

/* --- files --------------------------------------------------------------------------------- */

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
  files->list[ENGINE_ROOT].path =
      request->config_file != NULL ? xstrdup(request->config_file) : docker_file();
  files->count = ENGINE_OTHERS;
  return 0;
}

/* --- reading ------------------------------------------------------------------------------- */

static bool is_there(const char *text, const char *pointer)
{
  cleanup_free char *bytes = json_edit_get(text, pointer);
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
  char *name = json_edit_text(text, DOCKER_DEFAULT);
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
  char *program = json_edit_text(text, path);
  return program != NULL ? program : json_edit_text(text, binary);
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
      .name = file->path, .text = change_copy(file->present), .err = err};
  if (is_there(draft.text, type))
    return error_set(err,
                     "%s: %s has a runtimeType, which cannot stand beside a path: choose "
                     "another --name, or remove it",
                     file->path, entry);
  if (set_text(&draft, path, request->path) < 0 ||
      (request->set_default && set_text(&draft, DOCKER_DEFAULT, request->name) < 0))
    return -1;
  free(file->text);
  file->text = steal_pointer(&draft.text);
  return 0;
}

/* Gives a member the bytes that it had, or takes it out if it was not there. */
static int give_back(struct draft *draft, const char *before, const char *pointer)
{
  cleanup_free char *bytes = json_edit_get(before, pointer);
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
  cleanup_free char *old = json_edit_get(past->before, RUNTIMES);
  bool had_others = old != NULL && *old == '{' && !holds_nothing(past->before, RUNTIMES);
  return had_others ? 0 : give_back(draft, past->before, RUNTIMES);
}

/* The old default, if its entry was not taken out meanwhile: one that is nowhere keeps docker from
   starting. One that never had an entry is a shim's (io.containerd...), or stands on dockerd's
   command line. */
static int strip_default(struct draft *draft, const char *before, const char *name)
{
  cleanup_free char *present = json_edit_text(draft->text, DOCKER_DEFAULT);
  if (present == NULL || !text_equal(present, name))
    return 0;
  cleanup_free char *old = default_of(before);
  cleanup_free char *entry = entry_pointer(old);
  bool gone = is_there(before, entry) && !is_there(draft->text, entry);
  if (gone)
    ctk_remark("the default before, %s, is not there any more: docker's own, " BUILT_IN
               ", will be the default",
               old);
  return gone ? cut(draft, DOCKER_DEFAULT) : give_back(draft, before, DOCKER_DEFAULT);
}

/* Would nothing be left of a file that held nothing before us? */
static bool is_as_empty_as(const char *text, const char *before)
{
  return holds_nothing(text, "") && (before == NULL || holds_nothing(before, ""));
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

/* A reload notices neither that `runtimes` is gone nor that the default is. A default that the file
   does not name now may stand on dockerd's command line, which forbids it here. */
static int farewell(const struct engine_request *request, const struct engine_file *file,
                    char **aloud, struct error *err)
{
  cleanup_free char *other = docker_other_file(request, file);
  if (other != NULL) {
    ctk_remark("the dockerd that runs reads %s: it needs not hear of this", other);
    return 1;
  }
  cleanup_json struct json_object *none = json_object_new_object();
  cleanup_free char *runtimes = json_edit_get(file->base, RUNTIMES);
  cleanup_free char *name = default_of(file->base);
  cleanup_draft struct draft draft = {
      .name = file->path, .text = change_copy(file->base), .err = err};
  if (((runtimes == NULL || text_equal(runtimes, "null")) && set(&draft, RUNTIMES, none) < 0) ||
      (is_there(file->present, DOCKER_DEFAULT) && set_text(&draft, DOCKER_DEFAULT, name) < 0))
    return -1;
  *aloud = draft.text != NULL ? steal_pointer(&draft.text) : xstrdup("");
  return 0;
}

/* --- looking ------------------------------------------------------------------------------- */

static char *place_of(const char *path, const char *text, const char *pointer)
{
  struct json_place place;
  const char *body = json_body(text);
  if (json_locate(body, strlen(body), pointer, &place) < 0)
    return xstrdup(path);
  return xasprintf("%s:%zu", path, place.line);
}

static int must_be_json(const char *path, const char *text, struct error *err)
{
  cleanup_json struct json_object *tree = NULL;
  const char *body = json_body(text);
  bool blank = *json_skip_space(body) == '\0';
  return blank ? 0 : json_parse(body, strlen(body), path, &tree, err);
}

static int inspect(const struct engine_request *request, const struct engine_files *files,
                   struct engine_status *status, struct error *err)
{
  const struct engine_file *file = &files->list[ENGINE_ROOT];
  const char *text = file->text != NULL ? file->text : "";
  cleanup_free char *entry = entry_pointer(request->name);
  if (must_be_json(file->path, text, err) < 0)
    return -1;
  status->configured = is_there(text, entry);
  status->configured_in = status->configured ? place_of(file->path, text, entry) : NULL;
  status->path = program_of(text, request->name);
  status->default_runtime = default_of(text);
  status->default_in =
      is_there(text, DOCKER_DEFAULT) ? place_of(file->path, text, DOCKER_DEFAULT) : NULL;
  status->is_default = text_equal(status->default_runtime, request->name);
  return 0;
}

static int list(const struct engine_files *files, struct engine_names *names, struct error *err)
{
  const struct engine_file *file = &files->list[ENGINE_ROOT];
  cleanup_json struct json_object *tree = NULL;
  cleanup_free char *bytes = json_edit_get(file->text, RUNTIMES);
  if (bytes == NULL)
    return 0;
  if (json_parse(bytes, strlen(bytes), file->path, &tree, err) < 0)
    return -1;
  if (!json_object_is_type(tree, json_type_object))
    return 0;
  json_object_object_foreach (tree, name, entry) {
    (void)entry;
    engine_names_add(names, name);
  }
  return 0;
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
    .check = docker_check,
    .inspect = inspect,
    .list = list,
    .ask = docker_ask,
    .storage = docker_storage,
    .reload = docker_reload,
    .farewell = farewell,
};
