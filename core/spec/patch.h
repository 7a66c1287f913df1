/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON Patch (RFC 6902): operations on a tree, one after the other.
 *
 * The six of the RFC, add, remove, replace, move, copy and test, do what it says, but for one
 * thing: a spec may be patched twice, and then must not change again. So `add` does nothing
 *
 *   with "-" as last step   if the array has an equal element, wherever;
 *   with an index           if the element at this index is equal.
 *
 * Two operations are ours. They make something so wherever it is not so yet, never fail because it
 * is, and can be done any number of times:
 *
 *   set     { "path", "value" }: pointer_set() of spec/pointer.h; parents that are missing are
 * made. unset   { "path" }: a member that is there is removed. { "path", "value" }: of the array at
 * the path all elements are removed that are equal to the value or, if the value is an object, have
 * all its members, equal. Nothing being there is no error.
 *
 * As the RFC wants it, members of its operations that it does not know are ignored. In ours, they
 * are errors.
 */
#ifndef CORE_SPEC_PATCH_H
#define CORE_SPEC_PATCH_H

#include "common/document.h"

#define PATCH_OPERATIONS_MAX 1000
#define PATCH_POINTER_MAX 512               /* bytes: two, and the cause, fit into a message */
#define PATCH_SIZE_MAX (16UL * 1024 * 1024) /* bytes that the operations of a patch may copy */

struct operation;

struct patch {
  const struct value *source; /* borrowed */
  struct operation *list;     /* owned */
  size_t count;
};

/* Reads an array of operations. The value, and all that it points to, must outlive the patch. */
int patch_read(struct patch *patch, const struct value *source, struct error *err);

void patch_free(struct patch *patch);

#define cleanup_patch __attribute__((cleanup(patch_free)))

/*
 * Applies all operations to *tree, which is owned by the caller before and after. If one fails,
 * those before it stay done: work on a copy. The error reads
 * "FILE:LINE:COLUMN: operation 2 (replace /a/b): cause"; operations are counted from 1.
 */
int patch_apply(const struct patch *patch, struct json_object **tree, struct error *err);

#endif
