/* SPDX-License-Identifier: Apache-2.0 */
#include "front/place.h"

int place_find(struct place *place, struct error *err)
{
  char program[PATH_MAX - 64]; /* leaves room for what is put behind */
  ssize_t length = readlink("/proc/self/exe", program, sizeof(program));
  if (length < 0)
    return error_set(err, "cannot find our own place, /proc/self/exe: %m");
  if ((size_t)length == sizeof(program))
    return error_set(err, "the path of this program is too long");
  program[length] = '\0';
  char *folder_end = strrchr(program, '/');
  *folder_end = '\0';

  const char *worker = "modify", *plugins = "plugins";
  char *folder = strrchr(program, '/');
  if (folder != NULL && text_equal(folder, "/bin")) {
    *folder = '\0';
    worker = "libexec/container-hooks/modify";
    plugins = "lib/container-hooks/plugins";
  }
  snprintf(place->worker, sizeof(place->worker), "%s/%s", program, worker);
  snprintf(place->plugin_dir, sizeof(place->plugin_dir), "%s/%s", program, plugins);
  return 0;
}
