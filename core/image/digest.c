/* SPDX-License-Identifier: Apache-2.0 */
#include "image/digest.h"

static const char digits[] = "0123456789abcdef";

bool digest_from_hex(const char *hex, struct digest *digest)
{
  *digest = (struct digest){.text = ""};
  if (strlen(hex) != DIGEST_HEX || strspn(hex, digits) != DIGEST_HEX)
    return false;
  snprintf(digest->text, sizeof(digest->text), DIGEST_ALGORITHM "%s", hex);
  return true;
}

bool digest_parse(const char *text, struct digest *digest)
{
  *digest = (struct digest){.text = ""};
  return text_starts(text, DIGEST_ALGORITHM) &&
         digest_from_hex(text + strlen(DIGEST_ALGORITHM), digest);
}

void digest_from_bytes(const unsigned char bytes[DIGEST_BYTES], struct digest *digest)
{
  char hex[DIGEST_HEX + 1] = "";
  for (size_t i = 0; i < DIGEST_BYTES; i++) {
    hex[2 * i] = digits[bytes[i] >> 4];
    hex[2 * i + 1] = digits[bytes[i] & 0xf];
  }
  digest_from_hex(hex, digest);
}

const char *digest_hex(const struct digest *digest)
{
  return digest_is_set(digest) ? digest->text + strlen(DIGEST_ALGORITHM) : "";
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
  return digest_is_set(a) && text_equal(a->text, b->text);
}

bool digest_is_set(const struct digest *digest)
{
  return digest->text[0] != '\0';
}
