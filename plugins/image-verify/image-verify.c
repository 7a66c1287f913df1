/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image-verify: no image starts that the admin's policy does not accept.
 *
 *     the mounted root file system ─▶ the engine's record ─▶ the image ─▶ mode
 *                                        policy, signatures ─▶ accepted, or refused and why
 *                                                                 └▶ a hook that checks the files
 *
 * Nothing that the container's user writes (annotations, labels, the command line) has a say in it.
 */
#include "common/journal.h"
#include "common/trust.h"
#include "guard.h"
#include "judgement.h"
#include "policy/registries.h"

#include <time.h>

/* --- telling ------------------------------------------------------------------------------- */

static long milliseconds_since(const struct timespec *begin)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (now.tv_sec - begin->tv_sec) * 1000 + (now.tv_nsec - begin->tv_nsec) / 1000000;
}

static void log_trail(struct cht_context *ctx, const struct trail *trail)
{
  for (size_t i = 0; i < trail->count; i++)
    cht_log(ctx, CHT_DEBUG, "%s", trail->steps[i]);
}

static const char *why_unsigned(const struct verdict *verdict)
{
  return digest_is_set(&verdict->manifest) ? ", which names its digest"
                                           : ", which asks for no signature";
}

static void log_accepted(struct cht_context *ctx, const struct judgement *judgement, long took)
{
  const struct verdict *verdict = &judgement->verdict;
  bool is_signed = verdict->key != NULL;
  cht_log(ctx, CHT_INFO, "image %s (%s) is accepted by the scope \"%s\"%s%s%s%s, %ld ms",
          judgement_image(judgement), judgement->image.id.text, verdict->scope,
          is_signed ? ", signed by " : why_unsigned(verdict), is_signed ? verdict->key : "",
          is_signed ? " over " : "", is_signed ? verdict->signed_digest.text : "", took);
}

/* A journal that does not listen stops no container that may start. */
static void tell_journal(struct cht_context *ctx, const struct settings *settings,
                         const struct judgement *judgement, const char *message)
{
  struct error err;
  const struct journal_field fields[] = {
      {"MESSAGE", message},
      {"PRIORITY", "4"}, /* a warning, syslog(3) */
      {"SYSLOG_IDENTIFIER", "container-hooks"},
      {"CONTAINER_HOOKS_ID", ctx->container_id},
      {"CONTAINER_HOOKS_BUNDLE", ctx->bundle},
      {"CONTAINER_HOOKS_IMAGE", judgement_image(judgement)},
      {"CONTAINER_HOOKS_OUTCOME", "warned"},
      {NULL, NULL},
  };
  if (journal_send(settings->journal_socket, fields, &err) < 0)
    cht_log(ctx, CHT_WARN, "%s", err.text);
}

/* What follows from an image that is not accepted. */
static int not_accepted(struct cht_context *ctx, const struct settings *settings,
                        const struct judgement *judgement, const struct error *why)
{
  if (judgement->mode == MODE_ENFORCE)
    return cht_fail(ctx, "%s", why->text);
  cht_log(ctx, CHT_WARN, "mode %s starts what enforce would not: %s", mode_name(judgement->mode),
          why->text);
  if (judgement->mode == MODE_WARN && settings->to_stderr)
    cht_tell(ctx, "%s", why->text);
  if (judgement->mode == MODE_WARN && settings->journal && !ctx->dry_run) {
    cleanup_free char *message =
        xasprintf("container %s starts, but: %s", ctx->container_id, why->text);
    tell_journal(ctx, settings, judgement, message);
  }
  return 0;
}

/* --- a container --------------------------------------------------------------------------- */

/* What was accepted is what will run: no later plugin gives the container another root file system,
   and the files are compared once more at the last moment, where it is known what they should be.
 */
static int keep(struct cht_context *ctx, const struct settings *settings,
                const struct judgement *judgement, struct error *err)
{
  if (settings->files && digest_is_set(&judgement->verdict.manifest) &&
      guard_install(ctx, settings, judgement, err) < 0)
    return -1;
  return cht_pin(ctx, "/root/path") < 0 ? error_set(err, "cannot pin root.path") : 0;
}

/* What `plugin check` and `plugin enable` try plugins on (ctk/sample.c): none of an image's, so
   there is nothing to decide. In a dry run, which starts nothing. */
