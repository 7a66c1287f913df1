/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Modifier plugins for container-hooks-runtime: all that a plugin author needs.
 *
 * A plugin is a shared object that edits a container's config.json (the OCI runtime spec) just
 * before the low-level runtime reads it. The admin lists plugins in config.cfg; they are applied in
 * that order to every `create`, `run` and `restore`:
 *
 *     engine calls container-hooks-runtime create …
 *       |
 *       |  a child process, for this one container:
 *       |    every plugin is loaded ............ constructors; the exported `cht_plugin` is checked
 *       |    each in the config's order, if its entry's `when` matches:
 *       |      modify(ctx) ..................... edit ctx->spec, by helpers or directly
 *       |        fails, plugin is required ..... the container is refused, no further modify
 *       |        fails, plugin is optional ..... the spec is again what it was before, go on
 *       |    the new config.json is written beside the old one
 *       |    each in the config's order:
 *       |      finish(ctx, outcome) ............ optional: what each changed, or why it is refused
 *       |    the new config.json takes the old one's place
 *       v
 *     exec runc create …
 *
 *     container-hooks-ctk plugin check
 *       |    check(ctx) ........................ optional: are the settings sane? there is no spec
 *
 * A whole plugin:
 *
 *     #include <container-hooks/plugin.h>
 *
 *     static int modify(struct cht_context *ctx)
 *     {
 *       const char *zone = "UTC";
 *       if (cht_setting_text(ctx, "zone", &zone) < 0)
 *         return -1;
 *       return cht_set_env(ctx, "TZ", zone, true);
 *     }
 *
 *     CHT_PLUGIN(.name = "timezone", .version = "1.0", .summary = "set TZ", .modify = modify);
 *
 * Built with: cc -shared -fPIC -fvisibility=hidden $(pkg-config --cflags container-hooks) …
 *
 * Rules of the process: one thread; it ends when the chain has ended, so nothing needs to be freed
 * and nothing lives on; standard input is empty, standard output and error go to the log; the
 * whole chain has a time limit (plugin-timeout). A plugin that crashes, exits or hangs has failed,
 * and is named to the user; an optional one is then left out, and the chain begins anew from the
 * config.json on disk, so a modify with effects outside the spec may run twice. Keep no state in
 * statics: the same file may be listed twice. Do not use the network; be quick.
 *
 * Strings are UTF-8, ended by NUL. "Borrowed" means: valid until the callback returns, not yours to
 * free or change. Functions that return int return 0, or -1 after telling the host why.
 */
#ifndef CONTAINER_HOOKS_PLUGIN_H
#define CONTAINER_HOOKS_PLUGIN_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
/* Members that may be left out; without this a C++ compiler warns about each. */
#  define CHT_NULL = nullptr
#  define CHT_ZERO = 0
#else
#  define CHT_NULL
#  define CHT_ZERO
#endif

/*
 * The interface's version. A change of the major number refuses every older plugin; a higher minor
 * number only appends (to structs that have a size, to enums, to the host's functions). A runtime
 * refuses plugins of another major and those that need a minor above its own. docs/abi.md has the
 * policy, and what came with which version.
 */
#define CHT_ABI_MAJOR 1
#define CHT_ABI_MINOR 2

/*
 * A plugin needs the minor version of the header that it is built with. One that shall also load
 * into older runtimes defines a lower number before it includes this header, and then asks
 * CHT_HAS(ctx, add_device) before it calls what came later.
 */
#ifndef CHT_NEEDS_MINOR
#  define CHT_NEEDS_MINOR CHT_ABI_MINOR
#elif CHT_NEEDS_MINOR > CHT_ABI_MINOR
#  error "CHT_NEEDS_MINOR is above the version of this header"
#endif
#define CHT_ABI ((uint32_t)CHT_ABI_MAJOR << 16 | CHT_NEEDS_MINOR)

