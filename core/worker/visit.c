/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/visit.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

static void copy_name(char *to, size_t size, const char *name)
{
  snprintf(to, size, "%s", name);
}

static uint64_t now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

/* While a plugin is at work, what strays into our memory must not become our word to the front.
   Without memory left, the kernel may not give it back; then the front prints why we end. */
static void protect(struct report *report, int access)
{
  if (mprotect(report, sizeof(*report), access) == 0 || access == PROT_READ)
    return;
  dprintf(STDERR_FILENO, "the report cannot be written to any more: %m\n");
  _exit(EXIT_FAILURE);
}

void visit_begin(struct link *link, const char *phase)
{
  struct report *report = link->chain->report;
  copy_name(report->plugin, sizeof(report->plugin), link->entry->name);
  copy_name(report->phase, sizeof(report->phase), phase);
  report->required = link->entry->required;
  report->running = (int)(link - link->chain->links);
  link->failed = false;
  link->entered = now();
  protect(report, PROT_READ);
}

/* Output that nobody has read by now is this plugin's: later, the next one might seem to have
   printed it. */
static void note_output(const struct link *link)
{
  struct report *report = link->chain->report;
  int waiting = 0;
  fflush(NULL);
  if (report->printed || ioctl(STDOUT_FILENO, FIONREAD, &waiting) < 0 || waiting == 0)
    return;
  copy_name(report->printer, sizeof(report->printer), link->entry->name);
  report->printed = true;
}

/* A plugin that closed them would make the next one print into a file that it opens itself. */
static void keep_standard_streams(void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) < 0)
      open("/dev/null", O_RDWR); /* gets the lowest number that is free: this one */
}

void visit_end(struct link *link)
{
  /* A plugin that forked and let both return: only one of the two may write config.json. */
  if (getpid() != link->chain->process)
    _exit(EXIT_SUCCESS);
  protect(link->chain->report, PROT_READ | PROT_WRITE);
  link->elapsed += now() - link->entered;
  note_output(link);
  keep_standard_streams();
}

void visit_over(const struct chain *chain)
{
  chain->report->running = -1;
}
