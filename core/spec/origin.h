/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which engine wants a container, and is it the sandbox of a pod?
 *
 * The command line does not say. The engine is told by where it puts its bundles, which is its own
 * choice and not the user's; annotations only tell apart those that share a place, and name the
 * sandboxes. docker, ctr and podman let a container's user write any annotation, so under podman a
 * user can make a container look like a sandbox (docker and ctr have none). For selecting and for
 * records, never for trust.
 */
#ifndef CORE_SPEC_ORIGIN_H
#define CORE_SPEC_ORIGIN_H

#include "common/document.h"

enum origin {
  ORIGIN_UNKNOWN, /* somebody at a terminal, or an engine that we do not know */
  ORIGIN_DOCKER,
  ORIGIN_CONTAINERD, /* ctr, nerdctl */
  ORIGIN_CRI,        /* containerd for Kubernetes */
  ORIGIN_CRIO,
  ORIGIN_PODMAN,
  ORIGIN_BUILDAH,
};

/* `spec` is the root of config.json, `bundle` the folder that it lies in, absolute. */
enum origin origin_of(const struct value *spec, const char *bundle);

/* "docker", "containerd", "cri", "crio", "podman", "buildah"; "unknown". */
const char *origin_name(enum origin origin);

/* Is it the container that only holds a pod's namespaces? */
bool origin_is_sandbox(const struct value *spec, const char *bundle);

#endif
