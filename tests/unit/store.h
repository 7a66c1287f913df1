/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An engine's store, forged in the test's folder. In paths and contents '~' stands for the folder
 * and "$X" for the variable of that letter, which the test has set.
 */
#ifndef TESTS_UNIT_STORE_H
#define TESTS_UNIT_STORE_H

#include "image/hash.h"
#include "image/image.h"

#include "folder.h"

#define EIGHT(digit) digit digit digit digit digit digit digit digit
#define HEX(digit) EIGHT(EIGHT(digit)) /* 64 times the same digit */

static char *variables[128];

/* Owned by the caller. */
static inline char *expand(const char *text)
{
  char *whole = NULL;
  size_t size;
  FILE *stream = xmemstream(&whole, &size);
  for (; *text != '\0'; text++) {
    if (*text == '~')
      fputs(folder, stream);
    else if (*text == '$')
      fputs(variables[(unsigned char)*++text], stream);
    else
      fputc(*text, stream);
  }
  xmemstream_close(stream);
  return whole;
}

/* Sets a variable to an expanded text. */
static inline void set(char letter, const char *text)
{
  char *value = expand(text);
  free(variables[(unsigned char)letter]);
  variables[(unsigned char)letter] = value;
}

/* Sets a variable to the 64 digits of the digest of an expanded text. */
static inline void set_digest(char letter, const char *text)
{
  struct digest digest;
  cleanup_free char *bytes = expand(text);
  hash_bytes(bytes, strlen(bytes), &digest);
  set(letter, digest_hex(&digest));
}

static inline void make_folders(const char *path, bool last_too)
{
  cleanup_free char *real = expand(path);
  cleanup_free char *command =
      last_too ? xasprintf("mkdir -p '%s'", real) : xasprintf("mkdir -p \"$(dirname '%s')\"", real);
  cr_assert_eq(system(command), 0);
}

static inline void put_folder(const char *path)
{
  make_folders(path, true);
}

static inline void put(const char *path, const char *text)
{
  cleanup_free char *real = expand(path), *content = expand(text);
  make_folders(path, false);
  FILE *file = fopen(real, "we");
  cr_assert_not_null(file, "%s: %m", real);
  fputs(content, file);
  cr_assert_eq(fclose(file), 0);
}

static inline void put_link(const char *path, const char *target)
{
  cleanup_free char *real = expand(path), *where = expand(target);
  make_folders(path, false);
  cr_assert_eq(symlink(where, real), 0, "%s: %m", real);
}

static inline void drop(const char *path)
{
  cleanup_free char *real = expand(path);
  cleanup_free char *command = xasprintf("rm -r '%s'", real);
  cr_assert_eq(system(command), 0);
}

static inline void forget_variables(void)
{
  for (size_t i = 0; i < ARRAY_LENGTH(variables); i++)
    free(variables[i]);
  remove_folder();
}

/* --- asking ---------------------------------------------------------------------------------- */

/* The container of the store: $I, with the bundle and the root file system as given, the data roots
   ~/docker, ~/storage, ~/containerd and the mounts in ~/mountinfo. */
static inline int ask(const char *bundle, const char *rootfs, struct image *image,
                      struct error *err)
{
  cleanup_free char *real_bundle = expand(bundle), *real_rootfs = expand(rootfs);
  cleanup_free char *docker = expand("~/docker"), *storage = expand("~/storage");
  cleanup_free char *containerd = expand("~/containerd"), *mounts = expand("~/mountinfo");
  const char *const roots[] = {"/nonexistent", docker, storage, containerd, NULL};
  const struct image_container container = {.id = variables['I'],
                                            .bundle = real_bundle,
                                            .rootfs = real_rootfs,
                                            .roots = roots,
                                            .mountinfo = mounts};
  *err = (struct error){.text = ""};
  return image_of_container(&container, image, err);
}

static inline void expect_text(const char *text, const char *expected)
{
  cleanup_free char *real = expand(expected);
  cr_expect_str_eq(text != NULL ? text : "NULL", real);
}

static inline void expect_complaint(const struct error *err, const char *message)
{
  cleanup_free char *part = expand(message);
  cr_expect_not_null(strstr(err->text, part), "'%s' is not in: %s", part, err->text);
}

/* Asks for the container of an engine's tests. */
typedef int asks(struct image *image, struct error *err);

/* The image is $C, of these names. */
static inline void expect_image(asks *ask_engine, const char *recorded, const char *name)
{
  cleanup_image struct image image;
  struct error err;
  cr_assert_eq(ask_engine(&image, &err), 0, "%s", err.text);
  expect_text(image.id.text, "sha256:$C");
  expect_text(image.recorded, recorded);
  expect_text(image.name, name);
}

static inline void expect_no_image(asks *ask_engine, const char *message)
{
  cleanup_image struct image image;
  struct error err;
  cr_assert_eq(ask_engine(&image, &err), -1, "accepted, but should not: %s", message);
  expect_complaint(&err, message);
}

#endif
