/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/findings.h"

#include "common/log.h"
#include "ctk/command.h"
#include "ctk/trial.h"

static const char *const levels[] = {
    [FINDING_OK] = "ok",
    [FINDING_NOTE] = "note",
    [FINDING_PROBLEM] = "problem",
};

void findings_start(struct findings *findings)
{
  *findings = (struct findings){.list = json_object_new_array()};
}

void findings_add(struct findings *findings, enum finding_level level, const char *mend,
                  const char *format, ...)
{
  va_list args;
  va_start(args, format);
  cleanup_free char *text = xvasprintf(format, args);
  va_end(args);
  log_one_line(text);
  struct json_object *finding = json_object_new_object();
  json_object_object_add(finding, "subject", json_object_new_string(findings->subject));
  json_object_object_add(finding, "level", json_object_new_string(levels[level]));
  json_object_object_add(finding, "text", json_object_new_string(text));
  if (mend != NULL)
    json_object_object_add(finding, "mend", json_object_new_string(mend));
  json_object_array_add(findings->list, finding);
  findings->problems += level == FINDING_PROBLEM;
}

static void print_finding(struct json_object *finding)
{
  static const char *const colours[] = {"\033[32m", "\033[33m", "\033[31m"};
  const char *level = trace_text(finding, "level"), *mend = trace_text(finding, "mend");
  size_t number = text_equal(level, "ok") ? 0 : text_equal(level, "note") ? 1 : 2;
  printf("  %s%-8s%s %s\n", ctk_coloured() ? colours[number] : "", level,
         ctk_coloured() ? "\033[m" : "", trace_text(finding, "text"));
  if (mend != NULL)
    printf("           -> %s\n", mend);
}

void findings_print(const struct findings *findings)
{
  const char *subject = "";
  for (size_t i = 0; i < json_object_array_length(findings->list); i++) {
    struct json_object *finding = json_object_array_get_idx(findings->list, i);
    if (ctk_quiet && text_equal(trace_text(finding, "level"), "ok"))
      continue;
    if (!text_equal(subject, trace_text(finding, "subject"))) {
      subject = trace_text(finding, "subject");
      printf("%s\n", subject);
    }
    print_finding(finding);
  }
}

void findings_free(struct findings *findings)
{
  json_object_put(findings->list);
}
