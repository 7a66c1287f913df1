/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/lookaside.h"

#include "common/file.h"

#include <fcntl.h>

#define SCHEME "file://"

char *lookaside_place(const char *base, const struct reference *reference,
                      const struct digest *digest)
{
  const char *path = strchr(reference->repository, '/'); /* without the registry */
  return xasprintf("%s%s@sha256=%s", base, path != NULL ? path : "", digest_hex(digest));
}

/* False when there is none. */
static int add(const char *path, struct signature_blobs *blobs, bool *there, struct error *err)
{
  cleanup_close int fd = open(path, FILE_OPEN_FLAGS);
  char *bytes = NULL;
  size_t length;
  *there = fd >= 0;
  if (fd < 0)
    return errno == ENOENT || errno == ENOTDIR ? 0 : error_set(err, "cannot open %s: %m", path);
  if (file_read(fd, path, SIGNATURE_SIZE_MAX, &bytes, &length, err) < 0)
    return -1;
  return signature_blobs_add(blobs, path, bytes, length, err);
}

int lookaside_signatures(const char *base, const struct reference *reference,
                         const struct digest *digest, struct signature_blobs *blobs,
                         struct error *err)
{
  if (!text_starts(base, SCHEME "/") || strchr(base, '%') != NULL) {
    error_set(err,
              "the lookaside %.300s is not read when a container starts: only " SCHEME
              "/PATH is; container-hooks-ctk image fetch asks it",
              base);
    errno = EPROTONOSUPPORT;
    return -1;
  }
  cleanup_free char *folder = lookaside_place(base + strlen(SCHEME), reference, digest);
  bool there = true;
  for (int number = 1; there && number <= SIGNATURES_MAX; number++) {
    cleanup_free char *path = xasprintf("%s/signature-%d", folder, number);
    if (add(path, blobs, &there, err) < 0)
      return -1;
  }
  return 0;
}
