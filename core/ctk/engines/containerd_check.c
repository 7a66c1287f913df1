/* SPDX-License-Identifier: Apache-2.0 */
/* containerd's own view of files that are not yet in place, by `containerd config dump`. */
#include "ctk/engines/containerd_view.h"
#include "ctk/engines/daemon.h"
#include "ctk/engines/part.h"
#include "ctk/engines/program.h"
#include "ctk/text/toml_edit.h"

/* The root as it would be if the drop-in already stood in `folder`: with what it imports spelt in
   full, since the copy lies elsewhere. */
static char *root_for_dump(const struct engine_files *files, const char *text, const char *folder,
                           const char *drop_in_text, struct error *err)
{
  const struct engine_file *root = &files->list[ENGINE_ROOT],
                           *drop_in = &files->list[ENGINE_DROP_IN];
  cleanup_part struct part part;
  char **imports = toml_edit_list(text, containerd_imports_path);
  part_start(&part, root->path, "", text, err);
  if (imports == NULL)
    return steal_pointer(&part.text);
  int result = part_set(&part, containerd_imports_path, "[]");
  for (size_t i = 0; imports[i] != NULL && result == 0; i++) {
    cleanup_free char *pattern = containerd_pattern(root->path, imports[i]);
    if (!text_equal(pattern, drop_in->path))
      result = part_list(&part, containerd_imports_path, pattern, NULL, NULL);
  }
  cleanup_free char *new = NULL;
  if (result == 0 && drop_in_text != NULL && containerd_imports(root->path, text, drop_in->path)) {
    new = program_write(folder, "drop-in.toml", drop_in_text, err);
    result = new != NULL ? part_list(&part, containerd_imports_path, new, NULL, NULL) : -1;
  }
  toml_edit_list_free(imports);
  return result == 0 ? steal_pointer(&part.text) : NULL;
}

static int dump(const char *containerd, const struct engine_files *files, const char *root,
                const char *drop_in, char **output, struct error *err)
{
  cleanup_program_folder char *folder = program_folder(err);
  if (folder == NULL)
    return -1;
  cleanup_free char *text = root_for_dump(files, root, folder, drop_in, err);
  cleanup_free char *file = text != NULL ? program_write(folder, "config.toml", text, err) : NULL;
  if (file == NULL)
    return -1;
  const char *const argv[] = {containerd, "-c", file, "config", "dump", NULL};
  return program_capture(argv, output, err);
}

/* --- what it shows ------------------------------------------------------------------------- */

/* plugins . PLUGIN . containerd . runtimes . NAME, and below that options . BinaryName */
#define DEPTH_DEFAULT 4 /* plugins . PLUGIN . containerd . default_runtime_name */
#define DEPTH_RUNTIME 5
#define DEPTH_BINARY 7

static bool is_runtime(const struct toml_item *item, size_t depth)
{
  return item->depth == depth && text_equal(item->path[2], "containerd") &&
         text_equal(item->path[3], "runtimes");
}

static bool shows_runtime(const struct toml *toml, const char *name)
{
  for (size_t i = 0; i < toml->count; i++)
    if (is_runtime(&toml->items[i], DEPTH_RUNTIME) && text_equal(toml->items[i].path[4], name))
      return true;
  return false;
}

/* What a name stands for; owned by the caller, NULL if nothing is shown. */
static char *program_shown(const struct toml *toml, const char *name)
{
  for (size_t i = 0; i < toml->count; i++) {
    const struct toml_item *item = &toml->items[i];
    if (is_runtime(item, DEPTH_BINARY) && text_equal(item->path[6], "BinaryName") &&
        text_equal(item->path[4], name))
      return toml_string(toml, item);
  }
  return NULL;
}

static char *default_shown(const struct toml *toml)
{
  for (size_t i = 0; i < toml->count; i++) {
    const struct toml_item *item = &toml->items[i];
    if (item->depth == DEPTH_DEFAULT && text_equal(item->path[2], "containerd") &&
        text_equal(item->path[3], "default_runtime_name"))
      return toml_string(toml, item);
  }
  return NULL;
}

