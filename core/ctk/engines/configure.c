/* SPDX-License-Identifier: Apache-2.0 */
/* The story that is the same for all engines: in and out again. */
#include "ctk/command.h"
#include "ctk/engines/profile.h"
#include "ctk/engines/siblings.h"
#include "ctk/engines/work.h"

/* --- changes ------------------------------------------------------------------------------- */

static void append_file(struct work *work, const struct engine_file *file)
{
  if (file->path != NULL)
    changes_append(&work->changes, (struct change){.path = xstrdup(file->path),
                                                   .before = change_copy(file->present),
                                                   .after = change_copy(file->text),
                                                   .temporary_folder = file->temporary});
}

static bool files_change(const struct work *work)
{
  for (size_t i = 0; i < work->files.count; i++)
    if (!change_same(work->files.list[i].present, work->files.list[i].text))
      return true;
  return false;
}

static bool is_shown(const struct changes *changes)
{
  for (size_t i = 0; i < changes->count; i++)
    if (!changes->list[i].hidden)
      return true;
  return false;
}

static void say_changes(const struct changes *changes)
{
  for (size_t i = 0; i < changes->count; i++) {
    const struct change *change = &changes->list[i];
    const char *done = change->before == NULL  ? "made"
                       : change->after == NULL ? "removed"
                                               : "changed";
    if (!change->hidden)
      ctk_say("%s %s", done, change->path);
  }
}

/* Those that configure has made, if nothing is left in them; the innermost first. */
static void remove_folders(const struct memory *memory)
{
  for (size_t i = memory->count; i-- > 0;) {
    const struct memory_file *file = &memory->files[i];
    if (file->kind == MEMORY_FOLDER && rmdir(file->path) == 0)
      ctk_say("removed %s", file->path);
  }
}

/* Asks the engine's own program, then writes, or only shows what would be written. */
static int carry_out(struct work *work, const struct engine_mode *mode, struct error *err)
{
  if (mode->check && work->engine->check != NULL && files_change(work) &&
      work->engine->check(&work->request, &work->files, err) < 0)
    return error_append(err, "; nothing was changed (--no-check does it all the same)");
  if (mode->dry_run) {
    changes_print(&work->changes, stdout, ctk_coloured());
    if (!is_shown(&work->changes))
      ctk_remark("nothing would change");
    return 0;
  }
  if (changes_make(&work->changes, err) < 0) {
    remove_folders(&work->new); /* for files that are not there now */
    return -1;
  }
  say_changes(&work->changes);
  return 0;
}

static int reload(const struct work *work, struct error *err)
{
  const struct engine *engine = work->engine;
  if (engine->reload == NULL) {
    ctk_say("%s reads its files each time: nothing needs to be reloaded", engine->title);
    return 0;
  }
  int result = engine->reload(&work->request, work->files.list[ENGINE_ROOT].path, err);
  if (result < 0)
    return -1;
  ctk_say(result == 0 ? "%s has read its files anew"
                      : "no running %s was found: nothing was reloaded",
          engine->title);
  return 0;
}

/* --- configure ----------------------------------------------------------------------------- */

/* A default that is ours stays ours, also when it is not asked for again. */
static int keep_default(struct work *work, struct error *err)
{
  cleanup_status struct engine_status status = {.file = NULL};
  if (work->engine->inspect(&work->request, &work->files, &status, err) < 0)
    return -1;
  work->request.set_default |= status.is_default;
  return 0;
}

/* Another file can be read later than ours and say otherwise; or ours is not read at all, where
   --drop-in puts it. */
static int note_overrides(const struct work *work, struct error *err)
{
  const struct engine_request *request = &work->request;
  cleanup_status struct engine_status status = {.file = NULL};
  if (work->engine->inspect(request, &work->files, &status, err) < 0)
    return -1;
  if (!status.configured)
    return error_set(err, "%s reads no drop-ins from there: %s", work->engine->title,
                     work->files.list[ENGINE_DROP_IN].path);
  if (status.path == NULL || !text_equal(status.path, request->path))
    ctk_remark("%s will not use it: %s says otherwise", work->engine->title, status.configured_in);
  if (request->set_default && !status.is_default)
    ctk_remark("the default stays %s: %s, which %s reads later, says so", status.default_runtime,
               status.default_in != NULL ? status.default_in : "another file", work->engine->title);
  return 0;
}

