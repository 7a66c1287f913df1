/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices of config.json: a node in linux.devices, and the rule in linux.resources.devices without
 * which the container's cgroup does not let anybody use it (OCI runtime spec, config-linux.md
 * "Devices" and "Allowed Device list").
 */
#ifndef CORE_SPEC_DEVICE_H
#define CORE_SPEC_DEVICE_H

#include "common/error.h"

#include <container-hooks/plugin.h>
#include <json-c/json_object.h>

/* As cht_add_device() documents it. */
int device_add(struct json_object *spec, const struct cht_device *device, struct error *err);

#endif
