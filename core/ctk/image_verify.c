/* SPDX-License-Identifier: Apache-2.0 */
/* `image verify`: what a policy says of an image or a running container, and by which steps. */
#include "ctk/image_commands.h"
#include "ctk/image_files.h"
#include "ctk/image_find.h"
#include "ctk/image_layout.h"
#include "ctk/image_options.h"
#include "policy/verify.h"

struct verify_request {
  const char *bundle, *reference;
  struct image_settings settings;
  struct image_place place;
  bool files;
};

/* A layout has no name that counts: tags in it say nothing of repositories. */
static int find_in_layout(const struct verify_request *request, const char *word,
                          struct image *image, struct error *err)
{
  cleanup_layout struct layout layout = {.folder = NULL};
  return layout_open(word, &layout, err) < 0
             ? -1
             : image_of_layout(layout.folder, &layout.subject.digest, request->reference, image,
                               err);
}

/* An image is looked for first: it is what most people mean. */
static int find(const struct verify_request *request, const char *word, struct image *image,
                struct error *err)
{
  struct error about_image;
  if (text_starts(word, LAYOUT_PREFIX))
    return find_in_layout(request, word, image, err);
  if (request->bundle != NULL)
    return image_find_container(&request->place, word, request->bundle, image, err);
  if (image_find(&request->place, word, image, err) == 0)
    return 0;
  if (errno != ENOENT)
    return -1;
  about_image = *err;
  if (image_find_container(&request->place, word, NULL, image, err) == 0)
    return 0;
  if (errno != ENOENT)
    return -1;
  return error_set(err, "%s, and no running container of this name or id", about_image.text);
}

static void say_steps(const struct trail *trail)
{
  for (size_t i = 0; i < trail->count; i++)
    ctk_say("%s", trail->steps[i]);
}

static void say_layers(const struct image *image)
{
  ctk_say("image id %s, %zu layers", image->id.text, image->layer_count);
  for (size_t i = 0; image->rootfs != NULL && i < image->layer_count; i++)
    ctk_say("layer %s is %s", image->layers[i].diff_id.text, image->layers[i].folder);
}

static int ask(const struct image_trust *trust, const struct image *image, struct error *err)
{
  cleanup_verdict struct verdict verdict = {.accepted = false};
  cleanup_trail struct trail trail = {.steps = NULL};
  int result = image_verify(trust, image, &verdict, &trail, err);
  say_layers(image);
  say_steps(&trail);
  return result;
}

static int verify(const struct verify_request *request, const char *word, struct error *err)
{
  cleanup_policy struct policy *policy = NULL;
  cleanup_store struct store *store = NULL;
  cleanup_image struct image image = {.root = NULL};
  cleanup_free char *absolute = realpath(request->settings.policy, NULL);
  if (absolute == NULL)
    return error_set(err, "cannot open the policy %s: %m (--policy FILE names another)",
                     request->settings.policy);
  if (policy_read(absolute, &policy, err) < 0 || find(request, word, &image, err) < 0)
    return -1;
  if (store_open(request->settings.store, &store, err) < 0 && errno != ENOENT)
    return -1;
  const struct image_trust trust = {
      .policy = policy, .store = store, .registries = request->settings.registries};
  if (ask(&trust, &image, err) < 0)
    return -1;
  return request->files ? image_files_check(&image, &request->settings, word, err) : 0;
}

/* What is in a layout is in no engine, and no files of it are unpacked. */
static int check_request(const struct ctk_command *self, const struct verify_request *request,
                         const char *word, struct error *err)
{
  bool in_engine = request->files || request->bundle != NULL || request->place.engine != NULL;
  if (!text_starts(word, LAYOUT_PREFIX))
    return request->reference == NULL ? 0
                                      : command_usage(self, err, "--reference goes with oci:DIR");
  if (in_engine)
    return command_usage(self, err, "--files, --bundle and --engine go without oci:DIR");
  if (request->reference == NULL)
    return command_usage(self, err,
                         "an image in an OCI layout goes by no name, by which the policy "
                         "could judge it: --reference NAME gives it one");
  cleanup_free char *name = reference_typed(request->reference);
  return name != NULL
             ? 0
             : command_usage(self, err, "--reference %s is no image's name", request->reference);
}

int image_verify_run(const struct ctk_command *self, char **words, struct error *err)
{
  struct verify_request request = {.bundle = NULL};
  const struct command_option options[] = {
      {"policy", 0, OPTION_TEXT, &request.settings.policy, "FILE",
       "the policy, if not image-verify's"},
      {"registries", 0, OPTION_TEXT, &request.settings.registries, "DIR",
       "where lookasides are said, as in registries.d"},
      {"files", 0, OPTION_FLAG, &request.files, NULL,
       "compare every file on disk with the image, too"},
      {"bundle", 0, OPTION_TEXT, &request.bundle, "DIR",
       "the container's, if not in the usual place"},
      {"reference", 0, OPTION_TEXT, &request.reference, "NAME",
       "the name of what is in an OCI layout"},
      IMAGE_ENGINE_OPTIONS(request.place),
      IMAGE_STORE_OPTION(request.settings.store),
      IMAGE_NO_MORE_OPTIONS,
  };
  int result = command_options(self, options, words, err);
  if (result < 0 || (result = image_check_words(self, words, 1, 1, err)) < 0)
    return result;
  result = check_request(self, &request, words[0], err);
  if (result < 0)
    return result;
  result = request.files ? image_settings_files(&request.settings, err)
                         : image_settings_all(&request.settings, err);
  if (result == 0)
    result = verify(&request, words[0], err);
  image_settings_free(&request.settings);
  return result;
}
