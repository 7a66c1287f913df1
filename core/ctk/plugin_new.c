/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/plugin_new.h"

#include "common/file.h"
#include "config/schema.h"
#include "ctk/template.h"
#include "front/place.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

struct project {
  const char *name, *folder; /* borrowed */
  enum template_language language;
  int fd;    /* the folder */
  bool made; /* by us */
};

/* --- the name ------------------------------------------------------------------------------ */

/* As file names, C comments and make's words have it without quotes. */
static bool name_valid(const char *name)
{
  size_t length = strlen(name);
  return name[0] >= 'a' && name[0] <= 'z' && name[length - 1] != '-' && schema_name_valid(name) &&
         strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static int check_name(const char *name, const struct place *place, struct error *err)
{
  if (!name_valid(name))
    return error_set(err,
                     "a plugin's name begins with a small letter, has small letters, digits and "
                     "'-', at most %d, and does not end with '-'; '%.100s' does not do",
                     SCHEMA_NAME_MAX, name);
  cleanup_free char *installed = xasprintf("%s/%s.so", place->plugin_dir, name);
  if (access(installed, F_OK) == 0)
    return error_set(err, "there is a plugin of this name, which yours would replace: %s",
                     installed);
  return 0;
}

/* --- the folder ---------------------------------------------------------------------------- */

static bool is_empty(int folder)
{
  int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;
  bool empty = stream != NULL;
  const struct dirent *entry;
  while (empty && (entry = readdir(stream)) != NULL)
    empty = text_equal(entry->d_name, ".") || text_equal(entry->d_name, "..");
  if (stream != NULL)
    closedir(stream);
  else if (fd >= 0)
    close(fd);
  return empty;
}

static int open_folder(struct project *project, struct error *err)
{
  project->made = mkdir(project->folder, 0777) == 0;
  if (!project->made && errno != EEXIST)
    return error_set(err, "cannot make the folder %s: %m", project->folder);
  project->fd = open(project->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (project->fd < 0)
    return error_set(err, "cannot open the folder %s: %m", project->folder);
  if (!is_empty(project->fd))
    return error_set(err, "%s is not empty: name a folder that is, or that is not there",
                     project->folder);
  return 0;
}

/* --- its files ----------------------------------------------------------------------------- */

static int make_parents(int folder, const char *path)
{
  for (const char *slash = path; (slash = strchr(slash, '/')) != NULL; slash++) {
    cleanup_free char *parent = xstrndup(path, (size_t)(slash - path));
    if (mkdirat(folder, parent, 0777) < 0 && errno != EEXIST)
      return -1;
  }
  return 0;
}

/* Never over one that is there, nor through a link. */
static int write_file(const struct project *project, const struct template_file *file,
                      struct error *err)
{
  cleanup_close int fd = -1;
  if (make_parents(project->fd, file->path) == 0)
    fd =
        openat(project->fd, file->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (fd < 0)
    return error_set(err, "cannot make %s/%s: %m", project->folder, file->path);
  int written = file_write_all(fd, file->text, strlen(file->text));
  if (written == 0 && close(steal_fd(&fd)) == 0)
    return 0;
  error_set(err, "cannot write %s/%s: %m", project->folder, file->path);
  unlinkat(project->fd, file->path, 0);
  return -1;
}

static void remove_file(int folder, char *path)
{
  unlinkat(folder, path, 0);
  for (char *slash; (slash = strrchr(path, '/')) != NULL;) {
    *slash = '\0';
    unlinkat(folder, path, AT_REMOVEDIR); /* stays as long as it holds another */
  }
}

static void take_back(const struct project *project, size_t count)
{
  while (count-- > 0) {
    cleanup_template_file struct template_file file = {.path = NULL};
    template_file(count, project->name, project->language, &file);
    remove_file(project->fd, file.path);
  }
}

/* All of them, or none. */
static int write_files(const struct project *project, struct error *err)
{
  for (size_t i = 0;; i++) {
    cleanup_template_file struct template_file file = {.path = NULL};
    if (!template_file(i, project->name, project->language, &file))
      return 0;
    if (write_file(project, &file, err) < 0) {
      take_back(project, i);
      return -1;
    }
  }
}

/* --- all of it ----------------------------------------------------------------------------- */

/* What the Makefile has to be told where pkg-config does not look; owned by the caller. */
static char *say_where(const struct place *place)
{
  static const char plugins[] = "/lib/container-hooks/plugins";
  static const char *const known[] = {"/usr", "/usr/local", NULL};
  size_t length = strlen(place->plugin_dir), behind = strlen(plugins);
  if (length <= behind || !text_equal(place->plugin_dir + length - behind, plugins))
    return xstrdup("");
  cleanup_free char *prefix = xstrndup(place->plugin_dir, length - behind);
  return text_listed(prefix, known) ? xstrdup("") : xasprintf(" CONTAINER_HOOKS=%s", prefix);
}

static int make_project(struct project *project, const struct place *place, struct error *err)
{
  int result = open_folder(project, err);
  if (result == 0)
    result = write_files(project, err);
  if (result < 0 && project->made)
    rmdir(project->folder);
  if (project->fd >= 0)
    close(project->fd);
  if (result < 0)
    return -1;
  cleanup_free char *where = say_where(place);
  ctk_say("%s is ready; build and test it: make -C %s check%s", project->folder, project->folder,
          where);
  return 0;
}

int plugin_new_run(const struct ctk_command *self, char **words, struct error *err)
{
  const char *language = "c";
  const struct command_option options[] = {
      {"lang", 0, OPTION_TEXT, &language, "LANGUAGE", "c (default), or c++ for C++20"},
      {NULL, 0, OPTION_FLAG, NULL, NULL, NULL},
  };
  int result = command_options(self, options, words, err);
  if (result < 0)
    return result;
  if (words[0] == NULL)
    return command_usage(self, err, "what is the plugin's name?");
  if (words[1] != NULL && words[2] != NULL)
    return command_usage(self, err, "%s is not wanted here", words[2]);
  bool cplusplus = text_equal(language, "c++");
  if (!cplusplus && !text_equal(language, "c"))
    return command_usage(self, err, "--lang is c or c++, not %s", language);

  struct place place;
  struct project project = {
      .name = words[0],
      .folder = words[1] != NULL ? words[1] : words[0],
      .language = cplusplus ? TEMPLATE_CPLUSPLUS : TEMPLATE_C,
      .fd = -1,
  };
  if (place_find(&place, err) < 0 || check_name(project.name, &place, err) < 0)
    return -1;
  return make_project(&project, &place, err);
}