struct json_object; /* json-c's; include <json-c/json.h> and link json-c only to use it directly */
struct cht_host;
struct cht_outcome;

/* The runtime's command that brought us here. */
enum cht_command { CHT_CREATE = 1, CHT_RUN = 2, CHT_RESTORE = 3 };

enum cht_level { CHT_ERROR = 0, CHT_WARN = 1, CHT_INFO = 2, CHT_DEBUG = 3 };

/* The members of `hooks` (OCI runtime spec, config.md "POSIX-platform Hooks"). */
enum cht_stage {
  CHT_PRESTART = 0, /* deprecated by the spec; runs at the time of createRuntime */
  CHT_CREATE_RUNTIME = 1,
  CHT_CREATE_CONTAINER = 2,
  CHT_START_CONTAINER = 3,
  CHT_POSTSTART = 4,
  CHT_POSTSTOP = 5
};

/* How cht_add_hook adds; combine with |. */
enum cht_hook_flags {
  CHT_HOOK_BACK = 0,  /* behind the stage's other hooks */
  CHT_HOOK_FRONT = 1, /* before them */
  CHT_HOOK_PIN = 2    /* a later plugin that takes this hook out fails */
};

/* A hook as the spec has it. Everything is copied. */
struct cht_hook {
  const char *path;                 /* absolute */
  const char *const *args CHT_NULL; /* ended by NULL; args[0] is the program's name; NULL: none */
  const char *const *env CHT_NULL;  /* "NAME=value", ended by NULL; NULL: none */
  int timeout CHT_ZERO;             /* seconds, above 0; 0: none */
};

/* A mount as the spec has it (config.md "Mounts"). Everything is copied. */
struct cht_mount {
  const char *destination;             /* absolute */
  const char *type CHT_NULL;           /* NULL: none */
  const char *source CHT_NULL;         /* NULL: none */
  const char *const *options CHT_NULL; /* ended by NULL; NULL: none */
};

/*
 * A device node (config-linux.md "Devices") and what the container's cgroup lets its users do
 * (config-linux.md "Allowed Device list"). Everything is copied. Since 1.1.
 */
struct cht_device {
  const char *path;        /* of the node in the container, absolute */
  char type CHT_ZERO;      /* 'c' or 'u': character, 'b': block, 'p': FIFO; 0: the host's */
  uint32_t major CHT_ZERO; /* both given if the type is, but not for a FIFO */
  uint32_t minor CHT_ZERO;
  const char *host_path CHT_NULL; /* type 0: the host's node; NULL: the same as `path` */
  uint32_t file_mode CHT_ZERO;    /* permission bits; 0: the host's if the type is, else none */
  uint32_t uid CHT_ZERO;          /* owner and group in the container; 0: root */
  uint32_t gid CHT_ZERO;
  const char *access CHT_NULL; /* of "rwm": read, write, make nodes; NULL: all three */
};

/*
 * Which image a container is, as a plugin has found out by what the engine keeps and not by what
 * the container's user says. Since 1.2.
 */
struct cht_image {
  size_t size;    /* of this struct: in the plugin that tells, in the host that is asked */
  const char *id; /* the digest of its config, "sha256:…" */
  const char *name CHT_NULL; /* in full, "docker.io/library/busybox:latest"; NULL: it has none */
  const char *signed_digest CHT_NULL; /* of the manifest or index that a signature which counts is
                                         over; NULL: none is */
  bool accepted CHT_ZERO;             /* a policy lets it run */
};

/* What a plugin is told of its container; lent for one call. */
struct cht_context {
  size_t size;                 /* of this struct in the host */
  const struct cht_host *host; /* use the functions below */
  const char *plugin;          /* this entry's name in the config */
  enum cht_command command;
  const char *container_id; /* "" where the command line has none */
  const char *bundle;       /* the bundle's folder, absolute */
  const char *root;         /* the runtime's --root; NULL if it was not given */
  /* config.json, lent: edit it in place, neither put another object here nor json_object_put() this
     one; what it holds must be valid JSON afterwards. NULL in check, read only in finish. */
  struct json_object *spec;
  struct json_object *settings; /* this entry's `settings`, read only; {} if there are none */
  bool dry_run;                 /* nothing may be changed outside the spec */
  void *data;                   /* yours: what modify leaves here, finish finds; NULL at first */
};

