/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/image_registry.h"

#include "ctk/command.h"
#include "ctk/engines/program.h"

#define WORDS_MAX 16
#define MESSAGE_MARK "msg=\""

/* --- what it says -------------------------------------------------------------------------- */

/* Its messages are a log's: time="…" level=fatal msg="…" */
static void unwrap_message(struct error *err)
{
  const char *text = strstr(err->text, MESSAGE_MARK);
  if (text == NULL)
    return;
  struct error plain = {.text = ""};
  size_t length = 0;
  for (text += strlen(MESSAGE_MARK); *text != '\0' && *text != '"'; text++) {
    if (*text == '\\' && text[1] != '\0')
      text++;
    plain.text[length++] = *text;
  }
  *err = plain;
}

/* Registries answer so where there is no such tag, or no such repository (distribution spec, error
   codes MANIFEST_UNKNOWN and NAME_UNKNOWN), and some by the bare status. */
static bool says_missing(const struct error *err)
{
  static const char *const words[] = {"manifest unknown", "name unknown", "not found",
                                      "status code 404", NULL};
  for (const char *const *word = words; *word != NULL; word++)
    if (strcasestr(err->text, *word) != NULL)
      return true;
  return false;
}

/* --- running it ---------------------------------------------------------------------------- */

static void note(const char *const *argv)
{
  size_t length;
  char *line = NULL;
  FILE *stream = xmemstream(&line, &length);
  for (; *argv != NULL; argv++)
    fprintf(stream, " %s", *argv);
  xmemstream_close(stream);
  ctk_note("runs%s", line);
  free(line);
}

/* `words` are ended by NULL; `tls` is what its option is called for this command. */
static int run(const struct registry *registry, const char *const *words, const char *tls,
               char **output, struct error *err)
{
  const char *argv[WORDS_MAX] = {NULL};
  cleanup_free char *program = program_find("skopeo");
  cleanup_free char *authfile =
      registry->authfile != NULL ? xasprintf("--authfile=%s", registry->authfile) : NULL;
  cleanup_free char *no_tls = xasprintf("--%stls-verify=false", tls);
  size_t count = 0;
  if (program == NULL)
    return error_set(err, "the program skopeo is missing, by which registries are reached: install "
                          "the package skopeo");
  argv[count++] = program;
  for (; *words != NULL; words++)
    argv[count++] = *words;
  if (!registry->tls_verify)
    argv[count++] = no_tls;
  if (authfile != NULL)
    argv[count++] = authfile;
  note(argv);
  if (program_capture(argv, output, err) == 0)
    return 0;
  unwrap_message(err);
  errno = says_missing(err) ? ENOENT : EIO;
  int cause = errno;
  error_wrap(err, "skopeo");
  errno = cause;
  return -1;
}

int registry_manifest(const struct registry *registry, const char *reference, char **bytes,
                      size_t *length, struct error *err)
{
  cleanup_free char *source = xasprintf(REGISTRY_PREFIX "%s", reference);
  const char *const words[] = {"inspect", "--raw", source, NULL};
  if (run(registry, words, "", bytes, err) < 0)
    return -1;
  *length = strlen(*bytes); /* a NUL would be no manifest's */
  return 0;
}

/* This machine's policy for copying images is about images, not about their signatures. */
static int copy(const struct registry *registry, const char *from, const char *to, const char *tls,
                struct error *err)
{
  cleanup_free char *output = NULL;
  const char *const words[] = {
      "--insecure-policy", "copy", "--quiet", "--preserve-digests", from, to, NULL};
  return run(registry, words, tls, &output, err);
}

int registry_fetch(const struct registry *registry, const char *reference, const char *folder,
                   struct error *err)
{
  cleanup_free char *from = xasprintf(REGISTRY_PREFIX "%s", reference);
  cleanup_free char *to = xasprintf("dir:%s", folder);
  return copy(registry, from, to, "src-", err);
}

int registry_push(const struct registry *registry, const char *folder, const char *reference,
                  struct error *err)
{
  cleanup_free char *from = xasprintf("dir:%s", folder);
  cleanup_free char *to = xasprintf(REGISTRY_PREFIX "%s", reference);
  return copy(registry, from, to, "dest-", err);
}
