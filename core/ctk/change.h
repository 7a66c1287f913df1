/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes to the admin's files: thought out first, shown or checked, then made, each atomically.
 *
 * A change holds a file's bytes before and after. Making it writes a new file beside the old one,
 * with its mode, owner and label, syncs it and renames it into place; a symbolic link stays, the
 * file behind it changes. If one of several changes fails, those made before it are taken back.
 */
#ifndef CORE_CTK_CHANGE_H
#define CORE_CTK_CHANGE_H

#include "common/error.h"

#define CHANGE_SIZE_MAX (16L * 1024 * 1024) /* bytes a file */

struct change {
  char *path;                   /* as it was named; owned */
  char *before;                 /* owned; NULL: there is no such file */
  char *after;                  /* owned; NULL: the file goes */
  const char *temporary_folder; /* NULL: the file's own; else a folder of the same file system, for
                                   places where every file counts (crio.conf.d); borrowed */
  unsigned mode;                /* of a new file; 0: 0644 */
  bool link;                    /* a symbolic link itself: before and after are where it leads */
  bool hidden;                  /* a file of our own that the admin need not see */
};

struct changes {
  struct change *list; /* owned */
  size_t count;
};

/* Texts that may be NULL, as those of a file that is not there. */
static inline bool change_same(const char *a, const char *b)
{
  return a == NULL || b == NULL ? a == b : text_equal(a, b);
}

static inline char *change_copy(const char *text)
{
  return text != NULL ? xstrdup(text) : NULL;
}

/* Reads a regular file through links; *text is owned by the caller, NULL if there is none. Texts
   with a NUL byte are refused. */
int change_read(const char *path, char **text, struct error *err);

/* Where a symbolic link leads; *target is owned by the caller, NULL if nothing is there. */
int change_read_link(const char *path, char **target, struct error *err);

/* Adds a change from the file's present bytes; one that changes nothing is left out. Takes
   ownership of `after`. */
int changes_add(struct changes *changes, const char *path, char *after, struct error *err);

/* The same with all that is known of it: from the bytes that `after` was made from. Takes ownership
   of the texts. */
void changes_append(struct changes *changes, struct change change);

/* Moves all of `more` behind the others. */
void changes_move(struct changes *changes, struct changes *more);

/* Prints all as unified diffs (text/diff.h). */
void changes_print(const struct changes *changes, FILE *out, bool coloured);

/* Makes them in order; a file that was changed by somebody else since it was read is an error.
   Folders that are missing on the way to a new file are made. */
int changes_make(const struct changes *changes, struct error *err);

void changes_free(struct changes *changes);

#define cleanup_changes __attribute__((cleanup(changes_free)))

#endif
