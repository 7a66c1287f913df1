/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What configure remembers of an engine's files: refused with its place, or written the same again.
 *
 * Covers: core/ctk/engines/memory.c core/ctk/engines/memory_list.c
 */
#include "folder.h"

#include "ctk/engines/memory.h"

#define ANCHOR "/etc/docker/daemon.json"

static void expect_same_text(const char *a, const char *b)
{
  must((a == NULL) == (b == NULL) && (a == NULL || text_equal(a, b)));
}

static void expect_same(const struct memory *memory, const struct memory *again)
{
  must(memory->count == again->count);
  for (size_t i = 0; i < memory->count; i++) {
    const struct memory_file *file = &memory->files[i], *other = &again->files[i];
    must(text_equal(file->path, other->path) && file->kind == other->kind);
    expect_same_text(file->before, other->before);
    expect_same_text(file->after, other->after);
  }
}

/* Its own text as the next run finds it. */
static void expect_same_again(struct memory *memory)
{
  struct error err;
  struct changes changes = {.count = 0};
  struct memory again;
  memory_append(memory, &changes);
  must(changes.count <= 1);
  if (changes.count == 1 && changes.list[0].after != NULL) {
    const char *name = changes.list[0].path + strlen(fuzz_folder) + 1;
    must(fuzz_write(name, changes.list[0].after, strlen(changes.list[0].after)));
    must(memory_load(&again, "docker", "name", ANCHOR, &err) == 0);
    expect_same(memory, &again);
    memory_free(&again);
  }
  changes_free(&changes);
}

/* What is noted is found, in the place of what was there before. */
static void expect_notes(const struct memory *old)
{
  struct memory new;
  memory_renew(&new, old);
  must(new.count == 0 && text_equal(new.path, old->path));
  for (size_t i = 0; i < old->count; i++)
    for (int again = 0; again <= 1; again++)
      memory_note(&new, old->files[i].kind, old->files[i].path, old->files[i].before, "after");
  for (size_t i = 0; i < old->count; i++) {
    const struct memory_file *found = memory_find(&new, old->files[i].path);
    must(found != NULL && text_equal(found->after, "after"));
  }
  must(new.count <= old->count &&memory_find(&new, "/not/there") == NULL);
  memory_free(&new);
}

static void count(void *data, const char *engine, const char *name, const char *anchor)
{
  must(engine[0] != '\0' && name != NULL && anchor != NULL);
  ++*(size_t *)data;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err = {.text = ""};
  struct memory memory;
  size_t known = 0;
  fuzz_make_folder();
  must(setenv("CONTAINER_HOOKS_STATE", fuzz_folder, 1) == 0);
  must(memory_load(&memory, "docker", "name", ANCHOR, &err) == 0 && memory.text == NULL);
  cleanup_free char *name = xstrdup(memory.path + strlen(fuzz_folder) + 1);
  memory_free(&memory);
  must(fuzz_write(name, bytes, length));
  memory_each(count, &known);
  must(known <= 1);
  if (memory_load(&memory, "docker", "name", ANCHOR, &err) < 0) {
    must(err.text[0] != '\0');
    return 0;
  }
  must(memory.count <= MEMORY_FILES_MAX);
  for (size_t i = 0; i < memory.count; i++)
    must(memory.files[i].path[0] == '/');
  expect_same_again(&memory);
  expect_notes(&memory);
  memory_free(&memory);
  return 0;
}
