/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/layer.h"

#include "common/trust.h"
#include "image/tarsplit.h"
#include "rootfs/ahead.h"
#include "rootfs/culprit.h"
#include "rootfs/entry.h"
#include "rootfs/extra.h"
#include "rootfs/hasher.h"
#include "rootfs/whiteout.h"

#include <sys/uio.h>

#define CHUNK (128UL * 1024)
#define FORGOTTEN_MAX (4UL * REPEATS_MAX) /* differences from entries that do not hold */
#define HEX_SHOWN 12                      /* digits of a digest, for people */

/* The tar stream of a layer, which is hashed as it goes by. */
struct layer_stream {
  struct inflate *stream;     /* owned; the record's bytes */
  struct tarsplit *record;    /* owned; NULL: the stream is the tar stream itself */
  struct record *kept;        /* borrowed; NULL: none is written */
  struct hasher *hash;        /* owned */
  unsigned char *bytes;       /* owned; two chunks */
  struct ahead *ahead;        /* owned; NULL: nobody reads ahead */
  uint64_t files, bytes_read; /* of files, so far */
  bool broken;                /* some of its bytes are not there to be hashed */
};

void layer_difference(struct layer *layer, const char *path, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  cleanup_free char *text = xvasprintf(format, args);
  va_end(args);
  layer->differences++;
  differences_add(layer->found, layer->where, path, "%s", text);
}

void layer_tolerated(struct layer *layer, const char *name, const char *path)
{
  differences_tolerate(layer->found, name, layer->where, path);
}

/* --- the stream ------------------------------------------------------------------------------ */

static int read_stream(struct layer_stream *stream, void *buffer, size_t length, size_t *got,
                       struct error *err)
{
  int result = stream->record != NULL ? tarsplit_read(stream->record, buffer, length, got, err)
                                      : inflate_read(stream->stream, buffer, length, got, err);
  if (result == 0)
    hasher_add(stream->hash, buffer, *got);
  return result;
}

/* A tar_source: what is read so is no file's. */
static int read_headers(void *data, void *buffer, size_t length, size_t *got, struct error *err)
{
  struct layer_stream *stream = data;
  if (read_stream(stream, buffer, length, got, err) < 0)
    return -1;
  if (stream->kept != NULL)
    record_add(stream->kept, buffer, *got);
  return 0;
}

static int open_stream(const struct image_layer *plan, struct layer_stream *stream,
                       struct error *err)
{
  if (plan->record == NULL)
    return error_set(err, "the engine has kept no record of the layer's files");
  int fd = trust_open_file(plan->record, err);
  if (fd < 0)
    return -1;
  stream->stream = inflate_open(fd, plan->record, err);
  if (stream->stream == NULL)
    return -1;
  if (plan->kind == LAYER_TAR_SPLIT)
    stream->record = tarsplit_new(stream->stream, plan->record);
  stream->bytes = xcalloc(2, CHUNK);
  return 0;
}

static void close_stream(struct layer_stream *stream)
{
  tarsplit_free(stream->record);
  inflate_close(stream->stream);
  hasher_free(stream->hash);
  free(stream->bytes);
}

/* --- a file's bytes -------------------------------------------------------------------------- */

/* Does the file's beginning have to be fetched from the disk? Then others will have to be. */
static bool is_on_disk(int fd)
{
  char byte;
  const struct iovec place = {.iov_base = &byte, .iov_len = 1};
  return preadv2(fd, &place, 1, 0, RWF_NOWAIT) < 0 && errno == EAGAIN;
}

static void read_ahead(struct layer *layer, const struct tar_entry *entry, int fd,
                       struct layer_stream *stream)
{
  if (stream->ahead == NULL && fd >= 0 && is_on_disk(fd)) {
    stream->ahead = ahead_start(layer_folder(layer), layer->plan->record);
    ahead_done(stream->ahead, stream->files, stream->bytes_read);
  }
  stream->files++;
  stream->bytes_read += entry->size;
  ahead_done(stream->ahead, 1, entry->size);
}

/* A file that is being compared. */
struct file {
  const struct tar_entry *entry; /* borrowed */
  int fd;                        /* borrowed; -1: there is none, which has been reported */
  uint64_t at;                   /* where it is read next */
  bool same;                     /* so far */
};

