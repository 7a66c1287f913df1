/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/engines/daemon.h"

#include "common/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#define WORDS_MAX (1024UL * 1024)

/* A file of /proc; owned by the caller, NULL if it cannot be read. */
static char *read_proc(const char *path, size_t *length)
{
  struct error ignored;
  char *text = NULL;
  cleanup_close int fd = open(path, FILE_OPEN_FLAGS);
  return fd >= 0 && file_read(fd, path, WORDS_MAX, &text, length, &ignored) == 0 ? text : NULL;
}

void daemon_read(struct daemon *daemon, pid_t pid)
{
  *daemon = (struct daemon){.pid = pid};
  cleanup_free char *path = xasprintf("/proc/%d/cmdline", (int)pid);
  daemon->words = read_proc(path, &daemon->length);
  if (daemon->words == NULL)
    daemon->length = 0;
}

void daemon_free(struct daemon *daemon)
{
  free(daemon->words);
  *daemon = (struct daemon){.pid = 0};
}

/* --- its command line ---------------------------------------------------------------------- */

/* What stands behind the option in this word, or is the next one; NULL if it is another word. */
static const char *value_of(const char *word, const char *next, const char *const *options)
{
  size_t length = strcspn(word, "=");
  for (; *options != NULL; options++)
    if (strlen(*options) == length && strncmp(word, *options, length) == 0)
      return word[length] == '=' ? word + length + 1 : next;
  return NULL;
}

const char *daemon_option(const struct daemon *daemon, const char *const *options)
{
  const char *found = NULL, *end = daemon->words + daemon->length;
  for (const char *word = daemon->words; word < end;) {
    const char *next = word + strlen(word) + 1;
    const char *value = value_of(word, next < end ? next : NULL, options);
    found = value != NULL ? value : found;
    word = next;
  }
  return found;
}

char *daemon_file(const struct daemon *daemon, const char *const *options, const char *usual)
{
  const char *named = daemon_option(daemon, options);
  char folder[4096];
  if (named == NULL || named[0] == '/')
    return xstrdup(named != NULL ? named : usual);
  cleanup_free char *link = xasprintf("/proc/%d/cwd", (int)daemon->pid);
  ssize_t length = readlink(link, folder, sizeof(folder));
  return xasprintf("%.*s/%s", length > 0 ? (int)length : 0, folder, named);
}

/* --- which one ----------------------------------------------------------------------------- */

static bool has_name(const char *pid, const char *name)
{
  size_t length;
  cleanup_free char *path = xasprintf("/proc/%s/comm", pid);
  cleanup_free char *comm = read_proc(path, &length);
  return comm != NULL && strcspn(comm, "\n") == strlen(name) && text_starts(comm, name);
}

static int is_process(const struct dirent *entry)
{
  return entry->d_name[0] >= '1' && entry->d_name[0] <= '9';
}

void daemon_find(struct daemon *daemon, const char *name, const char *const *options,
                 const char *usual, const char *file)
{
  struct dirent **found = NULL;
  int count = scandir("/proc", &found, is_process, NULL);
  *daemon = (struct daemon){.pid = 0};
  for (int i = 0; i < count; i++) {
    if (daemon->pid == 0 && has_name(found[i]->d_name, name)) {
      daemon_read(daemon, (pid_t)strtol(found[i]->d_name, NULL, 10));
      cleanup_free char *read = daemon_file(daemon, options, usual);
      if (!text_equal(read, file) && !file_is_same(read, file))
        daemon_free(daemon);
    }
    free(found[i]);
  }
  free(found);
}

/* --- since when ---------------------------------------------------------------------------- */

/* Seconds since the epoch: when the machine was started, and how long after that the process, in
   ticks, by the 22nd field of its stat (proc(5)); its name, the second, may hold anything. 0 if
   nobody can tell. */
static long long started(pid_t pid)
{
  size_t length;
  cleanup_free char *path = xasprintf("/proc/%d/stat", (int)pid);
  cleanup_free char *process = read_proc(path, &length);
  cleanup_free char *machine = read_proc("/proc/stat", &length);
  const char *boot = machine != NULL ? strstr(machine, "\nbtime ") : NULL;
  const char *field = process != NULL ? strrchr(process, ')') : NULL;
  for (int i = 2; field != NULL && i < 22; i++)
    field = strchr(field + 1, ' ');
  if (boot == NULL || field == NULL)
    return 0;
  return strtoll(boot + strlen("\nbtime "), NULL, 10) +
         strtoll(field, NULL, 10) / sysconf(_SC_CLK_TCK);
}

const char *daemon_misses(const struct daemon *daemon, const struct engine_files *files)
{
  struct stat status;
  long long start = started(daemon->pid);
  for (size_t i = 0; start > 0 && i < files->count; i++) {
    const char *path = files->list[i].path;
    /* The time of the start is known to within a second or two. */
    if (path != NULL && stat(path, &status) == 0 && status.st_mtime > start + 1)
      return path;
  }
  return NULL;
}