/* What the plugin is: exported as the data symbol `cht_plugin` by CHT_PLUGIN(). */
struct cht_plugin {
  uint32_t abi;                           /* CHT_ABI, filled in by CHT_PLUGIN() */
  uint32_t size;                          /* of this struct, filled in by CHT_PLUGIN() */
  const char *name;                       /* required; [a-z0-9-] by custom, as the file: name.so */
  const char *version CHT_NULL;           /* of the plugin; free text; may be NULL */
  const char *summary CHT_NULL;           /* one line; may be NULL */
  int (*modify)(struct cht_context *ctx); /* required */
  int (*check)(struct cht_context *ctx) CHT_NULL; /* may be NULL */
  /* May be NULL. Called for every loaded plugin, however the chain ended. If a required plugin's
     finish fails, the container is refused, though plugins before it were told otherwise. */
  int (*finish)(struct cht_context *ctx, const struct cht_outcome *outcome) CHT_NULL;
};

/* One change to the spec. */
struct cht_edit {
  size_t size;         /* of this struct in the host */
  const char *plugin;  /* who made it: the entry's name */
  const char *op;      /* "add", "remove" or "replace" */
  const char *pointer; /* where, as a JSON pointer (RFC 6901): /hooks/poststop/0 */
};

/* How the chain ended. All borrowed. */
struct cht_outcome {
  size_t size;       /* of this struct in the host */
  bool refused;      /* the container will not be created */
  const char *error; /* why; NULL if it was not refused */
  const struct cht_edit *const
      *edits; /* ended by NULL, oldest first; those of refused chains too */
};

/*
 * What the host does for plugins. Call the functions below, not these. `size` is the host's: a
 * function that came with a later minor version is there only if it lies within.
 */
struct cht_host {
  size_t size;
  void (*log)(struct cht_context *, enum cht_level, const char *format, va_list args);
  int (*fail)(struct cht_context *, const char *format, va_list args);
  int (*known_settings)(struct cht_context *, const char *const *keys);
  int (*setting_text)(struct cht_context *, const char *key, const char **value);
  int (*setting_number)(struct cht_context *, const char *key, int64_t min, int64_t max,
                        int64_t *value);
  int (*setting_boolean)(struct cht_context *, const char *key, bool *value);
  int (*setting_list)(struct cht_context *, const char *key, const char *const **values);
  int (*add_hook)(struct cht_context *, enum cht_stage, const struct cht_hook *, unsigned flags);
  const char *(*env)(struct cht_context *, const char *name);
  int (*set_env)(struct cht_context *, const char *name, const char *value, bool overwrite);
  int (*unset_env)(struct cht_context *, const char *name);
  int (*add_mount)(struct cht_context *, const struct cht_mount *);
  const char *(*annotation)(struct cht_context *, const char *key);
  int (*set_annotation)(struct cht_context *, const char *key, const char *value);
  int (*pin)(struct cht_context *, const char *pointer);
  /* since 1.1 */
  int (*add_device)(struct cht_context *, const struct cht_device *);
  struct json_object *(*get)(struct cht_context *, const char *pointer);
  int (*get_text)(struct cht_context *, const char *pointer, const char **value);
  int (*get_number)(struct cht_context *, const char *pointer, int64_t *value);
  int (*get_boolean)(struct cht_context *, const char *pointer, bool *value);
  int (*get_list)(struct cht_context *, const char *pointer, const char *const **values);
  int (*set_text)(struct cht_context *, const char *pointer, const char *value);
  int (*set_number)(struct cht_context *, const char *pointer, int64_t value);
  int (*set_boolean)(struct cht_context *, const char *pointer, bool value);
  int (*set_json)(struct cht_context *, const char *pointer, const char *json);
  int (*remove)(struct cht_context *, const char *pointer);
  /* since 1.2 */
  int (*tell)(struct cht_context *, const char *format, va_list args);
  int (*set_image)(struct cht_context *, const struct cht_image *);
  const struct cht_image *(*image)(struct cht_context *);
};

