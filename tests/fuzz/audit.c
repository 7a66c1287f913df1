/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever config.json holds, and whatever the admin wants to be recorded of it, the record is one
 * line of JSON, without control characters, in the file that the settings name.
 *
 * Input: the settings (but those that name files), a NUL, the spec.
 *
 * Covers: plugins/audit/audit.c plugins/audit/fields.c plugins/audit/settings.c
 */
#include "folder.h"

#include "common/trust.h"
#include "plugin.h"

#include <sys/socket.h>
#include <sys/un.h>

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

/* Listens where the journal would. */
static int listen_at(const char *path)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  memcpy(address.sun_path, path, strlen(path));
  must(fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0);
  return fd;
}

static void record(struct fuzz_plugin *plugin, struct json_object *spec, const char *refused)
{
  static const struct cht_edit edit = {
      .size = sizeof(edit), .plugin = "p", .op = "add", .pointer = "/hooks/\x01\xff"};
  static const struct cht_edit *const edits[] = {&edit, NULL};
  const struct cht_outcome outcome = {
      .size = sizeof(outcome), .refused = refused != NULL, .error = refused, .edits = edits};
  cleanup_free char *path = fuzz_path("audit.log"), *socket_path = fuzz_path("socket");
  fuzz_make_folder();
  cleanup_close int journal = listen_at(socket_path);
  plugin->link.context.spec = spec;
  plugin->link.failed = false;
  if (cht_plugin.finish(&plugin->link.context, &outcome) == 0 && !plugin->link.failed) {
    if (access(path, F_OK) == 0)
      expect_line(path);
    else
      must(plugin->link.context.dry_run || recv(journal, NULL, 0, 0) == 0);
  } else {
    must(plugin->link.failed && plugin->link.failure.text[0] != '\0');
  }
}

static void record_all(const char *settings, struct json_object *spec)
{
  struct fuzz_plugin plugin;
  if (fuzz_plugin_make(&plugin, "audit", settings)) {
    struct cht_context *ctx = &plugin.link.context;
    bool refused = cht_plugin.modify(ctx) < 0;
    must(refused == plugin.link.failed);
    record(&plugin, spec, NULL);
    record(&plugin, spec, "why\n\x1b[31m\xff");
    ctx->command = CHT_RESTORE;
    record(&plugin, NULL, NULL);
    must(cht_plugin.check(ctx) == 0 || plugin.link.failed);
    ctx->dry_run = true;
    record(&plugin, spec, NULL);
  }
  fuzz_plugin_free(&plugin);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  /* In the folder, nowhere, and where there is none. */
  static const char *const files[] = {"/audit.log", NULL, "/none/audit.log"};
  struct error err;
  cleanup_json struct json_object *spec = NULL;
  cleanup_free char *text = fuzz_text(bytes, length), *socket_path = fuzz_path("socket");
  size_t used = strlen(text) + 1;
  if (used > length ||
      json_parse((const char *)bytes + used, length - used, "fuzz", &spec, &err) < 0)
    return 0;
  for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
    cleanup_free char *settings =
        xasprintf("journal-socket = \"%s\"; file = \"%s%s\"; %s", socket_path,
                  files[i] != NULL ? fuzz_folder : "", files[i] != NULL ? files[i] : "", text);
    record_all(settings, spec);
  }
  return 0;
}
