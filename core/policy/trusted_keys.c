/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/trusted_keys.h"

#include "common/trust.h"

/* One key's bytes are there: of sigstore a PEM, of GPG a keyring. */
static int add(struct trusted_keys *keys, const char *bytes, size_t length, const char *name,
               struct error *err)
{
  if (keys->type == REQUIREMENT_GPG)
    return keyring_add(&keys->keyring, bytes, length, name, err);
  if (key_parse(bytes, length, name, &keys->keys[keys->count], err) < 0)
    return -1;
  keys->count++;
  return 0;
}

static int load(const struct key_source *source, struct trusted_keys *keys, struct error *err)
{
  size_t limit = keys->type == REQUIREMENT_GPG ? KEYRING_SIZE_MAX : KEY_SIZE_MAX, length;
  cleanup_free char *bytes = NULL;
  if (source->bytes != NULL)
    return add(keys, source->bytes, source->length, source->name, err);
  if (trust_read_file(source->name, limit, &bytes, &length, err) < 0)
    return -1;
  return add(keys, bytes, length, source->name, err);
}

int trusted_keys_load(const struct requirement *requirement, struct trusted_keys *keys,
                      struct error *err)
{
  *keys = (struct trusted_keys){.type = requirement->type};
  keys->keys = xcalloc(requirement->key_count + 1, sizeof(struct key *));
  for (size_t i = 0; i < requirement->key_count; i++) {
    if (load(&requirement->keys[i], keys, err) == 0)
      continue;
    trusted_keys_free(keys);
    return error_wrap(err, "a key of the policy (%s) cannot be used", requirement->place);
  }
  return 0;
}

void trusted_keys_free(struct trusted_keys *keys)
{
  for (size_t i = 0; i < keys->count; i++)
    key_free(keys->keys[i]);
  free(keys->keys);
  keyring_free(&keys->keyring);
  *keys = (struct trusted_keys){.keys = NULL};
}
