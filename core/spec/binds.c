/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/binds.h"

#include <limits.h>
#include <regex.h>

#define ID "/[0-9a-f]{64}"                           /* of a container or a pod */
#define STORAGE "/[a-z]+-containers" ID "/userdata/" /* containers/storage, any driver */
#define SANDBOX "/io\\.containerd\\.grpc\\.v1\\.cri/sandboxes" ID
#define POD "/pods/[^/]+" /* kubelet's, named by the pod's uid */

/* The engines' own bind mounts. An absent column matches anything. */
static const struct {
  const char *destination; /* all of it */
  const char *source;      /* a POSIX extended regular expression for any part of it */
} engine_binds[] = {
    /* docker: its folder of the container, wherever the data root is; --ipc, --init, secrets. */
    {"/etc/hosts", "/containers" ID "/hosts$"},
    {"/etc/hostname", "/containers" ID "/hostname$"},
    {"/etc/resolv.conf", "/containers" ID "/resolv\\.conf$"},
    {"/dev/shm", "/containers" ID "/mounts/shm$"},
    {NULL, "/containers" ID "/mounts/secrets"},
    {"/sbin/docker-init", NULL},

    /* podman, CRI-O and buildah: hosts, hostname, resolv.conf, shm, .containerenv, run/secrets,
       passwd, group, … of the container or its pod. CRI-O binds the host's own /etc/hosts where
       the pod has the host's network. */
    {NULL, STORAGE},
    {"/etc/hosts", "^/etc/hosts$"},
    {"/run/podman-init", NULL},
    {"/dev/init", "/(catatonit|podman-init)$"},

    /* containerd's CRI plugin */
    {"/etc/hosts", SANDBOX "/hosts$"},
    {"/etc/hostname", SANDBOX "/hostname$"},
    {"/etc/resolv.conf", SANDBOX "/resolv\\.conf$"},
    {"/dev/shm", SANDBOX "/shm$"},

    /* kubelet, through any CRI engine */
    {"/etc/hosts", POD "/etc-hosts$"},
    {"/dev/termination-log", POD "/containers/[^/]+/[0-9a-f]+$"},
    {"/var/run/secrets/kubernetes.io/serviceaccount", POD "/volumes/kubernetes\\.io~[a-z]+/"},

    /* nerdctl */
    {"/etc/hosts", "/etchosts/[^/]+" ID "/hosts$"},
    {"/etc/hostname", "/containers/[^/]+" ID "/hostname$"},
    {"/etc/resolv.conf", "/containers/[^/]+" ID "/resolv\\.conf$"},

    /* The kernel's file systems at their own place, where the container shares the host's namespace
       or a user namespace forbids to mount them: --ipc=host, --pid=host, rootless. */
    {"/dev/mqueue", "^/dev/mqueue$"},
    {"/dev/shm", "^/dev/shm$"},
    {"/proc", "^/proc$"},
    {"/sys", "^/sys$"},
    {"/sys/fs/cgroup", "^/sys/fs/cgroup$"},
};

static bool matches(const char *pattern, const char *text)
{
  regex_t regex;
  if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
    return false;
  bool found = regexec(&regex, text, 0, NULL, 0) == 0;
  regfree(&regex);
  return found;
}

static bool is_engines(const char *destination, const char *source)
{
  for (size_t i = 0; i < ARRAY_LENGTH(engine_binds); i++) {
    const char *at = engine_binds[i].destination, *from = engine_binds[i].source;
    if ((at == NULL || text_equal(at, destination)) && (from == NULL || matches(from, source)))
      return true;
  }
  return false;
}

/* A member that is a text, "" when it is absent or null. */
static int optional_text(const struct value *object, const char *key, const char **text,
                         struct error *err)
{
  struct value member;
  *text = "";
  if (!value_find(object, key, &member) || member.json == NULL)
    return 0;
  return value_text(&member, text, err);
}

/* A bind mount has the type or, as the runtimes see it, the option; any type goes with that. */
static int is_bind(const struct value *mount, bool *bind, struct error *err)
{
  const char *type;
  if (optional_text(mount, "type", &type, err) < 0)
    return -1;
  *bind = text_equal(type, "bind");

  struct value options;
  if (!value_find(mount, "options", &options) || options.json == NULL)
    return 0;
  cleanup_free const char **texts = NULL;
  if (value_texts(&options, SIZE_MAX, 0, &texts, err) < 0)
    return -1;
  for (size_t i = 0; texts[i] != NULL; i++)
    *bind = *bind || text_equal(texts[i], "bind") || text_equal(texts[i], "rbind");
  return 0;
}

/* On a text as long as somebody likes regexec() may run out of memory, and says "no match" then:
   the engine's mount would be the user's. No path is as long. */
static int check_source(const struct value *mount, const char *source, struct error *err)
{
  struct value member;
  if (strlen(source) < PATH_MAX)
    return 0;
  value_find(mount, "source", &member);
  return value_error(&member, err, "has more than %d bytes: no path is that long", PATH_MAX - 1);
}

static int is_asked_for(const struct value *mount, bool *asked, struct error *err)
{
  const char *destination, *source;
  bool bind;
  if (value_type(mount, json_type_object, err) < 0 || is_bind(mount, &bind, err) < 0 ||
      optional_text(mount, "destination", &destination, err) < 0 ||
      optional_text(mount, "source", &source, err) < 0 ||
      (bind && check_source(mount, source, err) < 0))
    return -1;
  *asked = bind && !is_engines(destination, source);
  return 0;
}

int binds_asked_for(const struct value *spec, bool *asked, struct error *err)
{
  struct value mounts;
  size_t count = 0;
  *asked = false;
  if (value_find(spec, "mounts", &mounts) && mounts.json != NULL &&
      value_array(&mounts, SIZE_MAX, &count, err) < 0)
    return -1;
  for (size_t i = 0; i < count && !*asked; i++) {
    struct value mount = value_element(&mounts, i);
    if (is_asked_for(&mount, asked, err) < 0)
      return -1;
  }
  return 0;
}
