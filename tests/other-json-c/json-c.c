/* SPDX-License-Identifier: Apache-2.0 */
/* A library that goes by the name of a json-c of another ABI, libjson-c.so.99. */
extern __attribute__((visibility("default"))) const int json_c_99;
const int json_c_99 = 99;
