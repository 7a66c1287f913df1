/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/users.h"

#include "ctk/engines/memory.h"
#include "ctk/engines/ours.h"

static bool is_there(const struct users *users, const struct engine *engine, const char *name,
                     const char *config_file)
{
  for (size_t i = 0; i < users->count; i++) {
    const struct user *user = &users->list[i];
    if (user->engine == engine && text_equal(user->name, name) && user->status.file != NULL &&
        text_equal(user->status.file, config_file))
      return true;
  }
  return false;
}

static bool looked_at(const struct users *users, const struct engine *engine,
                      const char *config_file)
{
  for (size_t i = 0; i < users->count; i++)
    if (users->list[i].engine == engine && users->list[i].status.file != NULL &&
        text_equal(users->list[i].status.file, config_file))
      return true;
  return false;
}

static void add_name(struct users *users, const struct engine *engine, const char *name,
                     const char *config_file)
{
  users->list = xrealloc_array(users->list, users->count + 1, sizeof(*users->list));
  struct user *user = &users->list[users->count++];
  *user = (struct user){.engine = engine, .name = xstrdup(name)};
  if (config_file != NULL)
    user->config_file = xstrdup(config_file);
  const struct engine_request request = {.name = user->name, .config_file = user->config_file};
  user->readable = engine_inspect(engine, &request, &user->status, &user->why) == 0;
}

/* Returns how many there are. */
static size_t add_ours(struct users *users, const struct engine *engine, const char *config_file)
{
  struct error unreadable; /* and so nothing is known */
  cleanup_names struct engine_names names = {.count = 0};
  const struct engine_request request = {.config_file = config_file};
  ours_names(engine, &request, &names, &unreadable);
  for (size_t i = 0; i < names.count; i++)
    add_name(users, engine, names.list[i], config_file);
  return names.count;
}

void users_add(struct users *users, const struct engine *engine, const char *name,
               const char *config_file)
{
  if (name != NULL || add_ours(users, engine, config_file) == 0)
    add_name(users, engine, name != NULL ? name : ENGINE_NAME_DEFAULT, config_file);
}

static void add_remembered(void *data, const char *engine_name, const char *name, const char *file)
{
  struct users *users = data;
  const struct engine *engine = engine_find(engine_name);
  if (engine == NULL)
    return;
  if (!looked_at(users, engine, file))
    add_ours(users, engine, file);
  if (!is_there(users, engine, name, file))
    add_name(users, engine, name, file);
}

void users_find(struct users *users)
{
  for (const struct engine *const *engine = engines; *engine != NULL; engine++)
    users_add(users, *engine, NULL, NULL);
  memory_each(add_remembered, users);
}

void users_free(struct users *users)
{
  for (size_t i = 0; i < users->count; i++) {
    free(users->list[i].name);
    free(users->list[i].config_file);
    engine_status_free(&users->list[i].status);
  }
  free(users->list);
  *users = (struct users){.count = 0};
}
