/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/engines/memory.h"

#include "common/document.h"
#include "common/trust.h"

#include <fcntl.h>
#include <sys/stat.h>

#ifndef LOCALSTATEDIR
#  define LOCALSTATEDIR "/var"
#endif

#define STATE_VARIABLE "CONTAINER_HOOKS_STATE"
#define FORMAT 1

static const char *const kind_names[] = {"config", "own", "link", "folder"};

/* --- where --------------------------------------------------------------------------------- */

static const char *variable(const char *name)
{
  const char *value = secure_getenv(name);
  return value != NULL && value[0] == '/' ? value : NULL;
}

static char *state_folder(void)
{
  const char *named = variable(STATE_VARIABLE);
  if (named != NULL)
    return xstrdup(named);
  const char *state = variable("XDG_STATE_HOME"), *home = variable("HOME");
  if (trust_rootless() && state != NULL)
    return xasprintf("%s/container-hooks", state);
  if (trust_rootless() && home != NULL)
    return xasprintf("%s/.local/state/container-hooks", home);
  return xstrdup(LOCALSTATEDIR "/lib/container-hooks");
}

/* FNV-1a: a file's name of bounded length for a path of any. What is in the file tells whether it
   is the one. */
static uint64_t hash(uint64_t seed, const char *text)
{
  uint64_t sum = seed ^ 0xcbf29ce484222325U;
  for (; *text != '\0'; text++)
    sum = (sum ^ (unsigned char)*text) * 0x100000001b3U;
  return sum;
}

char *memory_folder(void)
{
  cleanup_free char *folder = state_folder();
  return xasprintf("%s/engines", folder);
}

static char *memory_path(const char *engine, const char *name, const char *anchor)
{
  cleanup_free char *folder = memory_folder();
  return xasprintf("%s/%s-%016llx.json", folder, engine,
                   (unsigned long long)hash(hash(0, name), anchor));
}

/* --- reading ------------------------------------------------------------------------------- */

static int read_nullable(const struct value *file, const char *key, char **text, struct error *err)
{
  struct value member;
  const char *found;
  if (!value_find(file, key, &member))
    return value_need(file, key, &member, err);
  if (member.json == NULL)
    return 0;
  if (value_text(&member, &found, err) < 0)
    return -1;
  *text = xstrdup(found);
  return 0;
}

static int read_kind(const struct value *file, enum memory_kind *kind, struct error *err)
{
  struct value member;
  const char *word;
  if (value_need(file, "kind", &member, err) < 0 || value_text(&member, &word, err) < 0)
    return -1;
  for (size_t i = 0; i < ARRAY_LENGTH(kind_names); i++) {
    if (text_equal(word, kind_names[i])) {
      *kind = (enum memory_kind)i;
      return 0;
    }
  }
  return value_error(&member, err, "is no kind of file");
}

static int read_file(const struct value *value, struct memory_file *file, struct error *err)
{
  static const char *const keys[] = {"path", "kind", "before", "after", NULL};
  struct value path;
  const char *text;
  if (value_object(value, keys, err) < 0 || value_need(value, "path", &path, err) < 0 ||
      value_text(&path, &text, err) < 0)
    return -1;
  file->path = xstrdup(text);
  if (text[0] != '/')
    return value_error(&path, err, "is not an absolute path");
  return read_kind(value, &file->kind, err) < 0 ||
                 read_nullable(value, "before", &file->before, err) < 0 ||
                 read_nullable(value, "after", &file->after, err) < 0
             ? -1
             : 0;
}

static int expect(const struct value *root, const char *key, const char *wanted, struct error *err)
{
  struct value member;
  const char *text;
  if (value_need(root, key, &member, err) < 0 || value_text(&member, &text, err) < 0)
    return -1;
  return text_equal(text, wanted) ? 0 : value_error(&member, err, "is not %.200s", wanted);
}

static int read_all(struct memory *memory, const struct document *document, struct error *err)
{
  static const char *const keys[] = {"format", "engine", "name", "file", "files", NULL};
  struct value root = document_root(document), format, files;
  int64_t number;
  size_t count;
  if (value_object(&root, keys, err) < 0 || value_need(&root, "format", &format, err) < 0 ||
      value_number(&format, FORMAT, FORMAT, &number, err) < 0 ||
      expect(&root, "engine", memory->engine, err) < 0 ||
      expect(&root, "name", memory->name, err) < 0 ||
      expect(&root, "file", memory->anchor, err) < 0 ||
      value_need(&root, "files", &files, err) < 0 ||
      value_array(&files, MEMORY_FILES_MAX, &count, err) < 0)
    return -1;
  for (size_t i = 0; i < count; i++) {
    struct value element = value_element(&files, i);
    if (read_file(&element, &memory->files[memory->count++], err) < 0)
      return -1;
  }
  return 0;
}

