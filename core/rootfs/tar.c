/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/tar.h"

#include "rootfs/pax.h"
#include "rootfs/tar_header.h"

#include <limits.h>
#include <sys/sysmacros.h>

#define MODE_BITS 07777

struct tar {
  const struct tar_source *source; /* borrowed */
  struct tar_entry entry;
  uint64_t padding; /* bytes to skip before the next header */
};

/* What stands in front of an entry's own header. */
struct extensions {
  struct pax pax;
  char *long_name, *long_link; /* GNU's; owned; NULL: none */
};

struct tar *tar_new(const struct tar_source *source)
{
  struct tar *tar = xcalloc(1, sizeof(*tar));
  tar->source = source;
  return tar;
}

static void free_entry(struct tar_entry *entry)
{
  for (size_t i = 0; i < entry->xattr_count; i++) {
    free(entry->xattrs[i].name);
    free(entry->xattrs[i].value);
  }
  free(entry->xattrs);
  free(entry->fragments);
  free(entry->path);
  free(entry->link);
  *entry = (struct tar_entry){.path = NULL};
}

void tar_free(struct tar *tar)
{
  if (tar == NULL)
    return;
  free_entry(&tar->entry);
  free(tar);
}

static void free_extensions(struct extensions *extensions)
{
  pax_free(&extensions->pax);
  free(extensions->long_name);
  free(extensions->long_link);
}

/* --- reading --------------------------------------------------------------------------------- */

/* *got is the length, or 0 where the stream ends just here. */
static int read_block(const struct tar *tar, unsigned char *block, size_t *got, struct error *err)
{
  const struct tar_source *source = tar->source;
  if (source->read(source->data, block, TAR_BLOCK, got, err) < 0)
    return -1;
  if (*got != 0 && *got != TAR_BLOCK)
    return error_set(err, "the tar stream ends within a header");
  return 0;
}