static bool is_sample(const struct cht_context *ctx)
{
  return ctx->dry_run && text_equal(ctx->container_id, "sample");
}

/* Those behind may ask for an image. */
static int tell_sample(struct cht_context *ctx)
{
  const struct cht_image sample = {
      .size = sizeof(sample), .id = "sha256:sample", .name = "localhost/sample:latest"};
  return cht_set_image(ctx, &sample);
}

/* For the plugins behind, whatever the policy says of it. */
static int tell_image(struct cht_context *ctx, const struct judgement *judgement, bool accepted)
{
  const struct verdict *verdict = &judgement->verdict;
  bool is_signed = accepted && verdict->key != NULL;
  const struct cht_image image = {
      .size = sizeof(image),
      .id = judgement->image.id.text,
      .name = judgement->image.name,
      .signed_digest = is_signed ? verdict->signed_digest.text : NULL,
      .accepted = accepted,
  };
  return digest_is_set(&judgement->image.id) ? cht_set_image(ctx, &image) : 0;
}

static int modify(struct cht_context *ctx)
{
  cleanup_settings struct settings settings = {.policy = NULL};
  cleanup_judgement struct judgement judgement = {.mode = MODE_ENFORCE};
  struct timespec begin;
  struct error why;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  if (settings_read(ctx, &settings) < 0)
    return -1;
  if (mode_strictest(&settings.scopes, settings.mode) == MODE_OFF)
    return 0;
  if (is_sample(ctx))
    return tell_sample(ctx);
  int result = judge(ctx, &settings, &judgement, &why);
  if (judgement.mode == MODE_OFF)
    return tell_image(ctx, &judgement, false);
  log_trail(ctx, &judgement.trail);
  if (result == 0)
    log_accepted(ctx, &judgement, milliseconds_since(&begin));
  if (result == 0)
    result = keep(ctx, &settings, &judgement, &why);
  if (tell_image(ctx, &judgement, result == 0) < 0)
    return -1;
  return result == 0 ? 0 : not_accepted(ctx, &settings, &judgement, &why);
}

/* --- check --------------------------------------------------------------------------------- */

static int check_policy(const struct settings *settings, struct error *err)
{
  cleanup_policy struct policy *policy = NULL;
  cleanup_registries struct registries registries = {.items = NULL};
  if (policy_read(settings->policy, &policy, err) < 0 || policy_check_keys(policy, err) < 0)
    return -1;
  return settings->registries[0] != '\0' ? registries_read(settings->registries, &registries, err)
                                         : 0;
}

/* One that is not there yet was not written to yet. */
static int check_store(struct cht_context *ctx, const struct settings *settings, struct error *err)
{
  cleanup_store struct store *store = NULL;
  if (settings->store[0] == '\0' || store_open(settings->store, &store, err) == 0)
    return 0;
  if (errno != ENOENT)
    return -1;
  cht_log(ctx, CHT_WARN,
          "there is no trust store %s yet: no signature is found but what podman, CRI-O or a "
          "lookaside folder keeps; container-hooks-ctk image sign, add, fetch or import makes it",
          settings->store);
  return 0;
}

/* The usual ones are those of engines that need not be here. */
static int check_roots(const struct settings *settings, struct error *err)
{
  for (size_t i = 0; settings->roots[i] != NULL; i++) {
    cleanup_close int fd = trust_open_folder(settings->roots[i], err);
    if (fd < 0 && (settings->roots_given || errno != ENOENT))
      return -1;
  }
  return 0;
}

static int check(struct cht_context *ctx)
{
  cleanup_settings struct settings settings = {.policy = NULL};
  struct error err;
  if (settings_read(ctx, &settings) < 0)
    return -1;
  if (mode_strictest(&settings.scopes, settings.mode) == MODE_OFF)
    return 0;
  if (check_policy(&settings, &err) < 0 || check_store(ctx, &settings, &err) < 0 ||
      check_roots(&settings, &err) < 0 || (settings.files && guard_check(&settings, &err) < 0))
    return cht_fail(ctx, "%s", err.text);
  if (mode_warns(&settings.scopes, settings.mode) && settings.journal &&
      journal_check(settings.journal_socket, &err) < 0)
    return cht_fail(ctx, "%s; journal = false leaves it out", err.text);
  return 0;
}

CHT_PLUGIN(.name = "image-verify", .version = VERSION,
           .summary = "no image starts whose signature the policy does not accept",
           .modify = modify, .check = check);
