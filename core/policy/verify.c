/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/verify.h"

#include "policy/evidence.h"
#include "policy/requirement.h"
#include "policy/signature.h"

#define REASONS_SHOWN 3 /* of signatures that were not accepted; the trail has all */

/* One image before one policy. All borrowed. */
struct hearing {
  const struct image_trust *trust;
  const struct image *image;
  const struct reference *reference; /* the image's name; NULL: it has none */
  const struct requirements *requirements;
  const struct evidence *evidence;
  struct verdict *verdict;
  struct trail *trail;
};

/* --- refusals ------------------------------------------------------------------------------ */

/* "docker image NAME (ID)": for messages; owned by the caller. */
static char *image_text(const struct image *image)
{
  const char *name = image->name != NULL ? image->name : "without a name";
  return xasprintf("%s image %s (%s)", image_engine_name(image->engine), name, image->id.text);
}

/* The error that is there says why; who is refused, and by what, comes in front. */
static int refuse(const struct hearing *hearing, struct error *err)
{
  cleanup_free char *image = image_text(hearing->image);
  trail_add(hearing->trail, "refused: %s", err->text);
  return error_wrap(err, "%s is refused by the scope \"%s\" of %s", image,
                    hearing->requirements->scope, policy_name(hearing->trust->policy));
}

/* Adds what could not be read, if anything, and what an admin can do about it. */
static int mend(const struct hearing *hearing, bool sign, struct error *err)
{
  const struct error *unread = &hearing->evidence->unread;
  if (unread->text[0] != '\0')
    error_append(err, "; %s", unread->text);
  if (hearing->reference == NULL)
    return error_append(err, "; it was started by its id: start it by the name that it was signed "
                             "by");
  cleanup_free char *name = reference_text(hearing->reference);
  error_append(err, "; to mend it: container-hooks-ctk image fetch %s", name);
  return sign ? error_append(err, ", or container-hooks-ctk image sign --key FILE %s", name) : -1;
}

/* --- signatures ---------------------------------------------------------------------------- */

/* Who is accepted says who: in the trail, and in the verdict the first of them. */
static void accept_claim(const struct hearing *hearing, const struct evidence_item *item,
                         const struct claim *claim)
{
  struct verdict *verdict = hearing->verdict;
  trail_add(hearing->trail, "signed by %s over %s", claim->key, item->digest.text);
  if (verdict->key != NULL)
    return;
  verdict->key = xstrdup(claim->key);
  verdict->manifest = item->manifest;
  verdict->signed_digest = item->digest;
}

static int check_claim(const struct hearing *hearing, const struct requirement *requirement,
                       const struct evidence_item *item, const struct claim *claim,
                       struct error *err)
{
  bool named = claim->reference.repository != NULL;
  if (!digest_equal(&claim->digest, &item->digest))
    return error_set(err, "it is over %s", claim->digest.text);
  if (signed_identity_matches(&requirement->identity, hearing->reference,
                              named ? &claim->reference : NULL))
    return 0;
  cleanup_free char *claimed = named ? reference_text(&claim->reference) : NULL;
  cleanup_free char *wanted = signed_identity_text(&requirement->identity);
  if (!named)
    return error_set(err,
                     "it names no image, as %s asks for: cosign 3 leaves the name out of its "
                     "bundles; sign with --new-bundle-format=false, or by container-hooks-ctk "
                     "image sign",
                     wanted);
  return error_set(err, "it is for %s, which is not what %s asks for", claimed, wanted);
}

static int try_signature(const struct hearing *hearing, const struct requirement *requirement,
                         const struct trusted_keys *keys, const struct evidence_item *item,
                         const struct signature_blob *blob, struct error *err)
{
  cleanup_signature struct signature signature = {.name = NULL};
  cleanup_claim struct claim claim = {.key = NULL};
  if (signature_parse(blob->bytes, blob->length, blob->name, &signature, err) < 0 ||
      signature_verify(&signature, keys, hearing->trust->gpgv, &claim, err) < 0 ||
      check_claim(hearing, requirement, item, &claim, err) < 0)
    return -1;
  accept_claim(hearing, item, &claim);
  return 0;
}

