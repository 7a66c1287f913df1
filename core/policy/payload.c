/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/payload.h"

#include "common/document.h"

static const char *const type_names[] = {
    [PAYLOAD_GPG] = "atomic container signature",
    [PAYLOAD_COSIGN] = "cosign container image signature",
};

/* --- reading ------------------------------------------------------------------------------- */

/* Does the object have exactly these keys? */
static int check_object(const struct value *object, const char *const *keys, struct error *err)
{
  struct value member;
  if (value_object(object, keys, err) < 0)
    return -1;
  for (; *keys != NULL; keys++)
    if (value_need(object, *keys, &member, err) < 0)
      return -1;
  return 0;
}

/* `object` is the member of that name, and *member its only member, which is a text. */
static int read_only_text(const struct value *critical, const char *name, const char *key,
                          struct value *object, struct value *member, const char **text,
                          struct error *err)
{
  const char *const keys[] = {key, NULL};
  value_find(critical, name, object);
  if (check_object(object, keys, err) < 0)
    return -1;
  value_find(object, key, member);
  return value_text(member, text, err);
}

static int read_type(const struct value *critical, enum payload_type type, struct error *err)
{
  struct value member;
  const char *text;
  value_find(critical, "type", &member);
  if (value_text(&member, &text, err) < 0)
    return -1;
  return text_equal(text, type_names[type])
             ? 0
             : value_error(&member, err, "is not \"%s\"", type_names[type]);
}

static int read_critical(const struct value *critical, enum payload_type type,
                         struct payload *payload, struct error *err)
{
  static const char *const keys[] = {"type", "image", "identity", NULL};
  struct value object, member;
  struct error cause;
  const char *text;
  if (check_object(critical, keys, err) < 0 || read_type(critical, type, err) < 0 ||
      read_only_text(critical, "image", "docker-manifest-digest", &object, &member, &text, err) < 0)
    return -1;
  if (!digest_parse(text, &payload->digest))
    return value_error(&member, err, "is not sha256: and 64 hexadecimal digits");
  if (read_only_text(critical, "identity", "docker-reference", &object, &member, &text, err) < 0)
    return -1;
  if (reference_parse(text, &payload->reference, &cause) < 0)
    return value_error(&member, err, "names no image: %s", cause.text);
  return 0;
}

/* What nobody decides by, but whose form is fixed. */
static int check_optional(const struct value *optional, enum payload_type type, struct error *err)
{
  struct value member;
  const char *creator;
  int64_t timestamp;
  if (optional->json == NULL && type == PAYLOAD_COSIGN)
    return 0; /* as cosign writes it */
  if (value_type(optional, json_type_object, err) < 0 ||
      (value_find(optional, "creator", &member) && value_text(&member, &creator, err) < 0))
    return -1;
  return value_find(optional, "timestamp", &member)
             ? value_number(&member, INT64_MIN, INT64_MAX, &timestamp, err)
             : 0;
}

static int read_payload(const struct value *root, enum payload_type type, struct payload *payload,
                        struct error *err)
{
  static const char *const keys[] = {"critical", "optional", NULL};
  struct value critical, optional;
  if (check_object(root, keys, err) < 0)
    return -1;
  value_find(root, "critical", &critical);
  value_find(root, "optional", &optional);
  if (read_critical(&critical, type, payload, err) < 0)
    return -1;
  return check_optional(&optional, type, err);
}

int payload_parse(const char *bytes, size_t length, enum payload_type type, const char *name,
                  struct payload *payload, struct error *err)
{
  *payload = (struct payload){.digest = {.text = ""}};
  if (length > PAYLOAD_SIZE_MAX)
    return error_set(err, "%s: a payload of more than %lu bytes", name, PAYLOAD_SIZE_MAX);
  struct document document = {.name = name, .text = (char *)(uintptr_t)bytes, .length = length};
  cleanup_json struct json_object *tree = NULL;
  if (json_parse(bytes, length, name, &tree, err) < 0)
    return -1;
  document.tree = tree;
  struct value root = document_root(&document);
  if (read_payload(&root, type, payload, err) == 0)
    return 0;
  payload_free(payload);
  return -1;
}

void payload_free(struct payload *payload)
{
  reference_free(&payload->reference);
  *payload = (struct payload){.digest = {.text = ""}};
}

/* --- writing ------------------------------------------------------------------------------- */

char *payload_make(const char *reference, const struct digest *digest)
{
  return xasprintf("{\"critical\":{\"identity\":{\"docker-reference\":\"%s\"},"
                   "\"image\":{\"docker-manifest-digest\":\"%s\"},\"type\":\"%s\"},"
                   "\"optional\":null}",
                   reference, digest->text, type_names[PAYLOAD_COSIGN]);
}
