/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/registries.h"

#include "common/trust.h"
#include "policy/scope.h"

#include <dirent.h>

#define ENTRIES_MAX 4096
#define FILES_MAX 1024

/* --- a line -------------------------------------------------------------------------------- */

/* "  key: value", of a file. */
struct line {
  const char *name;
  size_t number;
  size_t indent;
  char *key, *value; /* borrowed from the line; the value is "" where there is none */
};

static int fail(const struct line *line, const char *cause, struct error *err)
{
  return error_set(err, "%s:%zu: %s", line->name, line->number, cause);
}

/* Cuts a comment: a '#' at the beginning or behind white space, and not in quotes. */
static void cut_comment(char *text)
{
  char quote = '\0';
  for (char *c = text; *c != '\0'; c++) {
    if (quote != '\0')
      quote = *c == quote ? '\0' : quote;
    else if (*c == '"' || *c == '\'')
      quote = *c;
    else if (*c == '#' && (c == text || c[-1] == ' ' || c[-1] == '\t'))
      *c = '\0';
    if (*c == '\0')
      return;
  }
}

static void cut_end(char *text)
{
  size_t length = strlen(text);
  while (length > 0 && memchr(" \t\r", text[length - 1], 3) != NULL)
    text[--length] = '\0';
}

/* Takes the quotes off; false if there is something that only YAML's other forms have. */
static bool unquote(char **text)
{
  size_t length = strlen(*text);
  char first = (*text)[0];
  if (first != '"' && first != '\'')
    return first == '\0' || strchr("{[&*!|>%@`-?,", first) == NULL;
  if (length < 2 || (*text)[length - 1] != first)
    return false;
  (*text)[length - 1] = '\0';
  (*text)++;
  return strpbrk(*text, "\"'\\") == NULL;
}

/* The colon between key and value: it ends the line, or a space follows. */
static char *find_colon(char *text)
{
  for (char *colon = text; (colon = strchr(colon, ':')) != NULL; colon++)
    if (colon[1] == '\0' || colon[1] == ' ' || colon[1] == '\t')
      return colon;
  return NULL;
}

/* `text` is changed. False if there is nothing in it. */
static int read_line(char *text, struct line *line, bool *empty, struct error *err)
{
  cut_comment(text);
  cut_end(text);
  line->indent = strspn(text, " ");
  line->key = text + line->indent;
  line->value = text + strlen(text); /* none yet */
  *empty = *line->key == '\0' || text_equal(text, "---");
  if (*empty)
    return 0;
  if (*line->key == '\t')
    return fail(line, "a tab in front: YAML is indented by spaces", err);
  char *colon = find_colon(line->key);
  if (colon == NULL)
    return fail(line, "this is not \"key: value\", which is all that is understood here", err);
  line->value = colon + 1 + strspn(colon + 1, " \t");
  *colon = '\0';
  cut_end(line->key);
  if (!unquote(&line->key) || !unquote(&line->value) || *line->key == '\0')
    return fail(line, "of YAML only plain and quoted texts are understood here", err);
  return 0;
}

/* --- a file -------------------------------------------------------------------------------- */

/* Where we are: a section, a scope in it, and how far what is in them is indented. */
struct place {
  enum { NOWHERE, OF_ALL, OF_SCOPES } section;
  size_t scope_indent, key_indent; /* 0: not known yet */
  char *scope;                     /* owned; NULL: none */
};

static int add(struct registries *registries, const struct line *line, const char *scope,
               struct error *err)
{
  if (registries->count == ENTRIES_MAX)
    return fail(line, "more lookasides than can be read", err);
  for (size_t i = 0; i < registries->count; i++) {
    const char *other = registries->items[i].scope;
    if (scope == NULL ? other == NULL : other != NULL && text_equal(scope, other))
      return fail(line, "there is another lookaside for the same", err);
  }
  registries->items =
      xrealloc_array(registries->items, registries->count + 1, sizeof(*registries->items));
  registries->items[registries->count++] = (struct lookaside){
      .scope = scope != NULL ? xstrdup(scope) : NULL, .url = xstrdup(line->value)};
  return 0;
}

static int enter_section(struct place *place, const struct line *line, struct error *err)
{
  free(place->scope);
  *place = (struct place){.section = NOWHERE};
  if (text_equal(line->key, "docker"))
    place->section = OF_SCOPES;
  else if (text_equal(line->key, "default-docker"))
    place->section = OF_ALL;
  return *line->value == '\0' ? 0 : fail(line, "what belongs to it stands on lines below it", err);
}

