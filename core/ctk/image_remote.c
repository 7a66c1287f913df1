/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/image_remote.h"

#include "image/hash.h"

static int read_remote(const struct manifest_source *source, const struct digest *digest,
                       char **bytes, size_t *length, struct error *err)
{
  cleanup_free char *reference = xasprintf("%s@%s", source->place, digest->text);
  return registry_manifest(source->registry, reference, bytes, length, err);
}

static int read_reference(const char *word, struct reference *reference, struct error *err)
{
  const char *typed = text_starts(word, REGISTRY_PREFIX) ? word + strlen(REGISTRY_PREFIX) : word;
  cleanup_free char *full = reference_typed(typed);
  return reference_parse(full != NULL ? full : typed, reference, err);
}

/* skopeo does not take a name with both: by its digest an image has no tag. */
static void drop_tag(struct reference *reference)
{
  if (!digest_is_set(&reference->digest))
    return;
  free(reference->tag);
  reference->tag = NULL;
}

static int open_remote(struct remote *remote, const char *word, struct error *err)
{
  struct subject *subject = &remote->subject;
  if (read_reference(word, &remote->reference, err) < 0)
    return -1;
  drop_tag(&remote->reference);
  remote->source = (struct manifest_source){
      .read = read_remote, .place = remote->reference.repository, .registry = remote->registry};
  subject->name = reference_text(&remote->reference);
  if (registry_manifest(remote->registry, subject->name, &subject->bytes, &subject->length, err) <
      0)
    return -1;
  hash_bytes(subject->bytes, subject->length, &subject->digest);
  return digest_is_set(&remote->reference.digest)
             ? hash_check(subject->bytes, subject->length, &remote->reference.digest, subject->name,
                          err)
             : 0;
}

int remote_open(const struct registry *registry, const char *word, struct remote *remote,
                struct error *err)
{
  *remote = (struct remote){.registry = registry};
  if (open_remote(remote, word, err) == 0)
    return 0;
  remote_close(remote);
  return -1;
}

void remote_close(struct remote *remote)
{
  reference_free(&remote->reference);
  subject_free(&remote->subject);
}
