/* SPDX-License-Identifier: Apache-2.0 */
#include "image/state.h"

#include "common/trust.h"
#include "image/hash.h"

#include <dirent.h>
#include <sys/stat.h>

bool state_is_hex(const char *text)
{
  struct digest ignored;
  return digest_from_hex(text, &ignored);
}

/* What is there but wrong must not be taken for what is not there. */
static int wrong(struct error *err, const char *path, const char *cause)
{
  errno = EINVAL;
  return error_set(err, "%s %s", path, cause);
}

int state_text(const char *path, char **text, struct error *err)
{
  cleanup_free char *bytes = NULL;
  size_t length;
  if (trust_read_file(path, STATE_LINE_MAX, &bytes, &length, err) < 0)
    return -1;
  for (size_t i = 0; i < length; i++)
    if ((unsigned char)bytes[i] < ' ')
      return wrong(err, path, "is no text");
  *text = steal_pointer(&bytes);
  return 0;
}

int state_digest(const char *path, struct digest *digest, struct error *err)
{
  cleanup_free char *text = NULL;
  if (state_text(path, &text, err) < 0)
    return -1;
  return digest_parse(text, digest) ? 0 : wrong(err, path, "does not hold a sha256 digest");
}

int state_hex(const char *path, const char *suffix, char **text, struct error *err)
{
  cleanup_free char *whole = NULL;
  if (state_text(path, &whole, err) < 0)
    return -1;
  size_t length = strlen(whole);
  cleanup_free char *digits = xstrndup(whole, DIGEST_HEX);
  if (!state_is_hex(digits) ||
      !text_equal(whole + (length < DIGEST_HEX ? length : DIGEST_HEX), suffix))
    return wrong(err, path, "does not hold 64 hexadecimal digits");
  *text = steal_pointer(&whole);
  return 0;
}

int state_id(const char *path, char **text, struct error *err)
{
  cleanup_free char *whole = NULL;
  if (state_text(path, &whole, err) < 0)
    return -1;
  size_t length = strlen(whole);
  if (length == 0 || length > DIGEST_HEX ||
      strspn(whole, "0123456789abcdefghijklmnopqrstuvwxyz") != length)
    return wrong(err, path, "does not hold an id of digits and lower-case letters");
  *text = steal_pointer(&whole);
  return 0;
}

int state_blob(const char *path, const struct digest *digest, size_t limit, char **bytes,
               size_t *length, struct error *err)
{
  cleanup_free char *found = NULL;
  if (trust_read_file(path, limit, &found, length, err) < 0)
    return -1;
  errno = EINVAL;
  if (hash_check(found, *length, digest, path, err) < 0)
    return -1;
  *bytes = steal_pointer(&found);
  return 0;
}

int state_config(const char *path, const struct digest *digest, struct image_config *config,
                 struct error *err)
{
  cleanup_free char *bytes = NULL;
  size_t length;
  if (state_blob(path, digest, IMAGE_CONFIG_SIZE_MAX, &bytes, &length, err) < 0)
    return -1;
  errno = EINVAL;
  return image_config_parse(bytes, length, path, config, err);
}

static int find_hex(DIR *entries, const char *start, struct digest *digest, struct error *err)
{
  const struct dirent *entry;
  *digest = (struct digest){.text = ""};
  while ((entry = readdir(entries)) != NULL) {
    if (!text_starts(entry->d_name, start) || !state_is_hex(entry->d_name))
      continue;
    if (digest_is_set(digest))
      return error_set(err, "several images have an id that begins with '%s'", start);
    digest_from_hex(entry->d_name, digest);
  }
  return 0;
}

int state_find_hex(const char *folder, const char *start, struct digest *digest, struct error *err)
{
  int fd = trust_open_folder(folder, err);
  if (fd < 0)
    return -1;
  DIR *entries = fdopendir(fd);
  if (entries == NULL) {
    close(fd);
    return error_set(err, "cannot read %s: %m", folder);
  }
  int result = find_hex(entries, start, digest, err);
  closedir(entries);
  return result;
}

char *state_if_there(char *path)
{
  struct stat status;
  bool there =
      stat(path, &status) == 0 ? S_ISREG(status.st_mode) : errno != ENOENT && errno != ENOTDIR;
  if (there) /* what cannot be looked at: who opens it says why */
    return path;
  free(path);
  return NULL;
}
