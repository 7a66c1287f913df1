/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/engines/siblings.h"

/* --- one text ------------------------------------------------------------------------------ */

/* The text of the file at `index` without our part, owned by the caller; NULL: no such file. */
static int without_us(struct work *work, size_t index, const char *text, char **result,
                      struct error *err)
{
  struct engine_file *file = &work->files.list[index];
  const struct memory_file *known = memory_find(&work->old, file->path);
  const struct engine_past past = {.remembered = true, .before = known->before, .removing = true};
  if (change_same(known->after, text)) {
    *result = change_copy(known->before);
    return 0;
  }
  char *present = file->present;
  file->present = change_copy(text);
  int stripped = work->engine->strip(&work->request, &work->files, index, &past, result, err);
  free(file->present);
  file->present = present;
  return stripped;
}

static int forget_in(struct work *work, size_t index, struct memory *memory, struct error *err)
{
  const char *path = work->files.list[index].path;
  const struct memory_file *theirs = path != NULL ? memory_find(memory, path) : NULL;
  cleanup_free char *before = NULL;
  cleanup_free char *after = NULL;
  if (theirs == NULL || theirs->kind != MEMORY_CONFIG || memory_find(&work->old, path) == NULL)
    return 0;
  if (without_us(work, index, theirs->before, &before, err) < 0 ||
      without_us(work, index, theirs->after, &after, err) < 0)
    return -1;
  memory_note(memory, MEMORY_CONFIG, path, before, after);
  return 0;
}

/* --- one of them --------------------------------------------------------------------------- */

/* The folders that we have made are theirs to remove now. */
static void hand_over_folders(const struct memory *ours, struct memory *memory)
{
  for (size_t i = 0; i < ours->count; i++)
    if (ours->files[i].kind == MEMORY_FOLDER)
      memory_note(memory, MEMORY_FOLDER, ours->files[i].path, NULL, "");
}

static int forget_us(struct work *work, const char *name, struct error *err)
{
  struct error unreadable;
  __attribute__((cleanup(memory_free))) struct memory memory;
  if (memory_load(&memory, work->engine->name, name, work->old.anchor, &unreadable) < 0)
    return 0;
  for (size_t i = 0; i < work->files.count; i++)
    if (forget_in(work, i, &memory, err) < 0)
      return -1;
  hand_over_folders(&work->old, &memory);
  memory_append(&memory, &work->changes);
  return 0;
}

/* --- all of them --------------------------------------------------------------------------- */

struct search {
  const struct work *work;
  struct engine_names names;
};

static void note_sibling(void *data, const char *engine, const char *name, const char *anchor)
{
  struct search *search = data;
  const struct work *work = search->work;
  if (text_equal(engine, work->engine->name) && text_equal(anchor, work->old.anchor) &&
      !text_equal(name, work->request.name))
    engine_names_add(&search->names, name);
}

int siblings_forget_us(struct work *work, struct error *err)
{
  struct search search = {.work = work};
  int result = 0;
  if (work->old.count > 0)
    memory_each(note_sibling, &search);
  for (size_t i = 0; i < search.names.count && result == 0; i++)
    result = forget_us(work, search.names.list[i], err);
  engine_names_free(&search.names);
  return result;
}
