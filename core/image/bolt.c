/* SPDX-License-Identifier: Apache-2.0 */
/* The layout is that of bbolt's page.go and bucket.go; bolt_pages.h has the pages themselves. */
#include "image/bolt.h"

#include "image/bolt_pages.h"

#include <time.h>

enum { PAGE_BRANCH = 0x01, PAGE_LEAF = 0x02 };
enum { ELEMENT_BUCKET = 0x01 };

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

/* A node of a bucket's tree: a page, or a bucket within its parent's page. */
struct node {
  const unsigned char *bytes;
  size_t length;
  struct bolt_page_header header;
};

/* --- nodes --------------------------------------------------------------------------------- */

/* The page of a bucket's tree; 0 is that of a bucket within its parent's page. */
static int get_node(const struct bolt_bucket *bucket, uint64_t page, struct node *node,
                    struct error *err)
{
  if (++bucket->bolt->steps > BOLT_STEPS_MAX)
    return bolt_too_much(bucket->bolt, err);
  *node = (struct node){.bytes = bucket->inside, .length = bucket->inside_length};
  if (bucket->page != 0) {
    const struct bolt_page *read;
    if (bolt_get_page(bucket->bolt, page, &read, err) < 0)
      return -1;
    *node = (struct node){.bytes = read->bytes, .length = read->length};
  }
  if (node->length < sizeof(node->header))
    return bolt_damaged(bucket->bolt, err, "a bucket is too short");
  memcpy(&node->header, node->bytes, sizeof(node->header));
  if (node->header.flags == PAGE_LEAF || (node->header.flags == PAGE_BRANCH && bucket->page != 0))
    return 0;
  return bolt_damaged(bucket->bolt, err, "a page is of the wrong kind");
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
    return bolt_damaged(bolt, err, "a page has more elements than room");
  memcpy(&leaf, node->bytes + start, sizeof(leaf));
  memcpy(&branch, node->bytes + start, sizeof(branch));
  uint32_t position = is_leaf ? leaf.position : branch.position;
  uint32_t key_size = is_leaf ? leaf.key_size : branch.key_size;
  uint32_t value_size = is_leaf ? leaf.value_size : 0;
  if (!fits(node, start, position, (uint64_t)key_size + value_size))
    return bolt_damaged(bolt, err, "a key or a value lies outside of its page");
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
  return node->header.count > 0 ? 0 : bolt_damaged(bolt, err, "a branch without elements");
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
      return bolt_damaged(bucket->bolt, err, "it is too deep");
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
  struct bolt_bucket_header header;
  if (element->value_length < sizeof(header))
    return bolt_damaged(parent->bolt, err, "a bucket is too short");
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
    return bolt_damaged(bucket->bolt, err, "a text holds a NUL");
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
      return i + 1 == element.value_length ? 0
                                           : bolt_damaged(bucket->bolt, err, "a number is none");
  }
  return bolt_damaged(bucket->bolt, err, "a number is none");
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
    return bolt_damaged(tour->bucket->bolt, err, "a name holds a NUL");
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
    return bolt_damaged(tour->bucket->bolt, err, "it is too deep");
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
    return bolt_damaged(bolt, err, "it has no root");
  return reader(&root, data, err);
}

int bolt_view(int fd, const char *name, bolt_reader *reader, void *data, struct error *err)
{
  struct bolt bolt = {.fd = fd, .name = name};
  for (int tries = 0; tries < BOLT_TRIES; tries++) {
    const struct timespec pause = {.tv_nsec = 1000L * 1000};
    if (tries > 0)
      nanosleep(&pause, NULL);
    if (!bolt_read_meta(fd, &bolt.meta)) /* bolt writes one of them at a time */
      return bolt_damaged(&bolt, err, "it has no valid meta page");
    int result = view_once(&bolt, reader, data, err), cause = errno;
    bolt_forget_pages(&bolt);
    if (bolt_has_changed(&bolt))
      continue;
    errno = cause;
    return result;
  }
  errno = EBUSY;
  return error_set(err, "%s changes faster than it can be read", name);
}
