/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An engine's store as a fuzzer's input: files behind each other, each with a head.
 *
 *     === PATH            what follows is the file's content, up to the next head
 *     === PATH/           a folder
 *     === PATH -> TARGET  a symbolic link
 *
 * So that what hangs together by digests can be changed by one byte and still hang together, in
 * paths and contents
 *
 *     ~     is the store's folder
 *     $0…$f are 64 of that digit
 *     $C    is the digest of the file that has $C in its path, of an image's config; $A and $B are
 * the chain ids of its lowest layer and of all $D    is the digest of the file that has $D in its
 * path
 *     $(…)  is the base64 of what stands there
 *
 * and a file that is named .db is a bolt database of the lines that stand there
 * (unit/bolt_forge.h).
 */
#ifndef TESTS_FUZZ_STORE_H
#define TESTS_FUZZ_STORE_H

#include "folder.h"

#include "common/base64.h"
#include "image/hash.h"
#include "image/manifest.h"

#include "../unit/bolt_forge.h"

#define STORE_FILES_MAX 64
#define STORE_HEAD "=== "

struct store_file {
  char *path, *content; /* as they stand; owned */
};

struct fuzz_store {
  struct store_file files[STORE_FILES_MAX];
  size_t count;
  struct digest config, manifest, lowest, uppermost;
};

/* --- reading --------------------------------------------------------------------------------- */

/* Contents are texts: what stands behind a NUL is left out. */
static inline void store_read(struct fuzz_store *store, const char *text)
{
  while (store->count < STORE_FILES_MAX && text_starts(text, STORE_HEAD)) {
    const char *path = text + strlen(STORE_HEAD), *content = path + strcspn(path, "\n");
    content += *content == '\n' ? 1 : 0;
    const char *next =
        text_starts(content, STORE_HEAD) ? content - 1 : strstr(content, "\n" STORE_HEAD);
    size_t length = next == NULL ? strlen(content) : next < content ? 0 : (size_t)(next - content);
    store->files[store->count++] = (struct store_file){.path = xstrndup(path, strcspn(path, "\n")),
                                                       .content = xstrndup(content, length)};
    text = next == NULL ? "" : next + 1;
  }
}

static inline void store_free(struct fuzz_store *store)
{
  for (size_t i = 0; i < store->count; i++) {
    free(store->files[i].path);
    free(store->files[i].content);
  }
}

/* --- expanding ------------------------------------------------------------------------------- */

static inline const char *store_variable(const struct fuzz_store *store, char letter)
{
  switch (letter) {
  case 'A':
    return digest_hex(&store->lowest);
  case 'B':
    return digest_hex(&store->uppermost);
  case 'C':
    return digest_hex(&store->config);
  case 'D':
    return digest_hex(&store->manifest);
  default:
    return NULL;
  }
}

static inline char *store_expand(const struct fuzz_store *store, const char *text);

/* "(…)" in base64; returns what stands behind it. */
static inline const char *store_write_base64(const struct fuzz_store *store, const char *text,
                                             FILE *out)
{
  size_t length = strcspn(++text, "()");
  cleanup_free char *inner = xstrndup(text, length);
  cleanup_free char *expanded = store_expand(store, inner);
  cleanup_free char *encoded = base64_encode(expanded, strlen(expanded));
  fputs(encoded, out);
  return text[length] == ')' ? text + length + 1 : text + length;
}

static inline char *store_expand(const struct fuzz_store *store, const char *text)
{
  char *expanded = NULL;
  size_t size;
  FILE *out = xmemstream(&expanded, &size);
  while (*text != '\0') {
    const char *variable = text[0] == '$' ? store_variable(store, text[1]) : NULL;
    if (text[0] == '~') {
      fputs(fuzz_folder, out);
      text++;
    } else if (variable != NULL) {
      fputs(variable, out);
      text += 2;
    } else if (text[0] == '$' && text[1] != '\0' && strchr("0123456789abcdef", text[1]) != NULL) {
      for (int i = 0; i < DIGEST_HEX; i++)
        fputc(text[1], out);
      text += 2;
    } else if (text_starts(text, "$(")) {
      text = store_write_base64(store, text + 1, out);
    } else {
      fputc(*text++, out);
    }
  }
  xmemstream_close(out);
  return expanded;
}

