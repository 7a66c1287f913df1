/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/engines/layers.h"

#include <dirent.h>
#include <fnmatch.h>
#include <glob.h>
#include <sys/stat.h>

/* --- files --------------------------------------------------------------------------------- */

static const struct engine_file *find_edited(const struct engine_files *files, const char *path)
{
  for (size_t i = 0; i < files->count; i++)
    if (files->list[i].path != NULL && text_equal(files->list[i].path, path))
      return &files->list[i];
  return NULL;
}

static bool is_added(const struct layers *layers, const char *path)
{
  for (size_t i = 0; i < layers->count; i++)
    if (text_equal(layers->list[i]->path, path))
      return true;
  return false;
}

static void free_layer(struct layer *layer)
{
  toml_free(&layer->toml);
  free(layer->path);
  free(layer->text);
  free(layer);
}

int layers_add(struct layers *layers, const struct engine_files *files, const char *path,
               struct error *err)
{
  const struct engine_file *edited = find_edited(files, path);
  char *text = NULL;
  if (is_added(layers, path))
    return 0;
  if (edited != NULL)
    text = change_copy(edited->text);
  else if (change_read(path, &text, err) < 0)
    return -1;
  if (text == NULL)
    return 0;

  struct layer *layer = xcalloc(1, sizeof(*layer));
  layer->path = xstrdup(path);
  layer->text = text;
  bool full = layers->count == LAYERS_MAX;
  if (full)
    error_set(err, "%s: more than %d config files", path, LAYERS_MAX);
  if (full || toml_parse(text, strlen(text), path, &layer->toml, err) < 0) {
    free_layer(layer);
    return -1;
  }
  layers->list[layers->count++] = layer;
  return 0;
}