/* Reads `length` bytes of a file that had as many; fewer where it just became shorter. */
static int read_file(struct file *file, unsigned char *bytes, size_t length, size_t *got,
                     struct error *err)
{
  for (*got = 0; *got < length;) {
    ssize_t count = pread(file->fd, bytes + *got, length - *got, (off_t)file->at);
    if (count == 0)
      return 0;
    if (count < 0 && errno != EINTR)
      return error_set(err, "cannot read /%s: %m", file->entry->path);
    *got += count > 0 ? (size_t)count : 0;
    file->at += count > 0 ? (uint64_t)count : 0;
  }
  return 0;
}

static void report_content(struct layer *layer, struct file *file)
{
  layer_difference(layer, file->entry->path, "its content is not the image's");
  file->same = false;
}

/* The bytes are in the folder only: they go into the stream from there. */
static int hash_fragment(struct layer *layer, struct file *file, uint64_t left,
                         struct layer_stream *stream, struct error *err)
{
  while (left > 0 && !stream->broken) {
    size_t wanted = left < CHUNK ? (size_t)left : CHUNK, got;
    if (read_file(file, stream->bytes, wanted, &got, err) < 0)
      return -1;
    hasher_add(stream->hash, stream->bytes, got);
    progress_bytes(layer->progress, got);
    if (got < wanted)
      return error_set(err, "/%s became shorter while it was read", file->entry->path);
    left -= got;
  }
  return 0;
}

/* The bytes are in the stream and in the folder. */
static int compare_fragment(struct layer *layer, struct file *file, uint64_t left,
                            struct layer_stream *stream, struct error *err)
{
  while (left > 0) {
    size_t wanted = left < CHUNK ? (size_t)left : CHUNK, got, found;
    if (read_stream(stream, stream->bytes, wanted, &got, err) < 0)
      return -1;
    if (got < wanted)
      return error_set(err, "the tar stream ends within /%s", file->entry->path);
    progress_bytes(layer->progress, got);
    left -= got;
    if (!file->same)
      continue;
    if (read_file(file, stream->bytes + CHUNK, wanted, &found, err) < 0)
      return -1;
    if (found != wanted || memcmp(stream->bytes, stream->bytes + CHUNK, wanted) != 0)
      report_content(layer, file);
  }
  return 0;
}

static bool is_zero(const unsigned char *bytes, size_t length)
{
  return length == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0);
}

/* Of a sparse file, what is not in the stream. */
static int compare_hole(struct layer *layer, struct file *file, uint64_t left,
                        struct layer_stream *stream, struct error *err)
{
  while (left > 0 && file->same) {
    size_t wanted = left < CHUNK ? (size_t)left : CHUNK, found;
    if (read_file(file, stream->bytes, wanted, &found, err) < 0)
      return -1;
    left -= wanted;
    if (found != wanted || !is_zero(stream->bytes, found))
      report_content(layer, file);
  }
  return 0;
}

static int check_bytes(struct layer *layer, struct file *file, struct layer_stream *stream,
                       struct error *err)
{
  const struct tar_entry *entry = file->entry;
  uint64_t at = 0;
  for (size_t i = 0; i < entry->fragment_count; i++) {
    const struct tar_fragment *fragment = &entry->fragments[i];
    file->at = at;
    if (compare_hole(layer, file, fragment->offset - at, stream, err) < 0)
      return -1;
    file->at = fragment->offset;
    int result = stream->record != NULL
                     ? hash_fragment(layer, file, fragment->length, stream, err)
                     : compare_fragment(layer, file, fragment->length, stream, err);
    if (result < 0)
      return -1;
    at = fragment->offset + fragment->length;
  }
  file->at = at;
  return compare_hole(layer, file, entry->size - at, stream, err);
}

/* --- the check ------------------------------------------------------------------------------- */

static int check_entry(struct layer *layer, const struct tar_entry *entry,
                       struct layer_stream *stream, struct error *err)
{
  cleanup_close int fd = -1;
  if (entry_compare(layer, entry, &fd, err) < 0)
    return -1;
  if (entry->size == 0)
    return 0;
  if (stream->record != NULL) {
    read_ahead(layer, entry, fd, stream);
    stream->broken |= fd < 0;
    if (tarsplit_file(stream->record, entry->size, err) < 0)
      return -1;
  } else if (stream->kept != NULL) {
    record_add_file(stream->kept, entry->path, entry->size);
  }
  struct file file = {.entry = entry, .fd = fd, .same = fd >= 0};
  return check_bytes(layer, &file, stream, err);
}

