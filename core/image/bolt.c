/* SPDX-License-Identifier: Apache-2.0 */
/* The layout is that of bbolt's page.go, db.go (meta) and bucket.go; numbers are in the byte order
   of the machine that wrote them, which is ours. */
#include "image/bolt.h"

#include <sys/stat.h>
#include <time.h>

#define MAGIC 0xED0CDAEDU
#define VERSION_2 2

enum { PAGE_BRANCH = 0x01, PAGE_LEAF = 0x02, PAGE_META = 0x04 };
enum { ELEMENT_BUCKET = 0x01 };

#define PAGE_SIZE_MIN 512UL
#define PAGE_SIZE_MAX (64UL * 1024)

struct page_header {
  uint64_t id;
  uint16_t flags;
  uint16_t count;    /* of elements, which stand right behind */
  uint32_t overflow; /* pages that follow and belong to it */
};

struct bucket_header {
  uint64_t root;
  uint64_t sequence;
};

struct meta {
  uint32_t magic;
  uint32_t version;
  uint32_t page_size;
  uint32_t flags;
  struct bucket_header root;
  uint64_t freelist;
  uint64_t end; /* the first page that is not used */
  uint64_t transaction;
  uint64_t checksum; /* of all in front of it */
};

/* Positions count from the element's own first byte. */
struct leaf_element {
  uint32_t flags;
  uint32_t position; /* of the key, which the value follows */
  uint32_t key_size;
  uint32_t value_size;
};

struct branch_element {
  uint32_t position;
  uint32_t key_size;
  uint64_t page;
};

/* A page with its overflow, as it was read. */
struct node {
  const unsigned char *bytes;
  size_t length;
  struct page_header header;
};

struct kept {
  struct kept *next;
  uint64_t id;
  size_t length;
  unsigned char bytes[];
};

#define SLOTS 256

struct bolt {
  int fd;
  const char *name;
  struct meta meta;
  struct kept *kept[SLOTS]; /* the pages that were read, by their id; owned */
  size_t total;             /* their bytes */
  size_t steps;             /* pages looked into, those that were kept too */
};

/* errno says ENOENT of a key that is not there, and of nothing else. */
static int damaged(const struct bolt *bolt, struct error *err, const char *what)
{
  errno = EIO;
  return error_set(err, "%s: not a bolt database, or damaged: %s", bolt->name, what);
}

static int too_much(const struct bolt *bolt, struct error *err)
{
  errno = EFBIG;
  return error_set(err, "%s: more than %lu bytes or %d pages of it would have to be read",
                   bolt->name, BOLT_BYTES_MAX, BOLT_STEPS_MAX);
}

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
static uint64_t checksum_of(const struct meta *meta)
{
  const unsigned char *bytes = (const unsigned char *)meta;
  uint64_t sum = 0xcbf29ce484222325U;
  for (size_t i = 0; i < offsetof(struct meta, checksum); i++)
    sum = (sum ^ bytes[i]) * 0x100000001b3U;
  return sum;
}

static bool read_meta(int fd, uint64_t offset, struct meta *meta)
{
  struct page_header header;
  return read_at(fd, &header, sizeof(header), offset) &&
         read_at(fd, meta, sizeof(*meta), offset + sizeof(header)) && meta->magic == MAGIC &&
         meta->version == VERSION_2 && meta->checksum == checksum_of(meta) &&
         meta->page_size >= PAGE_SIZE_MIN && meta->page_size <= PAGE_SIZE_MAX &&
         (meta->page_size & (meta->page_size - 1)) == 0;
}

/* The second meta page comes a page behind the first, which alone says how large a page is; while
   the first is being written, any size may be the right one. */
static bool read_second_meta(int fd, const struct meta *first, struct meta *second)
{
  if (first != NULL)
    return read_meta(fd, first->page_size, second) && second->page_size == first->page_size;
  for (uint64_t size = PAGE_SIZE_MIN; size <= PAGE_SIZE_MAX; size *= 2)
    if (read_meta(fd, size, second) && second->page_size == size)
      return true;
  return false;
}

