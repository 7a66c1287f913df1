/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/engines/ours.h"

#include "common/file.h"
#include "common/process.h"
#include "front/lowlevel.h"

#include <limits.h>

#ifndef PREFIX
#  define PREFIX "/usr"
#endif

#define PATIENCE 10 /* seconds */
#define STRING_OF(number) #number
#define STRING(macro) STRING_OF(macro)

char *ours_program(void)
{
  char self[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
  self[length > 0 ? length : 0] = '\0';
  cleanup_free char *beside = engine_beside(self, ENGINE_NAME_DEFAULT);
  if (beside[0] == '/' && access(beside, X_OK) == 0)
    return steal_pointer(&beside);
  return xstrdup(PREFIX "/bin/" ENGINE_NAME_DEFAULT);
}

/* container-hooks-runtime, or with a profile's name behind it. */
static bool has_our_name(const char *path)
{
  const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
  size_t length = strlen(ENGINE_NAME_DEFAULT);
  return text_starts(name, ENGINE_NAME_DEFAULT) && (name[length] == '\0' || name[length] == '-');
}

bool ours_by_path(const char *program)
{
  cleanup_free char *own = ours_program();
  cleanup_free char *real = realpath(program, NULL);
  return file_is_same(program, own) || has_our_name(program) ||
         (real != NULL && has_our_name(real));
}

/* At the end of its count ours stops before it runs another program, and says so. */
bool ours_by_answer(const char *program)
{
  struct error ignored;
  const char *argv[] = {program, "--version", NULL};
  struct process process = {
      .argv = (char *const *)(uintptr_t)argv, /* posix_spawn(3) does not change them */
      .pass_fd = -1,
      .timeout = PATIENCE,
  };
  setenv(LOWLEVEL_DEPTH, STRING(LOWLEVEL_DEPTH_MAX), 1);
  int result = process_run(&process, &ignored);
  unsetenv(LOWLEVEL_DEPTH);
  return result == 0 && process.status != 0 &&
         (strstr(process.output, LOWLEVEL_DEPTH) != NULL ||
          strstr(process.output, LOWLEVEL_NONE_FOUND) != NULL);
}

/* --- names --------------------------------------------------------------------------------- */

static bool is_ours(const struct engine *engine, const struct engine_request *request,
                    const char *name)
{
  struct error ignored;
  cleanup_status struct engine_status status;
  struct engine_request of_name = *request;
  of_name.name = name;
  if (engine_inspect(engine, &of_name, &status, &ignored) < 0 || !status.configured)
    return false;
  return text_equal(name, ENGINE_NAME_DEFAULT) ||
         (status.path != NULL && ours_by_path(status.path));
}

int ours_names(const struct engine *engine, const struct engine_request *request,
               struct engine_names *names, struct error *err)
{
  cleanup_names struct engine_names all = {.count = 0};
  struct engine_request of_all = *request;
  of_all.name = ENGINE_NAME_DEFAULT;
  *names = (struct engine_names){.count = 0};
  if (engine_list(engine, &of_all, &all, err) < 0)
    return -1;
  for (size_t i = 0; i < all.count; i++)
    if (is_ours(engine, &of_all, all.list[i]))
      engine_names_add(names, all.list[i]);
  return 0;
}
