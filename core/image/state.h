/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an engine has written down on disk, read by trust (common/trust.h): its records decide what
 * a container is taken for, so nobody but root may have written them.
 */
#ifndef CORE_IMAGE_STATE_H
#define CORE_IMAGE_STATE_H

#include "common/error.h"
#include "image/image.h"

#define STATE_LINE_MAX 1024                   /* bytes of a file that holds one text */
#define STATE_RECORD_MAX (16UL * 1024 * 1024) /* of the record of a container */
#define STATE_TABLE_MAX (64UL * 1024 * 1024)  /* of a table of all containers, images, layers */

/* All of these return -1 with errno ENOENT when there is no such file. */

/* A file that holds nothing but a text without control characters; owned by the caller. */
int state_text(const char *path, char **text, struct error *err);

/* The same, of a digest ("sha256:…"), and of 64 hexadecimal digits, which may be followed by
   `suffix`. */
int state_digest(const char *path, struct digest *digest, struct error *err);
int state_hex(const char *path, const char *suffix, char **text, struct error *err);

/* The same, of an id that names a folder: digits and lower-case letters. docker's are 64
   hexadecimal digits, BuildKit's 25 of all of them. */
int state_id(const char *path, char **text, struct error *err);

/* A file whose bytes must be of this digest; owned by the caller. */
int state_blob(const char *path, const struct digest *digest, size_t limit, char **bytes,
               size_t *length, struct error *err);
int state_config(const char *path, const struct digest *digest, struct image_config *config,
                 struct error *err);

/* The only file of a folder whose name is 64 digits that begin with these; the digest is "" if
   there is none. */
int state_find_hex(const char *folder, const char *start, struct digest *digest, struct error *err);

/* "PATH" if there is such a regular file, or what cannot be looked at; owned by the caller; else
   NULL. Takes ownership of the path. */
char *state_if_there(char *path);

/* Is it 64 hexadecimal digits, as engines name containers and layers? */
bool state_is_hex(const char *text);

#endif
