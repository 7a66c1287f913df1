/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit: one line of JSON for each container, created or refused, in a file, the journal or both.
 * It is written when the chain has ended: what every plugin changed is known then, and so is
 * whether the container will be.
 */
#include "common/append.h"
#include "common/journal.h"
#include "common/trust.h"
#include "fields.h"
#include "settings.h"

#define FILE_MODE 0600
#define LOCK_PATIENCE 5000 /* milliseconds */

/* --- the record ---------------------------------------------------------------------------- */

static void add_field(struct json_object *line, const struct field *field, struct record *record)
{
  struct json_object *value = field->make(record);
  if (value != NULL)
    json_object_object_add(line, field->name, value);
}

/* Owned by the caller. */
static char *make_line(struct cht_context *ctx, const struct cht_outcome *outcome,
                       const struct settings *settings)
{
  const struct document config = {.name = "config.json", .tree = ctx->spec};
  cleanup_json struct json_object *line = json_object_new_object();
  struct record record = {
      .ctx = ctx,
      .outcome = outcome,
      .settings = settings,
      .spec = document_root(&config),
      .more = bounded_object(),
  };
  if (settings->fields == NULL) {
    for (const struct field *field = all_fields; field->name != NULL; field++)
      if (field->by_default)
        add_field(line, field, &record);
  } else {
    for (const char *const *name = settings->fields; *name != NULL; name++)
      add_field(line, field_find(*name), &record);
  }
  bool left_out = json_object_object_length(record.more.json) > 0;
  if (record.cut || left_out)
    json_object_object_add(line, "truncated", json_object_new_boolean(true));
  if (left_out)
    json_object_object_add(line, "more", json_object_get(record.more.json));
  json_object_put(record.more.json);
  return bounded_line(line);
}

/* --- the file ------------------------------------------------------------------------------ */

/* Does something with the file, once its folder was found to be nobody else's. */
static int with_file(const struct settings *settings, const char *line, struct error *err)
{
  const char *slash = strrchr(settings->file, '/');
  size_t length = (size_t)(slash - settings->file);
  cleanup_free char *folder_path = xstrndup(settings->file, length > 0 ? length : 1);
  cleanup_close int folder = trust_open_folder(folder_path, err);
  if (folder < 0 && errno == ENOENT)
    return error_append(err, ": install -d -m 0750 %s", folder_path);
  if (folder < 0)
    return -1;
  const struct append file = {
      .folder = folder,
      .name = slash + 1,
      .path = settings->file,
      .mode = FILE_MODE,
      .size_max = settings->max_size * 1024,
      .patience = LOCK_PATIENCE,
      .trusted = true,
  };
  if (line == NULL)
    return append_check(&file, err);
  cleanup_free char *whole = xasprintf("%s\n", line);
  return append_line(&file, whole, strlen(whole), err);
}

/* --- the journal --------------------------------------------------------------------------- */

/*
 * Its own names for its fields: docker and podman show what has CONTAINER_ID_FULL to those who ask
 * for a container's output. PRIORITY is that of syslog(3): 4 is a warning, 6 information.
 */
static int send_entry(struct cht_context *ctx, const struct cht_outcome *outcome,
                      const struct settings *settings, const char *line, struct error *err)
{
  const struct journal_field fields[] = {
      {"MESSAGE", line},
      {"PRIORITY", outcome->refused ? "4" : "6"},
      {"SYSLOG_IDENTIFIER", "container-hooks"},
      {"CONTAINER_HOOKS_ID", ctx->container_id},
      {"CONTAINER_HOOKS_BUNDLE", ctx->bundle},
      {"CONTAINER_HOOKS_OUTCOME", outcome->refused ? "refused" : "created"},
      {NULL, NULL},
  };
  return journal_send(settings->journal_socket, fields, err);
}

/* --- the plugin ---------------------------------------------------------------------------- */

/* Only the settings: a mistake in them shall not wait for the end. */
static int modify(struct cht_context *ctx)
{
  struct settings settings;
  return settings_read(ctx, &settings);
}

/* A dry run writes nothing, but says what would keep a container from starting. Who tries it may
   have fewer rights than who starts containers: that is no news. */
static void try_places(struct cht_context *ctx, const struct settings *settings)
{
  struct error err;
  if (settings->file[0] != '\0' && with_file(settings, NULL, &err) < 0 && errno != EACCES)
    cht_log(ctx, CHT_WARN, "it could not be recorded: %s", err.text);
  if (settings->journal && journal_check(settings->journal_socket, &err) < 0)
    cht_log(ctx, CHT_WARN, "it could not be recorded: %s", err.text);
}

/* If one of the two cannot be written, the other still is. */
static int finish(struct cht_context *ctx, const struct cht_outcome *outcome)
{
  struct settings settings;
  struct error err;
  int result = 0;
  if (settings_read(ctx, &settings) < 0)
    return -1;
  cleanup_free char *line = make_line(ctx, outcome, &settings);
  if (ctx->dry_run) {
    cht_log(ctx, CHT_INFO, "would record %s", line);
    try_places(ctx, &settings);
    return 0;
  }
  if (settings.file[0] != '\0' && with_file(&settings, line, &err) < 0)
    result = cht_fail(ctx, "%s", err.text);
  if (settings.journal && send_entry(ctx, outcome, &settings, line, &err) < 0)
    result = cht_fail(ctx, "%s", err.text);
  return result;
}

static int check(struct cht_context *ctx)
{
  struct settings settings;
  struct error err;
  if (settings_read(ctx, &settings) < 0)
    return -1;
  if (settings.file[0] != '\0' && with_file(&settings, NULL, &err) < 0)
    return cht_fail(ctx, "%s", err.text);
  if (settings.journal && journal_check(settings.journal_socket, &err) < 0)
    return cht_fail(ctx, "%s", err.text);
  return 0;
}

CHT_PLUGIN(.name = "audit", .version = VERSION,
           .summary = "a line of JSON for each container, in a file or the journal",
           .modify = modify, .check = check, .finish = finish);
