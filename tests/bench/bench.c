/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the runtime costs, as ratios.
 *
 * Each round runs every case once, so that whatever else the machine does falls on all alike. A
 * case's cost is the median of its times less that of the target alone (/bin/true, in the runtime's
 * place); a ratio is its cost against that of the trampoline, a static program that only execs the
 * same target.
 */
#include "common/util.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define SAMPLE "tests/samples/docker/001-create.config.json"

extern char **environ;

struct bench_case {
  const char *name;
  const char *argv[6];
  bool creates;  /* config.json is put back before each run */
  double *times; /* microseconds */
};

static void fail(const char *what)
{
  fprintf(stderr, "bench: %s: %m\n", what);
  exit(EXIT_FAILURE);
}

static double now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static double run(const char *const *argv)
{
  int status = 0;
  pid_t pid;
  double start = now();
  errno = posix_spawn(&pid, argv[0], NULL, NULL, (char *const *)(uintptr_t)argv, environ);
  if (errno != 0 || waitpid(pid, &status, 0) < 0)
    fail(argv[0]);
  if (status != 0) {
    fprintf(stderr, "bench: %s %s failed\n", argv[0], argv[1]);
    exit(EXIT_FAILURE);
  }
  return now() - start;
}

/* --- what is measured ----------------------------------------------------------------------- */

static void write_file(const char *path, const char *text, size_t length)
{
  FILE *file = fopen(path, "we");
  if (file == NULL || fwrite(text, 1, length, file) != length || fclose(file) != 0)
    fail(path);
}

static char sample[65536];
static size_t sample_length;

static void read_sample(void)
{
  FILE *file = fopen(SAMPLE, "re");
  if (file == NULL)
    fail(SAMPLE);
  sample_length = fread(sample, 1, sizeof(sample), file);
  fclose(file);
}

/* The work folder, with config, hooks and bundle; the runtimes read it from the environment. */
static void prepare(const char *folder)
{
  static const char hooks[] = "{\"createRuntime\":[{\"path\":\"/bin/true\",\"timeout\":5}]}";
  cleanup_free char *config = xasprintf("%s/config.cfg", folder);
  cleanup_free char *hooks_path = xasprintf("%s/hooks.json", folder);
  cleanup_free char *bundle = xasprintf("%s/bundle", folder);
  cleanup_free char *text =
      xasprintf("container-hooks-runtime: { debug = \"%s/log\"; runtimes = [ \"/bin/true\" ]; };\n"
                "plugins = ( { name = \"file-hooks\"; settings: { path = \"%s\"; }; } );\n",
                folder, hooks_path);
  if (mkdir(bundle, 0755) < 0)
    fail(bundle);
  write_file(config, text, strlen(text));
  write_file(hooks_path, hooks, strlen(hooks));
  setenv("CONTAINER_HOOKS_CONFIG", config, 1);
  read_sample();
}

/* --- statistics ------------------------------------------------------------------------------ */

static int compare(const void *a, const void *b)
{
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

static double quantile(const double *sorted, int count, double at)
{
  return sorted[(int)(at * (count - 1))];
}

static void measure(struct bench_case *cases, size_t count, int rounds, const char *spec)
{
  for (int round = 0; round < rounds; round++)
    for (size_t i = 0; i < count; i++) {
      if (cases[i].creates)
        write_file(spec, sample, sample_length);
      cases[i].times[round] = run(cases[i].argv);
    }
  for (size_t i = 0; i < count; i++)
    qsort(cases[i].times, (size_t)rounds, sizeof(double), compare);
}

static void print(const struct bench_case *cases, size_t count, int rounds)
{
  double target = quantile(cases[0].times, rounds, 0.5);
  double unit = quantile(cases[1].times, rounds, 0.5) - target;
  printf("%-32s %10s %10s %10s %8s\n", "", "median us", "quartiles", "cost us", "ratio");
  for (size_t i = 0; i < count; i++) {
    double median = quantile(cases[i].times, rounds, 0.5);
    printf("%-32s %10.0f %4.0f-%5.0f %10.0f", cases[i].name, median,
           quantile(cases[i].times, rounds, 0.25), quantile(cases[i].times, rounds, 0.75),
           median - target);
    if (i > 0)
      printf(" %8.2f", (median - target) / unit);
    putchar('\n');
  }
}

int main(int argc, char **argv)
{
  if (argc != 5) {
    fprintf(stderr, "usage: bench RUNTIME TRAMPOLINE FOLDER ROUNDS\n");
    return 2;
  }
  char *runtime = argv[1], *folder = argv[3];
  int rounds = atoi(argv[4]);
  prepare(folder);
  cleanup_free char *bundle = xasprintf("%s/bundle", folder);
  cleanup_free char *spec = xasprintf("%s/config.json", bundle);

  struct bench_case cases[] = {
      {.name = "the target alone", .argv = {"/bin/true", "state", "c"}},
      {.name = "trampoline", .argv = {argv[2], "state", "c"}},
      {.name = "state, kill, … passed through", .argv = {runtime, "state", "c"}},
      {.name = "create with file-hooks",
       .argv = {runtime, "create", "--bundle", bundle, "c"},
       .creates = true},
  };
  for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
    cases[i].times = xcalloc((size_t)rounds, sizeof(double));
  measure(cases, ARRAY_LENGTH(cases), rounds, spec);
  print(cases, ARRAY_LENGTH(cases), rounds);
  for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
    free(cases[i].times);
  return 0;
}
