/* SPDX-License-Identifier: Apache-2.0 */
/* Other people's programs: the engines' own, asked to judge or show a config, systemctl, skopeo. */
#ifndef CORE_CTK_ENGINES_PROGRAM_H
#define CORE_CTK_ENGINES_PROGRAM_H

#include "common/error.h"

/* A program by name, in PATH and the system's usual folders; owned by the caller, NULL if it is
   nowhere. */
char *program_find(const char *name);

/* Runs it (argv[0] is its path) and waits. A status other than 0 is an error that shows the last
   line which it printed. */
int program_run(const char *const *argv, struct error *err);

/* The same; what it wrote on standard output is stored, owned by the caller. */
int program_capture(const char *const *argv, char **output, struct error *err);

/* A private folder for files that a program is to look at; owned by the caller, and to be given to
   program_folder_remove with all that is in it. */
char *program_folder(struct error *err);
void program_folder_remove(char *folder);

static inline void program_cleanup_folder(char **folder)
{
  program_folder_remove(*folder);
}

#define cleanup_program_folder __attribute__((cleanup(program_cleanup_folder)))

/* Writes FOLDER/NAME; its path is owned by the caller, NULL after an error. */
char *program_write(const char *folder, const char *name, const char *text, struct error *err);

#endif
