/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spec-patch: applies patch files to config.json, so that raising a limit, dropping a capability or
 * adding a mount needs no code.
 */
#include "patch-file.h"

#include "common/listing.h"
#include "common/trust.h"

#include <container-hooks/plugin.h>
#include <json-c/linkhash.h>

#define DEFAULT_DIR SYSCONFDIR "/container-hooks/patches.d"
#define FILES_MAX 1000 /* in the folder, and as many that are listed */

struct settings {
  const char *dir;
  const char *const *files;
};

/* In the order in which they are applied. */
struct patches {
  struct patch_file *list[2 * FILES_MAX];
  size_t count;
};

static void free_patches(struct patches *patches)
{
  for (size_t i = 0; i < patches->count; i++)
    patch_file_free(patches->list[i]);
}

#define cleanup_patches __attribute__((cleanup(free_patches)))

/* --- settings ------------------------------------------------------------------------------ */

static int need_absolute(struct cht_context *ctx, const char *key, const char *path)
{
  if (path[0] == '/')
    return 0;
  return cht_fail(ctx, "setting '%s': '%s' is not an absolute path", key, path);
}

static int read_settings(struct cht_context *ctx, struct settings *settings)
{
  static const char *const known[] = {"dir", "files", NULL};
  static const char *const none[] = {NULL};
  *settings = (struct settings){.dir = DEFAULT_DIR, .files = none};
  if (cht_known_settings(ctx, known) < 0 || cht_setting_text(ctx, "dir", &settings->dir) < 0 ||
      cht_setting_list(ctx, "files", &settings->files) < 0)
    return -1;
  for (size_t i = 0; settings->files[i] != NULL; i++) {
    if (i == FILES_MAX)
      return cht_fail(ctx, "setting 'files': more than %d files", FILES_MAX);
    if (need_absolute(ctx, "files", settings->files[i]) < 0)
      return -1;
  }
  return need_absolute(ctx, "dir", settings->dir);
}

/* --- the files ----------------------------------------------------------------------------- */

static int read_listed(struct cht_context *ctx, const char *const *files, struct patches *patches)
{
  struct error err;
  for (; *files != NULL; files++) {
    struct patch_file *file = patch_file_read(*files, &err);
    if (file == NULL)
      return cht_fail(ctx, "%s", err.text);
    patches->list[patches->count++] = file;
  }
  return 0;
}

/* A file that was taken away since the folder was read is no patch any more; a link that leads
   nowhere is one that cannot be read. */
static int read_found(struct cht_context *ctx, const char *path, struct patches *patches)
{
  struct error err;
  struct patch_file *file = patch_file_read(path, &err);
  if (file != NULL)
    patches->list[patches->count++] = file;
  else if (!trust_is_missing(path))
    return cht_fail(ctx, "%s", err.text);
  return 0;
}

static int read_folder(struct cht_context *ctx, const char *dir, struct patches *patches)
{
  struct error err;
  cleanup_listing struct listing files;
  if (listing_read(&files, dir, ".json", FILES_MAX, &err) < 0) {
    if (!trust_is_missing(dir))
      return cht_fail(ctx, "%s", err.text);
    cht_log(ctx, CHT_INFO, "there is no folder %s: it adds no patches", dir);
    return 0;
  }
  for (size_t i = 0; i < files.count; i++) {
    cleanup_free char *path = xasprintf("%s/%s", dir, files.names[i]);
    if (read_found(ctx, path, patches) < 0)
      return -1;
  }
  return 0;
}

static int read_patches(struct cht_context *ctx, struct patches *patches)
{
  struct settings settings;
  if (read_settings(ctx, &settings) < 0 || read_listed(ctx, settings.files, patches) < 0)
    return -1;
  return read_folder(ctx, settings.dir, patches);
}

/* --- applying them ------------------------------------------------------------------------- */

/* Is the file for this container, as the files before have left it? */
static int concerns(struct cht_context *ctx, const struct patch_file *file,
                    struct json_object *spec, bool *match)
{
  const struct document config = {.name = "config.json", .tree = spec};
  const struct value root = document_root(&config);
  const struct when_container container = {
      .spec = &root, .bundle = ctx->bundle, .image = cht_get_image(ctx)};
  struct error err;
  *match = true;
  if (file->when != NULL && when_match(file->when, &container, match, &err) < 0)
    return cht_fail(ctx, "%s (asked by %s)", err.text, file->document.name);
  if (!*match)
    cht_log(ctx, CHT_DEBUG, "%s does not match this container", file->document.name);
  return 0;
}

static int apply(struct cht_context *ctx, const struct patch_file *file, struct json_object **spec)
{
  struct error err;
  bool match;
  if (concerns(ctx, file, *spec, &match) < 0)
    return -1;
  if (!match || patch_file_apply(file, spec, &err) == 0)
    return 0;
  if (!file->optional)
    return cht_fail(ctx, "%s", err.text);
  cht_log(ctx, CHT_WARN, "%s; it is skipped", err.text);
  return 0;
}

/* Makes the host's tree, which stays the same object, hold what the patched one holds. */
static void adopt(struct json_object *spec, struct json_object *patched)
{
  json_object_object_foreach (spec, old, ignored) {
    (void)ignored;
    json_object_object_del(spec, old);
  }
  json_object_object_foreach (patched, key, value)
    json_object_object_add(spec, key, json_object_get(value));
}

static int modify(struct cht_context *ctx)
{
  cleanup_patches struct patches patches = {.count = 0};
  cleanup_json struct json_object *spec = json_object_get(ctx->spec);
  if (read_patches(ctx, &patches) < 0)
    return -1;
  for (size_t i = 0; i < patches.count; i++)
    if (apply(ctx, patches.list[i], &spec) < 0)
      return -1;
  if (spec != ctx->spec)
    adopt(ctx->spec, spec);
  return 0;
}

static int check(struct cht_context *ctx)
{
  cleanup_patches struct patches patches = {.count = 0};
  return read_patches(ctx, &patches);
}

CHT_PLUGIN(.name = "spec-patch", .version = VERSION,
           .summary = "JSON Patch and JSON Merge Patch files applied to config.json",
           .modify = modify, .check = check);
