/* SPDX-License-Identifier: Apache-2.0 */
/* The programs that the settings list: what is run, with which arguments, for how long. */
#ifndef PLUGINS_SPEC_FILTER_PROGRAM_H
#define PLUGINS_SPEC_FILTER_PROGRAM_H

#include "common/document.h"

#define PROGRAMS_MAX 64
#define PROGRAM_ARGS_MAX 256
#define PROGRAM_TIMEOUT_DEFAULT 5 /* seconds */
#define PROGRAM_TIMEOUT_MAX 3600

struct program {
  const char *path;  /* absolute; borrowed, as the arguments are, from the settings */
  const char **argv; /* owned; ended by NULL, the path in front */
  int timeout;       /* seconds */
};

struct programs {
  struct program list[PROGRAMS_MAX];
  size_t count;
};

/* Reads the setting `programs`. programs_free() is due even where this fails. */
int programs_read(const struct value *setting, struct programs *programs, struct error *err);

void programs_free(struct programs *programs);

#define cleanup_programs __attribute__((cleanup(programs_free)))

/* Is it there, executable, and could nobody but root have written it? */
int program_verify(const struct program *program, struct error *err);

#endif
