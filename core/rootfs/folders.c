/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/folders.h"

#include "common/trust.h"
#include "rootfs/beneath.h"

void folders_close(struct folders *folders)
{
  for (size_t i = 0; i < folders->count; i++)
    close(folders->fds[i]);
  free(folders->fds);
}

static int open_one(struct folders *folders, const char *path, struct error *err)
{
  const char *slash = strrchr(path, '/');
  cleanup_free char *above = xstrndup(path, (size_t)(slash - path));
  cleanup_close int parent = trust_open_folder(*above != '\0' ? above : "/", err);
  if (parent < 0)
    return -1;
  int fd = beneath_open(parent, slash + 1, BENEATH_READ | O_DIRECTORY);
  if (fd < 0)
    return error_set(err, "cannot open the folder %s: %m", path);
  folders->fds[folders->count++] = fd;
  return 0;
}

int folders_open(const struct plan *plan, struct folders *folders, struct error *err)
{
  *folders = (struct folders){.has_own = plan->upper != NULL};
  folders->fds = xcalloc(plan->layer_count + 2, sizeof(*folders->fds));
  owners_shift(&folders->owners, plan->first_uid, plan->first_gid);
  folders->own = folders->owners;
  for (size_t i = 0; i < plan->layer_count; i++)
    if (open_one(folders, plan->layers[i].folder, err) < 0)
      return -1;
  if (plan->init != NULL && open_one(folders, plan->init, err) < 0)
    return -1;
  return plan->upper != NULL ? open_one(folders, plan->upper, err) : 0;
}
