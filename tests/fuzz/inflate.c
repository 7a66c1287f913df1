/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compressed streams: read in small pieces they are what they are read at once, also in where they
 * are damaged; what has no mark of a compression is itself.
 *
 * Covers: core/image/inflate.c
 */
#include "fuzz.h"

#include "common/file.h"
#include "image/inflate.h"

#define UNPACKED_MAX (1UL << 20)

struct outcome {
  char *bytes; /* owned */
  size_t length;
  int result;
};

static struct outcome read_in_pieces(const uint8_t *bytes, size_t length, size_t piece)
{
  struct error err = {.text = ""};
  struct outcome outcome = {.bytes = xcalloc(UNPACKED_MAX + piece, 1)};
  int fd = file_in_memory("fuzz");
  must(fd >= 0 && file_write_all(fd, (const char *)bytes, length) == 0 &&
       lseek(fd, 0, SEEK_SET) == 0);
  cleanup_inflate struct inflate *stream = inflate_open(fd, "fuzz", &err);
  size_t got = piece;
  outcome.result = stream == NULL ? -1 : 0;
  while (outcome.result == 0 && got == piece && outcome.length < UNPACKED_MAX) {
    got = 0;
    outcome.result = inflate_read(stream, outcome.bytes + outcome.length, piece, &got, &err);
    must(got <= piece);
    outcome.length += outcome.result == 0 ? got : 0;
  }
  must((outcome.result == 0) == (err.text[0] == '\0'));
  return outcome;
}

static bool is_compressed(const uint8_t *bytes, size_t length)
{
  return (length >= 2 && memcmp(bytes, "\x1f\x8b", 2) == 0) ||
         (length >= 4 &&
          (memcmp(bytes, "\x28\xb5\x2f\xfd", 4) == 0 || memcmp(bytes + 1, "\x2a\x4d\x18", 3) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct outcome whole = read_in_pieces(bytes, length, UNPACKED_MAX);
  struct outcome pieces = read_in_pieces(bytes, length, 1000);
  must(whole.result == pieces.result || pieces.length >= UNPACKED_MAX);
  if (whole.result == 0) {
    size_t both = whole.length < pieces.length ? whole.length : pieces.length;
    must(memcmp(whole.bytes, pieces.bytes, both) == 0);
    must(pieces.length >= whole.length);
  }
  if (!is_compressed(bytes, length))
    must(whole.result == 0 && whole.length == length && memcmp(whole.bytes, bytes, length) == 0);
  free(whole.bytes);
  free(pieces.bytes);
  return 0;
}