static uint64_t padding_of(uint64_t size)
{
  return (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK;
}

/* Between entries. */
static int skip_padding(struct tar *tar, struct error *err)
{
  const struct tar_source *source = tar->source;
  unsigned char bytes[TAR_BLOCK];
  size_t got;
  if (source->read(source->data, bytes, tar->padding, &got, err) < 0)
    return -1;
  if (got != tar->padding)
    return error_set(err, "the tar stream ends within an entry");
  tar->padding = 0;
  return 0;
}

/* What follows an extension's header, with a NUL behind it. */
static int read_extension(struct tar *tar, uint64_t size, char **bytes, struct error *err)
{
  const struct tar_source *source = tar->source;
  size_t got;
  if (size > TAR_EXTENSION_MAX)
    return error_set(err, "a tar header's extension has more than %lu bytes", TAR_EXTENSION_MAX);
  *bytes = xcalloc(size + 1, 1);
  if (source->read(source->data, *bytes, size, &got, err) < 0)
    return -1;
  if (got != size)
    return error_set(err, "the tar stream ends within a header");
  tar->padding = padding_of(size);
  return skip_padding(tar, err);
}

/* Reads on to the stream's own end: it is part of what was signed. */
static int drain(const struct tar *tar, struct error *err)
{
  const struct tar_source *source = tar->source;
  unsigned char bytes[16 * TAR_BLOCK];
  size_t got, total = 0;
  do {
    if (source->read(source->data, bytes, sizeof(bytes), &got, err) < 0)
      return -1;
    total += got;
    if (total > TAR_END_MAX)
      return error_set(err, "the tar stream goes on for more than %lu bytes behind its end",
                       TAR_END_MAX);
  } while (got > 0);
  return 0;
}

/* The end is two blocks of zeros, or one, or none at all. */
static int read_end(const struct tar *tar, struct error *err)
{
  unsigned char block[TAR_BLOCK];
  size_t got;
  if (read_block(tar, block, &got, err) < 0)
    return -1;
  if (got == 0)
    return 0;
  if (!tar_header_is_zero(block))
    return error_set(err, "the tar stream has a header behind its end");
  return drain(tar, err);
}

/* --- paths ----------------------------------------------------------------------------------- */

/* "./a//b/" -> "a/b"; "/" and "." -> "". Owned by the caller; NULL on failure. */
static char *clean_path(const char *text, struct error *err)
{
  char clean[PATH_MAX];
  size_t used = 0;
  for (const char *at = text + strspn(text, "/"); *at != '\0'; at += strspn(at, "/")) {
    size_t length = strcspn(at, "/");
    const char *name = at;
    at += length;
    if (length == 1 && name[0] == '.')
      continue;
    if (length == 2 && name[0] == '.' && name[1] == '.') {
      error_set(err, "it has an entry '%.200s', a path with '..'", text);
      return NULL;
    }
    if (used + length + 2 > sizeof(clean)) {
      error_set(err, "it has an entry whose path is longer than %d bytes", PATH_MAX);
      return NULL;
    }
    if (used > 0)
      clean[used++] = '/';
    memcpy(clean + used, name, length);
    used += length;
  }
  return xstrndup(clean, used);
}

/* --- entries --------------------------------------------------------------------------------- */

static int type_of(const struct tar_header *header, const char *name, enum tar_type *type,
                   struct error *err)
{
  size_t length = strlen(name);
  switch (header->type) {
  case '\0':
  case '0': /* before ustar, a folder was a file whose name ends with a slash */
    *type = length > 0 && name[length - 1] == '/' ? TAR_FOLDER : TAR_FILE;
    return 0;
  case '1':
    *type = TAR_HARD_LINK;
    return 0;
  case '2':
    *type = TAR_SYMLINK;
    return 0;
  case '3':
    *type = TAR_CHARACTER_DEVICE;
    return 0;
  case '4':
    *type = TAR_BLOCK_DEVICE;
    return 0;
  case '5':
    *type = TAR_FOLDER;
    return 0;
  case '6':
    *type = TAR_FIFO;
    return 0;
  case 'S':
    return error_set(err, "it has a sparse file in GNU's old form, which no engine unpacks");
  default:
    return error_set(err, "it has an entry of the unknown type 0x%02x",
                     (unsigned char)header->type);
  }
}

static const char *first_of(const char *a, const char *b, const char *c)
{
  return a != NULL ? a : b != NULL ? b : c;
}

static int take_names(const struct tar_header *header, const struct extensions *extensions,
                      struct tar_entry *entry, struct error *err)
{
  const char *name = first_of(extensions->long_name, extensions->pax.path, header->name);
  if (extensions->pax.sparse.name != NULL)
    name = extensions->pax.sparse.name;
  const char *link = first_of(extensions->long_link, extensions->pax.link, header->link);
  if (type_of(header, name, &entry->type, err) < 0)
    return -1;
  entry->path = clean_path(name, err);
  if (entry->path == NULL)
    return -1;
  if (strlen(link) >= PATH_MAX)
    return error_set(err, "it has a link whose target is longer than %d bytes", PATH_MAX);
  entry->link = entry->type == TAR_HARD_LINK ? clean_path(link, err) : xstrdup(link);
  return entry->link != NULL ? 0 : -1;
}

static int take_owner(const struct tar_header *header, const struct pax *pax,
                      struct tar_entry *entry, struct error *err)
{
  uint64_t uid = pax->has_uid ? pax->uid : header->uid;
  uint64_t gid = pax->has_gid ? pax->gid : header->gid;
  if (uid > UINT32_MAX || gid > UINT32_MAX)
    return error_set(err, "/%.200s: its owner is no user's number", entry->path);
  entry->uid = (uid_t)uid;
  entry->gid = (gid_t)gid;
  return 0;
}

/* All of a file's bytes are in the stream. */
static void set_whole(struct tar_entry *entry)
{
  entry->fragments = xcalloc(1, sizeof(*entry->fragments));
  entry->fragments[0].length = entry->size;
  entry->fragment_count = entry->size > 0 ? 1 : 0;
}

/* Only a file has bytes; what a link's header says of its size is of the other's. */
static int take_size(const struct tar *tar, const struct tar_header *header, const struct pax *pax,
                     struct tar_entry *entry, struct error *err)
{
  uint64_t size = pax->has_size ? pax->size : header->size;
  bool oldest = header->type == '0' || header->type == '\0';
  if (entry->type == TAR_FOLDER && oldest && size > 0)
    return error_set(err, "/%.200s: it is a folder with bytes", entry->path);
  entry->size = entry->stored = entry->type == TAR_FILE ? size : 0;
  if (!sparse_is(&pax->sparse)) {
    set_whole(entry);
    return 0;
  }
  if (entry->type != TAR_FILE)
    return error_set(err, "/%.200s: it is sparse, but no file", entry->path);
  return sparse_map(&pax->sparse, tar->source, entry, err) < 0
             ? error_wrap(err, "/%.200s", entry->path)
             : 0;
}

/* Takes the extended attributes out of the extensions. */
static int take_entry(struct tar *tar, const struct tar_header *header,
                      struct extensions *extensions, struct error *err)
{
  struct tar_entry *entry = &tar->entry;
  struct pax *pax = &extensions->pax;
  if (take_names(header, extensions, entry, err) < 0 || take_owner(header, pax, entry, err) < 0 ||
      take_size(tar, header, pax, entry, err) < 0)
    return -1;
  entry->mode = (mode_t)(header->mode & MODE_BITS);
  entry->device = makedev((unsigned)header->device_major, (unsigned)header->device_minor);
  entry->xattrs = steal_pointer(&pax->xattrs);
  entry->xattr_count = pax->xattr_count;
  pax->xattr_count = 0;
  return 0;
}

/* Is it a header of the next header? Then what it says was added. */
static int take_extension(struct tar *tar, const struct tar_header *header,
                          struct extensions *extensions, bool *is_extension, struct error *err)
{
  cleanup_free char *bytes = NULL;
  char **place = header->type == 'L'   ? &extensions->long_name
                 : header->type == 'K' ? &extensions->long_link
                                       : NULL;
  *is_extension = place != NULL || header->type == 'x' || header->type == 'g';
  if (!*is_extension)
    return 0;
  if (read_extension(tar, header->size, &bytes, err) < 0)
    return -1;
  if (header->type == 'x') {
    pax_free(&extensions->pax); /* Go keeps only the last */
    return pax_parse(bytes, header->size, &extensions->pax, err);
  }
  if (place != NULL) { /* the engines ignore a global header, and so is 'g' here */
    free(*place);
    *place = steal_pointer(&bytes);
  }
  return 0;
}

static int read_entry(struct tar *tar, struct extensions *extensions, struct error *err)
{
  for (int count = 0; count < TAR_EXTENSIONS_MAX; count++) {
    unsigned char block[TAR_BLOCK];
    struct tar_header header;
    bool is_extension;
    size_t got;
    if (read_block(tar, block, &got, err) < 0)
      return -1;
    if (got == 0)
      return 0;
    if (tar_header_is_zero(block))
      return read_end(tar, err);
    if (tar_header_parse(block, &header, err) < 0 ||
        take_extension(tar, &header, extensions, &is_extension, err) < 0)
      return -1;
    if (is_extension)
      continue;
    if (take_entry(tar, &header, extensions, err) < 0)
      return -1;
    tar->padding = padding_of(tar->entry.stored);
    return 1;
  }
  return error_set(err, "a tar entry has more than %d extensions", TAR_EXTENSIONS_MAX);
}

int tar_next(struct tar *tar, const struct tar_entry **entry, struct error *err)
{
  struct extensions extensions = {.long_name = NULL};
  free_entry(&tar->entry);
  *entry = &tar->entry;
  if (skip_padding(tar, err) < 0)
    return -1;
  int result = read_entry(tar, &extensions, err);
  free_extensions(&extensions);
  return result;
}
