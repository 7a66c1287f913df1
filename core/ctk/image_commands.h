/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of `image`; as in struct ctk_command. */
#ifndef CORE_CTK_IMAGE_COMMANDS_H
#define CORE_CTK_IMAGE_COMMANDS_H

#include "ctk/command.h"

typedef int image_command_run(const struct ctk_command *self, char **words, struct error *err);

image_command_run image_sign_run, image_digest_run, image_verify_run, image_list_run,
    image_remove_run, image_add_run, image_fetch_run, image_export_run, image_import_run;

#endif
