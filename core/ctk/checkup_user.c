/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/checkup_user.h"

/* What configures this one; owned by the caller. */
static char *configure_command(const struct user *user, const char *option)
{
  bool named = !text_equal(user->name, ENGINE_NAME_DEFAULT);
  const char *file = user->config_file;
  return xasprintf("container-hooks-ctk runtime configure --runtime %s%s%s%s%s%s",
                   user->engine->name, named ? " --name " : "", named ? user->name : "",
                   file != NULL ? " --config-file " : "", file != NULL ? file : "", option);
}

/* --- by its files -------------------------------------------------------------------------- */

/* The default can be one of our other names. */
static bool default_is_ours(const struct users *users, const struct user *user)
{
  for (size_t i = 0; i < users->count; i++) {
    const struct user *other = &users->list[i];
    if (other->engine == user->engine && other->readable && other->status.is_default &&
        text_equal(other->status.file, user->status.file))
      return true;
  }
  return false;
}

static void check_default(struct findings *findings, const struct users *users,
                          const struct user *user)
{
  const struct engine_status *status = &user->status;
  const char *said_in = status->default_in != NULL ? status->default_in : "built in";
  if (status->is_default)
    findings_add(findings, FINDING_OK, NULL, "it is the default runtime (%s)", said_in);
  if (status->is_default || default_is_ours(users, user))
    return;
  cleanup_free char *command = configure_command(user, " --default");
  cleanup_free char *mend = xasprintf("if it should be: %s", command);
  findings_add(
      findings, FINDING_NOTE, mend,
      "the default runtime is %s (%s): only containers that ask for %s go through the plugins",
      status->default_runtime, said_in, user->name);
}

static void tell_unknown(struct findings *findings, const struct user *user, bool asked_for)
{
  const struct engine_status *status = &user->status;
  cleanup_free char *mend = configure_command(user, "");
  if (status->here)
    findings_add(findings, asked_for ? FINDING_PROBLEM : FINDING_NOTE, mend,
                 "it does not know %s (%s): no container goes through the plugins", user->name,
                 status->file);
  else
    findings_add(findings, FINDING_PROBLEM, "install it, or name its config by --config-file",
                 "it is not found: neither %s nor %s is there", user->engine->program,
                 status->file);
}

/* --- by itself ----------------------------------------------------------------------------- */

static bool says_the_same(const struct engine_view *view, const struct user *user)
{
  return view->default_runtime == NULL ||
         text_equal(view->default_runtime, user->name) == user->status.is_default;
}

static void compare(struct findings *findings, const struct user *user,
                    const struct engine_view *view)
{
  cleanup_free char *command = configure_command(user, " --reload");
  const char *mend = user->engine->manual != NULL ? command : "see which of its files say so";
  const char *program = view->program;
  if (view->amiss != NULL)
    findings_add(findings, FINDING_PROBLEM, view->mend, "%s", view->amiss);
  else if (program == NULL)
    findings_add(findings, FINDING_PROBLEM, mend, "asked itself, it does not know %s (%s)",
                 user->name, view->asked);
  else if (!text_equal(program, user->status.path))
    findings_add(findings, FINDING_PROBLEM, mend, "asked itself, it has %s as %s, not %s (%s)",
                 user->name, program, user->status.path, view->asked);
  else if (!says_the_same(view, user))
    findings_add(findings, FINDING_PROBLEM, mend, "asked itself, it has as default runtime %s (%s)",
                 view->default_runtime, view->asked);
  else
    findings_add(findings, FINDING_OK, NULL, "asked itself, it says the same (%s)", view->asked);
}

static void check_running(struct findings *findings, const struct user *user)
{
  struct error err;
  cleanup_view struct engine_view view;
  const struct engine_request request = {.name = user->name, .config_file = user->config_file};
  int result = engine_ask(user->engine, &request, &view, &err);
  if (result == 0)
    compare(findings, user, &view);
  else if (result < 0)
    findings_add(findings, FINDING_NOTE,
                 geteuid() == 0 ? "ask it by hand" : "run this as root, or ask it by hand",
                 "whether it has read its files is not known: %s", err.text);
  else
    findings_add(findings, FINDING_NOTE, "start it, and run this again",
                 "no running %s was found: this is what its files say", user->engine->program);
}

/* --- both ---------------------------------------------------------------------------------- */

void checkup_user(struct findings *findings, const struct users *users, const struct user *user,
                  bool asked_for)
{
  const struct engine_status *status = &user->status;
  if (!user->readable) {
    const char *mend = geteuid() == 0 ? "mend the file: the engine cannot read it"
                                      : "run this as root; if that does not help, mend the file";
    findings_add(findings, FINDING_PROBLEM, mend, "%s", user->why.text);
  } else if (!status->configured) {
    tell_unknown(findings, user, asked_for);
  } else if (status->path == NULL) {
    cleanup_free char *mend = configure_command(user, "");
    findings_add(findings, FINDING_PROBLEM, mend, "%s names no program for %s",
                 status->configured_in, user->name);
  } else {
    findings_add(findings, FINDING_OK, NULL, "%s is %s (%s)", user->name, status->path,
                 status->configured_in);
    check_default(findings, users, user);
    check_running(findings, user);
  }
}
