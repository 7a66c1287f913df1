/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/scope.h"

#define COMPONENTS_MAX (REFERENCE_NAME_MAX + 1)

/* --- the list ------------------------------------------------------------------------------ */

/* The image itself, as it is looked up first. Without tag and digest it is the latest, for all
   engines. Owned by the caller. */
static char *image_scope(const struct reference *reference)
{
  if (digest_is_set(&reference->digest))
    return xasprintf("%s@%s", reference->repository, reference->digest.text);
  return xasprintf("%s:%s", reference->repository,
                   reference->tag != NULL ? reference->tag : "latest");
}

char **scope_list(const struct reference *reference)
{
  /* An image, its repository's components, its host's labels: no more than the name has bytes. */
  char **scopes = xcalloc(2 * COMPONENTS_MAX + 2, sizeof(*scopes));
  size_t count = 0;
  scopes[count++] = image_scope(reference);

  cleanup_free char *name = xstrdup(reference->repository);
  scopes[count++] = xstrdup(name);
  for (char *slash; (slash = strrchr(name, '/')) != NULL;) {
    *slash = '\0';
    scopes[count++] = xstrdup(name);
  }

  /* `name` is the host now. Its port does not count; of an IPv6 address nothing is left. */
  name[strcspn(name, ":")] = '\0';
  for (const char *dot = name; (dot = strchr(dot, '.')) != NULL;)
    scopes[count++] = xasprintf("*.%s", ++dot);
  return scopes;
}

void scope_list_free(char **scopes)
{
  for (size_t i = 0; scopes != NULL && scopes[i] != NULL; i++)
    free(scopes[i]);
  free(scopes);
}

/* --- what can be in it --------------------------------------------------------------------- */

static const char *domain_wrong(const char *domain)
{
  if (text_equal(domain, "index.docker.io"))
    return "is never looked up: its images are docker.io's";
  if (!reference_is_domain(domain))
    return "names no registry that an image could be of: in full, it begins with a host, as in "
           "docker.io/library/busybox";
  return NULL;
}

static const char *wildcard_wrong(const char *domain)
{
  if (strchr(domain, ':') != NULL)
    return "has a port, which is left out where domains are looked up";
  cleanup_free char *below = xasprintf("a.%s", domain);
  return strchr(domain, '*') == NULL && reference_is_domain(below)
             ? NULL
             : "is no domain: '*.' stands once, at its beginning";
}

static const char *image_wrong(const char *scope)
{
  struct error ignored;
  cleanup_reference struct reference reference = {.repository = NULL};
  if (reference_is_repository(scope)) /* or what some lie in, as docker.io/team */
    return NULL;
  if (reference_parse(scope, &reference, &ignored) < 0)
    return "is no name of a repository or image: these are host/path, host/path:tag or "
           "host/path@sha256:…, without '/' at the end";
  if (reference.tag != NULL && digest_is_set(&reference.digest))
    return "has a tag and a digest, and images are looked up by one of them";
  return NULL;
}

const char *scope_wrong(const char *scope)
{
  if (text_starts(scope, "*."))
    return wildcard_wrong(scope + 2);
  cleanup_free char *domain = xstrndup(scope, strcspn(scope, "/"));
  const char *wrong = domain_wrong(domain);
  return wrong != NULL || scope[strlen(domain)] == '\0' ? wrong : image_wrong(scope);
}
