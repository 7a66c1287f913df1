/* SPDX-License-Identifier: Apache-2.0 */
#include "common/util.h"

__attribute__((noreturn)) static void out_of_memory(void)
{
  fputs("container-hooks: out of memory\n", stderr);
  _exit(EXIT_FAILURE);
}

void *xmade(void *memory)
{
  if (memory == NULL)
    out_of_memory();
  return memory;
}

void *xcalloc(size_t count, size_t size)
{
  return xmade(calloc(count, size));
}

void *xrealloc_array(void *old, size_t count, size_t size)
{
  return xmade(reallocarray(old, count, size));
}

char *xstrdup(const char *text)
{
  return xmade(strdup(text));
}

char *xstrndup(const char *text, size_t length)
{
  return xmade(strndup(text, length));
}

char *xvasprintf(const char *format, va_list args)
{
  char *text;
  if (vasprintf(&text, format, args) < 0)
    text = NULL;
  return xmade(text);
}

char *xasprintf(const char *format, ...)
{
  va_list args;
  va_start(args, format);
  char *text = xvasprintf(format, args);
  va_end(args);
  return text;
}

FILE *xmemstream(char **text, size_t *length)
{
  return xmade(open_memstream(text, length));
}

void xmemstream_close(FILE *stream)
{
  if (fclose(stream) != 0)
    out_of_memory();
}