/* One that is accepted is enough. The reasons why others are not are added to `reasons`. */
static bool try_all(const struct hearing *hearing, const struct requirement *requirement,
                    const struct trusted_keys *keys, struct trail *reasons)
{
  struct error err;
  for (size_t i = 0; i < hearing->evidence->count; i++) {
    const struct evidence_item *item = &hearing->evidence->items[i];
    for (size_t j = 0; j < item->signatures.count; j++) {
      const struct signature_blob *blob = &item->signatures.items[j];
      if (try_signature(hearing, requirement, keys, item, blob, &err) == 0)
        return true;
      trail_add(hearing->trail, "not accepted: %s: %s", blob->name, err.text);
      trail_add(reasons, "%.300s", err.text);
    }
  }
  return false;
}

static int refuse_all(const struct hearing *hearing, const struct trail *reasons, struct error *err)
{
  error_set(err, "of %zu signature%s none is accepted:", reasons->count,
            reasons->count == 1 ? "" : "s");
  for (size_t i = 0; i < reasons->count && i < REASONS_SHOWN; i++)
    error_append(err, "%s %s", i > 0 ? ";" : "", reasons->steps[i]);
  if (reasons->count > REASONS_SHOWN)
    error_append(err, "; and %zu more (container-hooks-ctk image verify shows all)",
                 reasons->count - REASONS_SHOWN);
  return mend(hearing, true, err);
}

/* --- requirements -------------------------------------------------------------------------- */

static int refuse_without_manifest(const struct hearing *hearing, const char *wanted,
                                   struct error *err)
{
  error_set(err, "no manifest of it is known, %s%s", wanted,
            hearing->trust->store == NULL ? "; there is no trust store" : "");
  return mend(hearing, false, err);
}

static int refuse_without_signature(const struct hearing *hearing, struct error *err)
{
  error_set(err, "a signature is required, and there is none over ");
  for (size_t i = 0; i < hearing->evidence->count && i < REASONS_SHOWN; i++)
    error_append(err, "%s%s", i > 0 ? ", " : "", hearing->evidence->items[i].digest.text);
  return mend(hearing, true, err);
}

/* An image by digest must be of that digest, as podman and docker see to when they pull it. NULL
   with the error if it is not. */
static const struct evidence_item *find_named(const struct hearing *hearing, struct error *err)
{
  const struct digest *named = &hearing->reference->digest;
  for (size_t i = 0; i < hearing->evidence->count; i++)
    if (digest_equal(&hearing->evidence->items[i].digest, named))
      return &hearing->evidence->items[i];
  error_set(err, "no manifest or index of the digest in its name leads to this image");
  mend(hearing, false, err);
  return NULL;
}

/* A scope NAME@DIGEST: the admin has said which image it is. */
static bool is_pinned(const struct requirements *requirements)
{
  return strchr(requirements->scope, '@') != NULL;
}

/* Who accepts one digest without a signature accepts nothing else by that name: a name, the digest
   in it too, is but what somebody has called the image. */
static int accept_pinned(const struct hearing *hearing, struct error *err)
{
  if (hearing->evidence->count == 0)
    return refuse_without_manifest(hearing, "which could be of the digest in its name", err);
  const struct evidence_item *item = find_named(hearing, err);
  if (item == NULL)
    return -1;
  if (hearing->verdict->key == NULL)
    hearing->verdict->manifest = item->manifest;
  trail_add(hearing->trail, "%s is the digest that the scope names", item->digest.text);
  return 0;
}

static int require_signature(const struct hearing *hearing, const struct requirement *requirement,
                             struct error *err)
{
  cleanup_trusted_keys struct trusted_keys keys = {.keys = NULL};
  cleanup_trail struct trail reasons = {.steps = NULL};
  if (trusted_keys_load(requirement, &keys, err) < 0)
    return -1;
  if (hearing->evidence->count == 0)
    return refuse_without_manifest(hearing, "over which a signature could be", err);
  if (hearing->reference != NULL && digest_is_set(&hearing->reference->digest) &&
      find_named(hearing, err) == NULL)
    return -1;
  if (evidence_signatures(hearing->evidence) == 0)
    return refuse_without_signature(hearing, err);
  return try_all(hearing, requirement, &keys, &reasons) ? 0 : refuse_all(hearing, &reasons, err);
}

