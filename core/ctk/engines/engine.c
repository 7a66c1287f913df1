/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/engines/engine.h"

#include "ctk/command.h"
#include "ctk/engines/program.h"
#include "ctk/engines/work.h"

#include <sys/stat.h>

const struct engine *const engines[] = {&docker_engine, &containerd_engine, &crio_engine,
                                        &podman_engine, NULL};

const struct engine *engine_find(const char *name)
{
  for (const struct engine *const *engine = engines; *engine != NULL; engine++)
    if (text_equal((*engine)->name, name))
      return *engine;
  return NULL;
}

char *engine_beside(const char *path, const char *name)
{
  const char *slash = strrchr(path, '/');
  int folder = slash != NULL ? (int)(slash + 1 - path) : 0;
  return xasprintf("%.*s%s", folder, path, name);
}

char *engine_drop_in(const struct engine_request *request, const char *root, const char *pattern)
{
  if (request->drop_in != NULL && request->drop_in[0] != '\0')
    return xstrdup(request->drop_in);
  bool usual = text_equal(request->name, ENGINE_NAME_DEFAULT);
  int before = (int)strcspn(pattern, "%");
  cleanup_free char *name =
      xasprintf("%.*s%s%s", before, pattern, usual ? "container-hooks" : request->name,
                pattern + before + strlen("%s"));
  return engine_beside(root, name);
}

/* --- what is there ------------------------------------------------------------------------- */

static void free_files(struct engine_files *files)
{
  for (size_t i = 0; i < files->count; i++) {
    free(files->list[i].path);
    free(files->list[i].present);
    free(files->list[i].base);
    free(files->list[i].text);
    free(files->list[i].temporary);
  }
  files->count = 0;
}

void work_end(struct work *work)
{
  free_files(&work->files);
  memory_free(&work->old);
  memory_free(&work->new);
  changes_free(&work->changes);
}

static bool is_among(const struct engine_files *files, const char *path)
{
  for (size_t i = 0; i < files->count; i++)
    if (files->list[i].path != NULL && text_equal(files->list[i].path, path))
      return true;
  return false;
}

/* Files that an earlier configure put something into, and that this request does not mean. */
static void add_remembered(struct work *work)
{
  for (size_t i = 0; i < work->old.count; i++) {
    const struct memory_file *known = &work->old.files[i];
    if (known->kind == MEMORY_CONFIG && !is_among(&work->files, known->path) &&
        work->files.count < ENGINE_FILES_MAX)
      work->files.list[work->files.count++] = (struct engine_file){.path = xstrdup(known->path)};
  }
}

/* Two edits of one file would be in each other's way. */
static int check_apart(const struct engine_files *files, struct error *err)
{
  struct stat root, drop_in;
  const char *first = files->list[ENGINE_ROOT].path, *second = files->list[ENGINE_DROP_IN].path;
  if (second == NULL || (!text_equal(first, second) &&
                         (stat(first, &root) < 0 || stat(second, &drop_in) < 0 ||
                          root.st_dev != drop_in.st_dev || root.st_ino != drop_in.st_ino)))
    return 0;
  return error_set(err, "%s is the engine's file itself: --in-place edits that", second);
}

static int read_files(struct engine_files *files, struct error *err)
{
  for (size_t i = 0; i < files->count; i++) {
    struct engine_file *file = &files->list[i];
    if (file->path == NULL)
      continue;
    if (change_read(file->path, &file->present, err) < 0)
      return -1;
    file->text = change_copy(file->present);
  }
  return 0;
}

int work_begin(struct work *work, const struct engine *engine, const struct engine_request *request,
               struct error *err)
{
  *work = (struct work){.engine = engine, .request = *request};
  if (engine->locate(&work->request, &work->files, err) < 0 || check_apart(&work->files, err) < 0)
    return -1;
  const char *anchor = work->files.list[ENGINE_ROOT].path;
  if (memory_load(&work->old, engine->name, work->request.name, anchor, err) < 0)
    return -1;
  memory_renew(&work->new, &work->old);
  add_remembered(work);
  return read_files(&work->files, err);
}

