/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever config.json holds, and whatever the admin wants to be recorded of it, the record is one
 * line of JSON, without control characters, in the file that the settings name.
 *
 * Input: the settings (but "file"), a NUL, the spec.
 *
 * Covers: plugins/audit/audit.c plugins/audit/fields.c plugins/audit/settings.c
 */
#include "folder.h"

#include "common/trust.h"
#include "plugin.h"

#define LINE_MAX (1UL << 20)

extern const struct cht_plugin cht_plugin;

static void expect_line(const char *path)
{
  struct error err;
  cleanup_free char *line = NULL;
  cleanup_json struct json_object *tree = NULL;
  size_t length;
  must(trust_read_file(path, LINE_MAX, &line, &length, &err) == 0);
  must(length > 1 && line[length - 1] == '\n' && strlen(line) == length);
  for (size_t i = 0; i < length - 1; i++)
    must((unsigned char)line[i] >= ' ' && line[i] != 0x7f);
  must(json_parse(line, length, "line", &tree, &err) == 0);
  must(json_object_is_type(tree, json_type_object));
}

static void record(struct fuzz_plugin *plugin, struct json_object *spec, const char *refused)
{
  static const struct cht_edit edit = {
      .size = sizeof(edit), .plugin = "p", .op = "add", .pointer = "/hooks/\x01\xff"};
  static const struct cht_edit *const edits[] = {&edit, NULL};
  const struct cht_outcome outcome = {
      .size = sizeof(outcome), .refused = refused != NULL, .error = refused, .edits = edits};
  cleanup_free char *path = fuzz_path("audit.log");
  fuzz_make_folder();
  plugin->link.context.spec = spec;
  plugin->link.failed = false;
  if (cht_plugin.finish(&plugin->link.context, &outcome) == 0 && !plugin->link.failed)
    expect_line(path);
  else
    must(plugin->link.failed && plugin->link.failure.text[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err;
  struct fuzz_plugin plugin;
  cleanup_json struct json_object *spec = NULL;
  cleanup_free char *text = fuzz_text(bytes, length), *path = fuzz_path("audit.log");
  size_t used = strlen(text) + 1;
  if (used > length || strstr(text, "file") != NULL || strstr(text, "journal") != NULL ||
      json_parse((const char *)bytes + used, length - used, "fuzz", &spec, &err) < 0)
    return 0;
  cleanup_free char *settings = xasprintf("file = \"%s\"; %s", path, text);
  if (fuzz_plugin_make(&plugin, "audit", settings)) {
    record(&plugin, spec, NULL);
    record(&plugin, spec, "why\n\x1b[31m\xff");
    record(&plugin, NULL, NULL);
    must(cht_plugin.check(&plugin.link.context) == 0 || plugin.link.failed);
  }
  fuzz_plugin_free(&plugin);
  return 0;
}
