/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/engines/profile.h"

#include "common/trust.h"
#include "config/config.h"
#include "config/profile.h"
#include "config/schema.h"
#include "ctk/command.h"
#include "ctk/engines/program.h"
#include "front/lowlevel.h"

#include <sys/stat.h>

/* --- is one needed? ------------------------------------------------------------------------ */

static bool same_file(const char *a, const char *b)
{
  struct stat first, second;
  return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

static const char *base_name(const char *path)
{
  const char *slash = strrchr(path, '/');
  return slash != NULL ? slash + 1 : path;
}

/* The path of what the engine used; NULL if that is nothing we could stand in front of. */
static char *find_wrapped(const char *wrapped, const char *ourselves)
{
  cleanup_free char *path = wrapped != NULL ? program_find(wrapped) : NULL;
  if (wrapped != NULL && path == NULL)
    ctk_remark("the low-level runtime used until now, %s, is not found: what will run is the first "
               "of the config's `runtimes`",
               wrapped);
  return path != NULL && !same_file(path, ourselves) ? steal_pointer(&path) : NULL;
}

/* A text as libconfig writes it. */
static char *quoted(const char *text)
{
  char *result = xcalloc(2 * strlen(text) + 3, 1), *end = result;
  *end++ = '"';
  for (; *text != '\0'; text++) {
    if (*text == '"' || *text == '\\')
      *end++ = '\\';
    *end++ = *text;
  }
  *end = '"';
  return result;
}

/* An engine has one profile for each name that it knows us by. */
static int name_profile(char **name, const char *engine, const struct engine_request *request,
                        struct error *err)
{
  bool usual = text_equal(request->name, ENGINE_NAME_DEFAULT);
  *name = usual ? xstrdup(engine) : xasprintf("%s-%s", engine, request->name);
  return schema_name_valid(*name)
             ? 0
             : error_set(err, "the name %s is too long for the profile %s that it needs",
                         request->name, *name);
}

/* Beside the program, since everybody can run that; but who is not root puts it beside the config.
   The program finds its own files from anywhere. */
static void place_link(struct keep_profile *profile, const char *name, const char *config_path,
                       const char *program)
{
  cleanup_free char *link = xasprintf("%s-%s", ENGINE_NAME_DEFAULT, name);
  bool rootless = trust_rootless();
  profile->link = engine_beside(rootless ? config_path : program, link);
  profile->target = xstrdup(rootless ? program : base_name(program));
}

/* Who is not root can only have one beside a config of their own. */
static int check_place(const char *engine, const char *config_path, const char *runtime,
                       struct error *err)
{
  cleanup_free char *folder = engine_beside(config_path, ".");
  if (!trust_rootless() || access(folder, W_OK) == 0)
    return 0;
  return error_set(
      err,
      "%s used %s until now; to go on with it, it needs a profile beside %s, where you "
      "cannot write: make a config of your own first, "
      "~/.config/container-hooks/config.cfg",
      engine, runtime, config_path);
}

static int plan(struct keep_profile *profile, const char *engine,
                const struct engine_request *request, const char *config_path, const char *runtime,
                struct error *err)
{
  cleanup_free char *name = NULL;
  cleanup_free char *text = quoted(runtime);
  if (check_place(engine, config_path, runtime, err) < 0 ||
      name_profile(&name, engine, request, err) < 0)
    return -1;
  place_link(profile, name, config_path, request->path);
  profile->config = profile_path(config_path, name);
  profile->runtime = xstrdup(runtime);
  profile->text = xasprintf("# Made by container-hooks-ctk runtime configure --runtime %s: it used "
                            "this low-level\n# runtime before, and goes on using it.\n"
                            "container-hooks-runtime: { runtimes = [ %s ]; };\n",
                            engine, text);
  return 0;
}

int profile_plan(struct keep_profile *profile, const char *engine,
                 const struct engine_request *request, const char *wrapped, struct error *err)
{
  *profile = (struct keep_profile){.link = NULL};
  if (!text_equal(base_name(request->path), ENGINE_NAME_DEFAULT))
    return 0; /* a profile of the admin's own, or another program: they know */
  cleanup_free char *runtime = find_wrapped(wrapped, request->path);
  if (runtime == NULL)
    return 0;

  struct error not_found;
  cleanup_config struct config config;
  const struct config_source source = {.plugin_dir = ""};
  if (config_load(&config, &source, err) < 0)
    return error_append(err, " (with this config no container would start)");
  cleanup_free char *first = lowlevel_find(config.runtimes, &not_found);
  if (first != NULL && same_file(first, runtime))
    return 0;
  return plan(profile, engine, request, config.path, runtime, err);
}

void profile_free(struct keep_profile *profile)
{
  free(profile->link);
  free(profile->target);
  free(profile->config);
  free(profile->text);
  free(profile->runtime);
}

/* --- making it ----------------------------------------------------------------------------- */

static int read_either(enum memory_kind kind, const char *path, char **text, struct error *err)
{
  return kind == MEMORY_LINK ? change_read_link(path, text, err) : change_read(path, text, err);
}

/* Adds a change from `before`, which is taken, to a copy of `after`. */
static void append(struct changes *changes, enum memory_kind kind, const char *path, char *before,
                   const char *after)
{
  changes_append(changes, (struct change){.path = xstrdup(path),
                                          .before = before,
                                          .after = change_copy(after),
                                          .link = kind == MEMORY_LINK});
}

static int make_one(enum memory_kind kind, const char *path, const char *wanted,
                    const struct memory *old, struct memory *memory, struct changes *changes,
                    struct error *err)
{
  cleanup_free char *present = NULL;
  if (read_either(kind, path, &present, err) < 0)
    return -1;
  const struct memory_file *known = memory_find(old, path);
  if (present != NULL && change_same(present, wanted) && known == NULL)
    return 0;
  if (present != NULL && (known == NULL || !change_same(known->after, present))) {
    if (kind == MEMORY_LINK)
      return error_set(err, "%s leads to %s, not to %s: remove it, or choose another --name", path,
                       present, wanted);
    ctk_remark("%s is there already and is left as it is", path);
    return 0;
  }
  memory_note(memory, kind, path, known != NULL ? known->before : NULL, wanted);
  append(changes, kind, path, steal_pointer(&present), wanted);
  return 0;
}

static int unmake_one(const struct memory_file *file, struct changes *changes, struct error *err)
{
  cleanup_free char *present = NULL;
  if (read_either(file->kind, file->path, &present, err) < 0)
    return -1;
  if (change_same(present, file->after))
    append(changes, file->kind, file->path, steal_pointer(&present), file->before);
  else if (present != NULL)
    ctk_remark("%s was changed since it was made, and is left", file->path);
  return 0;
}

static bool is_wanted(const struct keep_profile *profile, const char *path)
{
  return profile != NULL && profile->link != NULL &&
         (text_equal(path, profile->link) || text_equal(path, profile->config));
}

int profile_append(const struct keep_profile *profile, const struct memory *old,
                   struct memory *memory, struct changes *changes, struct error *err)
{
  for (size_t i = 0; i < old->count; i++) {
    const struct memory_file *file = &old->files[i];
    bool is_profile = file->kind == MEMORY_OWN || file->kind == MEMORY_LINK;
    if (is_profile && !is_wanted(profile, file->path) && unmake_one(file, changes, err) < 0)
      return -1;
  }
  if (profile == NULL || profile->link == NULL)
    return 0;
  return make_one(MEMORY_OWN, profile->config, profile->text, old, memory, changes, err) < 0 ||
                 make_one(MEMORY_LINK, profile->link, profile->target, old, memory, changes, err) <
                     0
             ? -1
             : 0;
}
