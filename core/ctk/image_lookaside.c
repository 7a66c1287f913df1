/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/image_lookaside.h"

#include "ctk/command.h"
#include "ctk/engines/program.h"
#include "ctk/image_options.h"
#include "policy/lookaside.h"

#define FOUND "200" /* status codes of HTTP */
#define MISSING "404"

/* --- a file of the server ------------------------------------------------------------------ */

/* With redirections and proxies, as skopeo would; without the user's ~/.curlrc. The rate bounds
   what comes from a server that does not say how much it will be. `*status` is owned by the caller.
 */
static int download(const struct registry *registry, const char *url, const char *path,
                    char **status, struct error *err)
{
  cleanup_free char *program = program_find("curl");
  cleanup_free char *limit = xasprintf("%lu", SIGNATURE_SIZE_MAX);
  if (program == NULL)
    return error_set(err,
                     "the program curl is missing, by which %.300s is reached: install the "
                     "package curl",
                     url);
  const char *const argv[] = {program,
                              "--disable",
                              "--silent",
                              "--show-error",
                              "--globoff",
                              "--location",
                              "--proto",
                              "=http,https",
                              "--max-time",
                              "30",
                              "--limit-rate",
                              "1M",
                              "--max-filesize",
                              limit,
                              "--output",
                              path,
                              "--write-out",
                              "%{http_code}",
                              "--url",
                              url,
                              registry->tls_verify ? NULL : "--insecure",
                              NULL};
  ctk_note("asks for %s", url);
  return program_capture(argv, status, err) < 0 ? error_wrap(err, "%.300s", url) : 0;
}

/* 0, too, if there is no such file: `*there` says so. */
static int fetch_file(const struct registry *registry, const char *url, const char *path,
                      bool *there, struct error *err)
{
  cleanup_free char *status = NULL;
  if (download(registry, url, path, &status, err) < 0)
    return -1;
  *there = text_equal(status, FOUND);
  return *there || text_equal(status, MISSING)
             ? 0
             : error_set(err, "%.300s: the server answers with status %.10s", url, status);
}

/* --- signatures ---------------------------------------------------------------------------- */

/* What is no signature is left out: it harms the others not. */
static int keep(const char *path, const char *url, const struct digest *digest, struct store *store,
                size_t *count, struct error *err)
{
  cleanup_free char *bytes = NULL;
  size_t length;
  if (image_read_file(path, SIGNATURE_SIZE_MAX, &bytes, &length, err) < 0)
    return -1;
  if (store_add_signature(store, digest, bytes, length, err) == 0)
    ++*count;
  else if (errno == EBADMSG)
    ctk_say("left out: %s: %s", url, err->text);
  else
    return -1;
  return 0;
}

/* Numbered from 1 up to the first that is missing. */
static int fetch_all(const struct registry *registry, const char *place,
                     const struct digest *digest, struct store *store, size_t *count,
                     struct error *err)
{
  bool there = true;
  cleanup_program_folder char *folder = program_folder(err);
  if (folder == NULL)
    return -1;
  for (int number = 1; number <= SIGNATURES_MAX; number++) {
    cleanup_free char *url = xasprintf("%s/signature-%d", place, number);
    cleanup_free char *path = xasprintf("%s/signature-%d", folder, number);
    if (fetch_file(registry, url, path, &there, err) < 0)
      return -1;
    if (!there)
      return 0;
    if (keep(path, url, digest, store, count, err) < 0)
      return -1;
  }
  return 0;
}

static bool is_http(const char *url)
{
  return text_starts(url, "http://") || text_starts(url, "https://");
}

int lookaside_fetch(const struct registry *registry, const struct registries *registries,
                    const struct reference *reference, const struct digest *digest,
                    struct store *store, size_t *count, struct error *err)
{
  const char *base = registries_lookaside(registries, reference);
  if (base == NULL || text_starts(base, "file:"))
    return 0;
  if (!is_http(base) || strpbrk(base, "?#") != NULL)
    return error_set(err, "the lookaside %.300s is no plain URL with http: or https:", base);
  cleanup_free char *place = lookaside_place(base, reference, digest);
  return fetch_all(registry, place, digest, store, count, err);
}