static int compare(const void *a, const void *b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Edited files that are not yet there count as found. */
static size_t add_edited(const struct engine_files *files, const char *pattern, const char **paths,
                         size_t count)
{
  for (size_t i = 0; i < files->count && count < LAYERS_MAX; i++) {
    const char *path = files->list[i].path;
    bool matches = path != NULL && fnmatch(pattern, path, FNM_PATHNAME) == 0;
    for (size_t j = 0; matches && j < count; j++)
      matches = !text_equal(paths[j], path);
    if (matches)
      paths[count++] = path;
  }
  return count;
}

static bool is_file(const char *path)
{
  struct stat status;
  return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

int layers_add_pattern(struct layers *layers, const struct engine_files *files, const char *pattern,
                       struct error *err)
{
  const char *paths[LAYERS_MAX];
  size_t count = 0;
  int result = 0;
  glob_t found = {.gl_pathc = 0};
  if (glob(pattern, GLOB_PERIOD | GLOB_NOSORT, NULL, &found) != 0)
    found.gl_pathc = 0;
  for (size_t i = 0; i < found.gl_pathc && count < LAYERS_MAX; i++)
    if (is_file(found.gl_pathv[i]))
      paths[count++] = found.gl_pathv[i];
  count = add_edited(files, pattern, paths, count);
  qsort(paths, count, sizeof(paths[0]), compare);
  for (size_t i = 0; i < count && result == 0; i++)
    result = layers_add(layers, files, paths[i], err);
  globfree(&found);
  return result;
}

/* --- a folder with all that is in it ------------------------------------------------------- */

#define FOLDERS_MAX 16 /* below each other */

/* Paths, all owned. */
struct tree {
  char *paths[LAYERS_MAX];
  size_t count;
};

static void tree_add(struct tree *tree, const char *path)
{
  for (size_t i = 0; i < tree->count; i++)
    if (text_equal(tree->paths[i], path))
      return;
  if (tree->count < LAYERS_MAX)
    tree->paths[tree->count++] = xstrdup(path);
}

static bool is_real_folder(const char *path)
{
  struct stat status;
  return lstat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static void tree_walk(struct tree *tree, const char *folder, int depth)
{
  struct dirent **entries = NULL;
  int count = depth < FOLDERS_MAX ? scandir(folder, &entries, NULL, NULL) : 0;
  for (int i = 0; i < count; i++) {
    const char *name = entries[i]->d_name;
    cleanup_free char *path = xasprintf("%s/%s", folder, name);
    bool is_folder = is_real_folder(path);
    if (is_folder && !text_equal(name, ".") && !text_equal(name, ".."))
      tree_walk(tree, path, depth + 1);
    else if (!is_folder && is_file(path))
      tree_add(tree, path);
    free(entries[i]);
  }
  free(entries);
}

/* A folder stands among the names beside it: '/' comes before all that names have. */
static int compare_ways(const void *a, const void *b)
{
  const char *left = *(const char *const *)a, *right = *(const char *const *)b;
  while (*left != '\0' && *left == *right) {
    left++;
    right++;
  }
  int one = *left == '/' ? 1 : (unsigned char)*left,
      other = *right == '/' ? 1 : (unsigned char)*right;
  return one - other;
}

int layers_add_tree(struct layers *layers, const struct engine_files *files, const char *folder,
                    struct error *err)
{
  struct tree tree = {.count = 0};
  int result = 0;
  cleanup_free char *inside = xasprintf("%s/", folder);
  tree_walk(&tree, folder, 0);
  for (size_t i = 0; i < files->count; i++)
    if (files->list[i].path != NULL && text_starts(files->list[i].path, inside))
      tree_add(&tree, files->list[i].path);
  qsort(tree.paths, tree.count, sizeof(tree.paths[0]), compare_ways);
  for (size_t i = 0; i < tree.count; i++) {
    if (result == 0)
      result = layers_add(layers, files, tree.paths[i], err);
    free(tree.paths[i]);
  }
  return result;
}

char *layers_pattern(const char *path, const char *pattern)
{
  cleanup_free char *folder = engine_beside(path, "");
  cleanup_free char *escaped = xcalloc(2 * strlen(folder) + 1, 1);
  char *to = escaped;
  for (const char *at = folder; *at != '\0'; at++) {
    if (strchr("*?[\\", *at) != NULL)
      *to++ = '\\';
    *to++ = *at;
  }
  return xasprintf("%s%s", escaped, pattern);
}

void layers_free(struct layers *layers)
{
  for (size_t i = 0; i < layers->count; i++)
    free_layer(layers->list[i]);
  layers->count = 0;
}

/* --- what is in force ---------------------------------------------------------------------- */

const struct toml_item *layers_find(const struct layers *layers, const char *const *path,
                                    const struct layer **layer)
{
  for (size_t i = layers->count; i-- > 0;) {
    *layer = layers->list[i];
    const struct toml_item *item = toml_find(&(*layer)->toml, path);
    if (item != NULL)
      return item;
  }
  return NULL;
}

/* How many more components the item's path has than `path`; -1 if it does not lie there. */
static int steps_below(const struct toml_item *item, const char *const *path)
{
  size_t depth = 0;
  for (; path[depth] != NULL; depth++)
    if (depth >= item->depth || !text_equal(item->path[depth], path[depth]))
      return -1;
  return (int)(item->depth - depth);
}

const struct toml_item *layer_below(const struct layer *layer, const char *const *path)
{
  for (size_t i = 0; i < layer->toml.count; i++)
    if (steps_below(&layer->toml.items[i], path) >= 0)
      return &layer->toml.items[i];
  return NULL;
}

void layer_names(const struct layer *layer, const char *const *path, struct engine_names *names)
{
  for (size_t i = 0; i < layer->toml.count; i++) {
    const struct toml_item *item = &layer->toml.items[i];
    int steps = steps_below(item, path);
    if (steps > 0)
      engine_names_add(names, item->path[item->depth - (size_t)steps]);
  }
}

char *layers_string(const struct layers *layers, const char *const *path, char **place)
{
  const struct layer *layer;
  const struct toml_item *item = layers_find(layers, path, &layer);
  cleanup_free char *text = item != NULL ? toml_string(&layer->toml, item) : NULL;
  if (text == NULL || text[0] == '\0')
    return NULL;
  if (place != NULL)
    *place = layer_place(layer, item);
  return steal_pointer(&text);
}

char *layer_place(const struct layer *layer, const struct toml_item *item)
{
  return xasprintf("%s:%u", layer->path, item->line);
}

/* --- keys ---------------------------------------------------------------------------------- */

const char *toml_keys_get(const struct toml_keys *keys, const char *key)
{
  for (size_t i = 0; i < keys->count; i++)
    if (text_equal(keys->list[i].key, key))
      return keys->list[i].raw;
  return NULL;
}

void toml_keys_set(struct toml_keys *keys, const char *key, const char *raw)
{
  for (size_t i = 0; i < keys->count; i++) {
    if (text_equal(keys->list[i].key, key)) {
      free(keys->list[i].raw);
      keys->list[i].raw = xstrdup(raw);
      return;
    }
  }
  if (keys->count < ARRAY_LENGTH(keys->list))
    keys->list[keys->count++] = (struct toml_pair){.key = xstrdup(key), .raw = xstrdup(raw)};
}

void layer_copy(const struct layer *layer, const char *const *table, const char *const *without,
                struct toml_keys *keys)
{
  for (size_t i = 0; i < layer->toml.count; i++) {
    const struct toml_item *item = &layer->toml.items[i];
    bool is_table = item->kind == TOML_TABLE || item->kind == TOML_ARRAY_TABLE ||
                    item->kind == TOML_INLINE_TABLE;
    if (is_table || steps_below(item, table) != 1 ||
        text_listed(item->path[item->depth - 1], without))
      continue;
    cleanup_free char *raw =
        xstrndup(layer->text + item->value_start, item->value_end - item->value_start);
    toml_keys_set(keys, item->path[item->depth - 1], raw);
  }
}

void toml_keys_free(struct toml_keys *keys)
{
  for (size_t i = 0; i < keys->count; i++) {
    free(keys->list[i].key);
    free(keys->list[i].raw);
  }
  keys->count = 0;
}
