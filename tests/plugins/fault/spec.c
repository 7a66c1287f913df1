/* SPDX-License-Identifier: Apache-2.0 */
/* What the plugin does to the objects that it is lent. */
#include "fault.h"

#include <json-c/json.h>
#include <math.h>

int act_break_spec(struct cht_context *ctx, const struct order *order)
{
  (void)order;
  return json_object_object_add(ctx->spec, "hooks", json_object_new_string("text"));
}

int act_drop_hooks(struct cht_context *ctx, const struct order *order)
{
  (void)order;
  json_object_object_del(ctx->spec, "hooks");
  return 0;
}

int act_replace_root(struct cht_context *ctx, const struct order *order)
{
  (void)order;
  struct json_object *root = json_object_new_object();
  json_object_object_add(root, "path", json_object_new_string("/elsewhere"));
  return json_object_object_add(ctx->spec, "root", root);
}

/* As one does who is used to own what json-c gives. */
int act_put_spec(struct cht_context *ctx, const struct order *order)
{
  (void)order;
  json_object_put(ctx->spec);
  return 0;
}

int act_put_settings(struct cht_context *ctx, const struct order *order)
{
  (void)order;
  json_object_put(ctx->settings);
  return 0;
}

int act_swap_spec(struct cht_context *ctx, const struct order *order)
{
  (void)order;
  ctx->spec = json_object_new_object();
  return 0;
}

int act_cycle(struct cht_context *ctx, const struct order *order)
{
  (void)order;
  struct json_object *inner = json_object_new_object();
  json_object_object_add(inner, "outer", json_object_get(ctx->spec));
  return json_object_object_add(ctx->spec, "inner", inner);
}

int act_deep(struct cht_context *ctx, const struct order *order)
{
  (void)order;
  struct json_object *value = json_object_new_array();
  for (int i = 0; i < 200; i++) {
    struct json_object *outer = json_object_new_array();
    json_object_array_add(outer, value);
    value = outer;
  }
  return json_object_object_add(ctx->spec, "deep", value);
}

int act_nan(struct cht_context *ctx, const struct order *order)
{
  (void)order;
  return json_object_object_add(ctx->spec, "number", json_object_new_double((double)NAN));
}

int act_nul(struct cht_context *ctx, const struct order *order)
{
  (void)order;
  return json_object_object_add(ctx->spec, "text", json_object_new_string_len("a\0b", 3));
}

int act_bytes(struct cht_context *ctx, const struct order *order)
{
  (void)order;
  return json_object_object_add(ctx->spec, "text", json_object_new_string("\xff"));
}

int act_key_twice(struct cht_context *ctx, const struct order *order)
{
  (void)order;
  return json_object_object_add_ex(ctx->spec, "process", json_object_new_object(),
                                   JSON_C_OBJECT_ADD_KEY_IS_NEW);
}
