/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which part of a policy an image falls under: the scopes of the transport "docker" in
 * containers-policy.json(5). They are looked up whole, component by component, never as a prefix
 * of a text:
 *
 *     host.example.com:5000/team/app:1     the image, by its tag or digest
 *     host.example.com:5000/team/app       the repository
 *     host.example.com:5000/team           what it lies in
 *     host.example.com:5000                the registry
 *     *.example.com, *.com                 its domains, without the port
 */
#ifndef CORE_POLICY_SCOPE_H
#define CORE_POLICY_SCOPE_H

#include "image/reference.h"

/*
 * The scopes that can decide about an image, the most specific first. The list and its texts are
 * owned by the caller: scope_list_free. An image by digest is not looked up by its tag, which
 * engines ignore then, too.
 */
char **scope_list(const struct reference *reference);
void scope_list_free(char **scopes);

static inline void cleanup_scopesp(char ***scopes)
{
  scope_list_free(*scopes);
}

#define cleanup_scopes __attribute__((cleanup(cleanup_scopesp)))

/* NULL if an image can fall under it; otherwise why none ever can. */
const char *scope_wrong(const char *scope);

#endif