/* The last transaction that was committed. */
static bool read_last_meta(int fd, struct meta *meta)
{
  struct meta first, second;
  bool has_first = read_meta(fd, 0, &first);
  bool has_second = read_second_meta(fd, has_first ? &first : NULL, &second);
  bool take_second = has_second && (!has_first || second.transaction > first.transaction);
  *meta = take_second ? second : first;
  return has_first || has_second;
}

/* --- pages --------------------------------------------------------------------------------- */

static const struct kept *find_kept(const struct bolt *bolt, uint64_t id)
{
  const struct kept *kept = bolt->kept[id % SLOTS];
  while (kept != NULL && kept->id != id)
    kept = kept->next;
  return kept;
}

static int keep_page(struct bolt *bolt, uint64_t id, const struct kept **kept, struct error *err)
{
  struct page_header header;
  size_t page_size = bolt->meta.page_size;
  if (id < 2 || id >= bolt->meta.end || id > INT64_MAX / page_size ||
      !read_at(bolt->fd, &header, sizeof(header), id * page_size) || header.id != id)
    return damaged(bolt, err, "a page is not where it should be");
  size_t length = (header.overflow + 1UL) * page_size;
  if (header.overflow >= bolt->meta.end - id || length > BOLT_NODE_MAX)
    return damaged(bolt, err, "a page is too large");
  if (length > BOLT_BYTES_MAX - bolt->total)
    return too_much(bolt, err);
  struct kept *fresh = xcalloc(1, sizeof(*fresh) + length);
  *fresh = (struct kept){.next = bolt->kept[id % SLOTS], .id = id, .length = length};
  bolt->kept[id % SLOTS] = fresh;
  bolt->total += length;
  *kept = fresh;
  return read_at(bolt->fd, fresh->bytes, length, id * page_size)
             ? 0
             : damaged(bolt, err, "it ends within a page");
}

static void forget_pages(struct bolt *bolt)
{
  for (size_t i = 0; i < SLOTS; i++) {
    while (bolt->kept[i] != NULL) {
      struct kept *next = bolt->kept[i]->next;
      free(bolt->kept[i]);
      bolt->kept[i] = next;
    }
  }
  bolt->total = 0;
  bolt->steps = 0;
}

/* The page of a bucket's tree; 0 is that of a bucket within its parent's page. */
static int get_node(const struct bolt_bucket *bucket, uint64_t page, struct node *node,
                    struct error *err)
{
  if (++bucket->bolt->steps > BOLT_STEPS_MAX)
    return too_much(bucket->bolt, err);
  *node = (struct node){.bytes = bucket->inside, .length = bucket->inside_length};
  if (bucket->page != 0) {
    const struct kept *kept = find_kept(bucket->bolt, page);
    if (kept == NULL && keep_page(bucket->bolt, page, &kept, err) < 0)
      return -1;
    *node = (struct node){.bytes = kept->bytes, .length = kept->length};
  }
  if (node->length < sizeof(node->header))
    return damaged(bucket->bolt, err, "a bucket is too short");
  memcpy(&node->header, node->bytes, sizeof(node->header));
  if (node->header.flags == PAGE_LEAF || (node->header.flags == PAGE_BRANCH && bucket->page != 0))
    return 0;
  return damaged(bucket->bolt, err, "a page is of the wrong kind");
}

/* --- elements ------------------------------------------------------------------------------ */

struct element {
  const unsigned char *key, *value;
  size_t key_length, value_length;
  uint32_t flags; /* of a leaf's */
  uint64_t page;  /* of a branch's */
};

/* Do `length` bytes at a position from `start` lie in the node? */
static bool fits(const struct node *node, size_t start, uint64_t position, uint64_t length)
{
  size_t room = node->length - start;
  return position <= room && length <= room - position;
}

