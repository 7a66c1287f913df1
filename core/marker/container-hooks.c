/* SPDX-License-Identifier: Apache-2.0 */
/*
 * container-hooks: does nothing, with success.
 *
 * As a prestart hook it marked, for the Go original, a config.json whose hooks are in already. Such
 * files and such hooks.json are still around, and the runtime runs what they name.
 */
int main(void)
{
  return 0;
}