/* Those that are missing on the way to a file, the outermost first. */
static void note_folders(struct work *work, const char *path)
{
  cleanup_free char *folder = xstrdup(path);
  for (char *slash = strchr(folder + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    if (access(folder, F_OK) < 0 && errno == ENOENT)
      memory_note(&work->new, MEMORY_FOLDER, folder, NULL, "");
    *slash = '/';
  }
}

/* And those that an earlier configure has made. */
static void note_all_folders(struct work *work, const struct changes *own)
{
  for (size_t i = 0; i < work->old.count; i++)
    if (work->old.files[i].kind == MEMORY_FOLDER)
      memory_note(&work->new, MEMORY_FOLDER, work->old.files[i].path, NULL, "");
  for (size_t i = 0; i < work->files.count; i++)
    if (work->files.list[i].path != NULL && work->files.list[i].text != NULL)
      note_folders(work, work->files.list[i].path);
  for (size_t i = 0; i < own->count; i++)
    if (own->list[i].after != NULL)
      note_folders(work, own->list[i].path);
}

/* Our memory first, and the engine's root file last: wherever we are stopped, the engine finds all
   that its files name, and all can be undone. */
static int collect_configure(struct work *work, const struct keep_profile *profile,
                             struct error *err)
{
  cleanup_changes struct changes own = {.count = 0};
  for (size_t i = 0; i < work->files.count; i++) {
    const struct engine_file *file = &work->files.list[i];
    if (!change_same(file->base, file->text))
      memory_note(&work->new, MEMORY_CONFIG, file->path, file->base, file->text);
  }
  if (profile_append(profile, &work->old, &work->new, &own, err) < 0)
    return -1;
  note_all_folders(work, &own);
  memory_append(&work->new, &work->changes);
  changes_move(&work->changes, &own);
  for (size_t i = work->files.count; i-- > 0;)
    append_file(work, &work->files.list[i]);
  return 0;
}

static int edit(struct work *work, const struct keep_profile *profile, struct error *err)
{
  if (profile->link != NULL)
    work->request.path = profile->link;
  return work->engine->apply(&work->request, &work->files, err) < 0 ||
                 note_overrides(work, err) < 0 || collect_configure(work, profile, err) < 0
             ? -1
             : 0;
}

static void say_configured(const struct work *work, const struct keep_profile *profile,
                           const struct engine_mode *mode)
{
  const struct engine *engine = work->engine;
  const struct engine_request *request = &work->request;
  if (!files_change(work))
    ctk_say("%s has it already: nothing to change", engine->title);
  ctk_say("%s knows %s as %s%s", engine->title, request->path, request->name,
          request->set_default ? ", its default" : "");
  if (profile->runtime != NULL)
    ctk_say("it goes on using %s, by %s", profile->runtime, profile->config);
  if (!mode->reload && engine->manual != NULL && files_change(work))
    ctk_say("it takes effect after: %s (or with --reload)", engine->manual);
}

static int configure(struct work *work, const struct engine_mode *mode, struct error *err)
{
  __attribute__((cleanup(profile_free))) struct keep_profile profile = {.link = NULL};
  if (!work_is_here(work))
    ctk_remark("%s is not found here: there is neither %s nor %s", work->engine->title,
               work->engine->program, work->files.list[ENGINE_ROOT].path);
  if (keep_default(work, err) < 0 || work_go_to_base(work, false, err) < 0)
    return -1;
  cleanup_free char *wrapped = work->engine->wrapped(&work->request, &work->files);
  if (profile_plan(&profile, work->engine->name, &work->request, wrapped, err) < 0 ||
      edit(work, &profile, err) < 0 || carry_out(work, mode, err) < 0)
    return -1;
  if (mode->dry_run)
    return 0;
  say_configured(work, &profile, mode);
  return mode->reload ? reload(work, err) : 0;
}

int engine_configure(const struct engine *engine, const struct engine_request *request,
                     const struct engine_mode *mode, struct error *err)
{
  cleanup_work struct work work;
  return work_begin(&work, engine, request, err) < 0 ? -1 : configure(&work, mode, err);
}

/* --- unconfigure --------------------------------------------------------------------------- */

static int collect_unconfigure(struct work *work, struct error *err)
{
  for (size_t i = 0; i < work->files.count; i++)
    append_file(work, &work->files.list[i]);
  if (siblings_forget_us(work, err) < 0)
    return -1;
  if (profile_append(NULL, &work->old, &work->new, &work->changes, err) < 0)
    return -1;
  memory_append(&work->new, &work->changes);
  return 0;
}

/* Puts the text that says aloud what the base means in place, and has it read. From then on that is
   what is on disk, and what we remember as ours. */
static int say_farewell(struct work *work, struct error *err)
{
  struct engine_file *root = &work->files.list[ENGINE_ROOT];
  cleanup_free char *aloud = NULL;
  cleanup_changes struct changes changes = {.count = 0};
  int result = work->engine->farewell(&work->request, root, &aloud, err);
  if (result != 0)
    return result < 0 ? -1 : 0;
  memory_note(&work->old, MEMORY_CONFIG, root->path, root->base, aloud);
  memory_append(&work->old, &changes);
  changes_append(&changes, (struct change){.path = xstrdup(root->path),
                                           .before = change_copy(root->present),
                                           .after = xstrdup(aloud)});
  if (changes_make(&changes, err) < 0)
    return -1;
  free(root->present);
  root->present = steal_pointer(&aloud);
  memory_free(&work->new);
  memory_renew(&work->new, &work->old);
  if (reload(work, err) < 0)
    return error_append(err,
                        "; %s names the old default until it has: then run this again, or without "
                        "--reload if it never will",
                        root->path);
  return 0;
}

static void say_unconfigured(const struct work *work, const struct engine_mode *mode)
{
  const struct engine *engine = work->engine;
  struct error ignored;
  cleanup_status struct engine_status status = {.file = NULL};
  if (engine->inspect(&work->request, &work->files, &status, &ignored) < 0)
    return;
  if (status.configured)
    ctk_say("%s still knows %s, which was there before it was configured", engine->title,
            work->request.name);
  else
    ctk_say("%s does not know %s any more; its default is %s", engine->title, work->request.name,
            status.default_runtime);
  if (!mode->reload && engine->manual_undo != NULL)
    ctk_say("it takes effect after: %s", engine->manual_undo);
}

static int unconfigure(struct work *work, const struct engine_mode *mode, struct error *err)
{
  bool reloads = mode->reload && !mode->dry_run;
  if (work_go_to_base(work, true, err) < 0)
    return -1;
  bool changes = files_change(work), farewell = reloads && work->engine->farewell != NULL;
  if (changes && farewell && say_farewell(work, err) < 0)
    return -1;
  if (collect_unconfigure(work, err) < 0 || carry_out(work, mode, err) < 0)
    return -1;
  if (mode->dry_run)
    return 0;
  remove_folders(&work->old);
  if (!changes) {
    const struct engine_file *root = &work->files.list[ENGINE_ROOT];
    if (work->request.config_file != NULL && root->present == NULL)
      ctk_remark("%s does not exist", root->path);
    ctk_say("%s does not know %s: nothing to change", work->engine->title, work->request.name);
    return 0;
  }
  say_unconfigured(work, mode);
  return reloads && !farewell ? reload(work, err) : 0;
}

int engine_unconfigure(const struct engine *engine, const struct engine_request *request,
                       const struct engine_mode *mode, struct error *err)
{
  cleanup_work struct work work;
  return work_begin(&work, engine, request, err) < 0 ? -1 : unconfigure(&work, mode, err);
}