static int get_element(const struct bolt *bolt, const struct node *node, size_t index,
                       struct element *element, struct error *err)
{
  struct leaf_element leaf;
  struct branch_element branch;
  bool is_leaf = node->header.flags == PAGE_LEAF;
  size_t start = sizeof(node->header) + index * sizeof(leaf); /* both are of one size */
  if (!fits(node, 0, start, sizeof(leaf)))
    return damaged(bolt, err, "a page has more elements than room");
  memcpy(&leaf, node->bytes + start, sizeof(leaf));
  memcpy(&branch, node->bytes + start, sizeof(branch));
  uint32_t position = is_leaf ? leaf.position : branch.position;
  uint32_t key_size = is_leaf ? leaf.key_size : branch.key_size;
  uint32_t value_size = is_leaf ? leaf.value_size : 0;
  if (!fits(node, start, position, (uint64_t)key_size + value_size))
    return damaged(bolt, err, "a key or a value lies outside of its page");
  *element = (struct element){.key = node->bytes + start + position,
                              .key_length = key_size,
                              .value = node->bytes + start + position + key_size,
                              .value_length = value_size,
                              .flags = is_leaf ? leaf.flags : 0,
                              .page = is_leaf ? 0 : branch.page};
  return 0;
}

/* As Go's bytes.Compare. */
static int compare(const struct element *element, const char *key, size_t length)
{
  size_t common = element->key_length < length ? element->key_length : length;
  int order = memcmp(element->key, key, common);
  return order != 0 ? order : (element->key_length > length) - (element->key_length < length);
}

/* The page below a branch in which the key would be: that of the last element that is not behind
   it. */
static int go_down(const struct bolt *bolt, const struct node *node, const char *key,
                   uint64_t *page, struct error *err)
{
  struct element element;
  for (size_t i = 0; i < node->header.count; i++) {
    if (get_element(bolt, node, i, &element, err) < 0)
      return -1;
    if (i > 0 && compare(&element, key, strlen(key)) > 0)
      break;
    *page = element.page;
  }
  return node->header.count > 0 ? 0 : damaged(bolt, err, "a branch without elements");
}

static int no_such_key(const struct bolt_bucket *bucket, const char *key, struct error *err)
{
  error_set(err, "%s: '%s' has no '%s'", bucket->bolt->name, bucket->name, key);
  errno = ENOENT;
  return -1;
}

static int find(const struct bolt_bucket *bucket, const char *key, struct element *element,
                struct error *err)
{
  struct node node;
  uint64_t page = bucket->page;
  if (get_node(bucket, page, &node, err) < 0)
    return -1;
  for (int depth = 0; node.header.flags == PAGE_BRANCH; depth++) {
    if (depth == BOLT_DEPTH_MAX)
      return damaged(bucket->bolt, err, "it is too deep");
    if (go_down(bucket->bolt, &node, key, &page, err) < 0 || get_node(bucket, page, &node, err) < 0)
      return -1;
  }
  for (size_t i = 0; i < node.header.count; i++) {
    if (get_element(bucket->bolt, &node, i, element, err) < 0)
      return -1;
    if (compare(element, key, strlen(key)) == 0)
      return 0;
  }
  return no_such_key(bucket, key, err);
}

/* --- buckets and values -------------------------------------------------------------------- */

static int open_bucket(const struct bolt_bucket *parent, const char *name,
                       const struct element *element, struct bolt_bucket *bucket, struct error *err)
{
  struct bucket_header header;
  if (element->value_length < sizeof(header))
    return damaged(parent->bolt, err, "a bucket is too short");
  memcpy(&header, element->value, sizeof(header));
  *bucket = (struct bolt_bucket){.bolt = parent->bolt,
                                 .name = name,
                                 .page = header.root,
                                 .inside = element->value + sizeof(header),
                                 .inside_length = element->value_length - sizeof(header)};
  return 0;
}

int bolt_bucket(const struct bolt_bucket *bucket, const char *key, struct bolt_bucket *found,
                struct error *err)
{
  struct element element;
  if (find(bucket, key, &element, err) < 0)
    return -1;
  if (element.flags != ELEMENT_BUCKET)
    return no_such_key(bucket, key, err);
  return open_bucket(bucket, key, &element, found, err);
}

static int find_value(const struct bolt_bucket *bucket, const char *key, struct element *element,
                      struct error *err)
{
  if (find(bucket, key, element, err) < 0)
    return -1;
  return element->flags == 0 ? 0 : no_such_key(bucket, key, err);
}

