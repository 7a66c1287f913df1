/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/plugin_list.h"

#include "common/file.h"
#include "common/json.h"
#include "config/schema.h"
#include "ctk/enforcement.h"
#include "ctk/trial.h"
#include "ctk/unlisted.h"

#include <dirent.h>

/* --- a row --------------------------------------------------------------------------------- */

static void add_text(struct json_object *row, const char *key, const char *text)
{
  if (text != NULL)
    json_object_object_add(row, key, json_object_new_string(text));
}

/* Everything can be loaded as long as nothing says why not. */
static const char *state_of(struct json_object *entry, bool listed)
{
  if (listed && !trace_is(entry, "enabled"))
    return "disabled";
  if (trace_text(entry, "error") != NULL)
    return "refused";
  if (!listed)
    return "available";
  return trace_is(entry, "required") ? "required" : "optional";
}

static void add_listed(struct json_object *row, struct json_object *entry)
{
  int64_t line = trace_number(entry, "line");
  cleanup_free char *place = line > 0
                                 ? xasprintf("%s:%lld", trace_text(entry, "file"), (long long)line)
                                 : xstrdup(trace_text(entry, "file"));
  add_text(row, "listed", place);
}

/* Takes ownership of the text. */
static void add_warning(struct json_object *row, char *text)
{
  struct json_object *list = NULL;
  if (!json_object_object_get_ex(row, "warnings", &list)) {
    list = json_object_new_array();
    json_object_object_add(row, "warnings", list);
  }
  json_object_array_add(list, json_object_new_string(text));
  free(text);
}

/* `order` is 0 for what no config lists. */
static void add_row(struct json_object *list, struct json_object *entry, size_t order)
{
  static const char *const own_words[] = {"version", "summary", "interface", NULL};
  struct json_object *row = json_object_new_object();
  struct json_object *plugin = json_object_object_get(entry, "plugin");
  if (order > 0)
    json_object_object_add(row, "order", json_object_new_int64((int64_t)order));
  add_text(row, "name", trace_text(entry, "name"));
  add_text(row, "path", trace_text(entry, "path"));
  add_text(row, "state", state_of(entry, order > 0));
  for (const char *const *word = own_words; plugin != NULL && *word != NULL; word++)
    add_text(row, *word, trace_text(plugin, *word));
  if (plugin != NULL)
    json_object_object_add(row, "check", json_object_new_boolean(trace_is(plugin, "check")));
  if (order > 0)
    add_listed(row, entry);
  add_text(row, "why", trace_text(entry, "error"));
  char *misnamed = trace_misnamed(entry);
  if (misnamed != NULL)
    add_warning(row, misnamed);
  json_object_array_add(list, row);
}

/* --- those that no config lists ------------------------------------------------------------ */

static int is_plugin(const struct dirent *entry)
{
  size_t length = strlen(entry->d_name);
  if (length <= 3 || !text_equal(entry->d_name + length - 3, ".so"))
    return 0;
  cleanup_free char *name = xstrndup(entry->d_name, length - 3);
  return schema_name_valid(name);
}

static bool is_listed(struct json_object *list, const char *path)
{
  bool found = false;
  for (size_t i = 0; i < json_object_array_length(list) && !found; i++) {
    const char *listed = trace_text(json_object_array_get_idx(list, i), "path");
    found = text_equal(listed, path) || file_is_same(listed, path);
  }
  return found;
}

/* Paths, each owned. */
struct paths {
  char **list;
  size_t count;
};

static void cleanup_pathsp(struct paths *paths)
{
  for (size_t i = 0; i < paths->count; i++)
    free(paths->list[i]);
  free(paths->list);
}

#define cleanup_paths __attribute__((cleanup(cleanup_pathsp)))

/* A folder that is not there holds nothing. */
static int find_unlisted(struct json_object *list, const char *folder, struct paths *paths,
                         struct error *err)
{
  struct dirent **found = NULL;
  int count = scandir(folder, &found, is_plugin, alphasort);
  if (count < 0)
    return errno == ENOENT ? 0 : error_set(err, "cannot read %s: %m", folder);
  paths->list = xcalloc((size_t)count + 1, sizeof(*paths->list));
  for (int i = 0; i < count; i++) {
    cleanup_free char *path = xasprintf("%s/%s", folder, found[i]->d_name);
    if (!is_listed(list, path))
      paths->list[paths->count++] = steal_pointer(&path);
    free(found[i]);
  }
  free(found);
  return 0;
}

/* `paths` is ended by NULL. */
static int add_files(struct json_object *list, const char *const *paths, struct error *err)
{
  cleanup_free char *text = NULL;
  cleanup_trial struct trial_answer answer = {.trace = NULL};
  if (unlisted_config(paths, &text, err) < 0)
    return -1;
  const struct trial_request request = {
      .kind = TRIAL_LOAD,
      .config = {.file = UNLISTED_NAME, .text = text},
  };
  if (trial_run(&request, &answer, err) < 0)
    return -1;
  for (size_t i = 0; i < json_object_array_length(answer.trace); i++)
    add_row(list, json_object_array_get_idx(answer.trace, i), 0);
  return 0;
}

