/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flood NUMBER PROGRAM ARGUMENT…: runs a program so many times at once and prints how long it took
 * until the last one had ended, in milliseconds. Each "%" in an argument is its number.
 */
#include "common/util.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>

#define WORDS_MAX 24

extern char **environ;

static double now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* With its number in place of the "%"; owned by the caller. */
static char *numbered(const char *word, int number)
{
  const char *mark = strchr(word, '%');
  if (mark == NULL)
    return xstrdup(word);
  return xasprintf("%.*s%d%s", (int)(mark - word), word, number, mark + 1);
}

static int start(char **words, int number, const posix_spawn_file_actions_t *actions)
{
  char *argv[WORDS_MAX + 1] = {NULL};
  pid_t pid;
  for (size_t i = 0; i < WORDS_MAX && words[i] != NULL; i++)
    argv[i] = numbered(words[i], number);
  errno = posix_spawn(&pid, argv[0], actions, NULL, argv, environ);
  for (size_t i = 0; argv[i] != NULL; i++)
    free(argv[i]);
  return errno == 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
  int number = argc > 2 ? atoi(argv[1]) : 0, failed = 0, status;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
  double begin = now();
  for (int i = 0; i < number; i++)
    failed += start(argv + 2, i, &actions) < 0;
  while (wait(&status) > 0)
    failed += status != 0;
  printf("%.1f\n", now() - begin);
  if (failed > 0)
    fprintf(stderr, "flood: %d of %d failed\n", failed, number);
  return failed > 0 || number == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
