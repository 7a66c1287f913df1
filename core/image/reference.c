/* SPDX-License-Identifier: Apache-2.0 */
#include "image/reference.h"

#include <ctype.h>

#define DEFAULT_DOMAIN "docker.io"
#define OLD_DEFAULT_DOMAIN "index.docker.io"
#define OFFICIAL "library/" /* where names of one component lie on the default domain */

/* Functions named skip_… return where what they found ends; NULL if it is not there. */

/* --- the grammar --------------------------------------------------------------------------- */

static bool is_lower_or_digit(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_letter_or_digit(char c)
{
  return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}

/* separator := '.' | '_' | '__' | '-'+ ; returns its length */
static size_t separator_length(const char *text)
{
  if (text[0] == '_')
    return text[1] == '_' ? 2 : 1;
  return text[0] == '.' ? 1 : strspn(text, "-");
}

/* path-component := [a-z0-9]+ (separator [a-z0-9]+)* */
static const char *skip_component(const char *text)
{
  if (!is_lower_or_digit(*text))
    return NULL;
  for (;;) {
    while (is_lower_or_digit(*text))
      text++;
    size_t separator = separator_length(text);
    if (separator == 0)
      return text;
    if (!is_lower_or_digit(text[separator]))
      return NULL;
    text += separator;
  }
}

/* path := path-component ('/' path-component)* */
static const char *skip_path(const char *text)
{
  while ((text = skip_component(text)) != NULL && *text == '/')
    text++;
  return text;
}

/* domain-component := [a-zA-Z0-9] | [a-zA-Z0-9] [a-zA-Z0-9-]* [a-zA-Z0-9] */
static const char *skip_label(const char *text)
{
  const char *end = text;
  while (is_letter_or_digit(*end) || *end == '-')
    end++;
  return end > text && text[0] != '-' && end[-1] != '-' ? end : NULL;
}

static const char *skip_host(const char *text)
{
  if (*text == '[') { /* an IPv6 address */
    size_t length = strspn(text + 1, "0123456789abcdefABCDEF:");
    return length > 0 && text[1 + length] == ']' ? text + length + 2 : NULL;
  }
  while ((text = skip_label(text)) != NULL && *text == '.')
    text++;
  return text;
}

/* domain := host [':' [0-9]+] */
static const char *skip_domain(const char *text)
{
  const char *end = skip_host(text);
  if (end == NULL || *end != ':')
    return end;
  size_t digits = strspn(end + 1, "0123456789");
  return digits > 0 ? end + 1 + digits : NULL;
}

/* tag := [a-zA-Z0-9_] [a-zA-Z0-9_.-]{0,127} */
static const char *skip_tag(const char *text)
{
  const char *end = text;
  while (is_letter_or_digit(*end) || (*end != '\0' && strchr("_.-", *end) != NULL))
    end++;
  return end > text && end - text <= REFERENCE_TAG_MAX && *text != '.' && *text != '-' ? end : NULL;
}

bool reference_is_repository(const char *text)
{
  const char *end = strlen(text) <= REFERENCE_NAME_MAX ? skip_domain(text) : NULL;
  if (end == NULL || *end != '/')
    return false;
  end = skip_path(end + 1);
  return end != NULL && *end == '\0';
}

/* --- parsing ------------------------------------------------------------------------------- */

/* The first component is a domain if it looks like one: "localhost", or with a dot, a port or an
   upper-case letter, none of which a path begins with. */
static size_t domain_length(const char *text)
{
  const char *slash = strchr(text, '/');
  size_t length = slash != NULL ? (size_t)(slash - text) : 0;
  bool domain = length == strlen("localhost") && strncmp(text, "localhost", length) == 0;
  for (size_t i = 0; i < length && !domain; i++)
    domain = text[i] == '.' || text[i] == ':' || isupper((unsigned char)text[i]);
  return domain ? length : 0;
}

bool reference_is_domain(const char *text)
{
  cleanup_free char *name = xasprintf("%s/a", text);
  return domain_length(name) == strlen(text) && reference_is_repository(name);
}

/* `text` up to `end` is the name as it was typed; owned by the caller. */
static char *full_name(const char *text, const char *end)
{
  size_t domain = domain_length(text);
  const char *path = domain > 0 ? text + domain + 1 : text;
  bool by_default =
      domain == 0 ||
      (domain == strlen(OLD_DEFAULT_DOMAIN) && strncmp(text, OLD_DEFAULT_DOMAIN, domain) == 0) ||
      (domain == strlen(DEFAULT_DOMAIN) && strncmp(text, DEFAULT_DOMAIN, domain) == 0);
  if (!by_default)
    return xstrndup(text, (size_t)(end - text));
  bool short_name = memchr(path, '/', (size_t)(end - path)) == NULL;
  return xasprintf(DEFAULT_DOMAIN "/%s%.*s", short_name ? OFFICIAL : "", (int)(end - path), path);
}

static bool is_id(const char *text)
{
  struct digest ignored;
  return digest_from_hex(text, &ignored);
}

static int wrong(const char *text, const char *cause, struct error *err)
{
  return error_set(err, "'%.300s' is no name of an image: %s", text, cause);
}

static int parse_rest(const char *text, const char *rest, struct reference *reference,
                      struct error *err)
{
  if (*rest == ':') {
    const char *end = skip_tag(rest + 1);
    if (end == NULL)
      return wrong(text, "its tag is not 1 to 128 letters, digits, '_', '.' and '-'", err);
    reference->tag = xstrndup(rest + 1, (size_t)(end - rest - 1));
    rest = end;
  }
  if (*rest == '@') {
    if (!digest_parse(rest + 1, &reference->digest))
      return wrong(text, "behind '@' there must be sha256: and 64 hexadecimal digits", err);
    return 0;
  }
  return *rest == '\0' ? 0 : wrong(text, "there is something behind it", err);
}

static int parse(const char *text, struct reference *reference, struct error *err)
{
  if (is_id(text))
    return wrong(text, "it is an id", err);
  size_t domain = domain_length(text);
  const char *path = text;
  if (domain > 0) {
    if (skip_domain(text) != text + domain)
      return wrong(text, "its host is none", err);
    path += domain + 1;
  }
  const char *end = skip_path(path);
  if (end == NULL)
    return wrong(
        text, "its path is not lower-case letters and digits, with '.', '_' or '-' between", err);
  reference->repository = full_name(text, end);
  if (strlen(reference->repository) > REFERENCE_NAME_MAX)
    return wrong(text, "it is longer than 255 bytes", err);
  return parse_rest(text, end, reference, err);
}

int reference_parse(const char *text, struct reference *reference, struct error *err)
{
  *reference = (struct reference){.repository = NULL};
  if (parse(text, reference, err) == 0)
    return 0;
  reference_free(reference);
  return -1;
}

char *reference_text(const struct reference *reference)
{
  const char *digest = reference->digest.text;
  return xasprintf("%s%s%s%s%s", reference->repository, reference->tag != NULL ? ":" : "",
                   reference->tag != NULL ? reference->tag : "", digest[0] != '\0' ? "@" : "",
                   digest);
}

char *reference_typed(const char *text)
{
  struct error ignored;
  struct digest digest;
  cleanup_reference struct reference reference = {.repository = NULL};
  if (digest_parse(text, &digest) || reference_parse(text, &reference, &ignored) < 0)
    return NULL;
  if (reference.tag == NULL && !digest_is_set(&reference.digest))
    reference.tag = xstrdup("latest");
  return reference_text(&reference);
}

void reference_free(struct reference *reference)
{
  free(reference->repository);
  free(reference->tag);
  *reference = (struct reference){.repository = NULL};
}