/* A key of a scope, or of all; those that are only for who writes signatures are passed over. */
static int read_key(struct place *place, const struct line *line, struct registries *registries,
                    struct error *err)
{
  if (place->key_indent == 0)
    place->key_indent = line->indent;
  if (line->indent != place->key_indent)
    return fail(line, "it is indented unlike its neighbours", err);
  if (!text_equal(line->key, "lookaside") && !text_equal(line->key, "sigstore"))
    return 0;
  return *line->value != '\0' ? add(registries, line, place->scope, err) : 0;
}

static int read_scope(struct place *place, const struct line *line, struct error *err)
{
  if (*line->value != '\0')
    return fail(line, "what belongs to it stands on lines below it", err);
  free(place->scope);
  place->scope = xstrdup(line->key);
  place->scope_indent = line->indent;
  place->key_indent = 0;
  return 0;
}

static int take_line(struct place *place, const struct line *line, struct registries *registries,
                     struct error *err)
{
  if (line->indent == 0)
    return enter_section(place, line, err);
  if (place->section == NOWHERE)
    return 0;
  if (place->section == OF_ALL)
    return read_key(place, line, registries, err);
  bool is_scope = place->scope == NULL || line->indent == place->scope_indent;
  if (!is_scope && line->indent < place->scope_indent)
    return fail(line, "it is indented unlike its neighbours", err);
  return is_scope ? read_scope(place, line, err) : read_key(place, line, registries, err);
}

int registries_parse(const char *text, size_t length, const char *name,
                     struct registries *registries, struct error *err)
{
  struct place place = {.section = NOWHERE};
  struct line line = {.name = name};
  cleanup_free char *copy = xstrndup(text, length);
  int result = 0;
  if (strlen(copy) != length)
    return error_set(err, "%s: it has a NUL", name);
  for (char *next = copy; result == 0 && next != NULL;) {
    char *at = strsep(&next, "\n");
    bool empty;
    line.number++;
    result = read_line(at, &line, &empty, err);
    if (result == 0 && !empty)
      result = take_line(&place, &line, registries, err);
  }
  free(place.scope);
  return result;
}

void registries_free(struct registries *registries)
{
  for (size_t i = 0; i < registries->count; i++) {
    free(registries->items[i].scope);
    free(registries->items[i].url);
  }
  free(registries->items);
  *registries = (struct registries){.items = NULL};
}

/* --- all files ----------------------------------------------------------------------------- */

static int read_file(const char *folder, const char *file, struct registries *registries,
                     struct error *err)
{
  cleanup_free char *path = xasprintf("%s/%s", folder, file);
  cleanup_free char *text = NULL;
  size_t length;
  if (trust_read_file(path, REGISTRIES_SIZE_MAX, &text, &length, err) < 0)
    return -1;
  return registries_parse(text, length, path, registries, err);
}

static int read_files(DIR *stream, const char *folder, struct registries *registries,
                      struct error *err)
{
  struct dirent *entry;
  size_t files = 0;
  while ((errno = 0, entry = readdir(stream)) != NULL) {
    const char *dot = strrchr(entry->d_name, '.');
    if (dot == NULL || !text_equal(dot, ".yaml"))
      continue;
    if (++files > FILES_MAX)
      return error_set(err, "%s has more than %d files", folder, FILES_MAX);
    if (read_file(folder, entry->d_name, registries, err) < 0)
      return -1;
  }
  return errno == 0 ? 0 : error_set(err, "cannot read %s: %m", folder);
}

int registries_read(const char *folder, struct registries *registries, struct error *err)
{
  *registries = (struct registries){.items = NULL};
  int fd = trust_open_folder(folder, err);
  if (fd < 0)
    return errno == ENOENT ? 0 : -1;
  DIR *stream = fdopendir(fd);
  if (stream == NULL) {
    close(fd);
    return error_set(err, "cannot read %s: %m", folder);
  }
  int result = read_files(stream, folder, registries, err);
  closedir(stream);
  if (result < 0)
    registries_free(registries);
  return result;
}

/* --- asking -------------------------------------------------------------------------------- */

/* NULL is that of all. */
static const char *find(const struct registries *registries, const char *scope)
{
  for (size_t i = 0; i < registries->count; i++) {
    const char *other = registries->items[i].scope;
    if (scope == NULL ? other == NULL : other != NULL && text_equal(scope, other))
      return registries->items[i].url;
  }
  return NULL;
}

const char *registries_lookaside(const struct registries *registries,
                                 const struct reference *reference)
{
  cleanup_scopes char **scopes = scope_list(reference);
  for (size_t i = 0; scopes[i] != NULL; i++) {
    const char *url = find(registries, scopes[i]);
    if (url != NULL)
      return url;
  }
  return find(registries, NULL);
}
