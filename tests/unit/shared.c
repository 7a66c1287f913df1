/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that two processes see. */
#include "common/shared.h"

#include <criterion/criterion.h>
#include <sys/wait.h>

static struct error err;

Test(shared, what_the_other_process_wrote_stays_readable)
{
  cleanup_shared struct shared shared = {.fd = -1};
  cr_assert_eq(shared_open(&shared, 4096, &err), 0, "%s", err.text);
  const char *here = shared.memory;
  cr_expect_eq(here[0], '\0');
  pid_t child = fork();
  if (child == 0) {
    char *there = shared_take(shared.fd, 4096);
    if (there != NULL)
      snprintf(there, 4096, "words");
    abort();
  }
  cr_assert_eq(waitpid(child, NULL, 0), child);
  cr_expect_str_eq(here, "words");
}

Test(shared, takes_and_closes_only_what_has_the_size)
{
  struct shared shared = {.fd = -1};
  cr_assert_eq(shared_open(&shared, 4096, &err), 0, "%s", err.text);
  int handed = dup(shared.fd);
  cr_expect_null(shared_take(handed, 8192));
  cr_expect_eq(close(handed), -1);
  cr_expect_null(shared_take(-1, 4096));
  shared_close(&shared);
  cr_expect_eq(shared.fd, -1);
}