int bolt_text(const struct bolt_bucket *bucket, const char *key, char **text, struct error *err)
{
  struct element element;
  if (find_value(bucket, key, &element, err) < 0)
    return -1;
  if (memchr(element.value, '\0', element.value_length) != NULL)
    return damaged(bucket->bolt, err, "a text holds a NUL");
  *text = xstrndup((const char *)element.value, element.value_length);
  return 0;
}

int bolt_number(const struct bolt_bucket *bucket, const char *key, uint64_t *number,
                struct error *err)
{
  struct element element;
  if (find_value(bucket, key, &element, err) < 0)
    return -1;
  *number = 0;
  for (size_t i = 0; i < element.value_length && i < 9; i++) { /* 63 bits: no id has more */
    *number |= (uint64_t)(element.value[i] & 0x7f) << (7 * i);
    if ((element.value[i] & 0x80) == 0)
      return i + 1 == element.value_length ? 0 : damaged(bucket->bolt, err, "a number is none");
  }
  return damaged(bucket->bolt, err, "a number is none");
}

/* A walk through all elements below a page. */
struct tour {
  const struct bolt_bucket *bucket;
  bolt_visitor *visitor;
  void *data;
};

static int visit_element(const struct tour *tour, const struct element *element, struct error *err)
{
  struct bolt_bucket bucket;
  if (element->flags != ELEMENT_BUCKET)
    return 0;
  if (memchr(element->key, '\0', element->key_length) != NULL)
    return damaged(tour->bucket->bolt, err, "a name holds a NUL");
  cleanup_free char *name = xstrndup((const char *)element->key, element->key_length);
  if (open_bucket(tour->bucket, name, element, &bucket, err) < 0)
    return -1;
  return tour->visitor(&bucket, tour->data, err);
}

static int visit_page(const struct tour *tour, uint64_t page, int depth, struct error *err)
{
  struct node node;
  struct element element;
  if (depth == BOLT_DEPTH_MAX)
    return damaged(tour->bucket->bolt, err, "it is too deep");
  if (get_node(tour->bucket, page, &node, err) < 0)
    return -1;
  for (size_t i = 0; i < node.header.count; i++) {
    if (get_element(tour->bucket->bolt, &node, i, &element, err) < 0)
      return -1;
    int result = node.header.flags == PAGE_LEAF ? visit_element(tour, &element, err)
                                                : visit_page(tour, element.page, depth + 1, err);
    if (result != 0)
      return result;
  }
  return 0;
}

int bolt_each_bucket(const struct bolt_bucket *bucket, bolt_visitor *visitor, void *data,
                     struct error *err)
{
  const struct tour tour = {.bucket = bucket, .visitor = visitor, .data = data};
  return visit_page(&tour, bucket->page, 0, err);
}

/* --- the view ------------------------------------------------------------------------------ */

static int view_once(struct bolt *bolt, bolt_reader *reader, void *data, struct error *err)
{
  const struct bolt_bucket root = {
      .bolt = bolt, .name = "the database", .page = bolt->meta.root.root};
  if (root.page == 0)
    return damaged(bolt, err, "it has no root");
  return reader(&root, data, err);
}

static bool has_changed(const struct bolt *bolt)
{
  struct meta now;
  return !read_last_meta(bolt->fd, &now) || now.transaction != bolt->meta.transaction;
}

int bolt_view(int fd, const char *name, bolt_reader *reader, void *data, struct error *err)
{
  struct bolt bolt = {.fd = fd, .name = name};
  for (int tries = 0; tries < BOLT_TRIES; tries++) {
    const struct timespec pause = {.tv_nsec = 1000L * 1000};
    if (tries > 0)
      nanosleep(&pause, NULL);
    if (!read_last_meta(fd, &bolt.meta)) /* bolt writes one of them at a time */
      return damaged(&bolt, err, "it has no valid meta page");
    int result = view_once(&bolt, reader, data, err), cause = errno;
    forget_pages(&bolt);
    if (has_changed(&bolt))
      continue;
    errno = cause;
    return result;
  }
  errno = EBUSY;
  return error_set(err, "%s changes faster than it can be read", name);
}
