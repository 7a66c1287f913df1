/* SPDX-License-Identifier: Apache-2.0 */
#include "verify-rootfs/arguments.h"

#include "rootfs/state_folder.h"

const char arguments_help[] =
    "verify-rootfs - compares a container's root file system with its image\n"
    "\n"
    "A runtime calls it as a createRuntime hook, with the container's state on standard input; "
    "the\n"
    "plugin that decides about the image puts it into config.json. See verify-rootfs(8).\n"
    "\n"
    "  --id ID               the container\n"
    "  --bundle FOLDER       its bundle; by default the plan's\n"
    "  --rootfs FOLDER       where its root file system is mounted\n"
    "  --image NAME          for messages\n"
    "  --manifest DIGEST     of what was signed, for messages\n"
    "  --config DIGEST       the image's id, for messages\n"
    "  --plan FILE           what is to be checked\n"
    "  --plan-digest DIGEST  of that file\n"
    "  --upper RULE          for what the container itself has written: empty-on-first-start\n"
    "                        (the default), no-shadow or ignore\n"
    "  --mode MODE           enforce (the default), warn or audit\n"
    "  --cache WHAT          off (the default): every file is read; metadata: not those of a "
    "layer\n"
    "                        that was good before and has not been written to since\n"
    "  --threads N           1 to 64; by default one for each processor, at most 4\n"
    "  --state FOLDER        where it notes what has started; by default " STATE_FOLDER "\n"
    "  --log FILE            where it logs; --log-level error, warn, info or debug\n"
    "  --help, --version\n"
    "\n"
    "Ends with 0 if the container may start, with 1 if not, with 2 if it was called wrongly.\n";

static const char *const mode_names[] = {"enforce", "warn", "audit"};

static int parse_mode(const char *text, struct arguments *arguments, struct error *err)
{
  for (size_t i = 0; i < ARRAY_LENGTH(mode_names); i++) {
    if (!text_equal(text, mode_names[i]))
      continue;
    arguments->mode = (enum verify_mode)i;
    arguments->options.lenient = arguments->mode != VERIFY_ENFORCE;
    return 0;
  }
  return error_set(err, "--mode is '%s', not enforce, warn or audit", text);
}

static int parse_threads(const char *text, unsigned *threads, struct error *err)
{
  char *end;
  unsigned long number = strtoul(text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end != '\0' || number < 1 || number > CHECK_THREADS_LIMIT)
    return error_set(err, "--threads is '%s', not a number from 1 to %d", text,
                     CHECK_THREADS_LIMIT);
  *threads = (unsigned)number;
  return 0;
}

static int parse_level(const char *text, enum log_level *level, struct error *err)
{
  int parsed = log_level_parse(text);
  if (parsed < 0)
    return error_set(err, "--log-level is '%s', not error, warn, info or debug", text);
  *level = (enum log_level)parsed;
  return 0;
}

/* Options whose value is taken as it stands. */
static const char **plain_option(const char *name, struct arguments *arguments)
{
  const struct {
    const char *name, **place;
  } plain[] = {
      {"--id", &arguments->id},         {"--bundle", &arguments->bundle},
      {"--rootfs", &arguments->rootfs}, {"--image", &arguments->image},
      {"--plan", &arguments->plan},     {"--manifest", &arguments->manifest},
      {"--config", &arguments->config}, {"--state", &arguments->options.state},
      {"--log", &arguments->log},
  };
  for (size_t i = 0; i < ARRAY_LENGTH(plain); i++)
    if (text_equal(name, plain[i].name))
      return plain[i].place;
  return NULL;
}

static int take(const char *name, const char *value, struct arguments *arguments, struct error *err)
{
  const char **place = plain_option(name, arguments);
  if (place != NULL) {
    *place = value;
    return 0;
  }
  if (text_equal(name, "--plan-digest"))
    return digest_parse(value, &arguments->plan_digest)
               ? 0
               : error_set(err, "--plan-digest is no digest: '%s'", value);
  if (text_equal(name, "--upper"))
    return upper_rule_parse(value, &arguments->options.upper)
               ? 0
               : error_set(err, "--upper is '%s', not empty-on-first-start, no-shadow or ignore",
                           value);
  if (text_equal(name, "--cache")) {
    arguments->options.believe_fingerprints = text_equal(value, "metadata");
    return arguments->options.believe_fingerprints || text_equal(value, "off")
               ? 0
               : error_set(err, "--cache is '%s', not off or metadata", value);
  }
  if (text_equal(name, "--mode"))
    return parse_mode(value, arguments, err);
  if (text_equal(name, "--threads"))
    return parse_threads(value, &arguments->options.threads, err);
  if (text_equal(name, "--log-level"))
    return parse_level(value, &arguments->log_level, err);
  return error_set(err, "there is no option %s; see --help", name);
}

int arguments_parse(char **argv, struct arguments *arguments, struct error *err)
{
  *arguments =
      (struct arguments){.image = "",
                         .config = "",
                         .log = "",
                         .log_level = LOG_INFO,
                         .options = {.upper = UPPER_EMPTY_ON_FIRST_START, .state = STATE_FOLDER}};
  for (char **at = argv + 1; *at != NULL; at += 2) {
    arguments->help |= text_equal(*at, "--help");
    arguments->version |= text_equal(*at, "--version");
    if (arguments->help || arguments->version)
      return 0;
    if (at[1] == NULL)
      return error_set(err, "%s needs a value; see --help", *at);
    if (take(at[0], at[1], arguments, err) < 0)
      return -1;
  }
  if (arguments->id == NULL || arguments->rootfs == NULL || arguments->plan == NULL ||
      !digest_is_set(&arguments->plan_digest))
    return error_set(err, "--id, --rootfs, --plan and --plan-digest must be given; see --help");
  return 0;
}
