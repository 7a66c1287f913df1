/* SPDX-License-Identifier: Apache-2.0 */
#include "program.h"

#include "common/trust.h"

static int read_path(struct program *program, const struct value *path, struct error *err)
{
  if (value_text(path, &program->path, err) < 0)
    return -1;
  return program->path[0] == '/' ? 0 : value_error(path, err, "is not an absolute path");
}

static int read_group(struct program *program, const struct value *group, struct error *err)
{
  static const char *const keys[] = {"path", "args", "timeout", NULL};
  struct value path, args, timeout;
  int64_t seconds = PROGRAM_TIMEOUT_DEFAULT;
  if (value_object(group, keys, err) < 0 || value_need(group, "path", &path, err) < 0 ||
      read_path(program, &path, err) < 0)
    return -1;
  if (value_find(group, "args", &args) &&
      value_texts(&args, PROGRAM_ARGS_MAX, 1, &program->argv, err) < 0)
    return -1;
  if (value_find(group, "timeout", &timeout) &&
      value_number(&timeout, 1, PROGRAM_TIMEOUT_MAX, &seconds, err) < 0)
    return -1;
  program->timeout = (int)seconds;
  return 0;
}

/* A group, or in short only the path. */
static int read_program(struct program *program, const struct value *value, struct error *err)
{
  *program = (struct program){.timeout = PROGRAM_TIMEOUT_DEFAULT};
  bool is_short = json_object_is_type(value->json, json_type_string);
  if ((is_short ? read_path(program, value, err) : read_group(program, value, err)) < 0)
    return -1;
  if (program->argv == NULL)
    program->argv = xcalloc(2, sizeof(*program->argv));
  program->argv[0] = program->path;
  return 0;
}

int programs_read(const struct value *setting, struct programs *programs, struct error *err)
{
  size_t length;
  programs->count = 0;
  if (value_array(setting, PROGRAMS_MAX, &length, err) < 0)
    return -1;
  if (length == 0)
    return value_error(setting, err, "names no program");
  while (programs->count < length) {
    struct value element = value_element(setting, programs->count);
    struct program *program =
        &programs->list[programs->count++]; /* freed, whatever becomes of it */
    if (read_program(program, &element, err) < 0)
      return -1;
  }
  return 0;
}

void programs_free(struct programs *programs)
{
  for (size_t i = 0; i < programs->count; i++)
    free(programs->list[i].argv);
  programs->count = 0;
}

int program_verify(const struct program *program, struct error *err)
{
  cleanup_close int fd = trust_open_file(program->path, err);
  if (fd < 0)
    return -1;
  if (access(program->path, X_OK) == 0)
    return 0;
  error_set(err, "%s cannot be executed: %m", program->path);
  return errno == EACCES ? error_append(err, ": chmod +x %s", program->path) : -1;
}
