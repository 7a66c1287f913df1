/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The setting `fields` is a list of steps, each "VERB POINTER" or "VERB POINTER VALUE":
 *
 *   set-text, set-number, set-boolean, set-json     sets the value
 *   remove                                          removes it
 *   get-text, get-number, get-boolean, get-list     logs what is there, or that nothing is
 *   exists                                          logs whether something is there
 */
#include "fields.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP_MAX 1024

static int set_text(struct cht_context *ctx, const char *pointer, const char *value)
{
  return cht_set_text(ctx, pointer, value);
}

static int set_number(struct cht_context *ctx, const char *pointer, const char *value)
{
  return cht_set_number(ctx, pointer, strtoll(value, NULL, 10));
}

static int set_boolean(struct cht_context *ctx, const char *pointer, const char *value)
{
  return cht_set_boolean(ctx, pointer, strcmp(value, "true") == 0);
}

static int set_json(struct cht_context *ctx, const char *pointer, const char *value)
{
  return cht_set_json(ctx, pointer, value);
}

static int remove_field(struct cht_context *ctx, const char *pointer, const char *value)
{
  (void)value;
  return cht_remove(ctx, pointer);
}

static int get_text(struct cht_context *ctx, const char *pointer, const char *value)
{
  const char *text = value; /* what it stays if there is none */
  if (cht_get_text(ctx, pointer, &text) < 0)
    return -1;
  cht_log(ctx, CHT_INFO, "%s is '%s'", pointer, text);
  return 0;
}

static int get_number(struct cht_context *ctx, const char *pointer, const char *value)
{
  int64_t number = strtoll(value, NULL, 10);
  if (cht_get_number(ctx, pointer, &number) < 0)
    return -1;
  cht_log(ctx, CHT_INFO, "%s is %" PRId64, pointer, number);
  return 0;
}

static int get_boolean(struct cht_context *ctx, const char *pointer, const char *value)
{
  bool boolean = strcmp(value, "true") == 0;
  if (cht_get_boolean(ctx, pointer, &boolean) < 0)
    return -1;
  cht_log(ctx, CHT_INFO, "%s is %s", pointer, boolean ? "true" : "false");
  return 0;
}

static int get_list(struct cht_context *ctx, const char *pointer, const char *value)
{
  const char *none[] = {value, NULL};
  const char *const *list = none;
  if (cht_get_list(ctx, pointer, &list) < 0)
    return -1;
  for (; *list != NULL; list++)
    cht_log(ctx, CHT_INFO, "%s has '%s'", pointer, *list);
  return 0;
}

static int exists(struct cht_context *ctx, const char *pointer, const char *value)
{
  (void)value;
  cht_log(ctx, CHT_INFO, "%s is %s", pointer, cht_get(ctx, pointer) != NULL ? "there" : "absent");
  return 0;
}

static const struct {
  const char *name;
  int (*act)(struct cht_context *ctx, const char *pointer, const char *value);
} verbs[] = {
    {"set-text", set_text},     {"set-number", set_number},   {"set-boolean", set_boolean},
    {"set-json", set_json},     {"remove", remove_field},     {"get-text", get_text},
    {"get-number", get_number}, {"get-boolean", get_boolean}, {"get-list", get_list},
    {"exists", exists},
};

static int take_step(struct cht_context *ctx, const char *text)
{
  char step[STEP_MAX];
  if (strlen(text) >= sizeof(step))
    return cht_fail(ctx, "a step that is too long");
  char *rest = strcpy(step, text);
  const char *verb = strsep(&rest, " ");
  const char *pointer = rest != NULL ? strsep(&rest, " ") : "";
  for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
    if (strcmp(verbs[i].name, verb) == 0)
      return verbs[i].act(ctx, pointer, rest != NULL ? rest : "");
  return cht_fail(ctx, "'%s' is no verb", verb);
}

int write_fields(struct cht_context *ctx)
{
  static const char *const none[] = {NULL};
  const char *const *steps = none;
  if (cht_setting_list(ctx, "fields", &steps) < 0)
    return -1;
  for (; *steps != NULL; steps++)
    if (take_step(ctx, *steps) < 0)
      return -1;
  return 0;
}
