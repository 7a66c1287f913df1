/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An entry for systemd's journal, by its documented protocol (systemd, "Native Journal Protocol"):
 * one datagram an entry, in it a name and a value for each field. No library is needed for that.
 */
#ifndef CORE_COMMON_JOURNAL_H
#define CORE_COMMON_JOURNAL_H

#include "common/error.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define JOURNAL_PATIENCE 3 /* seconds to wait for a journal that does not read */

struct journal_field {
  const char *name;  /* capital letters, digits and "_", which is not the first one */
  const char *value; /* may have more than one line */
};

/* Sends an entry to the journal at a socket; the fields are ended by one without a name. Whether
   the journal keeps it (its rate limits, its disk) cannot be told. */
int journal_send(const char *socket_path, const struct journal_field *fields, struct error *err);

/* Does somebody listen there? */
int journal_check(const char *socket_path, struct error *err);

#endif