static bool shows_program(const struct toml *toml, const char *name, const char *path)
{
  cleanup_free char *program = program_shown(toml, name);
  return program != NULL && text_equal(program, path);
}

/* Versions of containerd differ in how they lay files over each other and over what is built in. */
static int compare(const struct engine_request *request, const char *before, const char *after,
                   struct error *err)
{
  struct error ignored;
  cleanup_toml struct toml old = {.count = 0}, new = {.count = 0};
  if (toml_parse(before, strlen(before), "", &old, &ignored) < 0 ||
      toml_parse(after, strlen(after), "", &new, &ignored) < 0)
    return 0;
  for (size_t i = 0; i < old.count; i++) {
    const char *name = is_runtime(&old.items[i], DEPTH_RUNTIME) ? old.items[i].path[4] : NULL;
    if (name != NULL && !text_equal(name, request->name) && !shows_runtime(&new, name))
      return error_set(err, "with the result, containerd would not know its runtime %s any more",
                       name);
  }
  if (request->path != NULL && !shows_program(&new, request->name, request->path))
    return error_set(
        err,
        "with the result, containerd would not know %s: a file that it imports has the "
        "last word",
        request->name);
  return 0;
}

int containerd_check(const struct engine_request *request, const struct engine_files *files,
                     struct error *err)
{
  const struct engine_file *root = &files->list[ENGINE_ROOT];
  const struct engine_file *drop_in = &files->list[ENGINE_DROP_IN];
  cleanup_free char *containerd = program_find("containerd");
  cleanup_free char *before = NULL;
  cleanup_free char *after = NULL;
  struct error was;
  if (containerd == NULL || root->text == NULL)
    return 0;
  const char *present = root->present != NULL ? root->present : "";
  bool was_wrong = dump(containerd, files, present, drop_in->present, &before, &was) < 0;
  if (dump(containerd, files, root->text, drop_in->text, &after, err) < 0)
    return error_wrap(err, "containerd config dump rejects %s",
                      was_wrong ? "the file, as it did before" : "the result");
  return was_wrong ? 0 : compare(request, before, after, err);
}

/* --- the one that runs --------------------------------------------------------------------- */

/* It reads its files only when it starts. */
static void look_for_changes(const struct daemon *daemon, const struct engine_files *files,
                             struct engine_view *view)
{
  const char *missed = daemon_misses(daemon, files);
  if (missed == NULL)
    return;
  view->amiss = xasprintf("the running containerd (process %d) was started before %s was changed, "
                          "and reads it only then",
                          (int)daemon->pid, missed);
  view->mend = xstrdup("systemctl restart containerd, which running containers survive");
}

int containerd_ask(const struct engine_request *request, const struct engine_files *files,
                   struct engine_view *view, struct error *err)
{
  static const char *const options[] = {"--config", "-c", NULL};
  const char *file = files->list[ENGINE_ROOT].path;
  cleanup_daemon struct daemon daemon;
  cleanup_toml struct toml toml = {.count = 0};
  cleanup_free char *containerd = program_find("containerd");
  cleanup_free char *said = NULL;
  daemon_find(&daemon, "containerd", options, CONTAINERD_FILE, file);
  if (daemon.pid == 0)
    return 1;
  if (containerd == NULL)
    return error_set(err, "there is no program containerd here to ask");
  const char *const argv[] = {containerd, "-c", file, "config", "dump", NULL};
  if (program_capture(argv, &said, err) < 0)
    return error_wrap(err, "containerd config dump");
  if (toml_parse(said, strlen(said), "containerd config dump", &toml, err) < 0)
    return -1;
  view->asked = xstrdup("containerd config dump");
  view->default_runtime = default_shown(&toml);
  view->program = program_shown(&toml, request->name);
  look_for_changes(&daemon, files, view);
  return 0;
}
