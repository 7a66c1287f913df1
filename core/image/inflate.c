/* SPDX-License-Identifier: Apache-2.0 */
#include "image/inflate.h"

#include <fcntl.h>
#include <limits.h>
#define ZLIB_CONST /* it takes a const pointer as input */
#include <zlib.h>
#include <zstd.h>

#define INPUT_SIZE (128UL * 1024)
#define GZIP_ONLY (16 + MAX_WBITS) /* inflateInit2(): with gzip's header and check sum */

struct inflate {
  int fd;           /* owned */
  const char *name; /* borrowed */
  unsigned char *input;
  size_t at, end; /* what of the input is left */
  bool at_eof;    /* of the file */
  bool within;    /* a member or frame has begun and has not ended */
  int (*step)(struct inflate *stream, unsigned char *buffer, size_t length, size_t *made,
              struct error *err);
  z_stream gzip;
  ZSTD_DStream *zstd; /* owned; NULL: not zstd */
};

/* Fills the input if it is empty. */
static int fill(struct inflate *stream, struct error *err)
{
  if (stream->at < stream->end || stream->at_eof)
    return 0;
  ssize_t got;
  do
    got = read(stream->fd, stream->input, INPUT_SIZE);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    return error_set(err, "cannot read %s: %m", stream->name);
  stream->at = 0;
  stream->end = (size_t)got;
  stream->at_eof = got == 0;
  return 0;
}

/* --- a step: makes some bytes from some input, or none ---------------------------------------- */

static int step_plain(struct inflate *stream, unsigned char *buffer, size_t length, size_t *made,
                      struct error *err)
{
  (void)err;
  size_t left = stream->end - stream->at;
  *made = left < length ? left : length;
  memcpy(buffer, stream->input + stream->at, *made);
  stream->at += *made;
  return 0;
}

static int step_gzip(struct inflate *stream, unsigned char *buffer, size_t length, size_t *made,
                     struct error *err)
{
  z_stream *gzip = &stream->gzip;
  if (!stream->within && inflateReset(gzip) != Z_OK)
    return error_set(err, "%s: zlib cannot begin a member", stream->name);
  gzip->next_in = stream->input + stream->at;
  gzip->avail_in = (unsigned)(stream->end - stream->at);
  gzip->next_out = buffer;
  gzip->avail_out = length < UINT_MAX ? (unsigned)length : UINT_MAX;
  int result = inflate(gzip, Z_NO_FLUSH);
  *made = (size_t)(gzip->next_out - buffer);
  stream->at = stream->end - gzip->avail_in;
  stream->within = result != Z_STREAM_END;
  if (result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR)
    return 0;
  return error_set(err, "%s is damaged: gzip: %s", stream->name,
                   gzip->msg != NULL ? gzip->msg : zError(result));
}

static int step_zstd(struct inflate *stream, unsigned char *buffer, size_t length, size_t *made,
                     struct error *err)
{
  ZSTD_inBuffer in = {.src = stream->input, .size = stream->end, .pos = stream->at};
  ZSTD_outBuffer out = {.dst = buffer, .size = length};
  size_t result = ZSTD_decompressStream(stream->zstd, &out, &in);
  *made = out.pos;
  stream->at = in.pos;
  stream->within = result != 0;
  if (!ZSTD_isError(result))
    return 0;
  return error_set(err, "%s is damaged: zstd: %s", stream->name, ZSTD_getErrorName(result));
}

/* --- beginning and end ------------------------------------------------------------------------ */

static bool begins_with(const struct inflate *stream, const void *magic, size_t length)
{
  return stream->end >= length && memcmp(stream->input, magic, length) == 0;
}

/* A zstd file may begin with a skippable frame: 0x184D2A5? (RFC 8878, section 3.1.2). */
static bool is_zstd(const struct inflate *stream)
{
  const unsigned char *input = stream->input;
  return begins_with(stream, "\x28\xb5\x2f\xfd", 4) ||
         (stream->end >= 4 && (input[0] & 0xf0) == 0x50 &&
          memcmp(input + 1, "\x2a\x4d\x18", 3) == 0);
}

static int choose(struct inflate *stream, struct error *err)
{
  stream->step = step_plain;
  if (fill(stream, err) < 0)
    return -1;
  if (begins_with(stream, "\x1f\x8b", 2)) {
    stream->step = step_gzip;
    if (inflateInit2(&stream->gzip, GZIP_ONLY) != Z_OK)
      return error_set(err, "%s: zlib cannot begin", stream->name);
  } else if (is_zstd(stream)) {
    stream->step = step_zstd;
    stream->zstd = ZSTD_createDStream();
    if (stream->zstd == NULL || ZSTD_isError(ZSTD_DCtx_setParameter(
                                    stream->zstd, ZSTD_d_windowLogMax, INFLATE_ZSTD_WINDOW_LOG)))
      return error_set(err, "%s: libzstd cannot begin", stream->name);
  }
  return 0;
}

struct inflate *inflate_open(int fd, const char *name, struct error *err)
{
  cleanup_inflate struct inflate *stream = xcalloc(1, sizeof(*stream));
  stream->fd = fd;
  stream->name = name;
  stream->input = xcalloc(INPUT_SIZE, 1);
  posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  return choose(stream, err) < 0 ? NULL : steal_pointer(&stream);
}

void inflate_close(struct inflate *stream)
{
  if (stream == NULL)
    return;
  int saved = errno;
  if (stream->step == step_gzip)
    inflateEnd(&stream->gzip);
  ZSTD_freeDStream(stream->zstd);
  free(stream->input);
  close(stream->fd);
  free(stream);
  errno = saved;
}

int inflate_read(struct inflate *stream, void *buffer, size_t length, size_t *got,
                 struct error *err)
{
  *got = 0;
  while (*got < length) {
    size_t made, before = stream->at;
    if (fill(stream, err) < 0)
      return -1;
    bool ended = stream->at_eof && stream->at == stream->end;
    if (ended && !stream->within)
      return 0;
    if (stream->step(stream, (unsigned char *)buffer + *got, length - *got, &made, err) < 0)
      return -1;
    *got += made;
    if (made == 0 && ended && stream->at == before)
      return error_set(err, "%s is damaged: it ends too early", stream->name);
  }
  return 0;
}
