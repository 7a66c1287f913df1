/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/engines/reload.h"

#include "common/file.h"
#include "common/trust.h"
#include "ctk/engines/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>

#define PATIENCE 10 /* seconds for the daemon to read its file */

/* --- systemd ------------------------------------------------------------------------------- */

int reload_by_systemd(const char *verb, const char *unit, struct error *err)
{
  cleanup_free char *systemctl = program_find("systemctl");
  if (systemctl == NULL)
    return error_set(err, "cannot %s %s: there is no systemctl here", verb, unit);
  struct error inactive;
  const char *whose = trust_rootless() ? "--user" : "--system";
  const char *const ask[] = {systemctl, whose, "is-active", unit, NULL};
  const char *const act[] = {systemctl, whose, verb, unit, NULL};
  if (program_run(ask, &inactive) < 0)
    return 1;
  if (program_run(act, err) < 0)
    return error_wrap(err, "systemctl %s %s", verb, unit);
  return 0;
}

/* --- by signal ----------------------------------------------------------------------------- */

static void read_small(const char *path, char *text, size_t size)
{
  cleanup_close int fd = open(path, FILE_OPEN_FLAGS);
  ssize_t got = fd >= 0 ? read(fd, text, size - 1) : -1;
  text[got > 0 ? got : 0] = '\0';
}

/* A pid file can outlive its daemon, and the number can be anybody's by then. */
pid_t reload_pid(const char *pid_file, const char *name)
{
  char text[32], comm[32];
  read_small(pid_file, text, sizeof(text));
  long pid = strtol(text, NULL, 10);
  if (pid <= 1)
    return 0;
  cleanup_free char *path = xasprintf("/proc/%ld/comm", pid);
  read_small(path, comm, sizeof(comm));
  return text_starts(comm, name) ? (pid_t)pid : 0;
}

/* The file being closed by who had opened it for reading. */
static int wait_until_read(int watch, pid_t pid, const char *config, struct error *err)
{
  struct pollfd polled = {.fd = watch, .events = POLLIN};
  if (poll(&polled, 1, PATIENCE * 1000) > 0)
    return 0;
  return error_set(err,
                   "the daemon (process %d) did not read %s within %d seconds: is that its config "
                   "file?",
                   (int)pid, config, PATIENCE);
}

int reload_by_signal(pid_t pid, const char *config, struct error *err)
{
  cleanup_close int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  bool watched = watch >= 0 && inotify_add_watch(watch, config, IN_CLOSE_NOWRITE) >= 0;
  if (kill(pid, SIGHUP) < 0)
    return errno == ESRCH ? 1
                          : error_set(err,
                                      "cannot signal the daemon (process %d): %m: this needs "
                                      "root",
                                      (int)pid);
  return watched ? wait_until_read(watch, pid, config, err) : 0;
}
