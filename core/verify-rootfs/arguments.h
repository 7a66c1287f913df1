/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of verify-rootfs, which image-verify writes and no person. */
#ifndef CORE_VERIFY_ROOTFS_ARGUMENTS_H
#define CORE_VERIFY_ROOTFS_ARGUMENTS_H

#include "common/log.h"
#include "rootfs/check.h"

enum verify_mode {
  VERIFY_ENFORCE, /* what differs refuses the container */
  VERIFY_WARN,    /* it is said on standard error */
  VERIFY_AUDIT,   /* it is logged */
};

/* Texts are borrowed from argv. */
struct arguments {
  const char *id, *bundle, *rootfs;      /* what the plan must say too; bundle may be NULL */
  const char *image, *manifest, *config; /* for messages; manifest may be NULL */
  const char *plan;
  struct digest plan_digest;
  enum verify_mode mode;
  const char *log;
  enum log_level log_level;
  bool help, version;
  struct check_options options;
};

int arguments_parse(char **argv, struct arguments *arguments, struct error *err);

extern const char arguments_help[];

#endif
