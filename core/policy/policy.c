/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/policy.h"

#include "policy/requirement.h"
#include "policy/scope.h"
#include "policy/trusted_keys.h"

#include <json-c/linkhash.h>

#define TRANSPORT "docker" /* the one under which images are looked up */

struct policy {
  char *name;
  struct requirements fallback; /* "default" */
  struct requirements *scopes;  /* of the transport; owned */
  size_t count;
};

/* --- reading ------------------------------------------------------------------------------- */

static void free_requirements(struct requirements *requirements)
{
  for (size_t i = 0; i < requirements->count; i++)
    requirement_free(&requirements->list[i]);
  free(requirements->list);
  free(requirements->scope);
  *requirements = (struct requirements){.scope = NULL};
}

/* Takes ownership of `scope`. */
static int read_requirements(const struct value *array, char *scope,
                             struct requirements *requirements, struct error *err)
{
  size_t count;
  *requirements = (struct requirements){.scope = scope};
  if (value_array(array, POLICY_REQUIREMENTS_MAX, &count, err) < 0)
    return -1;
  if (count == 0)
    return value_error(array, err, "is empty: write {\"type\": \"reject\"} or what is required");
  requirements->list = xcalloc(count, sizeof(*requirements->list));
  for (; requirements->count < count; requirements->count++) {
    struct value element = value_element(array, requirements->count);
    if (requirement_read(&element, &requirements->list[requirements->count], err) < 0)
      return -1;
  }
  return 0;
}

static int read_scope(const struct value *array, struct policy *policy, struct error *err)
{
  const char *wrong = array->key[0] != '\0' ? scope_wrong(array->key) : NULL;
  if (wrong != NULL)
    return value_error(array, err, "%s", wrong);
  policy->scopes = xrealloc_array(policy->scopes, policy->count + 1, sizeof(*policy->scopes));
  char *scope = xasprintf(TRANSPORT "%s%s", array->key[0] != '\0' ? " " : "", array->key);
  return read_requirements(array, scope, &policy->scopes[policy->count++], err);
}

/* One under which no image is looked up. */
static int check_other_transport(const struct value *array, struct error *err)
{
  if (array->key[0] != '\0')
    return value_error(array, err,
                       "is a scope that decides nothing here: images of all engines are looked "
                       "up in the transport " TRANSPORT);
  struct requirements ignored;
  int result = read_requirements(array, NULL, &ignored, err);
  free_requirements(&ignored);
  return result;
}

static int read_transport(const struct value *transport, struct policy *policy, struct error *err)
{
  bool ours = text_equal(transport->key, TRANSPORT);
  if (value_type(transport, json_type_object, err) < 0)
    return -1;
  json_object_object_foreach (transport->json, key, json) {
    struct value scope = {
        .document = transport->document, .parent = transport, .key = key, .json = json};
    if ((ours ? read_scope(&scope, policy, err) : check_other_transport(&scope, err)) < 0)
      return -1;
  }
  return 0;
}

static int read_transports(const struct value *transports, struct policy *policy, struct error *err)
{
  if (value_type(transports, json_type_object, err) < 0)
    return -1;
  json_object_object_foreach (transports->json, key, json) {
    struct value transport = {
        .document = transports->document, .parent = transports, .key = key, .json = json};
    if (read_transport(&transport, policy, err) < 0)
      return -1;
  }
  return 0;
}

static int read_all(const struct value *root, struct policy *policy, struct error *err)
{
  static const char *const keys[] = {"default", "transports", NULL};
  struct value fallback, transports;
  if (value_object(root, keys, err) < 0)
    return -1;
  if (!value_find(root, "default", &fallback))
    return value_error(root, err,
                       "has no \"default\": write \"default\": [{\"type\": \"reject\"}]");
  if (read_requirements(&fallback, xstrdup("default"), &policy->fallback, err) < 0)
    return -1;
  return value_find(root, "transports", &transports) ? read_transports(&transports, policy, err)
                                                     : 0;
}

static int read_document(const struct document *document, struct policy **policy, struct error *err)
{
  struct value root = document_root(document);
  *policy = xcalloc(1, sizeof(**policy));
  (*policy)->name = xstrdup(document->name);
  if (read_all(&root, *policy, err) == 0)
    return 0;
  policy_free(*policy);
  *policy = NULL;
  errno = EINVAL;
  return -1;
}

int policy_read(const char *path, struct policy **policy, struct error *err)
{
  cleanup_document struct document document;
  *policy = NULL;
  if (document_read(path, POLICY_SIZE_MAX, &document, err) < 0)
    return -1;
  return read_document(&document, policy, err);
}

int policy_parse(const char *bytes, size_t length, const char *name, struct policy **policy,
                 struct error *err)
{
  struct document document = {.name = name, .text = (char *)(uintptr_t)bytes, .length = length};
  cleanup_json struct json_object *tree = NULL;
  *policy = NULL;
  if (length > POLICY_SIZE_MAX)
    return error_set(err, "%s: a policy of more than %lu bytes", name, POLICY_SIZE_MAX);
  if (json_parse(bytes, length, name, &tree, err) < 0)
    return -1;
  document.tree = tree;
  return read_document(&document, policy, err);
}

void policy_free(struct policy *policy)
{
  if (policy == NULL)
    return;
  for (size_t i = 0; i < policy->count; i++)
    free_requirements(&policy->scopes[i]);
  free(policy->scopes);
  free_requirements(&policy->fallback);
  free(policy->name);
  free(policy);
}

/* --- asking -------------------------------------------------------------------------------- */

const char *policy_name(const struct policy *policy)
{
  return policy->name;
}

/* "" is the whole transport. */
static const struct requirements *find_scope(const struct policy *policy, const char *scope)
{
  for (size_t i = 0; i < policy->count; i++) {
    const char *name = policy->scopes[i].scope + strlen(TRANSPORT);
    if (text_equal(name + (*name == ' '), scope))
      return &policy->scopes[i];
  }
  return NULL;
}

const struct requirements *policy_find(const struct policy *policy,
                                       const struct reference *reference)
{
  const struct requirements *found = NULL;
  cleanup_scopes char **scopes = reference != NULL ? scope_list(reference) : NULL;
  for (size_t i = 0; found == NULL && scopes != NULL && scopes[i] != NULL; i++)
    found = find_scope(policy, scopes[i]);
  if (found == NULL)
    found = find_scope(policy, "");
  return found != NULL ? found : &policy->fallback;
}

static int check_keys(const struct requirements *requirements, struct error *err)
{
  for (size_t i = 0; i < requirements->count; i++) {
    cleanup_trusted_keys struct trusted_keys keys;
    if (trusted_keys_load(&requirements->list[i], &keys, err) < 0)
      return -1;
  }
  return 0;
}

int policy_check_keys(const struct policy *policy, struct error *err)
{
  for (size_t i = 0; i < policy->count; i++)
    if (check_keys(&policy->scopes[i], err) < 0)
      return -1;
  return check_keys(&policy->fallback, err);
}
