/* SPDX-License-Identifier: Apache-2.0 */
#include "judgement.h"

#include "image/covered.h"

/* --- identity ------------------------------------------------------------------------------ */

static int check_covered(const struct cht_context *ctx, const struct image *image,
                         struct error *err)
{
  const struct document config = {.name = "config.json", .tree = ctx->spec};
  const struct value spec = document_root(&config);
  return covered_check(&spec, image->rootfs, err);
}

/* A container that is none of an image's, as of --rootfs, cannot be verified; whatever the policy
   accepts, it accepts images. Nor can one in which nothing of its image would run: it has neither
   the image's name nor the mode of that. */
static int identify(struct cht_context *ctx, const struct settings *settings, struct image *image,
                    struct error *err)
{
  const char *rootfs = NULL;
  if (cht_get_text(ctx, "/root/path", &rootfs) < 0)
    return error_set(err, "config.json's root.path is no text");
  if (rootfs == NULL)
    return error_set(err, "config.json has no root.path");
  const struct image_container container = {
      .id = ctx->container_id,
      .bundle = ctx->bundle,
      .rootfs = rootfs,
      .roots = settings->roots,
  };
  if (image_of_container(&container, image, err) == 0 && check_covered(ctx, image, err) == 0)
    return 0;
  image_free(image);
  return error_wrap(err, "cannot verify of which image this container is");
}

/* --- policy -------------------------------------------------------------------------------- */

static int open_store(const struct settings *settings, struct store **store, struct error *err)
{
  if (settings->store[0] == '\0' || store_open(settings->store, store, err) == 0)
    return 0;
  return errno == ENOENT ? 0 : -1; /* nothing was ever added: a signature can lie elsewhere */
}

static int ask_policy(const struct settings *settings, struct judgement *judgement,
                      struct error *err)
{
  cleanup_policy struct policy *policy = NULL;
  cleanup_store struct store *store = NULL;
  if (policy_read(settings->policy, &policy, err) < 0 || open_store(settings, &store, err) < 0)
    return error_wrap(err, "cannot verify the image %s", judgement_image(judgement));
  const struct image_trust trust = {
      .policy = policy,
      .store = store,
      .registries = settings->registries[0] != '\0' ? settings->registries : NULL,
  };
  return image_verify(&trust, &judgement->image, &judgement->verdict, &judgement->trail, err);
}

/* A checkpoint's memory is what runs then, and nobody has signed it. */
static int check_restore(const struct cht_context *ctx, const struct settings *settings,
                         const struct judgement *judgement, struct error *err)
{
  if (ctx->command != CHT_RESTORE || settings->allow_restore)
    return 0;
  return error_set(err,
                   "the image %s is to be restored from a checkpoint, whose memory no signature "
                   "covers: the setting allow-restore permits it",
                   judgement_image(judgement));
}

int judge(struct cht_context *ctx, const struct settings *settings, struct judgement *judgement,
          struct error *err)
{
  *judgement = (struct judgement){.mode = settings->mode};
  if (identify(ctx, settings, &judgement->image, err) < 0)
    return -1;
  judgement->mode = mode_of(&settings->scopes, judgement->image.name, settings->mode);
  if (judgement->mode == MODE_OFF)
    return 0;
  return check_restore(ctx, settings, judgement, err) < 0 ? -1
                                                          : ask_policy(settings, judgement, err);
}

const char *judgement_image(const struct judgement *judgement)
{
  const struct image *image = &judgement->image;
  if (image->name != NULL)
    return image->name;
  return digest_is_set(&image->id) ? image->id.text : "unknown";
}

void judgement_free(struct judgement *judgement)
{
  image_free(&judgement->image);
  verdict_free(&judgement->verdict);
  trail_free(&judgement->trail);
}