static int check_entries(struct layer *layer, struct layer_stream *stream, struct error *err)
{
  const struct tar_source source = {.read = read_headers, .data = stream};
  const struct tar_entry *entry;
  cleanup_tar struct tar *tar = tar_new(&source);
  int got;
  while ((got = tar_next(tar, &entry, err)) == 1) {
    if (check_entry(layer, entry, stream, err) < 0)
      return -1;
    if (differences_are_full(layer->found))
      return error_set(err, "enough differs");
  }
  return got;
}

/* What the headers said holds only now. */
static void check_digest(struct layer *layer, struct layer_stream *stream)
{
  struct digest found;
  hasher_end(stream->hash, &found);
  if (!stream->broken && digest_equal(&layer->plan->diff_id, &found))
    return;
  /* Also of a stream that a missing file has broken: other files may differ, too. */
  size_t before = layer->differences;
  if (stream->record != NULL)
    culprit_find(layer);
  if (!stream->broken && layer->differences == before)
    layer_difference(layer, NULL,
                     "its digest is %s: %s is not the record of this layer, or of other files",
                     found.text, layer->plan->record);
}

static int check(struct layer *layer, struct record *record, struct error *err)
{
  struct layer_stream stream = {.kept = record, .hash = hasher_new(layer->beside)};
  int result = open_stream(layer->plan, &stream, err);
  if (result == 0)
    result = check_entries(layer, &stream, err);
  if (result == 0)
    check_digest(layer, &stream);
  ahead_stop(stream.ahead);
  close_stream(&stream);
  if (result < 0 || whiteout_check(layer, err) < 0)
    return -1;
  return extra_check(layer, err);
}

static void begin(struct layer *layer)
{
  layer->paths = paths_new();
  layer->links = links_new();
  layer->differences = 0;
}

static void end(struct layer *layer)
{
  for (size_t i = 0; i < layer->whiteout_count; i++)
    free(layer->whiteouts[i]);
  free(steal_pointer(&layer->whiteouts));
  layer->whiteout_count = 0;
  paths_free(layer->paths);
  links_free(layer->links);
}

/* Another entry of the same path holds: what differed from this one is forgotten. */
static int check_anew(struct layer *layer, struct record *record, struct differences *found,
                      struct error *err)
{
  if (record != NULL)
    record_spoil(record);
  layer->found = found;
  layer->reread = true;
  begin(layer);
  int result = check(layer, NULL, err);
  end(layer);
  return result;
}

/* Which entry holds, where a path has several, is known when all have gone by: then once more. */
static int check_blob(struct layer *layer, struct record *record, struct differences *found,
                      struct error *err)
{
  cleanup_differences struct differences *own =
      differences_new(differences_max(found) + FORGOTTEN_MAX);
  layer->found = own;
  begin(layer);
  int result = check(layer, record, err);
  end(layer);
  if (result == 0 && !repeats_are_none(layer->repeats))
    return check_anew(layer, record, found, err);
  differences_move(found, own);
  return result;
}

static int check_record(struct layer *layer, struct differences *found, struct error *err)
{
  layer->found = found;
  begin(layer);
  int result = check(layer, NULL, err);
  end(layer);
  return result;
}

int layer_check(const struct layer_task *task, struct record *record, struct error *err)
{
  struct layer layer = {
      .plan = task->plan,
      .folders = task->folders,
      .index = task->index,
      .progress = task->progress,
      .beside = task->beside,
      .repeats = repeats_new(),
      .where = xasprintf("layer %zu (" DIGEST_ALGORITHM "%.*s)", task->index + 1, HEX_SHOWN,
                         digest_hex(&task->plan->diff_id)),
  };
  int result = task->plan->kind == LAYER_BLOB ? check_blob(&layer, record, task->found, err)
                                              : check_record(&layer, task->found, err);
  if (result < 0)
    error_wrap(err, "%s", layer.where);
  else
    result = layer.differences > 0 ? 1 : 0;
  repeats_free(layer.repeats);
  free(layer.where);
  return result;
}
