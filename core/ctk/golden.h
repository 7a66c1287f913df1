/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Golden cases: what plugins are to make of a config.json, told by a folder of files.
 *
 *   config.json      the bundle's
 *   settings.cfg     the settings of the plugin under test, as in its entry; may be missing
 *   config.cfg       or a whole config, for other keys of the entry or more than one plugin
 *   setup.sh         run in the folder before; may be missing
 *   expected.json    what config.json becomes; if it is config.json byte for byte, so is the result
 *   expected-error   or lines that stand in the message by which the container is refused
 *   expected-log     lines that stand in the log; may be missing
 *
 * A case is run in a copy of its folder, which nobody else may write to; @CASE@ in these files is
 * that copy, and @PLUGIN@ in config.cfg the plugin under test. The plugins run in the worker that a
 * container gets, for real, and a second time over their own result, which must change nothing.
 */
#ifndef CORE_CTK_GOLDEN_H
#define CORE_CTK_GOLDEN_H

#include "common/error.h"

/* Two texts that should be equal, with the names that a diff gives them. */
struct golden_difference {
  const char *old_name, *new_name;
  char *old_text, *new_text; /* owned; NULL: there is no difference to be shown */
};

/* Where cases are run. Texts are owned. */
struct golden {
  char *folder;        /* a private one of our own */
  char *copy, *bundle; /* in it, for the case at work: the copy of its folder, and a bundle */
  char *plugin;        /* a copy of the plugin under test; NULL: there is none */
  char *named;         /* the file that it is a copy of */
  char *misnamed;      /* that this calls itself otherwise; NULL: it does not, or has not run yet */

  /* Of the last case: */
  bool updated;                        /* expected.json was written anew */
  char *log;                           /* its lines; NULL if it did not come that far */
  struct golden_difference difference; /* if that is why it failed */
};

/* `plugin` is a file, or NULL. What is run is a copy of it: a build folder may be somebody else's.
   To be closed even after an error. */
int golden_open(struct golden *golden, const char *plugin, struct error *err);

/* Runs the case in `folder`; the error says why it failed, and names that folder's files. With
   `update` a result that is not as expected becomes the folder's expected.json, if the second run
   does not change it. */
int golden_run(struct golden *golden, const char *folder, bool update, struct error *err);

void golden_close(struct golden *golden);

#define cleanup_golden __attribute__((cleanup(golden_close)))

#endif
