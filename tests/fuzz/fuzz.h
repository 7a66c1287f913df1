/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fuzz targets have in common. Each feeds one parser of ours with any bytes, and aborts if
 * what comes out is not what the parser promises. Its head comment names the files that it is meant
 * to go through, in lines "Covers: …" (patterns of the shell); tests/fuzz-coverage.sh reads them.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "common/error.h"
#include "common/util.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static inline void fuzz_fail(const char *file, int line, const char *claim)
{
  fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, claim);
  abort();
}

/* What the parser promises. */
#define must(claim) ((claim) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #claim))

/* The input as a text that ends with a NUL; owned by the caller. */
static inline char *fuzz_text(const uint8_t *bytes, size_t length)
{
  char *text = xcalloc(length + 1, 1);
  if (length > 0)
    memcpy(text, bytes, length);
  return text;
}

#endif
