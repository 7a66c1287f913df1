/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/plugin_test.h"

#include "ctk/golden.h"
#include "ctk/text/diff.h"

#include <dirent.h>
#include <sys/stat.h>

struct tally {
  unsigned passed, failed;
};

/* --- one case ------------------------------------------------------------------------------ */

static void print_indented(const char *text)
{
  while (*text != '\0') {
    int length = (int)strcspn(text, "\n");
    printf("     | %.*s\n", length, text);
    text += length + (text[length] == '\n');
  }
}

static void print_difference(const struct golden_difference *difference)
{
  char *text = NULL;
  size_t length;
  if (difference->old_text == NULL)
    return;
  FILE *out = xmemstream(&text, &length);
  text_diff(out, difference->old_name, difference->old_text, difference->new_name,
            difference->new_text, ctk_coloured());
  xmemstream_close(out);
  print_indented(text);
  free(text);
}

static void run_case(struct golden *golden, const char *folder, bool update, struct tally *tally)
{
  struct error why = {.text = ""};
  bool passed = golden_run(golden, folder, update, &why) == 0;
  if (passed) {
    ctk_say("ok   %s%s", folder, golden->updated ? " (expected.json is new)" : "");
    tally->passed++;
  } else {
    printf("FAIL %s\n", folder);
    print_indented(why.text);
    print_difference(&golden->difference);
    tally->failed++;
  }
  if (golden->log != NULL && (ctk_debug || (!passed && golden->difference.old_text == NULL)))
    print_indented(golden->log);
  fflush(stdout); /* each may take its time */
}

/* --- all of them --------------------------------------------------------------------------- */

static bool is_folder(const char *path)
{
  struct stat status;
  return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Rather than a folder that holds cases. Its config.json may be made by setup.sh. */
static bool is_case(const char *folder)
{
  static const char *const files[] = {"config.json", "expected.json", "expected-error", NULL};
  bool any = false;
  for (const char *const *file = files; *file != NULL && !any; file++) {
    cleanup_free char *path = xasprintf("%s/%s", folder, *file);
    any = access(path, F_OK) == 0;
  }
  return any;
}

static int not_hidden(const struct dirent *entry)
{
  return entry->d_name[0] != '.';
}

/* Every folder in it is a case: one without config.json fails, rather than being left out. */
static int run_folder(struct golden *golden, const char *folder, bool update, struct tally *tally,
                      struct error *err)
{
  struct dirent **entries;
  int count = scandir(folder, &entries, not_hidden, alphasort);
  if (count < 0)
    return error_set(err, "cannot read %s: %m", folder);
  unsigned before = tally->passed + tally->failed;
  for (int i = 0; i < count; i++) {
    cleanup_free char *path = xasprintf("%s/%s", folder, entries[i]->d_name);
    if (is_folder(path))
      run_case(golden, path, update, tally);
    free(entries[i]);
  }
  free(entries);
  if (tally->passed + tally->failed == before)
    return error_set(err, "%s holds no case: a folder with config.json and expected.json", folder);
  return 0;
}

static int run_folders(struct golden *golden, char **folders, bool update, struct tally *tally,
                       struct error *err)
{
  for (; *folders != NULL; folders++) {
    size_t length = strlen(*folders);
    while (length > 1 && (*folders)[length - 1] == '/')
      (*folders)[--length] = '\0';
    if (is_case(*folders))
      run_case(golden, *folders, update, tally);
    else if (run_folder(golden, *folders, update, tally, err) < 0)
      return -1;
  }
  return 0;
}

int plugin_test_run(const struct ctk_command *self, char **words, struct error *err)
{
  const char *plugin = NULL;
  bool update = false;
  const struct command_option options[] = {
      {"plugin", 0, OPTION_TEXT, &plugin, "FILE.so", "the plugin under test"},
      {"update", 0, OPTION_FLAG, &update, NULL, "make expected.json what the result is"},
      {NULL, 0, OPTION_FLAG, NULL, NULL, NULL},
  };
  int result = command_options(self, options, words, err);
  if (result < 0)
    return result;
  if (words[0] == NULL)
    return command_usage(self, err, "which cases? name a case, or the folder that holds them");

  cleanup_golden struct golden golden;
  struct tally tally = {.passed = 0};
  if (golden_open(&golden, plugin, err) < 0 || run_folders(&golden, words, update, &tally, err) < 0)
    return -1;
  if (golden.misnamed != NULL)
    ctk_warn("%s", golden.misnamed);
  if (tally.failed > 0)
    return error_set(err, "%u of %u cases failed", tally.failed, tally.passed + tally.failed);
  return 0;
}
