/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan that verify-rootfs is given: one that is read is written the same again.
 *
 * Covers: core/rootfs/plan.c
 */
#include "folder.h"

#include "image/hash.h"
#include "rootfs/plan.h"

static void expect_same_text(const char *a, const char *b)
{
  must((a == NULL) == (b == NULL) && (a == NULL || text_equal(a, b)));
}

static void expect_same(const struct plan *plan, const struct plan *again)
{
  expect_same_text(plan->id, again->id);
  expect_same_text(plan->bundle, again->bundle);
  expect_same_text(plan->rootfs, again->rootfs);
  expect_same_text(plan->upper, again->upper);
  expect_same_text(plan->init, again->init);
  must(plan->layer_count == again->layer_count);
  for (size_t i = 0; i < plan->layer_count; i++) {
    const struct image_layer *layer = &plan->layers[i], *other = &again->layers[i];
    must(digest_equal(&layer->diff_id, &other->diff_id) && layer->kind == other->kind);
    expect_same_text(layer->folder, other->folder);
    expect_same_text(layer->record, other->record);
    must(layer->kind != LAYER_BLOB || digest_equal(&layer->blob, &other->blob));
  }
}

static void expect_same_again(const struct plan *plan)
{
  const struct image image = {.layers = plan->layers,
                              .layer_count = plan->layer_count,
                              .rootfs = plan->rootfs,
                              .upper = plan->upper,
                              .init = plan->init};
  struct error err;
  struct digest digest;
  cleanup_plan struct plan again = {.id = NULL};
  cleanup_free char *path = fuzz_path("again");
  for (size_t i = 0; i < plan->layer_count; i++)
    if (plan->layers[i].kind == LAYER_BLOB && !digest_is_set(&plan->layers[i].blob))
      return; /* is not written by us */
  must(plan_write(&image, plan->id, plan->bundle, path, &digest, &err) == 0);
  must(plan_read(path, &digest, &again, &err) == 0);
  expect_same(plan, &again);
  must(plan_timeout(&image) >= 10);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
  struct error err = {.text = ""};
  struct digest digest;
  cleanup_plan struct plan plan = {.id = NULL};
  cleanup_free char *path = fuzz_path("plan");
  fuzz_make_folder();
  must(fuzz_write("plan", bytes, length));
  hash_bytes(bytes, length, &digest);
  if (plan_read(path, &digest, &plan, &err) < 0)
    must(text_starts(err.text, path) && plan.id == NULL && plan.layers == NULL);
  else
    expect_same_again(&plan);
  return 0;
}
