/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/image_layout.h"

#include "common/document.h"
#include "ctk/image_options.h"
#include "image/hash.h"

#define TAG_ANNOTATION "org.opencontainers.image.ref.name"

/* --- index.json ---------------------------------------------------------------------------- */

static bool has_tag(const struct value *entry, const char *tag)
{
  struct value annotations, member;
  struct error ignored;
  const char *text;
  return value_find(entry, "annotations", &annotations) &&
         value_type(&annotations, json_type_object, &ignored) == 0 &&
         value_find(&annotations, TAG_ANNOTATION, &member) &&
         value_text(&member, &text, &ignored) == 0 && text_equal(text, tag);
}

static int entry_digest(const struct value *entry, struct digest *digest, struct error *err)
{
  struct value member;
  const char *text;
  if (value_need(entry, "digest", &member, err) < 0 || value_text(&member, &text, err) < 0)
    return -1;
  return digest_parse(text, digest) ? 0 : value_error(&member, err, "is no digest");
}

static int choose(const struct document *document, const char *tag, struct digest *digest,
                  struct error *err)
{
  struct value root = document_root(document), manifests;
  size_t count;
  *digest = (struct digest){.text = ""};
  if (value_type(&root, json_type_object, err) < 0 ||
      value_need(&root, "manifests", &manifests, err) < 0 ||
      value_array(&manifests, MANIFEST_ENTRIES_MAX, &count, err) < 0)
    return -1;
  for (size_t i = 0; i < count; i++) {
    struct value entry = value_element(&manifests, i);
    if (value_type(&entry, json_type_object, err) < 0)
      return -1;
    if (tag != NULL && !has_tag(&entry, tag))
      continue;
    if (digest_is_set(digest))
      return error_set(err, "%s lists several images: oci:DIR:TAG says which", document->name);
    if (entry_digest(&entry, digest, err) < 0)
      return -1;
  }
  return digest_is_set(digest)
             ? 0
             : error_set(err, "%s lists no image%s%s", document->name,
                         tag != NULL ? " with the tag " : "", tag != NULL ? tag : "");
}

static int read_index(const char *folder, const char *tag, struct digest *digest, struct error *err)
{
  cleanup_document struct document document = {.name = NULL};
  document.path = xasprintf("%s/index.json", folder);
  document.name = document.path;
  if (image_read_file(document.path, MANIFEST_SIZE_MAX, &document.text, &document.length, err) <
          0 ||
      json_parse(document.text, document.length, document.name, &document.tree, err) < 0)
    return -1;
  return choose(&document, tag, digest, err);
}

/* --- all of it ----------------------------------------------------------------------------- */

static int read_layout(const struct manifest_source *source, const struct digest *digest,
                       char **bytes, size_t *length, struct error *err)
{
  cleanup_free char *path = xasprintf("%s/blobs/sha256/%s", source->place, digest_hex(digest));
  if (access(path, F_OK) < 0) {
    int cause = errno;
    error_set(err, "cannot open %s: %m", path);
    errno = cause;
    return -1;
  }
  if (image_read_file(path, MANIFEST_SIZE_MAX, bytes, length, err) == 0)
    return 0;
  errno = EIO;
  return -1;
}

/* A tag has no '/', so that DIR may have a ':'. */
static char *split_tag(char *folder)
{
  char *colon = strrchr(folder, ':');
  if (colon == NULL || strchr(colon, '/') != NULL || colon[1] == '\0')
    return NULL;
  *colon = '\0';
  return colon + 1;
}

static int read_all(const char *word, struct layout *layout, struct error *err)
{
  struct subject *subject = &layout->subject;
  layout->folder = xstrdup(word + strlen(LAYOUT_PREFIX));
  const char *tag = split_tag(layout->folder);
  layout->source = (struct manifest_source){.read = read_layout, .place = layout->folder};
  if (read_index(layout->folder, tag, &subject->digest, err) < 0 ||
      read_layout(&layout->source, &subject->digest, &subject->bytes, &subject->length, err) < 0)
    return -1;
  return hash_check(subject->bytes, subject->length, &subject->digest, layout->folder, err);
}

int layout_open(const char *word, struct layout *layout, struct error *err)
{
  *layout = (struct layout){.folder = NULL};
  if (read_all(word, layout, err) == 0)
    return 0;
  layout_close(layout);
  return -1;
}

void layout_close(struct layout *layout)
{
  free(layout->folder);
  layout->folder = NULL;
  subject_free(&layout->subject);
}