/* Does the host have this function, named as in struct cht_host? What the plugin's own minor
   version has is always there. */
#define CHT_HAS(ctx, function) ((ctx)->host->size > offsetof(struct cht_host, function))

#define CHT_PRINTF_LIKE __attribute__((format(printf, 2, 3)))
#define CHT_PRINTF_LIKE_LOG __attribute__((format(printf, 3, 4)))

/* --- log and fail ------------------------------------------------------------------------- */

/* Writes a line to the runtime's log, with the plugin's name. `%m` is errno's text. */
CHT_PRINTF_LIKE_LOG static inline void cht_log(struct cht_context *ctx, enum cht_level level,
                                               const char *format, ...)
{
  va_list args;
  va_start(args, format);
  ctx->host->log(ctx, level, format, args);
  va_end(args);
}

/*
 * Says why this call fails; the person who started the container reads it. Returns -1, so that
 * `return cht_fail(ctx, "cannot read %s: %m", path);` is the whole of error handling. The first
 * message counts. Once this was called, by the plugin or within a helper, the callback has failed,
 * whatever it returns: an error that nobody looked at refuses the container.
 */
CHT_PRINTF_LIKE static inline int cht_fail(struct cht_context *ctx, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  ctx->host->fail(ctx, format, args);
  va_end(args);
  return -1;
}

/* For the functions below that came after 1.0. */
static inline int cht_needs(struct cht_context *ctx, const char *function)
{
  return cht_fail(ctx, "%s() is not in this runtime: upgrade it, or ask CHT_HAS() first", function);
}

/*
 * Says something to the person who starts the container, though it is not refused: a line on the
 * runtime's standard error, if the container is created. For most engines that is where the
 * container's own errors go, so do it only if the admin asks for it. A line that nobody reads is
 * lost, and so is what is beyond 1000 bytes of all plugins together. Since 1.2.
 */
CHT_PRINTF_LIKE static inline int cht_tell(struct cht_context *ctx, const char *format, ...)
{
  if (!CHT_HAS(ctx, tell))
    return cht_needs(ctx, "cht_tell");
  va_list args;
  va_start(args, format);
  int result = ctx->host->tell(ctx, format, args);
  va_end(args);
  return result;
}

/* --- settings ------------------------------------------------------------------------------ */
/* Each leaves *value as it is when the key is absent, so that its initial value is the default; a
   value of another type fails with the config's file and line. */

/* Fails on any key that is not listed (ended by NULL): a misspelt setting is not ignored. */
static inline int cht_known_settings(struct cht_context *ctx, const char *const *keys)
{
  return ctx->host->known_settings(ctx, keys);
}

/* The text is borrowed. */
static inline int cht_setting_text(struct cht_context *ctx, const char *key, const char **value)
{
  return ctx->host->setting_text(ctx, key, value);
}

/* A whole number from min to max. */
static inline int cht_setting_number(struct cht_context *ctx, const char *key, int64_t min,
                                     int64_t max, int64_t *value)
{
  return ctx->host->setting_number(ctx, key, min, max, value);
}

static inline int cht_setting_boolean(struct cht_context *ctx, const char *key, bool *value)
{
  return ctx->host->setting_boolean(ctx, key, value);
}

/* A list or array of texts, ended by NULL; borrowed. */
static inline int cht_setting_list(struct cht_context *ctx, const char *key,
                                   const char *const **values)
{
  return ctx->host->setting_list(ctx, key, values);
}

