/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin that edits by its settings and tells how the chain ended:
 *
 *   env, unset     a variable, NAME=value; a variable's name
 *   keep           whether env leaves a variable that is set as it is
 *   hook, stage    a program; the number of its stage (enum cht_stage, createRuntime by default)
 *   front, pin     whether the hook goes to the front; whether it is pinned
 *   mount          a folder of the host, bound to the same path
 *   annotation     KEY=value
 *   pin-pointer    a JSON pointer to pin
 *   device         a path, to which device-type, -major, -minor, -host, -mode, -owner (user and
 *                  group) and -access may add
 *   fields         a list of steps: see fields.c
 *   image          the name of the image that is told; "" tells one without a name
 *   image-as       a variable that gets the name of the image that was told, and if it is accepted
 *   outcome        a file that finish writes
 */
#include "fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "NAME=value" in two parts, in a buffer that lives as long as the process. */
static int split(struct cht_context *ctx, const char *pair, const char **name, const char **value)
{
  char *copy = strdup(pair);
  char *equals = copy != NULL ? strchr(copy, '=') : NULL;
  if (equals == NULL) {
    free(copy);
    return cht_fail(ctx, "'%s' is not NAME=value", pair);
  }
  *equals = '\0';
  *name = copy;
  *value = equals + 1;
  return 0;
}

static int write_env(struct cht_context *ctx)
{
  const char *pair = NULL, *unset = NULL, *name = NULL, *value = NULL;
  bool keep = false;
  if (cht_setting_text(ctx, "env", &pair) < 0 || cht_setting_text(ctx, "unset", &unset) < 0 ||
      cht_setting_boolean(ctx, "keep", &keep) < 0)
    return -1;
  if (unset != NULL && cht_unset_env(ctx, unset) < 0)
    return -1;
  if (pair == NULL)
    return 0;
  return split(ctx, pair, &name, &value) < 0 ? -1 : cht_set_env(ctx, name, value, !keep);
}

static int write_hook(struct cht_context *ctx)
{
  struct cht_hook hook = {.path = NULL};
  int64_t stage = CHT_CREATE_RUNTIME;
  bool front = false, pin = false;
  if (cht_setting_text(ctx, "hook", &hook.path) < 0 ||
      cht_setting_number(ctx, "stage", CHT_PRESTART, CHT_POSTSTOP, &stage) < 0 ||
      cht_setting_boolean(ctx, "front", &front) < 0 || cht_setting_boolean(ctx, "pin", &pin) < 0)
    return -1;
  unsigned flags = (front ? CHT_HOOK_FRONT : CHT_HOOK_BACK) | (pin ? CHT_HOOK_PIN : 0U);
  return hook.path != NULL ? cht_add_hook(ctx, (enum cht_stage)stage, &hook, flags) : 0;
}

static int write_mount(struct cht_context *ctx)
{
  static const char *const options[] = {"rbind", "ro", NULL};
  const char *folder = NULL;
  if (cht_setting_text(ctx, "mount", &folder) < 0)
    return -1;
  struct cht_mount mount = {
      .destination = folder, .type = "bind", .source = folder, .options = options};
  return folder != NULL ? cht_add_mount(ctx, &mount) : 0;
}

static int write_annotation(struct cht_context *ctx)
{
  const char *pair = NULL, *key = NULL, *value = NULL;
  if (cht_setting_text(ctx, "annotation", &pair) < 0)
    return -1;
  if (pair == NULL)
    return 0;
  return split(ctx, pair, &key, &value) < 0 ? -1 : cht_set_annotation(ctx, key, value);
}

static int write_pin(struct cht_context *ctx)
{
  const char *pointer = NULL;
  if (cht_setting_text(ctx, "pin-pointer", &pointer) < 0)
    return -1;
  return pointer != NULL ? cht_pin(ctx, pointer) : 0;
}

