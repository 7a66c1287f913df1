/* SPDX-License-Identifier: Apache-2.0 */
/* measure PROGRAM ARGUMENT…: runs it, with nothing as its output, and prints what it
   and all that it started took: milliseconds
   on the clock, milliseconds of processors, kilobytes of memory at most. */
#include "common/util.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static double milliseconds(struct timeval time)
{
  return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

int main(int argc, char **argv)
{
  struct rusage usage;
  pid_t pid;
  int status = 0;
  if (argc < 2)
    return EXIT_FAILURE;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  double begin = now();
  errno = posix_spawnp(&pid, argv[1], &actions, NULL, argv + 1, environ);
  if (errno != 0 || wait4(pid, &status, 0, &usage) < 0 || status != 0) {
    fprintf(stderr, "measure: %s failed\n", argv[1]);
    return EXIT_FAILURE;
  }
  printf("%.1f %.1f %ld\n", now() - begin,
         milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime), usage.ru_maxrss);
  return EXIT_SUCCESS;
}
