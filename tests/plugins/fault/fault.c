/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin that misbehaves on command of its settings:
 *
 *   act      what to do, of the table at the end; "none" by default
 *   when     in which callback: "modify" (default), "check" or "finish"
 *   message  what "fail" says and "print" prints
 *   status   what "exit" ends with, and the byte that "scribble" writes
 *   amount   megabytes that "print" prints; 0 is the message once
 *   setsid   whether the child of "fork" leaves the process group
 *   pid-file where "fork" leaves the child's number
 */
#include "fault.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHILD_STAYS 120 /* seconds */

static int act_none(struct cht_context *ctx, const struct order *order)
{
  (void)ctx;
  (void)order;
  return 0;
}

static int act_fail(struct cht_context *ctx, const struct order *order)
{
  return cht_fail(ctx, "%s", order->message);
}

static int act_silent_fail(struct cht_context *ctx, const struct order *order)
{
  (void)ctx;
  (void)order;
  return -1;
}

/* Says so, but does not return so. */
static int act_forget(struct cht_context *ctx, const struct order *order)
{
  cht_fail(ctx, "%s", order->message);
  cht_fail(ctx, "and only then this");
  return 0;
}

static int act_exit(struct cht_context *ctx, const struct order *order)
{
  (void)ctx;
  exit((int)order->status);
}

static int act_abort(struct cht_context *ctx, const struct order *order)
{
  (void)ctx;
  (void)order;
  abort();
}

__attribute__((no_sanitize("undefined", "address"))) /* A sanitizer would end it more gently. */
__attribute__((no_sanitize("undefined"))) static int
act_crash(struct cht_context *ctx, const struct order *order)
{
  (void)ctx;
  (void)order;
  volatile int *volatile nowhere = NULL;
  *nowhere = 1; /* NOLINT(clang-analyzer-core.NullDereference): it shall crash */
  return 0;
}

static int act_hang(struct cht_context *ctx, const struct order *order)
{
  (void)ctx;
  (void)order;
  while (pause() < 0)
    ;
  return 0;
}

static int act_spin(struct cht_context *ctx, const struct order *order)
{
  (void)ctx;
  (void)order;
  volatile bool forever = true;
  while (forever)
    ;
  return 0;
}

static int act_print(struct cht_context *ctx, const struct order *order)
{
  (void)ctx;
  static char block[1024 * 1024];
  memset(block, '.', sizeof(block) - 1);
  printf("%s (on standard output)\n", order->message);
  fprintf(stderr, "%s (on standard error)\n", order->message);
  for (int64_t i = 0; i < order->amount; i++) {
    fputs(block, stdout);
    fputs(block, stderr);
  }
  fflush(stdout);
  return 0;
}

static int act_close(struct cht_context *ctx, const struct order *order)
{
  (void)ctx;
  (void)order;
  for (int fd = 0; fd < 1024; fd++)
    close(fd);
  return 0;
}

static int act_fork(struct cht_context *ctx, const struct order *order)
{
  pid_t child = fork();
  if (child == 0) {
    if (order->setsid)
      setsid();
    sleep(CHILD_STAYS);
    _exit(EXIT_SUCCESS);
  }
  /* Or it could be killed with the group that it is about to leave. */
  while (order->setsid && child > 0 && getsid(child) != child)
    usleep(1000);
  if (order->pid_file == NULL)
    return 0;
  FILE *file = fopen(order->pid_file, "w");
  if (file == NULL)
    return cht_fail(ctx, "cannot write %s: %m", order->pid_file);
  fprintf(file, "%d\n", (int)child);
  fclose(file);
  return 0;
}

static int act_fork_return(struct cht_context *ctx, const struct order *order)
{
  (void)ctx;
  (void)order;
  return fork() < 0 ? -1 : 0;
}

static int act_chdir(struct cht_context *ctx, const struct order *order)
{
  (void)ctx;
  (void)order;
  return chdir("/");
}

static int act_umask(struct cht_context *ctx, const struct order *order)
{
  (void)ctx;
  (void)order;
  umask(0777);
  return 0;
}

static int act_signals(struct cht_context *ctx, const struct order *order)
{
  (void)ctx;
  (void)order;
  sigset_t all;
  for (int number = 1; number < 65; number++)
    signal(number, SIG_IGN);
  sigfillset(&all);
  return sigprocmask(SIG_BLOCK, &all, NULL);
}

static int act_setenv(struct cht_context *ctx, const struct order *order)
{
  (void)ctx;
  (void)order;
  clearenv();
  return setenv("PATH", "/nowhere", true) | setenv("FAULT", "was here", true);
}

/* The parent is gone, the child goes on. */
static int act_daemon(struct cht_context *ctx, const struct order *order)
{
  (void)ctx;
  (void)order;
  return daemon(1, 1);
}

static int act_exec(struct cht_context *ctx, const struct order *order)
{
  (void)order;
  execl("/bin/true", "true", (char *)NULL);
  return cht_fail(ctx, "cannot run /bin/true: %m");
}

