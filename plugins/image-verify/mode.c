/* SPDX-License-Identifier: Apache-2.0 */
#include "mode.h"

#include "policy/scope.h"

static const char *const names[] = {
    [MODE_OFF] = "off",
    [MODE_AUDIT] = "audit",
    [MODE_WARN] = "warn",
    [MODE_ENFORCE] = "enforce",
};

const char *mode_name(enum mode mode)
{
  return names[mode];
}

bool mode_parse(const char *name, enum mode *mode)
{
  for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
    if (text_equal(name, names[i])) {
      *mode = (enum mode)i;
      return true;
    }
  return false;
}

/* --- reading ------------------------------------------------------------------------------- */

static const struct mode_scope *find(const struct mode_scopes *scopes, const char *scope)
{
  for (size_t i = 0; i < scopes->count; i++)
    if (text_equal(scopes->list[i].scope, scope))
      return &scopes->list[i];
  return NULL;
}

static int read_one(const struct value *element, struct mode_scopes *scopes, struct error *err)
{
  static const char *const keys[] = {"scope", "mode", NULL};
  struct value scope, mode;
  struct mode_scope read;
  const char *name;
  if (value_object(element, keys, err) < 0 || value_need(element, "scope", &scope, err) < 0 ||
      value_text(&scope, &read.scope, err) < 0 || value_need(element, "mode", &mode, err) < 0 ||
      value_text(&mode, &name, err) < 0)
    return -1;
  const char *wrong = scope_wrong(read.scope);
  if (wrong != NULL)
    return value_error(&scope, err, "'%s' %s", read.scope, wrong);
  if (find(scopes, read.scope) != NULL)
    return value_error(&scope, err, "'%s' is there twice", read.scope);
  if (!mode_parse(name, &read.mode))
    return value_error(&mode, err, "is '%s', not off, audit, warn or enforce", name);
  scopes->list[scopes->count++] = read;
  return 0;
}

int mode_scopes_read(const struct value *list, struct mode_scopes *scopes, struct error *err)
{
  size_t count;
  *scopes = (struct mode_scopes){.list = NULL};
  if (value_array(list, MODE_SCOPES_MAX, &count, err) < 0)
    return -1;
  scopes->list = xcalloc(count + 1, sizeof(*scopes->list));
  for (size_t i = 0; i < count; i++) {
    struct value element = value_element(list, i);
    if (read_one(&element, scopes, err) < 0)
      return -1;
  }
  return 0;
}

void mode_scopes_free(struct mode_scopes *scopes)
{
  free(scopes->list);
  *scopes = (struct mode_scopes){.list = NULL};
}

/* --- asking -------------------------------------------------------------------------------- */

enum mode mode_of(const struct mode_scopes *scopes, const char *name, enum mode fallback)
{
  struct error ignored;
  cleanup_reference struct reference reference = {.repository = NULL};
  if (scopes->count == 0 || name == NULL || reference_parse(name, &reference, &ignored) < 0)
    return fallback;
  cleanup_scopes char **candidates = scope_list(&reference);
  for (size_t i = 0; candidates[i] != NULL; i++) {
    const struct mode_scope *found = find(scopes, candidates[i]);
    if (found != NULL)
      return found->mode;
  }
  return fallback;
}

enum mode mode_strictest(const struct mode_scopes *scopes, enum mode fallback)
{
  enum mode strictest = fallback;
  for (size_t i = 0; i < scopes->count; i++)
    if (scopes->list[i].mode > strictest)
      strictest = scopes->list[i].mode;
  return strictest;
}

bool mode_warns(const struct mode_scopes *scopes, enum mode fallback)
{
  for (size_t i = 0; i < scopes->count; i++)
    if (scopes->list[i].mode == MODE_WARN)
      return true;
  return fallback == MODE_WARN;
}
