/* SPDX-License-Identifier: Apache-2.0 */
#include "front/place.h"

int place_of(const char *folder, struct place *place, struct error *err)
{
  size_t length = strlen(folder);
  const char *worker = "/modify", *plugins = "/plugins";
  if (length >= 4 && text_equal(folder + length - 4, "/bin")) {
    length -= 4;
    worker = "/libexec/container-hooks/modify";
    plugins = "/lib/container-hooks/plugins";
  }
  if (length + strlen(worker) >= sizeof(place->worker))
    return error_set(err, "the path of this program is too long");
  snprintf(place->worker, sizeof(place->worker), "%.*s%s", (int)length, folder, worker);
  snprintf(place->plugin_dir, sizeof(place->plugin_dir), "%.*s%s", (int)length, folder, plugins);
  return 0;
}

int place_find(struct place *place, struct error *err)
{
  char program[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
  if (length < 0)
    return error_set(err, "cannot find our own place, /proc/self/exe: %m");
  program[length] = '\0';
  *strrchr(program, '/') = '\0';
  return place_of(program, place, err);
}
