/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proxy: tells every container which proxy to use, and lends it the proxy's certificate.
 *
 * What a container sets itself stays. No JSON is touched: plugin.h's helpers do all of it.
 */
#include <container-hooks/plugin.h>

#define CERTIFICATE "/run/proxy-certificate.pem" /* in the container */

struct settings {
  const char *http, *https, *none, *certificate; /* NULL: not given */
};

static int read_settings(struct cht_context *ctx, struct settings *settings)
{
  static const char *const known[] = {"http", "https", "none", "certificate", NULL};
  *settings = (struct settings){.http = NULL};
  if (cht_known_settings(ctx, known) < 0 || cht_setting_text(ctx, "http", &settings->http) < 0 ||
      cht_setting_text(ctx, "https", &settings->https) < 0 ||
      cht_setting_text(ctx, "none", &settings->none) < 0 ||
      cht_setting_text(ctx, "certificate", &settings->certificate) < 0)
    return -1;
  if (settings->certificate != NULL && settings->certificate[0] != '/')
    return cht_fail(ctx, "the setting 'certificate' is no absolute path: %s",
                    settings->certificate);
  return 0;
}

/* Programs disagree on the case of the name. If the container sets one of them, the other is not
   for us to choose. */
static int set_both(struct cht_context *ctx, const char *upper, const char *lower,
                    const char *value)
{
  if (value == NULL)
    return 0;
  if (cht_env(ctx, upper) != NULL || cht_env(ctx, lower) != NULL) {
    cht_log(ctx, CHT_INFO, "the container sets %s itself", upper);
    return 0;
  }
  if (cht_set_env(ctx, upper, value, false) < 0)
    return -1;
  return cht_set_env(ctx, lower, value, false);
}

static int lend_certificate(struct cht_context *ctx, const char *certificate)
{
  static const char *const options[] = {"bind", "ro", "nosuid", "nodev", "noexec", NULL};
  const struct cht_mount mount = {
      .destination = CERTIFICATE, .type = "bind", .source = certificate, .options = options};
  if (certificate == NULL)
    return 0;
  if (cht_add_mount(ctx, &mount) < 0)
    return -1;
  return cht_set_env(ctx, "SSL_CERT_FILE", CERTIFICATE, false);
}

static int modify(struct cht_context *ctx)
{
  struct settings settings;
  if (read_settings(ctx, &settings) < 0 ||
      set_both(ctx, "HTTP_PROXY", "http_proxy", settings.http) < 0 ||
      set_both(ctx, "HTTPS_PROXY", "https_proxy", settings.https) < 0 ||
      set_both(ctx, "NO_PROXY", "no_proxy", settings.none) < 0)
    return -1;
  return lend_certificate(ctx, settings.certificate);
}

static int check(struct cht_context *ctx)
{
  struct settings settings;
  return read_settings(ctx, &settings);
}

CHT_PLUGIN(.name = "proxy", .version = "1.0", .summary = "set the proxy's variables",
           .modify = modify, .check = check);
