/* SPDX-License-Identifier: Apache-2.0 */
/* The layout is that of bbolt's page.go and db.go (meta); numbers are in the byte order of the
   machine that wrote them, which is ours. */
#include "image/bolt_pages.h"

#define MAGIC 0xED0CDAEDU
#define VERSION_2 2

#define PAGE_SIZE_MIN 512UL
#define PAGE_SIZE_MAX (64UL * 1024)

/* --- the file ------------------------------------------------------------------------------ */

/* All `length` bytes, or false: errors and a file that ends are the same here. */
static bool read_at(int fd, void *bytes, size_t length, uint64_t offset)
{
  size_t used = 0;
  if (offset > INT64_MAX - length)
    return false;
  while (used < length) {
    ssize_t got = pread(fd, (char *)bytes + used, length - used, (off_t)(offset + used));
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return false;
    used += (size_t)got;
  }
  return true;
}

/* FNV-1a, 64 bits */
static uint64_t checksum_of(const struct bolt_meta *meta)
{
  const unsigned char *bytes = (const unsigned char *)meta;
  uint64_t sum = 0xcbf29ce484222325U;
  for (size_t i = 0; i < offsetof(struct bolt_meta, checksum); i++)
    sum = (sum ^ bytes[i]) * 0x100000001b3U;
  return sum;
}

static bool read_meta(int fd, uint64_t offset, struct bolt_meta *meta)
{
  struct bolt_page_header header;
  return read_at(fd, &header, sizeof(header), offset) &&
         read_at(fd, meta, sizeof(*meta), offset + sizeof(header)) && meta->magic == MAGIC &&
         meta->version == VERSION_2 && meta->checksum == checksum_of(meta) &&
         meta->page_size >= PAGE_SIZE_MIN && meta->page_size <= PAGE_SIZE_MAX &&
         (meta->page_size & (meta->page_size - 1)) == 0;
}

/* The second meta page comes a page behind the first, which alone says how large a page is; while
   the first is being written, any size may be the right one. */
static bool read_second_meta(int fd, const struct bolt_meta *first, struct bolt_meta *second)
{
  if (first != NULL)
    return read_meta(fd, first->page_size, second) && second->page_size == first->page_size;
  for (uint64_t size = PAGE_SIZE_MIN; size <= PAGE_SIZE_MAX; size *= 2)
    if (read_meta(fd, size, second) && second->page_size == size)
      return true;
  return false;
}

/* The last transaction that was committed. */
bool bolt_read_meta(int fd, struct bolt_meta *meta)
{
  struct bolt_meta first, second;
  bool has_first = read_meta(fd, 0, &first);
  bool has_second = read_second_meta(fd, has_first ? &first : NULL, &second);
  bool take_second = has_second && (!has_first || second.transaction > first.transaction);
  *meta = take_second ? second : first;
  return has_first || has_second;
}

bool bolt_has_changed(const struct bolt *bolt)
{
  struct bolt_meta now;
  return !bolt_read_meta(bolt->fd, &now) || now.transaction != bolt->meta.transaction;
}

/* --- pages --------------------------------------------------------------------------------- */

static const struct bolt_page *find_page(const struct bolt *bolt, uint64_t id)
{
  const struct bolt_page *page = bolt->pages[id % BOLT_SLOTS];
  while (page != NULL && page->id != id)
    page = page->next;
  return page;
}

static int read_page(struct bolt *bolt, uint64_t id, const struct bolt_page **page,
                     struct error *err)
{
  struct bolt_page_header header;
  size_t page_size = bolt->meta.page_size;
  if (id < 2 || id >= bolt->meta.end || id > INT64_MAX / page_size ||
      !read_at(bolt->fd, &header, sizeof(header), id * page_size) || header.id != id)
    return bolt_damaged(bolt, err, "a page is not where it should be");
  size_t length = (header.overflow + 1UL) * page_size;
  if (header.overflow >= bolt->meta.end - id || length > BOLT_NODE_MAX)
    return bolt_damaged(bolt, err, "a page is too large");
  if (length > BOLT_BYTES_MAX - bolt->total)
    return bolt_too_much(bolt, err);
  struct bolt_page *fresh = xcalloc(1, sizeof(*fresh) + length);
  *fresh = (struct bolt_page){.next = bolt->pages[id % BOLT_SLOTS], .id = id, .length = length};
  bolt->pages[id % BOLT_SLOTS] = fresh;
  bolt->total += length;
  *page = fresh;
  return read_at(bolt->fd, fresh->bytes, length, id * page_size)
             ? 0
             : bolt_damaged(bolt, err, "it ends within a page");
}

void bolt_forget_pages(struct bolt *bolt)
{
  for (size_t i = 0; i < BOLT_SLOTS; i++) {
    while (bolt->pages[i] != NULL) {
      struct bolt_page *next = bolt->pages[i]->next;
      free(bolt->pages[i]);
      bolt->pages[i] = next;
    }
  }
  bolt->total = 0;
  bolt->steps = 0;
}

int bolt_get_page(struct bolt *bolt, uint64_t id, const struct bolt_page **page, struct error *err)
{
  *page = find_page(bolt, id);
  return *page != NULL ? 0 : read_page(bolt, id, page, err);
}