static int check_requirement(const struct hearing *hearing, const struct requirement *requirement,
                             struct error *err)
{
  cleanup_free char *identity = signed_identity_text(&requirement->identity);
  bool wants = requirement->type == REQUIREMENT_SIGSTORE || requirement->type == REQUIREMENT_GPG;
  trail_add(hearing->trail, "%s: %s%s%s", requirement->place, requirement_name(requirement->type),
            wants ? ", " : "", wants ? identity : "");
  switch (requirement->type) {
  case REQUIREMENT_ACCEPT:
    return is_pinned(hearing->requirements) ? accept_pinned(hearing, err) : 0;
  case REQUIREMENT_REJECT:
    return error_set(err, "it rejects all images (%s)", requirement->place);
  case REQUIREMENT_SIGSTORE:
  case REQUIREMENT_GPG:
    break;
  }
  return require_signature(hearing, requirement, err);
}

static bool wants_evidence(const struct requirements *requirements)
{
  if (is_pinned(requirements))
    return true;
  for (size_t i = 0; i < requirements->count; i++)
    if (requirements->list[i].type == REQUIREMENT_SIGSTORE ||
        requirements->list[i].type == REQUIREMENT_GPG)
      return true;
  return false;
}

/* All must be satisfied. */
static int hear(const struct hearing *hearing, struct error *err)
{
  const struct requirements *requirements = hearing->requirements;
  for (size_t i = 0; i < requirements->count; i++)
    if (check_requirement(hearing, &requirements->list[i], err) < 0)
      return refuse(hearing, err);
  trail_add(hearing->trail, "accepted by the scope \"%s\"", requirements->scope);
  hearing->verdict->accepted = true;
  return 0;
}

/* --- all of it ----------------------------------------------------------------------------- */

/* The name as it is looked up: an image by digest has no tag, which engines ignore then, and one
   with neither is the latest. */
static int read_name(const struct image *image, struct reference *reference, struct error *err)
{
  if (reference_parse(image->name, reference, err) < 0)
    return -1;
  if (digest_is_set(&reference->digest)) {
    free(reference->tag);
    reference->tag = NULL;
  } else if (reference->tag == NULL) {
    reference->tag = xstrdup("latest");
  }
  return 0;
}

int image_verify(const struct image_trust *trust, const struct image *image,
                 struct verdict *verdict, struct trail *trail, struct error *err)
{
  cleanup_reference struct reference reference = {.repository = NULL};
  cleanup_evidence struct evidence evidence = {.items = NULL};
  cleanup_free char *text = image_text(image);
  *verdict = (struct verdict){.accepted = false};
  trail_add(trail, "%s in %s", text, image->root);
  if (image->name != NULL && read_name(image, &reference, err) < 0) {
    verdict->scope = xstrdup(policy_find(trust->policy, NULL)->scope);
    return error_wrap(err, "%s is refused", text);
  }
  struct hearing hearing = {.trust = trust,
                            .image = image,
                            .reference = image->name != NULL ? &reference : NULL,
                            .evidence = &evidence,
                            .verdict = verdict,
                            .trail = trail};
  hearing.requirements = policy_find(trust->policy, hearing.reference);
  verdict->scope = xstrdup(hearing.requirements->scope);
  trail_add(trail, "%s: scope \"%s\" decides", policy_name(trust->policy), verdict->scope);
  if (wants_evidence(hearing.requirements))
    evidence_find(trust, image, hearing.reference, &evidence, trail);
  return hear(&hearing, err);
}

void verdict_free(struct verdict *verdict)
{
  free(verdict->scope);
  free(verdict->key);
  *verdict = (struct verdict){.accepted = false};
}
