/* SPDX-License-Identifier: Apache-2.0 */
/* libconfig forgets the texts of a line that it finds wrong: for each program that reads a config.
 */
#ifndef TESTS_FUZZ_LIBCONFIG_H
#define TESTS_FUZZ_LIBCONFIG_H

/* The name is the sanitizer's. */
const char *__lsan_default_suppressions(void); /* NOLINT */
const char *__lsan_default_suppressions(void)  /* NOLINT */
{
  return "leak:libconfig\nleak:strbuf_append\nleak:settings_list\n";
}

#endif
