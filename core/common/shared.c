/* SPDX-License-Identifier: Apache-2.0 */
#include "common/shared.h"

#include "common/file.h"

#include <sys/mman.h>
#include <sys/stat.h>

static void *map(int fd, size_t size)
{
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  return memory != MAP_FAILED ? memory : NULL;
}

int shared_open(struct shared *shared, size_t size, struct error *err)
{
  *shared = (struct shared){.size = size};
  shared->fd = file_in_memory("shared");
  if (shared->fd < 0 || ftruncate(shared->fd, (off_t)size) < 0)
    return error_set(err, "cannot make memory to share with a helper program: %m");
  shared->memory = map(shared->fd, size);
  return shared->memory != NULL
             ? 0
             : error_set(err, "cannot map memory to share with a helper program: %m");
}

void *shared_take(int fd, size_t size)
{
  struct stat status;
  bool fits = fstat(fd, &status) == 0 && status.st_size == (off_t)size;
  void *memory = fits ? map(fd, size) : NULL;
  close(fd);
  return memory;
}

void shared_close(struct shared *shared)
{
  if (shared->memory != NULL)
    munmap(shared->memory, shared->size);
  if (shared->fd >= 0)
    close(shared->fd);
  *shared = (struct shared){.fd = -1};
}
