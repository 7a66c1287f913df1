/* SPDX-License-Identifier: Apache-2.0 */
#include "front/lowlevel.h"

#include <limits.h>
#include <sys/stat.h>

#define USUAL_FOLDERS "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* A search for one runtime after another. */
struct search {
  struct stat self;
  char path[PATH_MAX];        /* of the candidate last tried */
  const char *ourselves;      /* the first entry that turned out to be this program */
  const char *not_executable; /* the first entry that is there but cannot be run */
  struct error unseen;        /* why we cannot even tell whether one is there; "": we can */
};

static bool try_candidate(struct search *search, const char *runtime)
{
  struct stat found;
  if (stat(search->path, &found) < 0) {
    if (errno != ENOENT && errno != ENOTDIR && search->unseen.text[0] == '\0')
      error_set(&search->unseen, "cannot look at %s: %m", search->path);
    return false;
  }
  if (found.st_dev == search->self.st_dev && found.st_ino == search->self.st_ino) {
    search->ourselves = runtime;
    return false;
  }
  /* Not faccessat(2) with flags: an old container around us may refuse that newer call. */
  if (S_ISREG(found.st_mode) && access(search->path, X_OK) == 0)
    return true;
  search->not_executable = runtime;
  return false;
}

/* Tries a name in each folder of a list as PATH is; relative ones are nobody's to choose. */
static bool try_folders(struct search *search, const char *folders, const char *runtime)
{
  while (*folders != '\0') {
    size_t length = strcspn(folders, ":");
    if (*folders == '/' && length + strlen(runtime) + 2 <= sizeof(search->path)) {
      snprintf(search->path, sizeof(search->path), "%.*s/%s", (int)length, folders, runtime);
      if (try_candidate(search, runtime))
        return true;
    }
    folders += length + (folders[length] == ':');
  }
  return false;
}

static bool try_runtime(struct search *search, const char *runtime)
{
  if (runtime[0] == '/') {
    if (strlen(runtime) >= sizeof(search->path))
      return false;
    memcpy(search->path, runtime, strlen(runtime) + 1);
    return try_candidate(search, runtime);
  }
  const char *path = getenv("PATH");
  return (path != NULL && try_folders(search, path, runtime)) ||
         try_folders(search, USUAL_FOLDERS, runtime);
}

static void explain_nothing_found(const struct search *search, const char *const *runtimes,
                                  struct error *err)
{
  const char *path = getenv("PATH");
  error_set(err, LOWLEVEL_NONE_FOUND ": looked for");
  for (const char *const *runtime = runtimes; *runtime != NULL; runtime++)
    error_append(err, "%s %s", runtime == runtimes ? "" : ",", *runtime);
  error_append(err, " in PATH (%s) and in %s", path != NULL ? path : "not set", USUAL_FOLDERS);
  if (search->ourselves != NULL)
    error_append(err, "; %s is this program itself, which must not call itself", search->ourselves);
  if (search->not_executable != NULL)
    error_append(err, "; %s is there but is no executable file", search->not_executable);
  if (search->unseen.text[0] != '\0')
    error_append(err, "; %s", search->unseen.text);
  error_append(err, ": install runc, or name another runtime in the config's `runtimes`");
}

char *lowlevel_find(const char *const *runtimes, struct error *err)
{
  /* Without /proc we cannot know ourselves; then lowlevel_become's count ends a circle. */
  struct search search = {.ourselves = NULL};
  if (stat("/proc/self/exe", &search.self) < 0)
    search.self = (struct stat){.st_ino = 0};

  for (const char *const *runtime = runtimes; *runtime != NULL; runtime++)
    if (try_runtime(&search, *runtime))
      return xstrdup(search.path);
  explain_nothing_found(&search, runtimes, err);
  return NULL;
}

int lowlevel_become(char *path, char **argv, struct error *err)
{
  const char *text = getenv(LOWLEVEL_DEPTH);
  long depth = text != NULL ? strtol(text, NULL, 10) : 0;
  if (depth < 0 || depth >= LOWLEVEL_DEPTH_MAX)
    return error_set(err,
                     "the low-level runtime %s ends up here again (%s is %ld): name in the "
                     "config's `runtimes` one that does not call container-hooks-runtime",
                     path, LOWLEVEL_DEPTH, depth);

  char next[24];
  snprintf(next, sizeof(next), "%ld", depth + 1);
  setenv(LOWLEVEL_DEPTH, next, 1);
  argv[0] = path;
  execv(path, argv);
  return error_set(err, "cannot run the low-level runtime %s: %m", path);
}