int work_go_to_base(struct work *work, bool removing, struct error *err)
{
  for (size_t i = 0; i < work->files.count; i++) {
    struct engine_file *file = &work->files.list[i];
    if (file->path == NULL)
      continue;
    const struct memory_file *known = memory_find(&work->old, file->path);
    const struct engine_past past = {.remembered = known != NULL,
                                     .before = known != NULL ? known->before : NULL,
                                     .removing = removing};
    if (known != NULL && change_same(known->after, file->present))
      file->base = change_copy(known->before);
    else if (work->engine->strip(&work->request, &work->files, i, &past, &file->base, err) < 0)
      return -1;
    free(file->text);
    file->text = change_copy(file->base);
  }
  return 0;
}

/* --- looking ------------------------------------------------------------------------------- */

bool work_is_here(const struct work *work)
{
  for (size_t i = 0; i < work->files.count; i++)
    if (work->files.list[i].present != NULL)
      return true;
  cleanup_free char *program = program_find(work->engine->program);
  return program != NULL;
}

/* What configure remembers only tells of more files to look at; not everybody may read it. */
static int look(struct work *work, struct error *err)
{
  struct error ignored;
  if (work->engine->locate(&work->request, &work->files, err) < 0)
    return -1;
  const char *root = work->files.list[ENGINE_ROOT].path;
  if (memory_load(&work->old, work->engine->name, work->request.name, root, &ignored) == 0)
    add_remembered(work);
  return read_files(&work->files, err);
}

int engine_inspect(const struct engine *engine, const struct engine_request *request,
                   struct engine_status *status, struct error *err)
{
  cleanup_work struct work work = {.engine = engine, .request = *request};
  *status = (struct engine_status){.file = NULL};
  int result = look(&work, err);
  if (work.files.count > 0)
    status->file = change_copy(work.files.list[ENGINE_ROOT].path);
  if (result < 0)
    return -1;
  status->here = work_is_here(&work);
  return engine->inspect(&work.request, &work.files, status, err);
}

int engine_list(const struct engine *engine, const struct engine_request *request,
                struct engine_names *names, struct error *err)
{
  cleanup_work struct work work = {.engine = engine, .request = *request};
  return look(&work, err) < 0 ? -1 : engine->list(&work.files, names, err);
}

int engine_ask(const struct engine *engine, const struct engine_request *request,
               struct engine_view *view, struct error *err)
{
  cleanup_work struct work work = {.engine = engine, .request = *request};
  *view = (struct engine_view){.asked = NULL};
  return look(&work, err) < 0 ? -1 : engine->ask(&work.request, &work.files, view, err);
}

int engine_look_at_storage(const struct engine *engine, const struct engine_request *request,
                           struct engine_storage *storage, struct error *err)
{
  cleanup_work struct work work = {.engine = engine, .request = *request};
  *storage = (struct engine_storage){.driver = NULL};
  return look(&work, err) < 0 ? -1 : engine->storage(&work.request, &work.files, storage, err);
}

void engine_names_add(struct engine_names *names, const char *name)
{
  for (size_t i = 0; i < names->count; i++)
    if (text_equal(names->list[i], name))
      return;
  if (names->count < ENGINE_NAMES_MAX)
    names->list[names->count++] = xstrdup(name);
}

void engine_names_free(struct engine_names *names)
{
  for (size_t i = 0; i < names->count; i++)
    free(names->list[i]);
  names->count = 0;
}

void engine_view_free(struct engine_view *view)
{
  free(view->asked);
  free(view->default_runtime);
  free(view->program);
  free(view->amiss);
  free(view->mend);
  *view = (struct engine_view){.asked = NULL};
}

void engine_storage_free(struct engine_storage *storage)
{
  free(storage->driver);
  free(storage->said_by);
  free(storage->root);
  *storage = (struct engine_storage){.driver = NULL};
}

void engine_status_free(struct engine_status *status)
{
  free(status->file);
  free(status->configured_in);
  free(status->path);
  free(status->default_runtime);
  free(status->default_in);
  *status = (struct engine_status){.file = NULL};
}
