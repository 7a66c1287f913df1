/* SPDX-License-Identifier: Apache-2.0 */
/* `image sign` and `image digest`: which manifest an image is, and a signature over it. */
#include "ctk/image_attached.h"
#include "ctk/image_commands.h"
#include "ctk/image_key.h"
#include "ctk/image_layout.h"
#include "ctk/image_options.h"
#include "ctk/image_remote.h"
#include "policy/sign.h"

struct sign_request {
  const char *key, *passphrase_file, *reference;
  struct image_settings settings;
  struct image_place place;
  struct registry registry;
  bool push;
};

/* --- the name ------------------------------------------------------------------------------ */

/* The name that is signed: the one that is asked for, else the image's own. "latest" is put in, as
   the engines do, and policies compare by it. */
static int read_name(const struct sign_request *request, const struct subject *subject,
                     struct reference *reference, struct error *err)
{
  const char *typed = request->reference != NULL ? request->reference : subject->name;
  if (typed == NULL)
    return error_set(err, "the image goes by no name that could be signed: --reference NAME gives "
                          "it one");
  cleanup_free char *full = reference_typed(typed);
  return reference_parse(full != NULL ? full : typed, reference, err);
}

/* --- sign ---------------------------------------------------------------------------------- */

/* Where the signature is pushed to: beside the image, whatever the name that is signed. */
static const char *push_repository(const struct manifest_source *source,
                                   const struct reference *reference)
{
  return source != NULL && source->registry != NULL ? source->place : reference->repository;
}

/* A manifest that the registry has not could not be found by anybody who gets the signature. */
static int check_remote(const struct sign_request *request, const char *repository,
                        const struct subject *subject, struct error *err)
{
  cleanup_free char *bytes = NULL;
  cleanup_free char *name = xasprintf("%s@%s", repository, subject->digest.text);
  size_t length;
  if (!request->push || registry_manifest(&request->registry, name, &bytes, &length, err) == 0)
    return 0;
  if (errno != ENOENT)
    return -1;
  return error_set(err,
                   "%s has no manifest %s: --push goes with an image that is there; push it, and "
                   "sign docker://NAME",
                   repository, subject->digest.text);
}

static int keep(const struct sign_request *request, const struct subject *subject,
                const struct manifest_source *source, const struct signed_image *made,
                struct error *err)
{
  cleanup_store struct store *store = NULL;
  cleanup_digest_list struct digest_list kept = {.items = NULL};
  if (store_create(request->settings.store, &store, err) < 0 ||
      subject_keep(subject, source, false, store, &kept, err) < 0)
    return -1;
  return store_add_signature(store, &subject->digest, made->bytes, made->length, err);
}

static void say_signed(const struct subject *subject, const struct reference *reference,
                       const struct key *key)
{
  cleanup_free char *name = reference_text(reference);
  if (subject->made)
    ctk_say("made a manifest of its config and its layers");
  ctk_say("signed %s as %s by %s (%s)", subject->digest.text, name, key_id(key), key_kind(key));
}

/* What is signed, and where the manifests are that it may list; NULL: it lists none. */
static int sign_subject(const struct sign_request *request, const struct subject *subject,
                        const struct manifest_source *source, const struct key *key,
                        struct error *err)
{
  cleanup_reference struct reference reference = {.repository = NULL};
  cleanup_signed_image struct signed_image made = {.payload = NULL};
  if (read_name(request, subject, &reference, err) < 0)
    return -1;
  const char *repository = push_repository(source, &reference);
  if (check_remote(request, repository, subject, err) < 0 ||
      image_sign(key, &reference, &subject->digest, &made, err) < 0 ||
      keep(request, subject, source, &made, err) < 0)
    return -1;
  say_signed(subject, &reference, key);
  if (!request->push)
    return 0;
  if (attached_push(&request->registry, repository, &subject->digest, &made, err) < 0)
    return error_wrap(err, "the signature is in the trust store, but could not be pushed");
  ctk_say("pushed the signature to %s", repository);
  return 0;
}

static int find_subject(const struct sign_request *request, const char *word,
                        struct subject *subject, struct error *err)
{
  cleanup_store struct store *store = NULL;
  if (store_open(request->settings.store, &store, err) < 0 && errno != ENOENT)
    return -1;
  return subject_of_image(&request->place, store, word, subject, err);
}

