/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

#include "common/journal.h"
#include "fields.h"

#define DEFAULT_FILE "/var/log/container-hooks/audit.log"
#define DEFAULT_MAX_SIZE INT64_C(65536)   /* KiB */
#define MAX_SIZE_LIMIT (INT64_C(1) << 30) /* KiB */

static int read_values(struct cht_context *ctx, struct settings *settings)
{
  static const char *const known[] = {"file",   "max-size",    "journal",     "journal-socket",
                                      "fields", "annotations", "environment", NULL};
  if (cht_known_settings(ctx, known) < 0 || cht_setting_text(ctx, "file", &settings->file) < 0 ||
      cht_setting_number(ctx, "max-size", 0, MAX_SIZE_LIMIT, &settings->max_size) < 0 ||
      cht_setting_boolean(ctx, "journal", &settings->journal) < 0 ||
      cht_setting_text(ctx, "journal-socket", &settings->journal_socket) < 0 ||
      cht_setting_list(ctx, "fields", &settings->fields) < 0 ||
      cht_setting_list(ctx, "annotations", &settings->annotations) < 0)
    return -1;
  return cht_setting_list(ctx, "environment", &settings->environment);
}

/* Without any destination the default file is one; "" says that none is wanted. */
static int check_destinations(struct cht_context *ctx, struct settings *settings)
{
  if (settings->file == NULL)
    settings->file = settings->journal ? "" : DEFAULT_FILE;
  if (settings->file[0] == '\0' && !settings->journal)
    return cht_fail(ctx, "setting 'file' is empty and 'journal' is not true: nothing would be "
                         "recorded");
  const char *slash = strrchr(settings->file, '/');
  if (settings->file[0] != '\0' && (settings->file[0] != '/' || slash[1] == '\0'))
    return cht_fail(ctx, "setting 'file': '%s' is not an absolute path of a file", settings->file);
  if (settings->journal_socket[0] != '/')
    return cht_fail(ctx, "setting 'journal-socket': '%s' is not an absolute path",
                    settings->journal_socket);
  return 0;
}

static int check_fields(struct cht_context *ctx, const char *const *fields)
{
  if (fields[0] == NULL)
    return cht_fail(ctx, "setting 'fields' is empty: nothing would be recorded");
  for (size_t i = 0; fields[i] != NULL; i++) {
    if (field_find(fields[i]) == NULL) {
      cleanup_free char *names = field_names();
      return cht_fail(ctx, "setting 'fields': '%s' is no field; there are:%s", fields[i], names);
    }
    for (size_t j = 0; j < i; j++)
      if (text_equal(fields[i], fields[j]))
        return cht_fail(ctx, "setting 'fields' has '%s' twice", fields[i]);
  }
  return 0;
}

/* A field that needs a setting of its name, or a setting without its field, records nothing. */
static int check_pair(struct cht_context *ctx, const char *name, const char *const *fields,
                      const char *const *chosen)
{
  bool wanted = text_listed(name, fields);
  if (wanted == (chosen[0] != NULL))
    return 0;
  return wanted
             ? cht_fail(ctx, "setting 'fields' has '%s', but setting '%s' names none", name, name)
             : cht_fail(ctx, "setting '%s' is there, but 'fields' lacks '%s'", name, name);
}

int settings_read(struct cht_context *ctx, struct settings *settings)
{
  static const char *const none[] = {NULL};
  *settings = (struct settings){
      .max_size = DEFAULT_MAX_SIZE,
      .journal_socket = JOURNAL_SOCKET,
      .annotations = none,
      .environment = none,
  };
  if (read_values(ctx, settings) < 0 || check_destinations(ctx, settings) < 0)
    return -1;
  if (settings->fields == NULL)
    return 0;
  if (check_fields(ctx, settings->fields) < 0 ||
      check_pair(ctx, "annotations", settings->fields, settings->annotations) < 0)
    return -1;
  return check_pair(ctx, "environment", settings->fields, settings->environment);
}
