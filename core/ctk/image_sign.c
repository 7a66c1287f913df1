/* SPDX-License-Identifier: Apache-2.0 */
/* `image sign` and `image digest`: which manifest an image is, and a signature over it. */
#include "ctk/image_commands.h"
#include "ctk/image_key.h"
#include "ctk/image_options.h"
#include "ctk/image_subject.h"
#include "image/sign.h"

struct sign_request {
  const char *key, *passphrase_file, *reference, *store;
  struct image_place place;
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

static int keep(const struct sign_request *request, const struct subject *subject,
                const struct signed_image *made, struct error *err)
{
  cleanup_store struct store *store = NULL;
  struct digest digest;
  if (store_create(request->store, &store, err) < 0 ||
      store_add_manifest(store, subject->bytes, subject->length, &digest, err) < 0)
    return -1;
  return store_add_signature(store, &subject->digest, made->bytes, made->length, err);
}

static int find_subject(const struct sign_request *request, const char *word,
                        struct subject *subject, struct error *err)
{
  cleanup_store struct store *store = NULL;
  if (store_open(request->store, &store, err) < 0 && errno != ENOENT)
    return -1;
  return subject_of_image(&request->place, store, word, subject, err);
}

static int sign(const struct sign_request *request, const char *word, struct error *err)
{
  cleanup_key struct key *key = NULL;
  cleanup_subject struct subject subject = {.bytes = NULL};
  cleanup_reference struct reference reference = {.repository = NULL};
  cleanup_signed_image struct signed_image made = {.payload = NULL};
  if (find_subject(request, word, &subject, err) < 0 ||
      read_name(request, &subject, &reference, err) < 0 ||
      image_read_key(request->key, request->passphrase_file, &key, err) < 0 ||
      image_sign(key, &reference, &subject.digest, &made, err) < 0 ||
      keep(request, &subject, &made, err) < 0)
    return -1;
  cleanup_free char *name = reference_text(&reference);
  if (subject.made)
    ctk_say("made a manifest of its config and its layers");
  ctk_say("signed %s as %s by %s (%s)", subject.digest.text, name, key_id(key), key_kind(key));
  return 0;
}

int image_sign_run(const struct ctk_command *self, char **words, struct error *err)
{
  struct sign_request request = {.store = STORE_DEFAULT};
  const struct command_option options[] = {
      {"key", 0, OPTION_TEXT, &request.key, "FILE", "the private key, in PEM"},
      {"passphrase-file", 0, OPTION_TEXT, &request.passphrase_file, "FILE",
       "its passphrase; else it is asked for"},
      {"reference", 0, OPTION_TEXT, &request.reference, "NAME", "the name that is signed"},
      IMAGE_ENGINE_OPTIONS(request.place),
      IMAGE_STORE_OPTION(request.store),
      IMAGE_NO_MORE_OPTIONS,
  };
  int result = command_options(self, options, words, err);
  if (result < 0 || (result = image_check_words(self, words, 1, 1, err)) < 0)
    return result;
  if (request.key == NULL)
    return command_usage(self, err, "--key is missing");
  return sign(&request, words[0], err);
}

/* --- digest -------------------------------------------------------------------------------- */

int image_digest_run(const struct ctk_command *self, char **words, struct error *err)
{
  struct sign_request request = {.store = STORE_DEFAULT};
  cleanup_subject struct subject subject = {.bytes = NULL};
  bool id = false;
  const struct command_option options[] = {
      {"id", 0, OPTION_FLAG, &id, NULL, "the image's id instead, its config's digest"},
      IMAGE_ENGINE_OPTIONS(request.place),
      IMAGE_STORE_OPTION(request.store),
      IMAGE_NO_MORE_OPTIONS,
  };
  int result = command_options(self, options, words, err);
  if (result < 0 || (result = image_check_words(self, words, 1, 1, err)) < 0)
    return result;
  if (find_subject(&request, words[0], &subject, err) < 0)
    return -1;
  puts(id ? subject.config.text : subject.digest.text);
  return 0;
}
