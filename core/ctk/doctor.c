/* SPDX-License-Identifier: Apache-2.0 */
/* The command `doctor`: do the engines of this machine really use us, and would it work? */
#include "common/file.h"
#include "config/profile.h"
#include "ctk/checkup.h"
#include "ctk/checkup_storage.h"
#include "ctk/checkup_user.h"
#include "ctk/command.h"
#include "ctk/engines/ours.h"
#include "ctk/text/pretty.h"
#include "ctk/users.h"

#define PROGRAMS_MAX 32

struct doctor {
  struct findings findings;
  const char *engine;             /* the only one that is asked for, as all here; NULL: all */
  const char *name, *config_file; /* NULL: all by which the engine knows us; the usual one */
  bool json;
  size_t found;                 /* engines */
  char *programs[PROGRAMS_MAX]; /* that they are to run, each once; owned */
  size_t program_count;
};

/* --- the engines --------------------------------------------------------------------------- */

static void note_program(struct doctor *doctor, const char *program)
{
  for (size_t i = 0; i < doctor->program_count; i++)
    if (text_equal(doctor->programs[i], program))
      return;
  if (doctor->program_count < PROGRAMS_MAX)
    doctor->programs[doctor->program_count++] = xstrdup(program);
}

/* Under one name or another: what is only remembered need not be there as well. */
static bool has_other_name(const struct users *users, const struct user *user)
{
  for (size_t i = 0; i < users->count; i++)
    if (users->list[i].engine == user->engine && users->list[i].status.configured)
      return true;
  return false;
}

static void check_user(struct doctor *doctor, const struct users *users, const struct user *user)
{
  if (user->readable && !user->status.here && doctor->engine == NULL)
    return;
  doctor->found++;
  doctor->findings.subject = user->engine->title;
  if (user->readable && !user->status.configured && has_other_name(users, user))
    return;
  checkup_user(&doctor->findings, users, user, doctor->engine != NULL);
  if (user->readable && user->status.configured && user->status.path != NULL) {
    note_program(doctor, user->status.path);
    checkup_storage(&doctor->findings, user);
  }
}

static void check_engines(struct doctor *doctor)
{
  cleanup_users struct users users = {.count = 0};
  if (doctor->engine != NULL)
    users_add(&users, engine_find(doctor->engine), doctor->name, doctor->config_file);
  else
    users_find(&users);
  for (size_t i = 0; i < users.count; i++)
    check_user(doctor, &users, &users.list[i]);

  doctor->findings.subject = "Engines";
  if (doctor->engine != NULL)
    return; /* all is said */
  if (doctor->found == 0)
    findings_add(&doctor->findings, FINDING_NOTE,
                 "if there is one: container-hooks-ctk doctor --runtime ENGINE --config-file FILE",
                 "neither docker nor containerd, CRI-O or podman was found");
  else if (doctor->program_count == 0)
    findings_add(&doctor->findings, FINDING_PROBLEM,
                 "container-hooks-ctk runtime configure --runtime ENGINE",
                 "no engine runs containers through the plugins");
}

/* --- what they run ------------------------------------------------------------------------- */

/* Another one may be meant: of another version, or a wrapper around ours. False if it has nothing
   to do with us, and nothing that holds for us says anything of it. */
static bool check_origin(struct doctor *doctor, const char *program)
{
  cleanup_free char *own = ours_program();
  if (file_is_same(program, own))
    return true;
  if (ours_by_answer(program)) {
    findings_add(&doctor->findings, FINDING_NOTE, "if it is not meant: configure the engine anew",
                 "it is not the program that belongs to this one, %s", own);
    return true;
  }
  findings_add(&doctor->findings, FINDING_PROBLEM, "configure the engine anew, without --path",
               "%s is not " ENGINE_NAME_DEFAULT ", nor does it run it: no container goes through "
               "the plugins",
               program);
  return false;
}

/* By its name it knows its profile, and so has a config of its own. */
static void check_program(struct doctor *doctor, const char *program)
{
  struct error err;
  struct toolkit_choice choice = {.file = NULL};
  doctor->findings.subject = program;
  if (!checkup_program(&doctor->findings, program) || !check_origin(doctor, program))
    return;
  if (profile_of(program, &choice.profile, &err) == 0)
    checkup_chain(&doctor->findings, &choice, program);
  else
    findings_add(&doctor->findings, FINDING_PROBLEM, "give it another name", "%s", err.text);
}

static void check_programs(struct doctor *doctor)
{
  const struct toolkit_choice choice = {.file = NULL};
  for (size_t i = 0; i < doctor->program_count; i++)
    check_program(doctor, doctor->programs[i]);
  if (doctor->program_count > 0)
    return;
  doctor->findings.subject = ENGINE_NAME_DEFAULT;
  checkup_chain(&doctor->findings, &choice, NULL);
}

/* --- the command --------------------------------------------------------------------------- */

static int diagnose(struct doctor *doctor, struct error *err)
{
  findings_start(&doctor->findings);
  check_engines(doctor);
  check_programs(doctor);
  if (doctor->json) {
    cleanup_free char *text = text_pretty(doctor->findings.list);
    fputs(text, stdout);
  } else {
    findings_print(&doctor->findings);
  }
  size_t problems = doctor->findings.problems;
  findings_free(&doctor->findings);
  for (size_t i = 0; i < doctor->program_count; i++)
    free(doctor->programs[i]);
  return problems > 0 ? error_set(err, "%zu problem%s", problems, problems == 1 ? "" : "s") : 0;
}

static int check_words(const struct ctk_command *self, const struct doctor *doctor, char **words,
                       struct error *err)
{
  if (words[0] != NULL)
    return command_usage(self, err, "%s is not wanted here", words[0]);
  if (doctor->engine != NULL && engine_find(doctor->engine) == NULL)
    return command_usage(self, err, "--runtime %s: it is docker, containerd, crio or podman",
                         doctor->engine);
  if (doctor->engine == NULL && (doctor->config_file != NULL || doctor->name != NULL))
    return command_usage(self, err, "--config-file and --name need --runtime");
  return 0;
}

static int run(const struct ctk_command *self, char **words, struct error *err)
{
  struct doctor doctor = {.name = NULL};
  const struct command_option options[] = {
      {"runtime", 0, OPTION_TEXT, &doctor.engine, "ENGINE",
       "only docker, containerd, crio, podman"},
      {"config-file", 0, OPTION_TEXT, &doctor.config_file, "FILE", "that engine's config"},
      {"name", 0, OPTION_TEXT, &doctor.name, "NAME", "what that engine calls us"},
      {"json", 0, OPTION_FLAG, &doctor.json, NULL, "as a JSON array, for scripts"},
      {NULL, 0, OPTION_FLAG, NULL, NULL, NULL},
  };
  int result = command_options(self, options, words, err);
  if (result == 0)
    result = check_words(self, &doctor, words, err);
  if (result < 0)
    return result;
  cleanup_free char *config_file = NULL;
  if (doctor.config_file != NULL && toolkit_path(doctor.config_file, &config_file, err) < 0)
    return -1;
  doctor.config_file = config_file;
  return diagnose(&doctor, err);
}

const struct ctk_command doctor_command = {
    .name = "doctor",
    .summary = "Finds out whether the engines' containers really go through the plugins",
    .operands = "",
    .details =
        "Looks at each engine's config, the program that it is to run, config.cfg, the plugins\n"
        "and the low-level runtime, and sends a sample through them; changes nothing. Each\n"
        "finding that is not well says what to do. Status 1 if there is a problem.\n\n"
        "Example:\n"
        "  container-hooks-ctk doctor --runtime docker",
    .run = run,
};
