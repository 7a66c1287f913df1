/* SPDX-License-Identifier: Apache-2.0 */
/* container-hooks-ctk: the admin's tool. Configures engines, the runtime and its plugins. */
#include "ctk/command.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

static bool show_version;

static int run(const struct ctk_command *self, char **words, struct error *err)
{
  const struct command_option options[] = {
      {"version", 'v', OPTION_FLAG, &show_version, NULL, "show the version"},
      {NULL, 0, OPTION_FLAG, NULL, NULL, NULL},
  };
  int result = command_options(self, options, words, err);
  if (result < 0)
    return result;
  if (show_version) {
    puts("container-hooks-ctk " VERSION);
    return 0;
  }
  return command_dispatch(self, words, err);
}

/* What a caller has closed must not become one of our files, which messages would go into then. */
static void open_standard(void)
{
  int fd;
  do
    fd = open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0)
    close(fd);
}

int main(int argc, char **argv)
{
  (void)argc;
  open_standard();
  const struct ctk_command commands[] = {
      runtime_command, config_command,  plugin_command,    apply_command,  image_command,
      doctor_command,  install_command, uninstall_command, {.name = NULL},
  };
  const struct ctk_command self = {
      .name = "",
      .summary = "Configures container engines to use container-hooks-runtime, and its plugins",
      .operands = "COMMAND ...",
      .details = "Every command has a --help of its own.\n\n"
                 "Example: let docker run all containers through the plugins:\n"
                 "  container-hooks-ctk runtime configure --runtime docker --default --reload\n\n"
                 "Exit status: 0 done, 1 failed, 2 wrong usage.",
      .subcommands = commands,
  };

  /* The folders that are made are for everybody to read, as the files are: other users' runtimes
     and engines look into them. */
  umask(022);
  signal(SIGXFSZ, SIG_IGN); /* a limit on files is an error like a full disk */
  struct error err = {.text = ""};
  int result = run(&self, argv + (argv[0] != NULL), &err);
  bool written = fflush(stdout) == 0; /* what was found stands in front of what is made of it */
  if (result >= 0 && !written)
    result = error_set(&err, "cannot write to standard output: %m");
  if (result < 0)
    fprintf(stderr, "container-hooks-ctk: %s\n", err.text);
  return result == COMMAND_USAGE ? 2 : result < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
