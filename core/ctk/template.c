/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/template.h"

#include "ctk/text/fill.h"

/* EMBED(NAME, FILE): a file of the sources, as it lies there when this is compiled. */
/* NOLINTBEGIN(bugprone-macro-parentheses): a name that is declared stands in no parentheses. */
#define EMBED(name, file)                                             \
  extern const char name[] __asm__("container_hooks_template_" #name) \
      __attribute__((visibility("hidden")));                          \
  __asm__(".pushsection .rodata\n"                                    \
          ".hidden container_hooks_template_" #name "\n"              \
          "container_hooks_template_" #name ":\n"                     \
          ".incbin \"core/ctk/template/" file "\"\n"                  \
          ".byte 0\n"                                                 \
          ".popsection\n")
/* NOLINTEND(bugprone-macro-parentheses) */

EMBED(makefile, "Makefile");
EMBED(readme, "README.md");
EMBED(entry, "plugin.cfg");
EMBED(source_c, "plugin.c");
EMBED(source_cplusplus, "plugin.cc");
EMBED(settings, "settings.cfg");
EMBED(spec, "spec.json");
EMBED(spec_with_variable, "spec-with-variable.json");
EMBED(settings_without_variable, "settings-without-variable.cfg");
EMBED(error_without_variable, "error-without-variable");

#define SETS "tests/sets-the-variable/"
#define KEEPS "tests/leaves-a-container-that-has-it-alone/"
#define FAILS "tests/fails-without-a-variable/"

struct file {
  const char *path, *text;
};

static const struct file sources[] = {
    [TEMPLATE_C] = {"@NAME@.c", source_c},
    [TEMPLATE_CPLUSPLUS] = {"@NAME@.cc", source_cplusplus},
};

/* Behind the source. */
static const struct file files[] = {
    {"@NAME@.cfg", entry},
    {"Makefile", makefile},
    {"README.md", readme},
    {SETS "config.json", spec},
    {SETS "settings.cfg", settings},
    {SETS "expected.json", spec_with_variable},
    {KEEPS "config.json", spec_with_variable},
    {KEEPS "settings.cfg", settings},
    {KEEPS "expected.json", spec_with_variable},
    {FAILS "config.json", spec},
    {FAILS "settings.cfg", settings_without_variable},
    {FAILS "expected-error", error_without_variable},
};

bool template_file(size_t number, const char *name, enum template_language language,
                   struct template_file *file)
{
  bool is_c = language == TEMPLATE_C;
  const struct text_mark marks[] = {
      {"@NAME@", name},
      {"@ENDING@", is_c ? "c" : "cc"},
      {"@COMPILER@", is_c ? "CC" : "CXX"},
      {"@FLAGS@", is_c ? "CFLAGS" : "CXXFLAGS"},
      {"@STANDARD@", is_c ? "c11" : "c++20"},
      {NULL, NULL},
  };
  if (number > ARRAY_LENGTH(files))
    return false;
  const struct file *found = number == 0 ? &sources[language] : &files[number - 1];
  file->path = text_fill(found->path, marks);
  file->text = text_fill(found->text, marks);
  return true;
}

void template_file_free(struct template_file *file)
{
  free(file->path);
  free(file->text);
}