/* --- edits of the spec ---------------------------------------------------------------------- */
/* Each is idempotent: what is there already is not added again. Each fails, with the place in
   config.json, if what it would have to edit is of a wrong type. */

/* Adds a hook to a stage; `flags` of enum cht_hook_flags. An equal hook in the stage is success. */
static inline int cht_add_hook(struct cht_context *ctx, enum cht_stage stage,
                               const struct cht_hook *hook, unsigned flags)
{
  return ctx->host->add_hook(ctx, stage, hook, flags);
}

/* The value of a variable in process.env, the last one if it is there twice; borrowed, valid until
   the spec is next edited. NULL if it is not set. */
static inline const char *cht_env(struct cht_context *ctx, const char *name)
{
  return ctx->host->env(ctx, name);
}

/* Sets a variable in process.env. Without `overwrite` one that is set stays as it is. */
static inline int cht_set_env(struct cht_context *ctx, const char *name, const char *value,
                              bool overwrite)
{
  return ctx->host->set_env(ctx, name, value, overwrite);
}

/* Removes every entry of a variable from process.env. */
static inline int cht_unset_env(struct cht_context *ctx, const char *name)
{
  return ctx->host->unset_env(ctx, name);
}

/* Appends to `mounts`. An equal mount is success; another at the same destination stays below. */
static inline int cht_add_mount(struct cht_context *ctx, const struct cht_mount *mount)
{
  return ctx->host->add_mount(ctx, mount);
}

/* An annotation's value, borrowed, valid until the spec is next edited; NULL if there is none.
   Annotations are what the container's user says: never a proof of anything. */
static inline const char *cht_annotation(struct cht_context *ctx, const char *key)
{
  return ctx->host->annotation(ctx, key);
}

static inline int cht_set_annotation(struct cht_context *ctx, const char *key, const char *value)
{
  return ctx->host->set_annotation(ctx, key, value);
}

/* From now on the value at a JSON pointer (as "/root/path") stays as it is: a later plugin that
   changes or removes it fails. It must be there. */
static inline int cht_pin(struct cht_context *ctx, const char *pointer)
{
  return ctx->host->pin(ctx, pointer);
}

/* Adds a device to linux.devices, and a rule that allows it to linux.resources.devices. A device
   that is there already takes the mode, owner and group that are given; another one at the same
   path is an error that names both. With type 0 the host's node must be there, also in a dry run.
   A FIFO needs no rule. Since 1.1. */
static inline int cht_add_device(struct cht_context *ctx, const struct cht_device *device)
{
  if (!CHT_HAS(ctx, add_device))
    return cht_needs(ctx, "cht_add_device");
  return ctx->host->add_device(ctx, device);
}

/* --- any field of the spec ------------------------------------------------------------------ */
/* By its JSON pointer (RFC 6901): "/process/args/0"; in a key '~' is written "~0" and '/' "~1".
   null counts as absent. It is an error if a step of the pointer cannot be taken, as into a
   string, or if what it leads to is of another type than a get is for. In check, where there is no
   spec, they all fail; in finish only the gets are of use. Since 1.1. */

/* Each get leaves *value as it is when the field is absent, so that its initial value is the
   default. What is lent is borrowed, valid until the spec is next edited. */

/* What is there; NULL if it is absent, or on failure. For use with json-c, or to ask whether it is
   there. */
static inline struct json_object *cht_get(struct cht_context *ctx, const char *pointer)
{
  if (CHT_HAS(ctx, get))
    return ctx->host->get(ctx, pointer);
  cht_needs(ctx, "cht_get");
  return NULL;
}

static inline int cht_get_text(struct cht_context *ctx, const char *pointer, const char **value)
{
  if (!CHT_HAS(ctx, get_text))
    return cht_needs(ctx, "cht_get_text");
  return ctx->host->get_text(ctx, pointer, value);
}

