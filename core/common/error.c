/* SPDX-License-Identifier: Apache-2.0 */
#include "common/error.h"

#undef error_set
#undef error_wrap

int error_vset(struct error *err, const char *format, va_list args)
{
  vsnprintf(err->text, sizeof(err->text), format, args);
  return -1;
}

int error_set(struct error *err, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  error_vset(err, format, args);
  va_end(args);
  return -1;
}

int error_wrap(struct error *err, const char *format, ...)
{
  struct error cause = *err;
  va_list args;
  va_start(args, format);
  error_vset(err, format, args);
  va_end(args);

  return error_append(err, ": %s", cause.text);
}

int error_append(struct error *err, const char *format, ...)
{
  size_t used = strlen(err->text);
  va_list args;
  va_start(args, format);
  vsnprintf(err->text + used, sizeof(err->text) - used, format, args);
  va_end(args);
  return -1;
}
