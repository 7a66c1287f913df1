/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The binary interface of plugins, as the compiler sees it: what a version has once been released
 * with never moves, and never means anything else. A line here is only ever added; docs/abi.md says
 * when.
 *
 * The numbers are those of LP64 with natural alignment: x86-64, aarch64, riscv64, ppc64le and s390x
 * have the same. Where pointers have another size, as on armhf, they are checked by nobody; but a
 * plugin and its runtime agree there as well, for the order and the types are the same.
 */
#include "common/util.h"
#include "worker/host.h"

#include <criterion/criterion.h>

#if defined(__LP64__)
#  define AT(offset, expected) ((offset) == (expected))
#else
#  define AT(offset, expected) true
#endif

#define FIELD(name, member, offset, type)                                                    \
  _Static_assert(AT(offsetof(struct name, member), offset), #name "." #member " has moved"); \
  _Static_assert(__builtin_types_compatible_p(__typeof__(((struct name *)0)->member), type), \
                 #name "." #member " has another type")

/* Of structs that a plugin fills in, or the plugin has compiled in: they cannot grow. */
#define SIZE(name, size) \
  _Static_assert(AT(sizeof(struct name), size), "struct " #name " has another size")

#define VALUE(name, number) _Static_assert((name) == (number), #name " has another value")

typedef int (*callback)(struct cht_context *);
typedef int (*finish_callback)(struct cht_context *, const struct cht_outcome *);

/* --- 1.0 --------------------------------------------------------------------------------- */

VALUE(CHT_ABI_MAJOR, 1);

VALUE(CHT_CREATE, 1);
VALUE(CHT_RUN, 2);
VALUE(CHT_RESTORE, 3);

VALUE(CHT_ERROR, 0);
VALUE(CHT_WARN, 1);
VALUE(CHT_INFO, 2);
VALUE(CHT_DEBUG, 3);

VALUE(CHT_PRESTART, 0);
VALUE(CHT_CREATE_RUNTIME, 1);
VALUE(CHT_CREATE_CONTAINER, 2);
VALUE(CHT_START_CONTAINER, 3);
VALUE(CHT_POSTSTART, 4);
VALUE(CHT_POSTSTOP, 5);

VALUE(CHT_HOOK_BACK, 0);
VALUE(CHT_HOOK_FRONT, 1);
VALUE(CHT_HOOK_PIN, 2);

_Static_assert(sizeof(enum cht_command) == 4 && sizeof(enum cht_stage) == 4 &&
                   sizeof(enum cht_level) == 4,
               "an enum has another size");

FIELD(cht_hook, path, 0, const char *);
FIELD(cht_hook, args, 8, const char *const *);
FIELD(cht_hook, env, 16, const char *const *);
FIELD(cht_hook, timeout, 24, int);
SIZE(cht_hook, 32);

FIELD(cht_mount, destination, 0, const char *);
FIELD(cht_mount, type, 8, const char *);
FIELD(cht_mount, source, 16, const char *);
FIELD(cht_mount, options, 24, const char *const *);
SIZE(cht_mount, 32);

FIELD(cht_context, size, 0, size_t);
FIELD(cht_context, host, 8, const struct cht_host *);
FIELD(cht_context, plugin, 16, const char *);
FIELD(cht_context, command, 24, enum cht_command);
FIELD(cht_context, container_id, 32, const char *);
FIELD(cht_context, bundle, 40, const char *);
FIELD(cht_context, root, 48, const char *);
FIELD(cht_context, spec, 56, struct json_object *);
FIELD(cht_context, settings, 64, struct json_object *);
FIELD(cht_context, dry_run, 72, bool);
FIELD(cht_context, data, 80, void *);

FIELD(cht_plugin, abi, 0, uint32_t);
FIELD(cht_plugin, size, 4, uint32_t);
FIELD(cht_plugin, name, 8, const char *);
FIELD(cht_plugin, version, 16, const char *);
FIELD(cht_plugin, summary, 24, const char *);
FIELD(cht_plugin, modify, 32, callback);
FIELD(cht_plugin, check, 40, callback);
FIELD(cht_plugin, finish, 48, finish_callback);

FIELD(cht_edit, size, 0, size_t);
FIELD(cht_edit, plugin, 8, const char *);
FIELD(cht_edit, op, 16, const char *);
FIELD(cht_edit, pointer, 24, const char *);

FIELD(cht_outcome, size, 0, size_t);
FIELD(cht_outcome, refused, 8, bool);
FIELD(cht_outcome, error, 16, const char *);
FIELD(cht_outcome, edits, 24, const struct cht_edit *const *);

FIELD(cht_host, size, 0, size_t);
FIELD(cht_host, log, 8, void (*)(struct cht_context *, enum cht_level, const char *, va_list));
FIELD(cht_host, fail, 16, int (*)(struct cht_context *, const char *, va_list));
FIELD(cht_host, known_settings, 24, int (*)(struct cht_context *, const char *const *));
FIELD(cht_host, setting_text, 32, int (*)(struct cht_context *, const char *, const char **));
FIELD(cht_host, setting_number, 40,
      int (*)(struct cht_context *, const char *, int64_t, int64_t, int64_t *));
FIELD(cht_host, setting_boolean, 48, int (*)(struct cht_context *, const char *, bool *));
FIELD(cht_host, setting_list, 56,
      int (*)(struct cht_context *, const char *, const char *const **));
FIELD(cht_host, add_hook, 64,
      int (*)(struct cht_context *, enum cht_stage, const struct cht_hook *, unsigned));
FIELD(cht_host, env, 72, const char *(*)(struct cht_context *, const char *));
FIELD(cht_host, set_env, 80, int (*)(struct cht_context *, const char *, const char *, bool));
FIELD(cht_host, unset_env, 88, int (*)(struct cht_context *, const char *));
FIELD(cht_host, add_mount, 96, int (*)(struct cht_context *, const struct cht_mount *));
FIELD(cht_host, annotation, 104, const char *(*)(struct cht_context *, const char *));
FIELD(cht_host, set_annotation, 112, int (*)(struct cht_context *, const char *, const char *));
FIELD(cht_host, pin, 120, int (*)(struct cht_context *, const char *));

/* --- 1.1 --------------------------------------------------------------------------------- */

FIELD(cht_device, path, 0, const char *);
FIELD(cht_device, type, 8, char);
FIELD(cht_device, major, 12, uint32_t);
FIELD(cht_device, minor, 16, uint32_t);
FIELD(cht_device, host_path, 24, const char *);
FIELD(cht_device, file_mode, 32, uint32_t);
FIELD(cht_device, uid, 36, uint32_t);
FIELD(cht_device, gid, 40, uint32_t);
FIELD(cht_device, access, 48, const char *);
SIZE(cht_device, 56);

FIELD(cht_host, add_device, 128, int (*)(struct cht_context *, const struct cht_device *));
FIELD(cht_host, get, 136, struct json_object *(*)(struct cht_context *, const char *));
FIELD(cht_host, get_text, 144, int (*)(struct cht_context *, const char *, const char **));
FIELD(cht_host, get_number, 152, int (*)(struct cht_context *, const char *, int64_t *));
FIELD(cht_host, get_boolean, 160, int (*)(struct cht_context *, const char *, bool *));
FIELD(cht_host, get_list, 168, int (*)(struct cht_context *, const char *, const char *const **));
FIELD(cht_host, set_text, 176, int (*)(struct cht_context *, const char *, const char *));
FIELD(cht_host, set_number, 184, int (*)(struct cht_context *, const char *, int64_t));
FIELD(cht_host, set_boolean, 192, int (*)(struct cht_context *, const char *, bool));
FIELD(cht_host, set_json, 200, int (*)(struct cht_context *, const char *, const char *));
FIELD(cht_host, remove, 208, int (*)(struct cht_context *, const char *));

/* --- 1.2 --------------------------------------------------------------------------------- */

FIELD(cht_image, size, 0, size_t);
FIELD(cht_image, id, 8, const char *);
FIELD(cht_image, name, 16, const char *);
FIELD(cht_image, signed_digest, 24, const char *);
FIELD(cht_image, accepted, 32, bool);

FIELD(cht_host, tell, 216, int (*)(struct cht_context *, const char *, va_list));
FIELD(cht_host, set_image, 224, int (*)(struct cht_context *, const struct cht_image *));
FIELD(cht_host, image, 232, const struct cht_image *(*)(struct cht_context *));

/* --- what the host hands out --------------------------------------------------------------- */

TestSuite(abi);

/* A function that is missing in the table would be called as NULL. */
Test(abi, the_host_has_every_function_of_its_version)
{
  void *functions[sizeof(struct cht_host) / sizeof(void *)];
  cr_expect_eq(host_functions.size, sizeof(struct cht_host));
  memcpy(functions, &host_functions, sizeof(functions));
  for (size_t i = 1; i < ARRAY_LENGTH(functions); i++)
    cr_expect_not_null(functions[i], "function %zu", i);
}

/* A runtime of 1.0, for which the plugin must not have been built. */
PRINTF_LIKE(2, 0) static int told(struct cht_context *ctx, const char *format, va_list args)
{
  ctx->data = xvasprintf(format, args);
  return -1;
}

Test(abi, what_an_older_host_does_not_have_is_said_by_name)
{
  const struct cht_host old = {.size = offsetof(struct cht_host, add_device), .fail = told};
  struct cht_context ctx = {.host = &old};
  const struct cht_device device = {.path = "/dev/null"};
  cr_expect(CHT_HAS(&ctx, pin));
  cr_expect_not(CHT_HAS(&ctx, add_device));
  cr_expect_eq(cht_add_device(&ctx, &device), -1);
  cr_expect_str_eq(ctx.data, "cht_add_device() is not in this runtime: upgrade it, or ask "
                             "CHT_HAS() first");
  free(ctx.data);
  cr_expect_null(cht_get(&ctx, "/a"));
  cr_expect(text_starts(ctx.data, "cht_get() is not in this runtime"));
  free(ctx.data);
}
