/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/manifest.h"

#include "common/trust.h"

#define SIZE_LIMIT (1024UL * 1024)

/* Behind all links; what does not exist yet is taken as it is named. Owned by the caller. */
static char *behind_links(const char *path)
{
  char *real = realpath(path, NULL);
  const char *slash = strrchr(path, '/');
  if (real != NULL || slash == NULL || slash == path)
    return real != NULL ? real : xstrdup(path);
  cleanup_free char *parent = xstrndup(path, (size_t)(slash - path));
  cleanup_free char *real_parent = behind_links(parent);
  return xasprintf("%s%s", real_parent, slash);
}

static int check_folders(const char *prefix, struct error *err)
{
  static const char *const folders[] = {"bin", "lib", "libexec", NULL};
  for (const char *const *folder = folders; *folder != NULL; folder++) {
    cleanup_free char *path = xasprintf("%s/%s", prefix, *folder);
    cleanup_free char *real = realpath(path, NULL);
    if (real != NULL && !text_equal(real, path))
      return error_set(err,
                       "--prefix %s/: %s leads to %s, where another installation may be: name the "
                       "prefix that this belongs to",
                       prefix, path, real);
  }
  return 0;
}

int manifest_prefix(const char *named, char **prefix, struct error *err)
{
  size_t length = strlen(named);
  while (length > 0 && named[length - 1] == '/')
    length--;
  cleanup_free char *trimmed = xstrndup(named, length);
  *prefix = behind_links(trimmed);
  return check_folders(*prefix, err);
}

char *manifest_path(const char *prefix)
{
  return xasprintf("%s/lib/container-hooks/installed", prefix);
}

static bool climbs(const char *path)
{
  size_t length = strlen(path);
  return strstr(path, "/../") != NULL || (length >= 3 && text_equal(path + length - 3, "/.."));
}

static bool lies_below(const char *path, const char *prefix)
{
  return text_starts(path, prefix) && path[strlen(prefix)] == '/' && !climbs(path);
}

static int take_lines(char *text, const char *prefix, const char *name, char **paths,
                      struct error *err)
{
  char *rest = text;
  for (size_t count = 0; *rest != '\0'; count++) {
    char *line = strsep(&rest, "\n");
    if (!lies_below(line, prefix))
      return error_set(err, "%s: %s does not lie below %s", name, line, prefix);
    paths[count] = xstrdup(line);
    if (rest == NULL)
      break;
  }
  return 0;
}

char **manifest_read(const char *prefix, struct error *err)
{
  cleanup_free char *name = manifest_path(prefix);
  cleanup_free char *text = NULL;
  size_t length, lines = 1;
  if (trust_read_file(name, SIZE_LIMIT, &text, &length, err) < 0)
    return NULL;
  for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
    lines++;
  cleanup_manifest_paths char **paths = xcalloc(lines + 1, sizeof(*paths));
  errno = 0;
  return take_lines(text, prefix, name, paths, err) == 0 ? steal_pointer(&paths) : NULL;
}

void manifest_paths_free(char **paths)
{
  for (char **path = paths; path != NULL && *path != NULL; path++)
    free(*path);
  free(paths);
}
