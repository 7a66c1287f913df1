/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/engines/program.h"

#include "common/file.h"
#include "common/log.h"
#include "common/process.h"
#include "front/lowlevel.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define PATIENCE 60 /* seconds */
#define OUTPUT_MAX (16UL * 1024 * 1024)

char *program_find(const char *name)
{
  struct error ignored;
  const char *const names[] = {name, NULL};
  return lowlevel_find(names, &ignored);
}

/* --- running ------------------------------------------------------------------------------- */

/* The last line that says something: what comes before is often a log. */
static char *last_line(char *output)
{
  size_t length = strlen(output);
  while (length > 0 && strchr("\r\n\t ", output[length - 1]) != NULL)
    output[--length] = '\0';
  char *newline = strrchr(output, '\n');
  char *line = newline != NULL ? newline + 1 : output;
  log_one_line(line);
  return line;
}

static int judge(struct process *process, const char *program, struct error *err)
{
  const char *said = last_line(process->output);
  if (process->too_much)
    return error_set(err, "%s printed more than %lu bytes", program, OUTPUT_MAX);
  if (process->late)
    return error_set(err, "%s did not end within %d seconds", program, PATIENCE);
  if (WIFEXITED(process->status) && WEXITSTATUS(process->status) == 0)
    return 0;
  if (said[0] != '\0')
    return error_set(err, "%s", said);
  return error_set(err, "%s failed without a word", program);
}

/* What it printed is then found in *process. */
static int run(const char *const *argv, size_t capture_max, struct process *process,
               struct error *err)
{
  *process = (struct process){
      .argv = (char *const *)(uintptr_t)argv, /* posix_spawn(3) does not change them */
      .pass_fd = -1,
      .timeout = PATIENCE,
      .capture_max = capture_max,
      .keep_end = true,
  };
  return process_run(process, err) < 0 ? -1 : judge(process, argv[0], err);
}

int program_run(const char *const *argv, struct error *err)
{
  struct process process;
  return run(argv, 0, &process, err);
}

int program_capture(const char *const *argv, char **output, struct error *err)
{
  struct process process;
  int result = run(argv, OUTPUT_MAX, &process, err);
  if (result == 0)
    *output = steal_pointer(&process.captured);
  free(process.captured);
  return result;
}

/* --- files for it -------------------------------------------------------------------------- */

char *program_folder(struct error *err)
{
  const char *temporary = secure_getenv("TMPDIR");
  if (temporary == NULL || temporary[0] != '/')
    temporary = "/tmp";
  cleanup_free char *folder = xasprintf("%s/container-hooks-ctk.XXXXXX", temporary);
  if (mkdtemp(folder) == NULL) {
    error_set(err, "cannot make a folder in %s: %m", temporary);
    return NULL;
  }
  return steal_pointer(&folder);
}

/* Nothing but files was put into it. */
void program_folder_remove(char *folder)
{
  DIR *stream = folder != NULL ? opendir(folder) : NULL;
  const struct dirent *entry;
  while (stream != NULL && (entry = readdir(stream)) != NULL)
    unlinkat(dirfd(stream), entry->d_name, 0);
  if (stream != NULL)
    closedir(stream);
  if (folder != NULL)
    rmdir(folder);
  free(folder);
}

char *program_write(const char *folder, const char *name, const char *text, struct error *err)
{
  cleanup_free char *path = xasprintf("%s/%s", folder, name);
  cleanup_close int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0 || file_write_all(fd, text, strlen(text)) < 0) {
    error_set(err, "cannot write %s: %m", path);
    return NULL;
  }
  return steal_pointer(&path);
}
