/* SPDX-License-Identifier: Apache-2.0 */
/* Which engine a container is of, by the bundles that the engines were seen to use. */
#include "spec/origin.h"

#include <criterion/criterion.h>
#include <limits.h>

TestSuite(origin);

#define ID "d2803b8e5d0cf797525e1a72a4b3724a59847ebf85ddb5e94a5c15761a6c8183"
#define SHIM "/run/containerd/io.containerd.runtime.v2.task/"
#define STORAGE "/var/lib/containers/storage/overlay-containers/"

static struct document spec_of(const char *annotations)
{
  struct document document = {.name = "config.json"};
  struct error err;
  cleanup_free char *text = xasprintf("{\"annotations\":%s}", annotations);
  cr_assert_eq(json_parse(text, strlen(text), "config.json", &document.tree, &err), 0);
  return document;
}

static void expect(const char *annotations, const char *bundle, const char *engine, bool sandbox)
{
  cleanup_document struct document document = spec_of(annotations);
  struct value spec = document_root(&document);
  cr_expect_str_eq(origin_name(origin_of(&spec, bundle)), engine, "%s", bundle);
  cr_expect_eq(origin_is_sandbox(&spec, bundle), sandbox, "%s in %s", annotations, bundle);
}

#define CRI_SANDBOX "{\"io.kubernetes.cri.container-type\":\"sandbox\"}"
#define CRIO_SANDBOX                     \
  "{\"io.container.manager\":\"cri-o\"," \
  "\"io.kubernetes.cri-o.ContainerType\":\"sandbox\"}"
#define PODMAN_SANDBOX                    \
  "{\"io.container.manager\":\"libpod\"," \
  "\"io.kubernetes.cri-o.ContainerType\":\"sandbox\"}"

Test(origin, engines_are_told_by_their_bundles)
{
  expect("null", SHIM "moby/" ID, "docker", false);
  expect("null", "/data/docker/exec/containerd/daemon/io.containerd.runtime.v2.task/moby/" ID,
         "docker", false);
  expect("null", SHIM "moby/" ID "/", "docker", false);
  expect("null", SHIM "default/c1", "containerd", false);
  expect("{}", SHIM "k8s.io/" ID, "cri", false);
  expect("{\"io.container.manager\":\"libpod\"}", STORAGE ID "/userdata", "podman", false);
  expect("{\"io.container.manager\":\"cri-o\"}", STORAGE ID "/userdata", "crio", false);
  expect("null", "/var/tmp/buildah123456", "buildah", false);
  expect("null", "/root/bundle", "unknown", false);
  expect("null", "", "unknown", false);
}

Test(origin, what_no_path_can_be_is_unknown)
{
  static const char end[] = SHIM "moby/" ID;
  char longest[PATH_MAX + 1] = "";
  memset(longest, '/', PATH_MAX);
  strcpy(longest + PATH_MAX - strlen(end), end);
  expect("null", longest + 1, "docker", false);
  expect("null", longest, "unknown", false);
}

Test(origin, sandboxes_are_those_of_engines_with_pods)
{
  expect(CRI_SANDBOX, SHIM "k8s.io/" ID, "cri", true);
  expect(CRIO_SANDBOX, STORAGE ID "/userdata", "crio", true);
  expect(PODMAN_SANDBOX, STORAGE ID "/userdata", "podman", true);
  expect("{\"io.kubernetes.cri.container-type\":\"container\"}", SHIM "k8s.io/" ID, "cri", false);
  expect("{\"io.kubernetes.cri.container-type\":[]}", SHIM "k8s.io/" ID, "cri", false);
}

Test(origin, an_annotation_makes_no_sandbox_where_there_are_none)
{
  expect(CRI_SANDBOX, SHIM "moby/" ID, "docker", false);
  expect(CRI_SANDBOX, SHIM "default/c1", "containerd", false);
  expect(CRIO_SANDBOX, "/root/bundle", "unknown", false);
}

Test(origin, a_spec_of_another_form_has_no_sandbox)
{
  struct document document = {.name = "config.json"};
  struct value spec = document_root(&document);
  cr_expect_eq(origin_of(&spec, SHIM "k8s.io/" ID), ORIGIN_CRI);
  cr_expect_not(origin_is_sandbox(&spec, SHIM "k8s.io/" ID));
}