static int write_device(struct cht_context *ctx)
{
  struct cht_device device = {.path = NULL};
  const char *type = "";
  int64_t major = 0, minor = 0, mode = 0, owner = 0;
  if (cht_setting_text(ctx, "device", &device.path) < 0 ||
      cht_setting_text(ctx, "device-type", &type) < 0 ||
      cht_setting_number(ctx, "device-major", 0, UINT32_MAX, &major) < 0 ||
      cht_setting_number(ctx, "device-minor", 0, UINT32_MAX, &minor) < 0 ||
      cht_setting_text(ctx, "device-host", &device.host_path) < 0 ||
      cht_setting_number(ctx, "device-mode", 0, UINT32_MAX, &mode) < 0 ||
      cht_setting_number(ctx, "device-owner", 0, UINT32_MAX, &owner) < 0 ||
      cht_setting_text(ctx, "device-access", &device.access) < 0)
    return -1;
  device.type = type[0];
  device.major = (uint32_t)major;
  device.minor = (uint32_t)minor;
  device.file_mode = (uint32_t)mode;
  device.uid = device.gid = (uint32_t)owner;
  return device.path != NULL ? cht_add_device(ctx, &device) : 0;
}

static int tell_image(struct cht_context *ctx)
{
  struct cht_image image = {.size = sizeof(image), .id = "sha256:0", .accepted = true};
  if (cht_setting_text(ctx, "image", &image.name) < 0 || image.name == NULL)
    return 0;
  if (image.name[0] == '\0')
    image.name = NULL;
  return cht_set_image(ctx, &image);
}

static int write_image(struct cht_context *ctx)
{
  char text[256] = "unknown";
  const char *variable = NULL;
  const struct cht_image *image = cht_get_image(ctx);
  if (cht_setting_text(ctx, "image-as", &variable) < 0 || variable == NULL)
    return 0;
  if (image != NULL)
    snprintf(text, sizeof(text), "%s is %s", image->name != NULL ? image->name : image->id,
             image->accepted ? "accepted" : "not accepted");
  return cht_set_env(ctx, variable, text, true);
}

static int modify(struct cht_context *ctx)
{
  static const char *const known[] = {
      "env",           "unset",        "keep",         "hook",        "stage",       "front",
      "pin",           "mount",        "annotation",   "pin-pointer", "outcome",     "device",
      "device-type",   "device-major", "device-minor", "device-host", "device-mode", "device-owner",
      "device-access", "fields",       "image",        "image-as",    NULL};
  if (cht_known_settings(ctx, known) < 0 || write_env(ctx) < 0 || write_hook(ctx) < 0 ||
      write_mount(ctx) < 0 || write_annotation(ctx) < 0 || write_device(ctx) < 0 ||
      write_fields(ctx) < 0 || tell_image(ctx) < 0 || write_image(ctx) < 0)
    return -1;
  return write_pin(ctx);
}

/* A line that says "done" or "refused: why", and one for each edit: PLUGIN OP POINTER. */
static int finish(struct cht_context *ctx, const struct cht_outcome *outcome)
{
  const char *path = NULL;
  if (cht_setting_text(ctx, "outcome", &path) < 0)
    return -1;
  if (path == NULL)
    return 0;
  FILE *file = fopen(path, "w");
  if (file == NULL)
    return cht_fail(ctx, "cannot write %s: %m", path);
  fprintf(file, "%s%s\n", outcome->refused ? "refused: " : "done",
          outcome->refused ? outcome->error : "");
  for (const struct cht_edit *const *edit = outcome->edits; *edit != NULL; edit++)
    fprintf(file, "%s %s %s\n", (*edit)->plugin, (*edit)->op, (*edit)->pointer);
  return fclose(file) == 0 ? 0 : cht_fail(ctx, "cannot write %s: %m", path);
}

CHT_PLUGIN(.name = "writer", .version = "1", .summary = "edits by its settings", .modify = modify,
           .finish = finish);