/* A whole number. One that needs 64 bits without a sign, as RLIM_INFINITY, is an error. */
static inline int cht_get_number(struct cht_context *ctx, const char *pointer, int64_t *value)
{
  if (!CHT_HAS(ctx, get_number))
    return cht_needs(ctx, "cht_get_number");
  return ctx->host->get_number(ctx, pointer, value);
}

static inline int cht_get_boolean(struct cht_context *ctx, const char *pointer, bool *value)
{
  if (!CHT_HAS(ctx, get_boolean))
    return cht_needs(ctx, "cht_get_boolean");
  return ctx->host->get_boolean(ctx, pointer, value);
}

/* An array of texts, ended by NULL: process.args, a set of process.capabilities. */
static inline int cht_get_list(struct cht_context *ctx, const char *pointer,
                               const char *const **values)
{
  if (!CHT_HAS(ctx, get_list))
    return cht_needs(ctx, "cht_get_list");
  return ctx->host->get_list(ctx, pointer, values);
}

/*
 * Each set adds the field or replaces what is there, whatever its type was. In an array an index
 * replaces the element, which must be there, and "-" as the last step appends, unless an equal
 * element is there: "/process/capabilities/bounding/-". Parents that are missing are made: before
 * "-" an array, else an object.
 */

/* The text is copied. */
static inline int cht_set_text(struct cht_context *ctx, const char *pointer, const char *value)
{
  if (!CHT_HAS(ctx, set_text))
    return cht_needs(ctx, "cht_set_text");
  return ctx->host->set_text(ctx, pointer, value);
}

static inline int cht_set_number(struct cht_context *ctx, const char *pointer, int64_t value)
{
  if (!CHT_HAS(ctx, set_number))
    return cht_needs(ctx, "cht_set_number");
  return ctx->host->set_number(ctx, pointer, value);
}

static inline int cht_set_boolean(struct cht_context *ctx, const char *pointer, bool value)
{
  if (!CHT_HAS(ctx, set_boolean))
    return cht_needs(ctx, "cht_set_boolean");
  return ctx->host->set_boolean(ctx, pointer, value);
}

/* Any value but null, as JSON text (RFC 8259) of at most 1 MiB. */
static inline int cht_set_json(struct cht_context *ctx, const char *pointer, const char *json)
{
  if (!CHT_HAS(ctx, set_json))
    return cht_needs(ctx, "cht_set_json");
  return ctx->host->set_json(ctx, pointer, json);
}

/* Removes a member or an element, behind which the others move up. Absent is success. */
static inline int cht_remove(struct cht_context *ctx, const char *pointer)
{
  if (!CHT_HAS(ctx, remove))
    return cht_needs(ctx, "cht_remove");
  return ctx->host->remove(ctx, pointer);
}

/* --- the image ----------------------------------------------------------------------------- */

/*
 * Tells the plugins behind this one, and all conditions on images, which image the container is.
 * Once for a container, in modify; everything is copied. If the plugin fails, it has told nothing.
 * Since 1.2.
 */
static inline int cht_set_image(struct cht_context *ctx, const struct cht_image *image)
{
  if (!CHT_HAS(ctx, set_image))
    return cht_needs(ctx, "cht_set_image");
  return ctx->host->set_image(ctx, image);
}

/* What a plugin before has told, in finish any plugin; borrowed. NULL: nobody has. Since 1.2. */
static inline const struct cht_image *cht_get_image(struct cht_context *ctx)
{
  if (CHT_HAS(ctx, image))
    return ctx->host->image(ctx);
  cht_needs(ctx, "cht_get_image");
  return NULL;
}

/* --- the plugin's one symbol ---------------------------------------------------------------- */

extern __attribute__((visibility("default"))) const struct cht_plugin cht_plugin;

#define CHT_PLUGIN(...)                  \
  const struct cht_plugin cht_plugin = { \
      .abi = CHT_ABI, .size = (uint32_t)sizeof(struct cht_plugin), __VA_ARGS__}

#ifdef __cplusplus
}
#endif

#endif
