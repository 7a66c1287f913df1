/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands of container-hooks-ctk, and how they read their words.
 *
 * A command is a table of options and a function. `--help`, on every level, is made of the same
 * tables, so it cannot be out of date.
 */
#ifndef CORE_CTK_COMMAND_H
#define CORE_CTK_COMMAND_H

#include "common/error.h"

enum option_kind {
  OPTION_FLAG,     /* bool *: --x */
  OPTION_TEXT,     /* const char **: --x V, --x=V */
  OPTION_LIST,     /* struct option_list *: may be given several times */
  OPTION_OPTIONAL, /* const char **: --x ("" then), --x=V */
};

#define OPTION_LIST_MAX 64

struct option_list {
  const char *values[OPTION_LIST_MAX + 1]; /* ended by NULL */
  size_t count;
};

struct command_option {
  const char *name; /* without dashes */
  char letter;      /* 0: none */
  enum option_kind kind;
  void *value;          /* where it goes */
  const char *argument; /* as help shows it: "FILE" */
  const char *help;     /* one line */
};

/* What a command's function returns for words that make no sense: exit status 2. -1 is status 1. */
#define COMMAND_USAGE (-2)

struct ctk_command {
  const char *name;
  const char *summary;                   /* one line */
  const char *operands;                  /* as help shows them: "NAME [DIR]"; "" for none */
  const char *details;                   /* paragraphs for --help, ending with an example */
  const struct ctk_command *subcommands; /* ended by an entry without name; NULL: none */
  /* `words` are argv behind the command's name, ended by NULL. It calls command_options first. */
  int (*run)(const struct ctk_command *self, char **words, struct error *err);
};

/*
 * Reads options (a table ended by an entry without name) from `words`, wherever among the operands
 * they stand, up to "--"; the operands remain, in order, ended by NULL. Every command knows --debug
 * and --quiet, too. With --help or -h it prints the command's help and ends the program. Errors are
 * COMMAND_USAGE.
 */
int command_options(const struct ctk_command *self, const struct command_option *options,
                    char **words, struct error *err);

/* A usage error: sets the text, adds where help is, returns COMMAND_USAGE. */
int command_usage(const struct ctk_command *self, struct error *err, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Finds the subcommand that words[0] names and runs it. */
int command_dispatch(const struct ctk_command *self, char **words, struct error *err);

/* What the user asked to see more or less of: --quiet, --debug. */
extern bool ctk_quiet, ctk_debug;

/* A line on standard output that tells what was done; not with --quiet. */
void ctk_say(const char *format, ...) PRINTF_LIKE(1, 2);

/* A remark on standard error, which is no error; not with --quiet. */
void ctk_remark(const char *format, ...) PRINTF_LIKE(1, 2);

/* A warning on standard error, as the runtime's log has them; not with --quiet. */
void ctk_warn(const char *format, ...) PRINTF_LIKE(1, 2);

/* A line on standard error that tells what is looked at or done; only with --debug. */
void ctk_note(const char *format, ...) PRINTF_LIKE(1, 2);

/* Sets "cannot VERB PATH: cause" from errno and, if that is a matter of rights and the caller not
   root, that it needs root; returns -1. */
int ctk_cannot(const char *verb, const char *path, struct error *err);

#ifdef __clang_analyzer__ /* as for error_set() */
#  define ctk_cannot(...) (ctk_cannot(__VA_ARGS__), -1)
#endif

/* True if standard output is a terminal that shows colours (NO_COLOR is heeded). */
bool ctk_coloured(void);

/* The commands, each in the file of its name. */
extern const struct ctk_command runtime_command, config_command, plugin_command, apply_command,
    image_command, doctor_command, install_command, uninstall_command;

#endif
