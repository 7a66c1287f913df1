/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/status.h"

#include "common/json.h"
#include "ctk/engines/ours.h"

#include <json-c/json_object.h>

/* --- in words ------------------------------------------------------------------------------ */

static void say_name(const struct engine *engine, const char *name,
                     const struct engine_status *status)
{
  if (!status->here)
    printf("%-11s not found (no %s, no %s)\n", engine->name, engine->program, status->file);
  else if (status->configured)
    printf("%-11s %s is %s (%s)\n", engine->name, name,
           status->path != NULL ? status->path : "no program", status->configured_in);
  else
    printf("%-11s does not know %s\n", engine->name, name);
}

static void say_default(const struct engine_status *status, bool is_ours)
{
  if (status->here)
    printf("%-11s default: %s (%s)%s\n", "", status->default_runtime,
           status->default_in != NULL ? status->default_in : "built in", is_ours ? "" : ", not us");
}

/* --- as JSON ------------------------------------------------------------------------------- */

static void add_text(struct json_object *object, const char *key, const char *text)
{
  json_object_object_add(object, key, text != NULL ? json_object_new_string(text) : NULL);
}

static struct json_object *as_json(const struct engine *engine, const char *name,
                                   const struct engine_status *status)
{
  struct json_object *object = json_object_new_object();
  add_text(object, "engine", engine->name);
  json_object_object_add(object, "found", json_object_new_boolean(status->here));
  add_text(object, "file", status->file);
  add_text(object, "name", name);
  json_object_object_add(object, "configured", json_object_new_boolean(status->configured));
  add_text(object, "configured_in", status->configured_in);
  add_text(object, "path", status->path);
  json_object_object_add(object, "is_default", json_object_new_boolean(status->is_default));
  add_text(object, "default_runtime", status->default_runtime);
  add_text(object, "default_in", status->default_in);
  return object;
}

/* --- either -------------------------------------------------------------------------------- */

static int names_of(const struct engine *engine, const struct engine_request *request,
                    struct engine_names *names, struct error *err)
{
  *names = (struct engine_names){.count = 0};
  if (request->name != NULL)
    engine_names_add(names, request->name);
  else if (ours_names(engine, request, names, err) < 0)
    return -1;
  if (names->count == 0)
    engine_names_add(names, ENGINE_NAME_DEFAULT);
  return 0;
}

/* Where `array` is NULL, in words. The default stands below all names that are ours. */
static int show_names(const struct engine *engine, const struct engine_request *request,
                      const struct engine_names *names, struct json_object *array,
                      struct error *err)
{
  bool is_ours = false;
  for (size_t i = 0; i < names->count; i++) {
    cleanup_status struct engine_status status;
    struct engine_request of_name = *request;
    of_name.name = names->list[i];
    if (engine_inspect(engine, &of_name, &status, err) < 0)
      return -1;
    is_ours |= status.is_default;
    if (array != NULL) {
      json_object_array_add(array, as_json(engine, of_name.name, &status));
      continue;
    }
    say_name(engine, of_name.name, &status);
    if (i + 1 == names->count)
      say_default(&status, is_ours);
  }
  return 0;
}

static int show_one(const struct engine *engine, const struct engine_request *request,
                    struct json_object *array, struct error *err)
{
  cleanup_names struct engine_names names;
  if (names_of(engine, request, &names, err) < 0 ||
      show_names(engine, request, &names, array, err) < 0)
    return error_wrap(err, "%s", engine->name);
  return 0;
}

/* One engine's broken file does not hide the others. */
static int show_all(const struct engine_request *request, struct json_object *array,
                    struct error *err)
{
  int result = 0;
  struct error cause;
  for (const struct engine *const *engine = engines; *engine != NULL; engine++) {
    if (show_one(*engine, request, array, &cause) == 0)
      continue;
    if (result < 0)
      error_append(err, "; %s", cause.text);
    else
      result = error_set(err, "%s", cause.text);
  }
  return result;
}

int status_show(const struct engine *engine, const struct engine_request *request, bool json,
                struct error *err)
{
  cleanup_json struct json_object *array = json ? json_object_new_array() : NULL;
  int result =
      engine != NULL ? show_one(engine, request, array, err) : show_all(request, array, err);
  if (json)
    puts(json_object_to_json_string_ext(array,
                                        JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
  return result;
}
