/* SPDX-License-Identifier: Apache-2.0 */
/* The low-level runtime where memory is measured: smaller than anything before it. */
int main(void)
{
  return 0;
}
