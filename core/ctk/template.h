/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The project that `plugin new` writes. Its files lie in core/ctk/template/ and are part of this
 * program, so that it needs nothing beside it.
 */
#ifndef CORE_CTK_TEMPLATE_H
#define CORE_CTK_TEMPLATE_H

#include "common/util.h"

enum template_language { TEMPLATE_C, TEMPLATE_CPLUSPLUS };

/* One of them, with its marks filled in; both owned by the caller. */
struct template_file {
  char *path; /* below the project's folder */
  char *text;
};

/* The file of this number, from 0, for a plugin of this name. False if there are no more. */
bool template_file(size_t number, const char *name, enum template_language language,
                   struct template_file *file);

void template_file_free(struct template_file *file);

#define cleanup_template_file __attribute__((cleanup(template_file_free)))

#endif
