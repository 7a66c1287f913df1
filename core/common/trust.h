/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that decide what root runs: opened only if nobody else could have written them.
 *
 * The path is walked from "/" component by component on descriptors, symbolic links resolved on the
 * way, so that what was checked is what was opened. Every folder looked into (those that hold the
 * links included) and the file itself must be owned by root, or by the caller when the caller is
 * not root, and be writable by nobody else. A folder that others may write to is fine when it is
 * sticky, as /tmp is: they cannot rename or remove what is not theirs.
 */
#ifndef CORE_COMMON_TRUST_H
#define CORE_COMMON_TRUST_H

#include "common/error.h"

/* True when uid 0 here is not the host's root, or when we are not uid 0 at all. */
bool trust_rootless(void);

/*
 * Opens `path` (absolute) for reading and checks it. Returns a descriptor (owned by the caller,
 * close-on-exec, opened without blocking) of a regular file, or -1; errno is ENOENT when nothing is
 * there and another value otherwise. Errors name the component that is at fault, and the mend.
 */
int trust_open_file(const char *path, struct error *err);

/* The same for a folder: a descriptor to read its entries with. */
int trust_open_folder(const char *path, struct error *err);

/* Checks a regular file that was opened in a checked folder, as trust_open_file does. `path` is for
   messages. */
int trust_check_file(int fd, const char *path, struct error *err);

/* After one of these has failed: is it because there is nothing? A link that leads nowhere is
   something: whoever made it meant a file to be there. */
bool trust_is_missing(const char *path);

/* trust_open_file and file_read in one; -1 with errno ENOENT when there is no such file. */
int trust_read_file(const char *path, size_t limit, char **bytes, size_t *length,
                    struct error *err);

#endif
