/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/owners.h"

/* --- where they come from -------------------------------------------------------------------- */

static void shift(struct owner_map *map, uint32_t first)
{
  map->count = first != 0 ? 1 : 0;
  map->ranges[0] = (struct owner_range){.disk = first, .count = OWNER_NONE - first};
}

void owners_shift(struct owners *owners, uint32_t uid, uint32_t gid)
{
  shift(&owners->users, uid);
  shift(&owners->groups, gid);
}

static int read_number(const struct value *range, const char *key, uint32_t *number,
                       struct error *err)
{
  struct value member;
  int64_t found;
  if (value_need(range, key, &member, err) < 0 ||
      value_number(&member, 0, UINT32_MAX, &found, err) < 0)
    return -1;
  *number = (uint32_t)found;
  return 0;
}

static int read_map(const struct value *linux_part, const char *key, struct owner_map *map,
                    struct error *err)
{
  struct value ranges;
  map->count = 0;
  if (!value_find(linux_part, key, &ranges) || ranges.json == NULL)
    return 0;
  size_t count;
  if (value_array(&ranges, OWNERS_RANGES_MAX, &count, err) < 0)
    return -1;
  for (; map->count < count; map->count++) {
    struct value range = value_element(&ranges, map->count);
    struct owner_range *read = &map->ranges[map->count];
    if (value_type(&range, json_type_object, err) < 0 ||
        read_number(&range, "containerID", &read->image, err) < 0 ||
        read_number(&range, "hostID", &read->disk, err) < 0 ||
        read_number(&range, "size", &read->count, err) < 0)
      return -1;
  }
  return 0;
}

int owners_read(const struct value *config, struct owners *owners, struct error *err)
{
  struct value linux_part;
  owners->users.count = owners->groups.count = 0;
  if (!value_find(config, "linux", &linux_part) || linux_part.json == NULL)
    return 0;
  return value_type(&linux_part, json_type_object, err) < 0 ||
                 read_map(&linux_part, "uidMappings", &owners->users, err) < 0
             ? -1
             : read_map(&linux_part, "gidMappings", &owners->groups, err);
}

/* --- what they say --------------------------------------------------------------------------- */

static uint32_t translate(const struct owner_map *map, uint32_t number)
{
  for (size_t i = 0; i < map->count; i++) {
    const struct owner_range *range = &map->ranges[i];
    if (number >= range->disk && number - range->disk < range->count)
      return range->image + (number - range->disk);
  }
  return map->count == 0 ? number : OWNER_NONE;
}

void owners_translate(const struct owners *owners, struct stat *status)
{
  status->st_uid = translate(&owners->users, status->st_uid);
  status->st_gid = translate(&owners->groups, status->st_gid);
}
