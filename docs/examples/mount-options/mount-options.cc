/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mount-options: adds options, as nosuid and nodev, to every bind mount of a container.
 *
 * Helpers set single fields; this walks through an array, so it edits the spec's tree with json-c.
 * Host and plugin share one json-c: link it dynamically, as pkg-config says.
 */
#include <container-hooks/plugin.h>

#include <json-c/json.h>

#include <algorithm>
#include <span>
#include <string_view>

namespace {

using texts = std::span<const char *const>;

/* Stores the setting; returns 0 or -1. */
int read_options(cht_context *ctx, texts &options)
{
  static const char *const known[] = {"options", nullptr};
  static const char *const standard[] = {"nosuid", "nodev", nullptr};
  const char *const *list = standard;
  if (cht_known_settings(ctx, known) < 0 || cht_setting_list(ctx, "options", &list) < 0)
    return -1;
  const char *const *end = list;
  while (*end != nullptr)
    end++;
  options = texts{list, end};
  const bool empty = std::ranges::any_of(
      options, [](std::string_view option) { return option.empty(); });
  return empty ? cht_fail(ctx, "an option is empty") : 0;
}

bool lists(json_object *array, std::string_view text)
{
  for (std::size_t i = 0; i < json_object_array_length(array); i++) {
    json_object *element = json_object_array_get_idx(array, i);
    if (json_object_is_type(element, json_type_string) && text == json_object_get_string(element))
      return true;
  }
  return false;
}

/* What is there is not added again: a second create must change nothing. */
void add_options(json_object *mount, texts options)
{
  json_object *present = nullptr;
  if (!json_object_object_get_ex(mount, "options", &present) ||
      !json_object_is_type(present, json_type_array) ||
      (!lists(present, "bind") && !lists(present, "rbind")))
    return;
  for (const char *option : options)
    if (!lists(present, option))
      json_object_array_add(present, json_object_new_string(option));
}

/* What calls these is C: no exception may leave them. */
int modify(cht_context *ctx) noexcept
{
  texts options;
  if (read_options(ctx, options) < 0)
    return -1;
  json_object *mounts = cht_get(ctx, "/mounts");
  if (mounts == nullptr)
    return 0; /* there are none; a failure within a helper counts whatever we return */
  if (!json_object_is_type(mounts, json_type_array))
    return cht_fail(ctx, "config.json: /mounts is not an array");
  for (std::size_t i = 0; i < json_object_array_length(mounts); i++)
    add_options(json_object_array_get_idx(mounts, i), options);
  return 0;
}

int check(cht_context *ctx) noexcept
{
  texts options;
  return read_options(ctx, options);
}

}

CHT_PLUGIN(.name = "mount-options", .version = "1.0", .summary = "add options to bind mounts",
           .modify = modify, .check = check);
