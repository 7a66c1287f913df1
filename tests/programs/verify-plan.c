/* SPDX-License-Identifier: Apache-2.0 */
/* verify-plan ID BUNDLE ROOTFS PLAN ROOT…: writes the plan by which verify-rootfs checks a
   container of an engine with one of these data roots, and prints its digest: as the plugin
   image-verify does, but whatever the image. */
#include "rootfs/plan.h"

int main(int argc, char **argv)
{
  struct error err = {.text = ""};
  struct digest digest;
  cleanup_image struct image image = {.root = NULL};
  if (argc < 6)
    return EXIT_FAILURE;
  const struct image_container container = {
      .id = argv[1],
      .bundle = argv[2],
      .rootfs = argv[3],
      .roots = (const char *const *)(argv + 5),
  };
  if (image_of_container(&container, &image, &err) < 0 ||
      plan_write(&image, argv[1], argv[2], argv[4], &digest, &err) < 0) {
    fprintf(stderr, "verify-plan: %s\n", err.text);
    return EXIT_FAILURE;
  }
  printf("%s\n", digest.text);
  return EXIT_SUCCESS;
}
