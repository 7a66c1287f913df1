/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/trail.h"

#include "common/log.h"

void trail_add(struct trail *trail, const char *format, ...)
{
  int saved = errno;
  if (trail->count == TRAIL_STEPS_MAX)
    return;
  va_list args;
  va_start(args, format);
  char *step = xvasprintf(format, args);
  va_end(args);
  log_one_line(step);
  trail->steps = xrealloc_array(trail->steps, trail->count + 1, sizeof(*trail->steps));
  trail->steps[trail->count++] = step;
  errno = saved;
}

void trail_free(struct trail *trail)
{
  for (size_t i = 0; i < trail->count; i++)
    free(trail->steps[i]);
  free(trail->steps);
  *trail = (struct trail){.steps = NULL};
}
