/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/sample.h"

#include <sys/stat.h>

static const char spec[] =
    "{\"ociVersion\":\"1.0.2\",\"process\":{\"terminal\":false,\"user\":{\"uid\":0,\"gid\":0},"
    "\"args\":[\"true\"],\"env\":[\"PATH=/usr/bin:/bin\"],\"cwd\":\"/\"},"
    "\"root\":{\"path\":\"rootfs\",\"readonly\":true},\"hostname\":\"sample\","
    "\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"}],"
    "\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"}]}}";

int sample_open(struct sample *sample, struct error *err)
{
  char bundle[] = "/tmp/container-hooks-sample.XXXXXX";
  *sample = (struct sample){.bundle = NULL};
  if (mkdtemp(bundle) == NULL)
    return error_set(err, "cannot make a bundle for a sample container: %s: %m", bundle);
  sample->bundle = xstrdup(bundle);
  sample->rootfs = xasprintf("%s/rootfs", bundle);
  mkdir(sample->rootfs, 0755);
  return 0;
}

void sample_lend(const struct sample *sample, struct trial_request *request)
{
  request->id = "sample";
  request->bundle = sample->bundle;
  request->spec = spec;
  request->spec_name = "the sample's config.json";
  request->spec_length = sizeof(spec) - 1;
}

void sample_close(struct sample *sample)
{
  if (sample->bundle != NULL) {
    rmdir(sample->rootfs);
    rmdir(sample->bundle);
  }
  free(sample->bundle);
  free(sample->rootfs);
}
