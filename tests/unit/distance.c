/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/text/distance.h"

#include <criterion/criterion.h>
#include <string.h>

Test(distance, letters_put_in_taken_out_and_replaced)
{
  cr_expect_eq(text_distance("config", "config"), 0);
  cr_expect_eq(text_distance("confg", "config"), 1);
  cr_expect_eq(text_distance("configs", "config"), 1);
  cr_expect_eq(text_distance("chekc", "check"), 2);
  cr_expect_eq(text_distance("", "check"), 5);
  cr_expect_eq(text_distance("kitten", "sitting"), 3);
}

Test(distance, long_words_are_far)
{
  char word[200];
  memset(word, 'a', sizeof(word) - 1);
  word[sizeof(word) - 1] = '\0';
  cr_expect_gt(text_distance(word, word + 1), DISTANCE_NEAR);
}
