/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/links.h"

#define BUCKETS 4096

struct link {
  struct link *next; /* in the bucket */
  ino_t inode;
  nlink_t unmet;
  char *path; /* owned; where it was first met */
};

struct links {
  struct link *buckets[BUCKETS];
};

struct links *links_new(void)
{
  return xcalloc(1, sizeof(struct links));
}

void links_free(struct links *links)
{
  for (size_t i = 0; links != NULL && i < BUCKETS; i++) {
    while (links->buckets[i] != NULL) {
      struct link *link = links->buckets[i];
      links->buckets[i] = link->next;
      free(link->path);
      free(link);
    }
  }
  free(links);
}

static struct link *find(const struct links *links, ino_t inode)
{
  struct link *link = links->buckets[inode % BUCKETS];
  while (link != NULL && link->inode != inode)
    link = link->next;
  return link;
}

void links_expect(struct links *links, ino_t inode, nlink_t count, const char *path)
{
  struct link *link = find(links, inode);
  if (link == NULL) {
    link = xcalloc(1, sizeof(*link));
    *link = (struct link){.next = links->buckets[inode % BUCKETS],
                          .inode = inode,
                          .unmet = count,
                          .path = xstrdup(path)};
    links->buckets[inode % BUCKETS] = link;
  }
  links_met(links, inode);
}

void links_met(struct links *links, ino_t inode)
{
  struct link *link = find(links, inode);
  if (link != NULL && link->unmet > 0)
    link->unmet--;
}

const char *links_unmet(const struct links *links, size_t *next, nlink_t *count)
{
  /* Only the first of a bucket's: one is reason enough, and all are seldom asked for. */
  for (; *next < BUCKETS; (*next)++) {
    for (const struct link *link = links->buckets[*next]; link != NULL; link = link->next) {
      if (link->unmet == 0)
        continue;
      (*next)++;
      *count = link->unmet;
      return link->path;
    }
  }
  return NULL;
}
