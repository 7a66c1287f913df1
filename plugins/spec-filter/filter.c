/* SPDX-License-Identifier: Apache-2.0 */
#include "filter.h"

#include "common/log.h"
#include "common/process.h"
#include "common/utf8.h"

#include <signal.h>
#include <sys/wait.h>

/* --- its own words ------------------------------------------------------------------------- */

/* Makes '?' of every byte that is not UTF-8, and a space of every control character. */
static void clean(char *text, size_t length)
{
  for (size_t i = 0, valid; i<length; i += valid> 0 ? valid : 1) {
    valid = utf8_length(text + i, length - i);
    if (valid == 0)
      text[i] = '?';
    else if (text[i] == '\0')
      text[i] = ' ';
  }
  log_one_line(text);
}

static char *trim(char *text)
{
  size_t length = strlen(text);
  while (length > 0 && text[length - 1] == ' ')
    text[--length] = '\0';
  return text + strspn(text, " ");
}

/* What it printed to standard error, on one line. Where that was too long its last lines are left:
   logs come first, the reason last. */
static const char *words_of(struct process *process)
{
  char *text = process->output;
  size_t length = process->output_length;
  if (process->output_cut) {
    char *line_end = memchr(text, '\n', length);
    char *start = line_end != NULL && line_end + 1 < text + length ? line_end + 1 : text;
    length -= (size_t)(start - text);
    text = start;
  }
  clean(text, length);
  return trim(text);
}

/* --- how it ended -------------------------------------------------------------------------- */

/* The file itself was there a moment ago. */
static int explain_start(struct error *err)
{
  if (errno == ENOENT || errno == ENOEXEC)
    error_append(err, "; a script's first line names its interpreter, as in #!/bin/sh");
  return -1;
}

static int judge_end(const struct program *program, const struct process *process,
                     struct error *err)
{
  int status = process->status;
  if (process->too_much)
    return error_set(err, "%s printed more than %lu bytes and was killed", program->path,
                     FILTER_OUTPUT_MAX);
  if (process->late)
    return error_set(err, "%s did not end within %d s (its timeout) and was killed", program->path,
                     program->timeout);
  if (WIFSIGNALED(status))
    return error_set(err, "%s was killed by signal %d (%s)", program->path, WTERMSIG(status),
                     strsignal(WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0)
    return error_set(err, "%s failed with status %d", program->path, WEXITSTATUS(status));
  return 0;
}

static int parse_output(const struct program *program, const struct process *process,
                        struct json_object **printed, struct error *err)
{
  if (process->captured_length == 0)
    return error_set(err,
                     "%s printed nothing: a filter prints the whole config.json, changed or not",
                     program->path);
  cleanup_free char *name = xasprintf("the output of %s", program->path);
  cleanup_json struct json_object *tree = NULL;
  if (json_parse(process->captured, process->captured_length, name, &tree, err) < 0)
    return -1;
  if (!json_object_is_type(tree, json_type_object))
    return error_set(err, "%s is not an OCI runtime spec: it is %s, not an object", name,
                     json_type_words(json_object_get_type(tree)));
  *printed = steal_pointer(&tree);
  return 0;
}

/* --- all of it ----------------------------------------------------------------------------- */

static int run(const struct program *program, char *const *env, struct json_object *spec,
               struct process *process, struct error *err)
{
  *process = (struct process){
      .argv = (char *const *)(uintptr_t)program->argv, /* posix_spawn(3) does not change them */
      .env = env,
      .folder = "/",
      .pass_fd = -1,
      .timeout = program->timeout,
      .capture_max = FILTER_OUTPUT_MAX,
      .keep_end = true,
      .in_our_group = true, /* it dies with us if the whole chain is too slow */
  };
  process->input = json_text(spec, &process->input_length);
  if (program_verify(program, err) < 0)
    return -1;
  return process_run(process, err) < 0 ? explain_start(err) : 0;
}

struct json_object *filter_run(struct cht_context *ctx, const struct program *program,
                               char *const *env, struct json_object *spec)
{
  struct error err;
  struct process process;
  struct json_object *printed = NULL;
  /* Where the whole chain is late, the log tells which program it was. */
  cht_log(ctx, CHT_DEBUG, "runs %s", program->path);
  if (run(program, env, spec, &process, &err) < 0) {
    cht_fail(ctx, "%s", err.text);
    return NULL;
  }
  const char *words = words_of(&process);
  if (judge_end(program, &process, &err) < 0)
    cht_fail(ctx, "%s%s%s", err.text, words[0] != '\0' ? ": " : "", words);
  else if (parse_output(program, &process, &printed, &err) < 0)
    cht_fail(ctx, "%s%s%s", err.text, words[0] != '\0' ? "; it said: " : "", words);
  else if (words[0] != '\0')
    cht_log(ctx, CHT_INFO, "%s said: %s", program->path, words);
  free(process.captured);
  return printed;
}
