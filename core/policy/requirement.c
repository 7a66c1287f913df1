/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/requirement.h"

static const char *const type_names[] = {
    [REQUIREMENT_REJECT] = "reject",
    [REQUIREMENT_ACCEPT] = "insecureAcceptAnything",
    [REQUIREMENT_SIGSTORE] = "sigstoreSigned",
    [REQUIREMENT_GPG] = "signedBy",
    NULL,
};

/* --- types --------------------------------------------------------------------------------- */

static int read_type(const struct value *object, enum requirement_type *type, struct error *err)
{
  struct value member;
  size_t choice;
  if (value_type(object, json_type_object, err) < 0 ||
      value_need(object, "type", &member, err) < 0 ||
      value_choice(&member, type_names, &choice, err) < 0)
    return -1;
  *type = (enum requirement_type)choice;
  return 0;
}

const char *requirement_name(enum requirement_type type)
{
  return type_names[type];
}

/* Whoever wrote these wants them checked, and no network is there when a container starts. */
static int refuse_online(const struct value *object, struct error *err)
{
  static const char *const keys[] = {"fulcio",
                                     "pki",
                                     "rekorPublicKeyPath",
                                     "rekorPublicKeyPaths",
                                     "rekorPublicKeyData",
                                     "rekorPublicKeyDatas"};
  struct value member;
  for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
    if (value_find(object, keys[i], &member))
      return value_error(&member, err,
                         "cannot be checked here, and to leave it out would be to weaken the "
                         "policy: sign with a key, and give it as keyPath");
  return 0;
}

/* --- keys ---------------------------------------------------------------------------------- */

static int add_path(const struct value *value, struct requirement *requirement, struct error *err)
{
  const char *path;
  if (value_text(value, &path, err) < 0)
    return -1;
  if (path[0] != '/')
    return value_error(value, err, "is not an absolute path");
  requirement->keys[requirement->key_count++].name = xstrdup(path);
  return 0;
}

static int add_data(const struct value *value, struct requirement *requirement, struct error *err)
{
  struct key_source *key = &requirement->keys[requirement->key_count];
  if (value_base64(value, &key->bytes, &key->length, err) < 0)
    return error_append(err, ": base64 -w 0 FILE writes it");
  key->name = value_place(value);
  requirement->key_count++;
  return 0;
}

typedef int add_key(const struct value *value, struct requirement *requirement, struct error *err);

static int add_list(const struct value *array, add_key *add, struct requirement *requirement,
                    struct error *err)
{
  size_t count;
  if (value_array(array, POLICY_KEYS_MAX, &count, err) < 0)
    return -1;
  if (count == 0)
    return value_error(array, err, "is empty: then no signature could ever be accepted");
  for (size_t i = 0; i < count; i++) {
    struct value element = value_element(array, i);
    if (add(&element, requirement, err) < 0)
      return -1;
  }
  return 0;
}

static int read_keys(const struct value *object, struct requirement *requirement, struct error *err)
{
  static const struct {
    const char *key;
    add_key *add;
    bool is_list;
  } sources[] = {{"keyPath", add_path, false},
                 {"keyPaths", add_path, true},
                 {"keyData", add_data, false},
                 {"keyDatas", add_data, true}};
  struct value member;
  requirement->keys = xcalloc(POLICY_KEYS_MAX, sizeof(*requirement->keys));
  for (size_t i = 0; i < ARRAY_LENGTH(sources); i++) {
    if (!value_find(object, sources[i].key, &member))
      continue;
    if (requirement->key_count > 0)
      return value_error(&member, err, "is one too many: its keys come from one place alone");
    if ((sources[i].is_list ? add_list(&member, sources[i].add, requirement, err)
                            : sources[i].add(&member, requirement, err)) < 0)
      return -1;
  }
  return requirement->key_count > 0 ? 0 : value_error(object, err, "has no key: give it a keyPath");
}

static int read_key_type(const struct value *object, struct error *err)
{
  struct value member;
  const char *text;
  if (value_need_text(object, "keyType", &member, &text, err) < 0)
    return -1;
  return text_equal(text, "GPGKeys") ? 0 : value_error(&member, err, "is not \"GPGKeys\"");
}

/* --- all of it ----------------------------------------------------------------------------- */

static int read_signed(const struct value *value, struct requirement *requirement,
                       struct error *err)
{
  struct value identity;
  if (read_keys(value, requirement, err) < 0)
    return -1;
  if (!value_find(value, "signedIdentity", &identity))
    return 0;
  return signed_identity_read(&identity, &requirement->identity, err);
}

static int read_by_type(const struct value *value, struct requirement *requirement,
                        struct error *err)
{
  static const char *const plain[] = {"type", NULL};
  static const char *const sigstore[] = {"type",     "keyPath",        "keyPaths", "keyData",
                                         "keyDatas", "signedIdentity", NULL};
  static const char *const gpg[] = {"type",    "keyType",        "keyPath", "keyPaths",
                                    "keyData", "signedIdentity", NULL};
  switch (requirement->type) {
  case REQUIREMENT_SIGSTORE:
    if (refuse_online(value, err) < 0 || value_object(value, sigstore, err) < 0)
      return -1;
    return read_signed(value, requirement, err);
  case REQUIREMENT_GPG:
    if (value_object(value, gpg, err) < 0 || read_key_type(value, err) < 0)
      return -1;
    return read_signed(value, requirement, err);
  case REQUIREMENT_REJECT:
  case REQUIREMENT_ACCEPT:
    break;
  }
  return value_object(value, plain, err);
}

int requirement_read(const struct value *value, struct requirement *requirement, struct error *err)
{
  *requirement = (struct requirement){.place = value_place(value)};
  if (read_type(value, &requirement->type, err) == 0 && read_by_type(value, requirement, err) == 0)
    return 0;
  requirement_free(requirement);
  return -1;
}

void requirement_free(struct requirement *requirement)
{
  for (size_t i = 0; i < requirement->key_count; i++) {
    free(requirement->keys[i].name);
    free(requirement->keys[i].bytes);
  }
  free(requirement->keys);
  free(requirement->place);
  signed_identity_free(&requirement->identity);
  *requirement = (struct requirement){.type = REQUIREMENT_REJECT};
}
