/* SPDX-License-Identifier: Apache-2.0 */
/*
 * masked-paths: hides files of the host's kernel from every container (linux.maskedPaths).
 *
 * There is no helper for this, so it edits the spec's tree with json-c. Host and plugin share one
 * json-c: link it dynamically, as pkg-config says.
 */
#include <container-hooks/plugin.h>

#include <json-c/json.h>

#include <algorithm>
#include <span>
#include <string_view>

namespace {

using texts = std::span<const char *const>;

/* Stores the setting; returns 0 or -1. */
int read_paths(cht_context *ctx, texts &paths)
{
  static const char *const known[] = {"paths", nullptr};
  static const char *const none[] = {nullptr};
  const char *const *list = none;
  if (cht_known_settings(ctx, known) < 0 || cht_setting_list(ctx, "paths", &list) < 0)
    return -1;
  const char *const *end = list;
  while (*end != nullptr)
    end++;
  paths = texts{list, end};
  const auto relative = std::ranges::find_if(
      paths, [](std::string_view path) { return !path.starts_with('/'); });
  return relative == paths.end() ? 0 : cht_fail(ctx, "no absolute path: '%s'", *relative);
}

/* The member of an object, made if it is not there; nullptr if it is of another type. */
json_object *need_member(cht_context *ctx, json_object *object, const char *key, json_type type)
{
  json_object *member = nullptr;
  if (!json_object_object_get_ex(object, key, &member)) {
    member = type == json_type_array ? json_object_new_array() : json_object_new_object();
    json_object_object_add(object, key, member);
  }
  if (json_object_is_type(member, type))
    return member;
  cht_fail(ctx, "config.json: %s is not an %s", key, json_type_to_name(type));
  return nullptr;
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

/* What calls these is C: no exception may leave them. */
int modify(cht_context *ctx) noexcept
{
  texts paths;
  if (read_paths(ctx, paths) < 0)
    return -1;
  if (paths.empty())
    return 0;
  json_object *linux_part = need_member(ctx, ctx->spec, "linux", json_type_object);
  if (linux_part == nullptr)
    return -1;
  json_object *masked = need_member(ctx, linux_part, "maskedPaths", json_type_array);
  if (masked == nullptr)
    return -1;
  for (const char *path : paths)
    if (!lists(masked, path)) /* a second create must change nothing */
      json_object_array_add(masked, json_object_new_string(path));
  return 0;
}

int check(cht_context *ctx) noexcept
{
  texts paths;
  return read_paths(ctx, paths);
}

}

CHT_PLUGIN(.name = "masked-paths", .version = "1.0", .summary = "hide paths from every container",
           .modify = modify, .check = check);