static inline const struct store_file *store_find(const struct fuzz_store *store, const char *mark)
{
  for (size_t i = 0; i < store->count; i++)
    if (strstr(store->files[i].path, mark) != NULL)
      return &store->files[i];
  return NULL;
}

static inline void store_set_digests(struct fuzz_store *store)
{
  struct error ignored;
  const struct store_file *config = store_find(store, "$C"), *manifest = store_find(store, "$D");
  if (config != NULL) {
    cleanup_free char *text = store_expand(store, config->content);
    cleanup_image_config struct image_config parsed = {.diff_ids = NULL};
    hash_bytes(text, strlen(text), &store->config);
    if (image_config_parse(text, strlen(text), "config", &parsed, &ignored) == 0) {
      image_chain_id(&parsed, parsed.count > 0 ? 1 : 0, &store->lowest);
      image_chain_id(&parsed, parsed.count, &store->uppermost);
    }
  }
  if (manifest != NULL) {
    cleanup_free char *text = store_expand(store, manifest->content);
    hash_bytes(text, strlen(text), &store->manifest);
  }
}

/* --- writing --------------------------------------------------------------------------------- */

/* Below the folder and nowhere else. */
static inline bool store_is_below(const char *path)
{
  return path[0] != '\0' && path[0] != '/' && strlen(path) < 1000 && strstr(path, "..") == NULL &&
         strstr(path, "//") == NULL;
}

static inline void store_write_database(const char *path, char *text)
{
  const char *lines[32];
  size_t count = 0;
  char *rest;
  for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
    if (count == ARRAY_LENGTH(lines) || strchr(line, '=') == NULL)
      return;
    lines[count++] = line;
  }
  struct forged database = forge_database(lines, count);
  fuzz_write(path, database.bytes, database.length);
  free(database.bytes);
}

static inline void store_write_file(const struct fuzz_store *store, const struct store_file *file)
{
  cleanup_free char *path = store_expand(store, file->path);
  cleanup_free char *content = store_expand(store, file->content);
  char *target = strstr(path, " -> ");
  size_t length = strlen(path);
  if (target != NULL)
    *target = '\0';
  if (!store_is_below(path))
    return;
  if (target != NULL) {
    cleanup_free char *place = fuzz_path(path);
    if (fuzz_write(path, "", 0) && unlink(place) == 0)
      must(symlink(target + strlen(" -> "), place) == 0 || errno == ENOENT ||
           errno == ENAMETOOLONG);
  } else if (path[length - 1] == '/') {
    cleanup_free char *inside = xasprintf("%s.", path);
    fuzz_write(inside, "", 0); /* fails, but not before it has made the folders */
  } else if (length > 3 && text_equal(path + length - 3, ".db")) {
    store_write_database(path, content);
  } else {
    fuzz_write(path, content, strlen(content));
  }
}

/* The store of an input, in the fuzzer's folder. Links are made last, so that no file is written
   through one. */
static inline void store_make(struct fuzz_store *store, const uint8_t *bytes, size_t length)
{
  cleanup_free char *text = fuzz_text(bytes, length);
  fuzz_make_folder();
  *store = (struct fuzz_store){.count = 0};
  store_read(store, text);
  store_set_digests(store);
  for (int links = 0; links <= 1; links++)
    for (size_t i = 0; i < store->count; i++)
      if ((strstr(store->files[i].path, " -> ") != NULL) == (links == 1))
        store_write_file(store, &store->files[i]);
}

#endif