int memory_load(struct memory *memory, const char *engine, const char *name, const char *anchor,
                struct error *err)
{
  *memory = (struct memory){.engine = engine, .name = name, .anchor = xstrdup(anchor)};
  memory->path = memory_path(engine, name, anchor);
  cleanup_document struct document document = {.name = NULL};
  if (faccessat(AT_FDCWD, memory->path, F_OK, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
    return 0;
  if (document_read(memory->path, MEMORY_SIZE_MAX, &document, err) < 0 ||
      read_all(memory, &document, err) < 0) {
    bool denied = errno == EACCES && geteuid() != 0;
    memory_free(memory);
    if (denied)
      return error_append(err, ": this needs root");
    return error_append(err,
                        " (this is what configure remembered for unconfigure; if you remove the "
                        "file, unconfigure goes by the text of %s alone)",
                        anchor);
  }
  memory->text = steal_pointer(&document.text);
  return 0;
}

const struct memory_file *memory_find(const struct memory *memory, const char *path)
{
  for (size_t i = 0; i < memory->count; i++)
    if (text_equal(memory->files[i].path, path))
      return &memory->files[i];
  return NULL;
}

/* --- writing ------------------------------------------------------------------------------- */

static void free_file(const struct memory_file *file)
{
  free(file->path);
  free(file->before);
  free(file->after);
}

void memory_note(struct memory *memory, enum memory_kind kind, const char *path, const char *before,
                 const char *after)
{
  struct memory_file noted = {.path = xstrdup(path),
                              .before = change_copy(before),
                              .after = change_copy(after),
                              .kind = kind};
  for (size_t i = 0; i < memory->count; i++) {
    if (text_equal(memory->files[i].path, path)) {
      free_file(&memory->files[i]);
      memory->files[i] = noted;
      return;
    }
  }
  if (memory->count < MEMORY_FILES_MAX)
    memory->files[memory->count++] = noted;
  else
    free_file(&noted); /* cannot be: there are fewer files than that */
}

static struct json_object *text_or_null(const char *text)
{
  return text != NULL ? json_object_new_string(text) : NULL;
}

static struct json_object *file_json(const struct memory_file *file)
{
  struct json_object *json = json_object_new_object();
  json_object_object_add(json, "path", json_object_new_string(file->path));
  json_object_object_add(json, "kind", json_object_new_string(kind_names[file->kind]));
  json_object_object_add(json, "before", text_or_null(file->before));
  json_object_object_add(json, "after", text_or_null(file->after));
  return json;
}

static char *text_of(const struct memory *memory)
{
  cleanup_json struct json_object *root = json_object_new_object();
  struct json_object *files = json_object_new_array();
  json_object_object_add(root, "format", json_object_new_int(FORMAT));
  json_object_object_add(root, "engine", json_object_new_string(memory->engine));
  json_object_object_add(root, "name", json_object_new_string(memory->name));
  json_object_object_add(root, "file", json_object_new_string(memory->anchor));
  json_object_object_add(root, "files", files);
  for (size_t i = 0; i < memory->count; i++)
    json_object_array_add(files, file_json(&memory->files[i]));
  size_t length;
  return xasprintf("%s\n", json_text(root, &length));
}

void memory_append(struct memory *memory, struct changes *changes)
{
  char *after = memory->count > 0 ? text_of(memory) : NULL;
  changes_append(changes, (struct change){.path = xstrdup(memory->path),
                                          .before = change_copy(memory->text),
                                          .after = change_copy(after),
                                          .mode = S_IRUSR | S_IWUSR,
                                          .hidden = true});
  free(memory->text);
  memory->text = after;
}

void memory_renew(struct memory *memory, const struct memory *old)
{
  *memory = (struct memory){.engine = old->engine,
                            .name = old->name,
                            .anchor = xstrdup(old->anchor),
                            .path = xstrdup(old->path),
                            .text = change_copy(old->text)};
}

void memory_free(struct memory *memory)
{
  for (size_t i = 0; i < memory->count; i++)
    free_file(&memory->files[i]);
  free(memory->anchor);
  free(memory->path);
  free(memory->text);
  *memory = (struct memory){.engine = NULL};
}
