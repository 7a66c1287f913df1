/* SPDX-License-Identifier: Apache-2.0 */
#include "image/platform.h"

#include <sys/utsname.h>

/* As Go calls them; what is not here is called the same by both. */
static const char *machine_of(const char *kernel_name)
{
  static const char *const names[][2] = {
      {"x86_64", "amd64"}, {"aarch64", "arm64"}, {"i686", "386"}, {"armv7l", "arm"}};
  for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
    if (text_equal(kernel_name, names[i][0]))
      return names[i][1];
  return kernel_name;
}

bool platform_is_ours(const struct descriptor *entry)
{
  struct utsname us;
  if (entry->os == NULL && entry->architecture == NULL)
    return true;
  return uname(&us) == 0 && entry->os != NULL && entry->architecture != NULL &&
         text_equal(entry->os, "linux") && text_equal(entry->architecture, machine_of(us.machine));
}