static int act_stop(struct cht_context *ctx, const struct order *order)
{
  (void)ctx;
  (void)order;
  return raise(SIGSTOP);
}

/* Every signal now stops it, for a debugger that will never let it go on. */
static int act_trace(struct cht_context *ctx, const struct order *order)
{
  (void)order;
  if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
    return cht_fail(ctx, "cannot be traced: %m");
  return raise(SIGUSR1);
}

/* Leaves the group that is killed. */
static int act_leave_group(struct cht_context *ctx, const struct order *order)
{
  if (setpgid(0, getpgid(getppid())) < 0)
    return cht_fail(ctx, "cannot leave the process group: %m");
  return act_hang(ctx, order);
}

static int act_limits(struct cht_context *ctx, const struct order *order)
{
  (void)ctx;
  (void)order;
  const struct rlimit few = {.rlim_cur = 64, .rlim_max = 64}, none = {.rlim_cur = 0};
  return setrlimit(RLIMIT_NOFILE, &few) | setrlimit(RLIMIT_CORE, &none) | (nice(1) < 0);
}

/* Writes over the first of our pages that it shares with another process. */
static int act_scribble(struct cht_context *ctx, const struct order *order)
{
  char line[512];
  void *page = NULL;
  FILE *maps = fopen("/proc/self/maps", "r");
  while (maps != NULL && page == NULL && fgets(line, sizeof(line), maps) != NULL)
    if (strstr(line, "memfd:shared") != NULL)
      sscanf(line, "%p", &page);
  if (maps != NULL)
    fclose(maps);
  if (page == NULL)
    return cht_fail(ctx, "found no shared page");
  memset(page, (int)order->status, 4096);
  return 0;
}

/* --- on command ------------------------------------------------------------------------------ */

static const struct {
  const char *name;
  int (*run)(struct cht_context *ctx, const struct order *order);
} acts[] = {
    {"none", act_none},
    {"fail", act_fail},
    {"silent-fail", act_silent_fail},
    {"forget", act_forget},
    {"exit", act_exit},
    {"abort", act_abort},
    {"crash", act_crash},
    {"hang", act_hang},
    {"spin", act_spin},
    {"print", act_print},
    {"close", act_close},
    {"fork", act_fork},
    {"fork-return", act_fork_return},
    {"chdir", act_chdir},
    {"umask", act_umask},
    {"signals", act_signals},
    {"setenv", act_setenv},
    {"daemon", act_daemon},
    {"exec", act_exec},
    {"stop", act_stop},
    {"trace", act_trace},
    {"leave-group", act_leave_group},
    {"limits", act_limits},
    {"scribble", act_scribble},
    {"break-spec", act_break_spec},
    {"drop-hooks", act_drop_hooks},
    {"replace-root", act_replace_root},
    {"put-settings", act_put_settings},
    {"put-spec", act_put_spec},
    {"swap-spec", act_swap_spec},
    {"cycle", act_cycle},
    {"deep", act_deep},
    {"nan", act_nan},
    {"nul", act_nul},
    {"bytes", act_bytes},
    {"key-twice", act_key_twice},
};

static int read_order(struct cht_context *ctx, struct order *order)
{
  static const char *const known[] = {"act",    "when",   "message",  "status",
                                      "amount", "setsid", "pid-file", NULL};
  *order = (struct order){.act = "none", .when = "modify", .message = "told to"};
  if (cht_known_settings(ctx, known) < 0 || cht_setting_text(ctx, "act", &order->act) < 0 ||
      cht_setting_text(ctx, "when", &order->when) < 0 ||
      cht_setting_text(ctx, "message", &order->message) < 0 ||
      cht_setting_text(ctx, "pid-file", &order->pid_file) < 0 ||
      cht_setting_number(ctx, "status", 0, 255, &order->status) < 0 ||
      cht_setting_number(ctx, "amount", 0, 1024, &order->amount) < 0)
    return -1;
  return cht_setting_boolean(ctx, "setsid", &order->setsid);
}

static int obey(struct cht_context *ctx, const char *callback)
{
  struct order order;
  if (read_order(ctx, &order) < 0)
    return -1;
  if (strcmp(order.when, callback) != 0)
    return 0;
  for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
    if (strcmp(order.act, acts[i].name) == 0)
      return acts[i].run(ctx, &order);
  return cht_fail(ctx, "there is no act '%s'", order.act);
}

static int modify(struct cht_context *ctx)
{
  return obey(ctx, "modify");
}

static int check(struct cht_context *ctx)
{
  return obey(ctx, "check");
}

static int finish(struct cht_context *ctx, const struct cht_outcome *outcome)
{
  (void)outcome;
  return obey(ctx, "finish");
}

CHT_PLUGIN(.name = "fault", .version = "1", .summary = "misbehaves on command", .modify = modify,
           .check = check, .finish = finish);
