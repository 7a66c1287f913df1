/* SPDX-License-Identifier: Apache-2.0 */
/* The barest wrapper of a runtime: it only execs. What everything else is measured against. */
#include <unistd.h>

int main(int argc, char **argv)
{
  (void)argc;
  execv("/bin/true", argv);
  return 127;
}
