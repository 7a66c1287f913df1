/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify-rootfs's command line, which stands in a config.json: what is taken lies in its words, and
 * what must be there is.
 *
 * Covers: core/verify-rootfs/arguments.c
 */
#include "fuzz.h"

#include "verify-rootfs/arguments.h"

#define WORDS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  static char program[] = "verify-rootfs";
  char *words[WORDS_MAX] = {program};
  struct arguments arguments;
  struct error err = {.text = ""};
  cleanup_free char *text = fuzz_text(bytes, length);
  size_t count = 1;
  for (char *word = text; word < text + length && count < WORDS_MAX - 1; word += strlen(word) + 1)
    words[count++] = word;
  if (arguments_parse(words, &arguments, &err) < 0) {
    must(err.text[0] != '\0');
    return 0;
  }
  if (arguments.help || arguments.version)
    return 0;
  must(arguments.id != NULL && arguments.rootfs != NULL && arguments.plan != NULL);
  must(arguments.id >= text && arguments.id < text + length);
  must(digest_is_set(&arguments.plan_digest));
  must(arguments.options.threads <= CHECK_THREADS_LIMIT);
  must(arguments.mode <= VERIFY_AUDIT &&
       arguments.options.lenient == (arguments.mode != VERIFY_ENFORCE));
  return 0;
}
