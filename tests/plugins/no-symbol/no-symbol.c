/* SPDX-License-Identifier: Apache-2.0 */
/* A shared object that is no plugin. */
extern __attribute__((visibility("default"))) const int not_a_plugin;
const int not_a_plugin = 1;
