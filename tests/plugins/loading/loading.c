/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin that misbehaves while it is loaded or unloaded, before and after anybody has asked it
 * anything: the variable LOADING says how, UNLOADING the same for the end.
 */
#include <container-hooks/plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void obey(const char *variable)
{
  const char *act = getenv(variable);
  if (act == NULL)
    return;
  if (strcmp(act, "exit") == 0)
    exit(7);
  if (strcmp(act, "abort") == 0)
    abort();
  if (strcmp(act, "hang") == 0)
    pause();
  if (strcmp(act, "print") == 0)
    puts("printed by loading");
  if (strcmp(act, "close") == 0)
    for (int fd = 0; fd < 1024; fd++)
      close(fd);
}

__attribute__((constructor)) static void load(void)
{
  obey("LOADING");
}

__attribute__((destructor)) static void unload(void)
{
  obey("UNLOADING");
}

static int modify(struct cht_context *ctx)
{
  (void)ctx;
  return 0;
}

CHT_PLUGIN(.name = "loading", .modify = modify);
