/* SPDX-License-Identifier: Apache-2.0 */
/* Base64: RFC 4648's own examples, and texts that only lenient readers take. */
#include "common/base64.h"

#include <criterion/criterion.h>

TestSuite(base64);

Test(base64, the_rfcs_examples)
{
  static const char *const pairs[][2] = {{"", ""},
                                         {"f", "Zg=="},
                                         {"fo", "Zm8="},
                                         {"foo", "Zm9v"},
                                         {"foob", "Zm9vYg=="},
                                         {"fooba", "Zm9vYmE="},
                                         {"foobar", "Zm9vYmFy"},
                                         {"\xff\xef", "/+8="}};
  for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
    size_t size;
    cleanup_free char *bytes = NULL;
    cleanup_free char *text = base64_encode(pairs[i][0], strlen(pairs[i][0]));
    cr_expect_str_eq(text, pairs[i][1]);
    cr_assert(base64_decode(text, strlen(text), &bytes, &size));
    cr_expect_eq(size, strlen(pairs[i][0]));
    cr_expect_str_eq(bytes, pairs[i][0]);
  }
}

Test(base64, there_is_one_way_to_write_it)
{
  static const char *const wrong[] = {"Zg",    "Zg=",  "Zh==",    "Zm9=",     "Zm9v\n",
                                      "Z m9v", "====", "=Zm9",    "Zg==Zm9v", "Zm-_",
                                      "Zm9vZ", "Z===", "Zm9v===="};
  for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
    char *bytes = NULL;
    size_t size;
    cr_expect_not(base64_decode(wrong[i], strlen(wrong[i]), &bytes, &size), "%s", wrong[i]);
  }
}
