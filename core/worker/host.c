/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/host.h"

#include "common/json.h"
#include "spec/device.h"
#include "spec/edit.h"
#include "spec/field.h"
#include "worker/chain.h"
#include "worker/pin.h"
#include "worker/settings.h"
#include "worker/told.h"

static struct link *link_of(struct cht_context *ctx)
{
  return (struct link *)ctx;
}

/* The first failure of a callback counts: what follows is often only its consequence. */
static int failed(struct cht_context *ctx, const struct error *err)
{
  struct link *link = link_of(ctx);
  if (!link->failed) {
    link->failed = true;
    link->failure = *err;
  }
  return -1;
}

static int need_spec(struct cht_context *ctx)
{
  struct error err;
  if (ctx->spec != NULL)
    return 0;
  error_set(&err, "there is no spec in this callback");
  return failed(ctx, &err);
}

/* --- log and fail -------------------------------------------------------------------------- */

PRINTF_LIKE(3, 0)
static void host_log(struct cht_context *ctx, enum cht_level level, const char *format,
                     va_list args)
{
  cleanup_free char *text = xvasprintf(format, args);
  log_line((enum log_level)level, "plugin '%s': %s", ctx->plugin, text);
}

PRINTF_LIKE(2, 0) static int host_fail(struct cht_context *ctx, const char *format, va_list args)
{
  struct error err;
  error_vset(&err, format, args);
  return failed(ctx, &err);
}

/* A line each, without what a terminal would understand. */
PRINTF_LIKE(2, 0) static int host_tell(struct cht_context *ctx, const char *format, va_list args)
{
  char *notice = link_of(ctx)->chain->notice;
  size_t used = strlen(notice);
  cleanup_free char *text = xvasprintf(format, args);
  log_one_line(text);
  snprintf(notice + used, REPORT_NOTICE_MAX - used, "%s%s: %s", used > 0 ? "\n" : "", ctx->plugin,
           text);
  return 0;
}

/* --- settings ------------------------------------------------------------------------------ */

static int host_known_settings(struct cht_context *ctx, const char *const *keys)
{
  struct error err;
  return settings_known(link_of(ctx)->entry, keys, &err) < 0 ? failed(ctx, &err) : 0;
}

static int host_setting_text(struct cht_context *ctx, const char *key, const char **value)
{
  struct error err;
  return settings_text(link_of(ctx)->entry, key, value, &err) < 0 ? failed(ctx, &err) : 0;
}

static int host_setting_number(struct cht_context *ctx, const char *key, int64_t min, int64_t max,
                               int64_t *value)
{
  struct error err;
  int result = settings_number(link_of(ctx)->entry, key, min, max, value, &err);
  return result < 0 ? failed(ctx, &err) : 0;
}

static int host_setting_boolean(struct cht_context *ctx, const char *key, bool *value)
{
  struct error err;
  return settings_boolean(link_of(ctx)->entry, key, value, &err) < 0 ? failed(ctx, &err) : 0;
}

/* The list itself is kept until the process ends; the plugin only borrows it. */
static int host_setting_list(struct cht_context *ctx, const char *key, const char *const **values)
{
  struct error err;
  const char **list = NULL;
  if (settings_list(link_of(ctx)->entry, key, &list, &err) < 0)
    return failed(ctx, &err);
  if (list != NULL)
    *values = list;
  return 0;
}

/* --- edits --------------------------------------------------------------------------------- */

static int host_add_hook(struct cht_context *ctx, enum cht_stage stage, const struct cht_hook *hook,
                         unsigned flags)
{
  struct error err;
  struct json_object *added;
  if (need_spec(ctx) < 0)
    return -1;
  if (edit_add_hook(ctx->spec, stage, hook, (flags & CHT_HOOK_FRONT) != 0, &added, &err) < 0)
    return failed(ctx, &err);
  if (flags & CHT_HOOK_PIN)
    pin_hook(link_of(ctx), stage, added);
  return 0;
}

static const char *host_env(struct cht_context *ctx, const char *name)
{
  return edit_env(ctx->spec, name);
}

static int host_set_env(struct cht_context *ctx, const char *name, const char *value,
                        bool overwrite)
{
  struct error err;
  if (need_spec(ctx) < 0)
    return -1;
  return edit_set_env(ctx->spec, name, value, overwrite, &err) < 0 ? failed(ctx, &err) : 0;
}

static int host_unset_env(struct cht_context *ctx, const char *name)
{
  struct error err;
  if (need_spec(ctx) < 0)
    return -1;
  return edit_unset_env(ctx->spec, name, &err) < 0 ? failed(ctx, &err) : 0;
}

static int host_add_mount(struct cht_context *ctx, const struct cht_mount *mount)
{
  struct error err;
  if (need_spec(ctx) < 0)
    return -1;
  return edit_add_mount(ctx->spec, mount, &err) < 0 ? failed(ctx, &err) : 0;
}

static const char *host_annotation(struct cht_context *ctx, const char *key)
{
  return edit_annotation(ctx->spec, key);
}

static int host_set_annotation(struct cht_context *ctx, const char *key, const char *value)
{
  struct error err;
  if (need_spec(ctx) < 0)
    return -1;
  return edit_set_annotation(ctx->spec, key, value, &err) < 0 ? failed(ctx, &err) : 0;
}

