/* SPDX-License-Identifier: Apache-2.0 */
#include "config/profile.h"

#include "config/config.h"
#include "config/schema.h"

#define PROFILE_LINK "container-hooks-runtime-"

int profile_of(const char *argv0, const char **profile, struct error *err)
{
  *profile = NULL;
  if (argv0 == NULL)
    return 0;
  const char *slash = strrchr(argv0, '/');
  const char *name = slash != NULL ? slash + 1 : argv0;
  if (!text_starts(name, PROFILE_LINK))
    return 0;
  name += strlen(PROFILE_LINK);
  if (!schema_name_valid(name))
    return error_set(err,
                     "called as %.200s: a profile's name is 1 to %d letters, digits, '.', '_' and "
                     "'-' and does not begin with '.'",
                     argv0, SCHEMA_NAME_MAX);
  *profile = name;
  return 0;
}

char *profile_path(const char *config_path, const char *profile)
{
  cleanup_free char *name = xasprintf("profiles/%s.cfg", profile);
  return config_beside(config_path, name);
}
