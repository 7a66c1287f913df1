/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rounds ROUNDS < CASES: runs commands and says how long they took.
 *
 * Each round runs every case once, so that whatever else the machine does falls on all alike;
 * ratios are made of cases of one run only. What is read has a line for each word, split by tabs:
 *
 *     case  NAME
 *     copy  FILE  TO            before each run, untimed; the file is kept in memory
 *     run   PROGRAM  ARGUMENT…  timed; several of them are one after another
 *
 * What is printed has a line for each case: its name, and in microseconds the smallest time, the
 * lower quartile, the median and the upper quartile.
 */
#include "common/util.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define CASES_MAX 32
#define STEPS_MAX 8 /* runs of a case */
#define WORDS_MAX 24

extern char **environ;

struct file {
  const char *path; /* NULL: there is none */
  char *bytes;
  size_t length;
};

struct timed {
  char *name;
  struct file copy;
  char **steps[STEPS_MAX];
  size_t count;
  double *times; /* microseconds, a round each */
};

__attribute__((noreturn)) static void fail(const char *what)
{
  fprintf(stderr, "rounds: %s: %m\n", what);
  exit(EXIT_FAILURE);
}

/* --- the cases ----------------------------------------------------------------------------- */

static void read_whole(struct file *file, const char *from)
{
  struct stat status;
  FILE *stream = fopen(from, "re");
  if (stream == NULL || fstat(fileno(stream), &status) < 0)
    fail(from);
  file->length = (size_t)status.st_size;
  file->bytes = xcalloc(file->length + 1, 1);
  if (fread(file->bytes, 1, file->length, stream) != file->length)
    fail(from);
  fclose(stream);
}

/* The words of a line, ended by NULL; they stay in it. */
static char **split(char *line)
{
  char **words = xcalloc(WORDS_MAX + 1, sizeof(*words));
  line[strcspn(line, "\n")] = '\0';
  for (size_t i = 0; i < WORDS_MAX && line != NULL; i++)
    words[i] = strsep(&line, "\t");
  return words;
}

static void take_line(struct timed *cases, size_t *count, char **words)
{
  struct timed *last = *count > 0 ? &cases[*count - 1] : NULL;
  if (text_equal(words[0], "case") && *count < CASES_MAX) {
    cases[(*count)++] = (struct timed){.name = words[1]};
  } else if (text_equal(words[0], "copy") && last != NULL) {
    read_whole(&last->copy, words[1]);
    last->copy.path = words[2];
  } else if (text_equal(words[0], "run") && last != NULL && last->count < STEPS_MAX) {
    last->steps[last->count++] = words + 1;
  } else {
    fprintf(stderr, "rounds: what is '%s' here?\n", words[0]);
    exit(EXIT_FAILURE);
  }
}

static size_t read_cases(struct timed *cases)
{
  size_t count = 0, size = 0;
  char *line = NULL;
  while (getline(&line, &size, stdin) > 0) {
    take_line(cases, &count, split(line));
    line = NULL; /* the words are in it */
  }
  return count;
}

/* --- the rounds ---------------------------------------------------------------------------- */

static double now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void put_back(const struct file *file)
{
  if (file->path == NULL)
    return;
  FILE *stream = fopen(file->path, "we");
  if (stream == NULL || fwrite(file->bytes, 1, file->length, stream) != file->length ||
      fclose(stream) != 0)
    fail(file->path);
}

/* Our own output is the table. */
static const posix_spawn_file_actions_t *without_output(void)
{
  static posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  return &actions;
}

static double run(char **argv)
{
  static const posix_spawn_file_actions_t *actions;
  int status = 0;
  pid_t pid;
  if (actions == NULL)
    actions = without_output();
  double start = now();
  errno = posix_spawn(&pid, argv[0], actions, NULL, argv, environ);
  if (errno != 0 || waitpid(pid, &status, 0) < 0)
    fail(argv[0]);
  if (status != 0) {
    fprintf(stderr, "rounds: %s %s failed\n", argv[0], argv[1] != NULL ? argv[1] : "");
    exit(EXIT_FAILURE);
  }
  return now() - start;
}

static void run_round(struct timed *cases, size_t count, size_t round)
{
  for (size_t i = 0; i < count; i++) {
    put_back(&cases[i].copy);
    for (size_t step = 0; step < cases[i].count; step++)
      cases[i].times[round] += run(cases[i].steps[step]);
  }
}

static int compare(const void *a, const void *b)
{
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

static void print(struct timed *timed, size_t rounds)
{
  double *times = timed->times;
  qsort(times, rounds, sizeof(*times), compare);
  printf("%s\t%.1f\t%.1f\t%.1f\t%.1f\n", timed->name, times[0], times[rounds / 4],
         times[rounds / 2], times[rounds * 3 / 4]);
}

int main(int argc, char **argv)
{
  static struct timed cases[CASES_MAX];
  size_t rounds = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
  if (rounds == 0) {
    fputs("usage: rounds ROUNDS < CASES\n", stderr);
    return 2;
  }
  size_t count = read_cases(cases);
  for (size_t i = 0; i < count; i++)
    cases[i].times = xcalloc(rounds, sizeof(double));
  run_round(cases, count, 0); /* so that all is in memory */
  for (size_t i = 0; i < count; i++)
    cases[i].times[0] = 0;
  for (size_t round = 0; round < rounds; round++)
    run_round(cases, count, round);
  for (size_t i = 0; i < count; i++)
    print(&cases[i], rounds);
  return 0;
}