static int host_pin(struct cht_context *ctx, const char *pointer)
{
  struct error err;
  if (need_spec(ctx) < 0)
    return -1;
  return pin_value(link_of(ctx), pointer, &err) < 0 ? failed(ctx, &err) : 0;
}

static int host_add_device(struct cht_context *ctx, const struct cht_device *device)
{
  struct error err;
  if (need_spec(ctx) < 0)
    return -1;
  return device_add(ctx->spec, device, &err) < 0 ? failed(ctx, &err) : 0;
}

/* --- fields -------------------------------------------------------------------------------- */

static struct json_object *host_get(struct cht_context *ctx, const char *pointer)
{
  struct error err;
  struct json_object *value = NULL;
  if (need_spec(ctx) == 0 && field_get(ctx->spec, pointer, &value, &err) < 0)
    failed(ctx, &err);
  return value;
}

static int host_get_text(struct cht_context *ctx, const char *pointer, const char **value)
{
  struct error err;
  if (need_spec(ctx) < 0)
    return -1;
  return field_text(ctx->spec, pointer, value, &err) < 0 ? failed(ctx, &err) : 0;
}

static int host_get_number(struct cht_context *ctx, const char *pointer, int64_t *value)
{
  struct error err;
  if (need_spec(ctx) < 0)
    return -1;
  return field_number(ctx->spec, pointer, value, &err) < 0 ? failed(ctx, &err) : 0;
}

static int host_get_boolean(struct cht_context *ctx, const char *pointer, bool *value)
{
  struct error err;
  if (need_spec(ctx) < 0)
    return -1;
  return field_boolean(ctx->spec, pointer, value, &err) < 0 ? failed(ctx, &err) : 0;
}

/* The list itself is kept until the process ends, as that of a setting. */
static int host_get_list(struct cht_context *ctx, const char *pointer, const char *const **values)
{
  struct error err;
  const char **list = NULL;
  if (need_spec(ctx) < 0)
    return -1;
  if (field_list(ctx->spec, pointer, &list, &err) < 0)
    return failed(ctx, &err);
  if (list != NULL)
    *values = list;
  return 0;
}

static int host_set_text(struct cht_context *ctx, const char *pointer, const char *value)
{
  struct error err;
  if (need_spec(ctx) < 0)
    return -1;
  return field_set_text(ctx->spec, pointer, value, &err) < 0 ? failed(ctx, &err) : 0;
}

/* Takes ownership of the value. */
static int set_field(struct cht_context *ctx, const char *pointer, struct json_object *value)
{
  struct error err;
  cleanup_json struct json_object *owned = value;
  if (need_spec(ctx) < 0)
    return -1;
  return field_set(ctx->spec, pointer, steal_pointer(&owned), &err) < 0 ? failed(ctx, &err) : 0;
}

static int host_set_number(struct cht_context *ctx, const char *pointer, int64_t value)
{
  return set_field(ctx, pointer, json_object_new_int64(value));
}

static int host_set_boolean(struct cht_context *ctx, const char *pointer, bool value)
{
  return set_field(ctx, pointer, json_object_new_boolean(value));
}

static int host_set_json(struct cht_context *ctx, const char *pointer, const char *json)
{
  struct error err;
  if (need_spec(ctx) < 0)
    return -1;
  return field_set_json(ctx->spec, pointer, json, &err) < 0 ? failed(ctx, &err) : 0;
}

static int host_remove(struct cht_context *ctx, const char *pointer)
{
  struct error err;
  if (need_spec(ctx) < 0)
    return -1;
  return field_remove(ctx->spec, pointer, &err) < 0 ? failed(ctx, &err) : 0;
}

/* --- the image ----------------------------------------------------------------------------- */

static int host_set_image(struct cht_context *ctx, const struct cht_image *image)
{
  struct error err;
  if (need_spec(ctx) < 0)
    return -1;
  return told_image_set(link_of(ctx), image, &err) < 0 ? failed(ctx, &err) : 0;
}

static const struct cht_image *host_image(struct cht_context *ctx)
{
  return told_image(link_of(ctx)->chain);
}

/* The order is the header's; a later version appends. */
const struct cht_host host_functions = {
    .size = sizeof(struct cht_host),
    .log = host_log,
    .fail = host_fail,
    .known_settings = host_known_settings,
    .setting_text = host_setting_text,
    .setting_number = host_setting_number,
    .setting_boolean = host_setting_boolean,
    .setting_list = host_setting_list,
    .add_hook = host_add_hook,
    .env = host_env,
    .set_env = host_set_env,
    .unset_env = host_unset_env,
    .add_mount = host_add_mount,
    .annotation = host_annotation,
    .set_annotation = host_set_annotation,
    .pin = host_pin,
    .add_device = host_add_device,
    .get = host_get,
    .get_text = host_get_text,
    .get_number = host_get_number,
    .get_boolean = host_get_boolean,
    .get_list = host_get_list,
    .set_text = host_set_text,
    .set_number = host_set_number,
    .set_boolean = host_set_boolean,
    .set_json = host_set_json,
    .remove = host_remove,
    .tell = host_tell,
    .set_image = host_set_image,
    .image = host_image,
};