static int add_unlisted(struct json_object *list, const char *folder, struct error *err)
{
  cleanup_paths struct paths paths = {.count = 0};
  if (find_unlisted(list, folder, &paths, err) < 0)
    return -1;
  for (size_t start = 0; start < paths.count; start += CONFIG_PLUGINS_MAX) {
    const char *some[CONFIG_PLUGINS_MAX + 1] = {NULL}; /* as many as a config can list */
    for (size_t i = 0; i < CONFIG_PLUGINS_MAX && start + i < paths.count; i++)
      some[i] = paths.list[start + i];
    if (add_files(list, some, err) < 0)
      return -1;
  }
  return 0;
}

/* --- those that are there to refuse -------------------------------------------------------- */

/* What it is added to. */
struct warned {
  const struct config *config;
  struct json_object *rows;
};

static void add_gap(void *data, const struct config_plugin *entry, const char *text,
                    const char *mend)
{
  const struct warned *warned = data;
  size_t number = (size_t)(entry - warned->config->plugins);
  add_warning(json_object_array_get_idx(warned->rows, number),
              xasprintf("%s; to mend it: %s", text, mend));
}

/* --- all ----------------------------------------------------------------------------------- */

int plugin_list(const struct toolkit_choice *choice, struct json_object **list, struct error *err)
{
  cleanup_toolkit struct toolkit toolkit;
  cleanup_trial struct trial_answer answer = {.trace = NULL};
  const struct trial_request request = {.kind = TRIAL_LOAD, .config = *choice};
  if (toolkit_load(&toolkit, choice, true, err) < 0 || trial_run(&request, &answer, err) < 0)
    return -1;
  cleanup_json struct json_object *rows = json_object_new_array();
  for (size_t i = 0; i < json_object_array_length(answer.trace); i++)
    add_row(rows, json_object_array_get_idx(answer.trace, i), i + 1);
  struct warned warned = {.config = &toolkit.config, .rows = rows};
  if (json_object_array_length(rows) == toolkit.config.plugin_count)
    enforcement_gaps(&toolkit.config, add_gap, &warned);
  if (add_unlisted(rows, toolkit.config.plugin_dir, err) < 0)
    return -1;
  *list = steal_pointer(&rows);
  return 0;
}

int plugin_list_file(const char *path, struct json_object **list, struct error *err)
{
  const char *const paths[] = {path, NULL};
  cleanup_json struct json_object *rows = json_object_new_array();
  if (add_files(rows, paths, err) < 0)
    return -1;
  *list = steal_pointer(&rows);
  return 0;
}

/* --- as a table ---------------------------------------------------------------------------- */

static const char *const columns[] = {"order", "name", "state", "version"};

#define COLUMNS ARRAY_LENGTH(columns)

static const char *cell(struct json_object *row, const char *key)
{
  const char *text = trace_text(row, key);
  return text != NULL ? text : "-";
}

static void measure(struct json_object *list, int widths[COLUMNS])
{
  for (size_t column = 0; column < COLUMNS; column++) {
    widths[column] = (int)strlen(columns[column]);
    for (size_t i = 0; i < json_object_array_length(list); i++) {
      int width = (int)strlen(cell(json_object_array_get_idx(list, i), columns[column]));
      widths[column] = width > widths[column] ? width : widths[column];
    }
  }
}

static void print_row(struct json_object *row, const int widths[COLUMNS])
{
  int indent = 0;
  for (size_t column = 0; column < COLUMNS; column++) {
    printf("%-*s  ", widths[column], cell(row, columns[column]));
    indent += widths[column] + 2;
  }
  printf("%s\n%*s%s\n", cell(row, "summary"), indent, "", cell(row, "path"));
  if (trace_text(row, "why") != NULL)
    printf("%*s! %s\n", indent, "", trace_text(row, "why"));
  struct json_object *warnings = json_object_object_get(row, "warnings");
  for (size_t i = 0; warnings != NULL && i < json_object_array_length(warnings); i++)
    printf("%*s! %s\n", indent, "", json_object_get_string(json_object_array_get_idx(warnings, i)));
}

void plugin_list_print(struct json_object *list)
{
  int widths[COLUMNS];
  measure(list, widths);
  for (size_t column = 0; column < COLUMNS; column++)
    printf("%-*s  ", widths[column], columns[column]);
  puts("summary, file");
  for (size_t i = 0; i < json_object_array_length(list); i++)
    print_row(json_object_array_get_idx(list, i), widths);
}
