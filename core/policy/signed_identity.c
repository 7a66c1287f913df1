/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/signed_identity.h"

static const char *const type_names[] = {
    [IDENTITY_REPO_DIGEST_OR_EXACT] = "matchRepoDigestOrExact",
    [IDENTITY_EXACT] = "matchExact",
    [IDENTITY_REPOSITORY] = "matchRepository",
    [IDENTITY_EXACT_REFERENCE] = "exactReference",
    [IDENTITY_EXACT_REPOSITORY] = "exactRepository",
    [IDENTITY_REMAP] = "remapIdentity",
    NULL,
};

/* --- reading ------------------------------------------------------------------------------- */

static int read_type(const struct value *object, enum identity_type *type, struct error *err)
{
  struct value member;
  size_t choice;
  if (value_type(object, json_type_object, err) < 0 ||
      value_need(object, "type", &member, err) < 0 ||
      value_choice(&member, type_names, &choice, err) < 0)
    return -1;
  *type = (enum identity_type)choice;
  return 0;
}

static int read_exact(const struct value *object, const char *key, bool with_tag,
                      struct reference *exact, struct error *err)
{
  const char *const keys[] = {"type", key, NULL};
  struct value member;
  const char *text;
  struct error cause;
  if (value_object(object, keys, err) < 0 || value_need_text(object, key, &member, &text, err) < 0)
    return -1;
  if (reference_parse(text, exact, &cause) < 0)
    return value_error(&member, err, "cannot be used: %s", cause.text);
  bool has_tag = exact->tag != NULL || digest_is_set(&exact->digest);
  if (has_tag == with_tag)
    return 0;
  return value_error(&member, err,
                     with_tag ? "has neither a tag nor a digest"
                              : "has a tag or a digest: a repository has none");
}

static int read_prefix(const struct value *object, const char *key, char **prefix,
                       struct error *err)
{
  struct value member;
  const char *text;
  if (value_need_text(object, key, &member, &text, err) < 0)
    return -1;
  cleanup_free char *domain = xstrndup(text, strcspn(text, "/"));
  if (!reference_is_domain(domain) || (!text_equal(text, domain) && !reference_is_repository(text)))
    return value_error(&member, err,
                       "is neither host[:port] nor host[:port]/path, in full and without a tag");
  *prefix = xstrdup(text);
  return 0;
}

static int read_rest(const struct value *value, struct signed_identity *identity, struct error *err)
{
  static const char *const plain[] = {"type", NULL};
  static const char *const remap[] = {"type", "prefix", "signedPrefix", NULL};
  switch (identity->type) {
  case IDENTITY_EXACT_REFERENCE:
    return read_exact(value, "dockerReference", true, &identity->exact, err);
  case IDENTITY_EXACT_REPOSITORY:
    return read_exact(value, "dockerRepository", false, &identity->exact, err);
  case IDENTITY_REMAP:
    if (value_object(value, remap, err) < 0 ||
        read_prefix(value, "prefix", &identity->prefix, err) < 0)
      return -1;
    return read_prefix(value, "signedPrefix", &identity->signed_prefix, err);
  case IDENTITY_REPO_DIGEST_OR_EXACT:
  case IDENTITY_EXACT:
  case IDENTITY_REPOSITORY:
    break;
  }
  return value_object(value, plain, err);
}

int signed_identity_read(const struct value *value, struct signed_identity *identity,
                         struct error *err)
{
  *identity = (struct signed_identity){.type = IDENTITY_REPO_DIGEST_OR_EXACT};
  if (read_type(value, &identity->type, err) == 0 && read_rest(value, identity, err) == 0)
    return 0;
  signed_identity_free(identity);
  return -1;
}

void signed_identity_free(struct signed_identity *identity)
{
  reference_free(&identity->exact);
  free(identity->prefix);
  free(identity->signed_prefix);
  *identity = (struct signed_identity){.type = IDENTITY_REPO_DIGEST_OR_EXACT};
}

/* --- comparing ----------------------------------------------------------------------------- */

static bool names_only(const struct reference *reference)
{
  return reference->tag == NULL && !digest_is_set(&reference->digest);
}

static bool same_repository(const struct reference *a, const struct reference *b)
{
  return text_equal(a->repository, b->repository);
}

/* Equal to the letter; a repository alone is no name of an image. */
static bool same_image(const struct reference *wanted, const struct reference *claimed)
{
  cleanup_free char *a = reference_text(wanted), *b = reference_text(claimed);
  return !names_only(wanted) && !names_only(claimed) && text_equal(a, b);
}

/* An image by digest may have been signed by any tag of its repository. */
static bool same_image_or_digest(const struct reference *image, const struct reference *claimed)
{
  if (digest_is_set(&image->digest) && image->tag == NULL)
    return !names_only(claimed) && same_repository(image, claimed);
  return same_image(image, claimed);
}

/* The image as it would be called where it was signed. */
static bool same_remapped(const struct signed_identity *identity, const struct reference *image,
                          const struct reference *claimed)
{
  size_t length = strlen(identity->prefix);
  const char *rest = image->repository + length;
  if (!text_starts(image->repository, identity->prefix) || (*rest != '\0' && *rest != '/'))
    return same_image_or_digest(image, claimed);
  cleanup_free char *name = xasprintf("%s%s", identity->signed_prefix, rest);
  const struct reference remapped = {
      .repository = name, .tag = image->tag, .digest = image->digest};
  return same_image_or_digest(&remapped, claimed);
}

bool signed_identity_matches(const struct signed_identity *identity, const struct reference *image,
                             const struct reference *claimed)
{
  if (claimed == NULL)
    return false;
  switch (identity->type) {
  case IDENTITY_EXACT_REFERENCE:
    return same_image(&identity->exact, claimed);
  case IDENTITY_EXACT_REPOSITORY:
    return same_repository(&identity->exact, claimed);
  case IDENTITY_REPO_DIGEST_OR_EXACT:
    return image != NULL && same_image_or_digest(image, claimed);
  case IDENTITY_EXACT:
    return image != NULL && same_image(image, claimed);
  case IDENTITY_REPOSITORY:
    return image != NULL && same_repository(image, claimed);
  case IDENTITY_REMAP:
    return image != NULL && same_remapped(identity, image, claimed);
  }
  return false;
}

char *signed_identity_text(const struct signed_identity *identity)
{
  const char *name = type_names[identity->type];
  if (identity->prefix != NULL)
    return xasprintf("%s %s to %s", name, identity->prefix, identity->signed_prefix);
  if (identity->exact.repository == NULL)
    return xstrdup(name);
  cleanup_free char *exact = reference_text(&identity->exact);
  return xasprintf("%s %s", name, exact);
}
