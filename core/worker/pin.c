/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/pin.h"

#include "common/json.h"
#include "spec/edit.h"
#include "spec/pointer.h"

static struct pin *append(const struct link *link, struct json_object *value)
{
  struct chain *chain = link->chain;
  chain->pins = xrealloc_array(chain->pins, chain->pin_count + 1, sizeof(*chain->pins));
  struct pin *pin = &chain->pins[chain->pin_count++];
  *pin = (struct pin){.by = link};
  json_object_deep_copy(value, &pin->value, NULL);
  return pin;
}

void pin_hook(const struct link *link, enum cht_stage stage, struct json_object *hook)
{
  append(link, hook)->stage = stage;
}

int pin_value(const struct link *link, const char *pointer, struct error *err)
{
  struct json_object *value = NULL;
  if (pointer_find(link->context.spec, pointer, &value, err) < 0)
    return error_wrap(err, "config.json");
  if (value == NULL)
    return error_set(err, "config.json has nothing to pin at %s", pointer);
  append(link, value)->pointer = xstrdup(pointer);
  return 0;
}

static bool is_there(const struct pin *pin, struct json_object *spec)
{
  if (pin->pointer == NULL)
    return edit_has_hook(spec, pin->stage, pin->value);
  struct error ignored;
  struct json_object *value = NULL;
  return pointer_find(spec, pin->pointer, &value, &ignored) > 0 &&
         json_object_equal(value, pin->value);
}

int pins_check(const struct chain *chain, struct json_object *spec, struct error *err)
{
  for (size_t i = 0; i < chain->pin_count; i++) {
    const struct pin *pin = &chain->pins[i];
    if (is_there(pin, spec))
      continue;
    if (pin->pointer != NULL)
      return error_set(err, "it changed %s, which plugin '%s' has pinned", pin->pointer,
                       pin->by->entry->name);
    struct json_object *path = json_object_object_get(pin->value, "path");
    return error_set(err, "it took out the %s hook %s, which plugin '%s' has pinned",
                     edit_stage_name(pin->stage), json_object_get_string(path),
                     pin->by->entry->name);
  }
  return 0;
}

static void free_pin(struct pin *pin)
{
  free(pin->pointer);
  json_object_put(pin->value);
}

void pins_drop(struct chain *chain, const struct link *link)
{
  size_t kept = 0;
  for (size_t i = 0; i < chain->pin_count; i++) {
    if (link == NULL || chain->pins[i].by == link)
      free_pin(&chain->pins[i]);
    else
      chain->pins[kept++] = chain->pins[i];
  }
  chain->pin_count = kept;
}
