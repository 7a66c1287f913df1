/* SPDX-License-Identifier: Apache-2.0 */
/* tar-split (vbatts/tar-split): what docker and containers/storage keep of a layer's tar stream,
   all but the bytes of its files. A gzip of JSON lines: {"type": 1, "size": N, …} is a file of that
   size,
   {"type": 2, "payload": base64} what stands in the stream between files. */
#ifndef CORE_IMAGE_TAR_SPLIT_H
#define CORE_IMAGE_TAR_SPLIT_H

#include "common/error.h"

#define TAR_SPLIT_LINE_MAX                                              \
  (4UL * 1024 * 1024) /* bytes of a line; long names need some thousand \
                       */
#define TAR_SPLIT_LINES_MAX 10000000

/* The size of the tar stream, in bytes. The file is opened by trust (common/trust.h). */
int tar_split_size(const char *path, int64_t *size, struct error *err);

/* The same of an opened file, which it takes over; `name` is for messages. */
int tar_split_size_of(int fd, const char *name, int64_t *size, struct error *err);

#endif