static int sign_image(const struct sign_request *request, const char *word, const struct key *key,
                      struct error *err)
{
  cleanup_subject struct subject subject = {.bytes = NULL};
  return find_subject(request, word, &subject, err) < 0
             ? -1
             : sign_subject(request, &subject, NULL, key, err);
}

static int sign_remote(const struct sign_request *request, const char *word, const struct key *key,
                       struct error *err)
{
  cleanup_remote struct remote remote = {.registry = NULL};
  return remote_open(&request->registry, word, &remote, err) < 0
             ? -1
             : sign_subject(request, &remote.subject, &remote.source, key, err);
}

static int sign_layout(const struct sign_request *request, const char *word, const struct key *key,
                       struct error *err)
{
  cleanup_layout struct layout layout = {.folder = NULL};
  return layout_open(word, &layout, err) < 0
             ? -1
             : sign_subject(request, &layout.subject, &layout.source, key, err);
}

static int sign(const struct sign_request *request, const char *word, struct error *err)
{
  cleanup_key struct key *key = NULL;
  if (image_read_key(request->key, request->passphrase_file, &key, err) < 0)
    return -1;
  if (text_starts(word, REGISTRY_PREFIX))
    return sign_remote(request, word, key, err);
  if (text_starts(word, LAYOUT_PREFIX))
    return sign_layout(request, word, key, err);
  return sign_image(request, word, key, err);
}

int image_sign_run(const struct ctk_command *self, char **words, struct error *err)
{
  struct sign_request request = {.registry = {.tls_verify = true}};
  const struct command_option options[] = {
      {"key", 0, OPTION_TEXT, &request.key, "FILE", "the private key, in PEM"},
      {"passphrase-file", 0, OPTION_TEXT, &request.passphrase_file, "FILE",
       "its passphrase; else it is asked for"},
      {"reference", 0, OPTION_TEXT, &request.reference, "NAME", "the name that is signed"},
      {"push", 0, OPTION_FLAG, &request.push, NULL,
       "put the signature beside the image in its registry, too"},
      IMAGE_REGISTRY_OPTIONS(request.registry),
      IMAGE_ENGINE_OPTIONS(request.place),
      IMAGE_STORE_OPTION(request.settings.store),
      IMAGE_NO_MORE_OPTIONS,
  };
  int result = command_options(self, options, words, err);
  if (result < 0 || (result = image_check_words(self, words, 1, 1, err)) < 0)
    return result;
  if (request.key == NULL)
    return command_usage(self, err, "--key is missing");
  result = image_settings_store(&request.settings, err);
  if (result == 0)
    result = sign(&request, words[0], err);
  image_settings_free(&request.settings);
  return result;
}

/* --- digest -------------------------------------------------------------------------------- */

/* Of an index, the id is that of the image for this machine. */
static int find_in_layout(const char *word, bool id, struct subject *subject, struct error *err)
{
  cleanup_layout struct layout layout = {.folder = NULL};
  cleanup_image struct image image = {.root = NULL};
  if (layout_open(word, &layout, err) < 0)
    return -1;
  subject->digest = layout.subject.digest;
  if (id && image_of_layout(layout.folder, &subject->digest, NULL, &image, err) < 0)
    return -1;
  subject->config = image.id;
  return 0;
}

int image_digest_run(const struct ctk_command *self, char **words, struct error *err)
{
  struct sign_request request = {.key = NULL};
  cleanup_subject struct subject subject = {.bytes = NULL};
  bool id = false;
  const struct command_option options[] = {
      {"id", 0, OPTION_FLAG, &id, NULL, "the image's id instead, its config's digest"},
      IMAGE_ENGINE_OPTIONS(request.place),
      IMAGE_STORE_OPTION(request.settings.store),
      IMAGE_NO_MORE_OPTIONS,
  };
  int result = command_options(self, options, words, err);
  if (result < 0 || (result = image_check_words(self, words, 1, 1, err)) < 0)
    return result;
  bool in_layout = text_starts(words[0], LAYOUT_PREFIX);
  if (in_layout && request.place.engine != NULL)
    return command_usage(self, err, "--engine goes without oci:DIR");
  result = in_layout ? find_in_layout(words[0], id, &subject, err)
                     : image_settings_store(&request.settings, err);
  if (result == 0 && !in_layout)
    result = find_subject(&request, words[0], &subject, err);
  image_settings_free(&request.settings);
  if (result < 0)
    return -1;
  puts(id ? subject.config.text : subject.digest.text);
  return 0;
}
