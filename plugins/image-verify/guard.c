/* SPDX-License-Identifier: Apache-2.0 */
#include "guard.h"

#include "common/trust.h"
#include "rootfs/plan.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#define PLAN_AGE 7200   /* seconds; twice what a hook may take (rootfs/plan.c) */
#define SWEEP_MAX 10000 /* entries that are looked at */

/* --- the program --------------------------------------------------------------------------- */

static int check_program(const struct settings *settings, struct error *err)
{
  cleanup_close int fd = -1;
  if (settings->program[0] == '\0')
    return error_set(err, "cannot tell where verify-rootfs is: /proc is not mounted");
  fd = trust_open_file(settings->program, err);
  if (fd >= 0)
    return 0;
  return error_append(err, "; without it only the setting files = false starts containers");
}

/* --- the plan ------------------------------------------------------------------------------ */

static int make_folder(const char *path, mode_t mode, struct error *err)
{
  return mkdir(path, mode) == 0 || errno == EEXIST
             ? 0
             : error_set(err, "cannot make the folder %s: %m", path);
}

/* With the one above it if need be. */
static int open_plans(const char *path, struct error *err)
{
  cleanup_free char *above = xstrdup(path);
  char *slash = strrchr(above, '/');
  *slash = '\0';
  if ((slash != above && make_folder(above, 0755, err) < 0) || make_folder(path, 0700, err) < 0)
    return -1;
  return trust_open_folder(path, err);
}

/* Removes plans whose containers have started long since, or never did. Takes over the descriptor.
 */
static void sweep(int fd)
{
  struct dirent *entry;
  struct stat status;
  time_t now = time(NULL);
  DIR *folder = fdopendir(fd);
  if (folder == NULL) {
    close(fd);
    return;
  }
  for (int i = 0; i < SWEEP_MAX && (entry = readdir(folder)) != NULL; i++)
    if (fstatat(fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode) &&
        status.st_mtime < now - PLAN_AGE)
      unlinkat(fd, entry->d_name, 0);
  closedir(folder);
}

/* The plan's path; owned by the caller; NULL on errors. */
static char *write_plan(const struct cht_context *ctx, const struct settings *settings,
                        const struct image *image, struct digest *digest, struct error *err)
{
  free(plan_text(image, ctx->container_id, ctx->bundle, digest));
  char *path = xasprintf("%s/%s.json", settings->plans, digest_hex(digest));
  if (ctx->dry_run)
    return path;
  int folder = open_plans(settings->plans, err);
  if (folder >= 0) {
    sweep(folder);
    if (plan_write(image, ctx->container_id, ctx->bundle, path, digest, err) == 0)
      return path;
  }
  free(path);
  return NULL;
}

/* --- the hook ------------------------------------------------------------------------------ */

static int add_hook(struct cht_context *ctx, const struct settings *settings,
                    const struct judgement *judgement, const char *plan,
                    const struct digest *digest)
{
  const struct image *image = &judgement->image;
  const char *const args[] = {
      "verify-rootfs",
      "--id",
      ctx->container_id,
      "--bundle",
      ctx->bundle,
      "--rootfs",
      image->rootfs,
      "--image",
      judgement_image(judgement),
      "--manifest",
      judgement->verdict.manifest.text,
      "--config",
      image->id.text,
      "--plan",
      plan,
      "--plan-digest",
      digest->text,
      "--upper",
      settings->upper,
      "--cache",
      settings->cache,
      "--mode",
      mode_name(judgement->mode),
      "--state",
      settings->state,
      "--log",
      settings->log,
      NULL,
  };
  static const char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
  const struct cht_hook hook = {
      .path = settings->program,
      .args = args,
      .env = environment,
      .timeout = (int)plan_timeout(image),
  };
  return cht_add_hook(ctx, CHT_CREATE_RUNTIME, &hook, CHT_HOOK_FRONT | CHT_HOOK_PIN);
}

int guard_install(struct cht_context *ctx, const struct settings *settings,
                  const struct judgement *judgement, struct error *err)
{
  struct digest digest;
  if (check_program(settings, err) < 0)
    return -1;
  cleanup_free char *plan = write_plan(ctx, settings, &judgement->image, &digest, err);
  if (plan == NULL)
    return -1;
  if (add_hook(ctx, settings, judgement, plan, &digest) < 0)
    return error_set(err, "cannot insert the hook verify-rootfs");
  return 0;
}

int guard_check(const struct settings *settings, struct error *err)
{
  return check_program(settings, err);
}
