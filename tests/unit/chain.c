/* SPDX-License-Identifier: Apache-2.0 */
/* Plugins in a row: order, failures, pins, and what each is told at the end. */
#include "worker/chain.h"

#include "common/json.h"
#include "common/shared.h"
#include "folder.h"

#include <fcntl.h>
#include <limits.h>

#define SPEC "{\"root\":{\"path\":\"/r\"},\"process\":{\"env\":[\"A=1\"]}}"

static struct chain chain;
static struct config config;
static struct shared memory;
static struct report *report;
static struct json_object *spec;
static struct error err;

/* The tests' plugins lie beside this program, in a folder that need not be trusted. */
static void copy_plugins(void)
{
  char self[PATH_MAX] = "";
  cr_assert_gt(readlink("/proc/self/exe", self, sizeof(self) - 1), 0);
  *strrchr(self, '/') = '\0';
  cleanup_free char *command = xasprintf("cp '%s'/plugins/*.so '%s'", self, folder);
  cr_assert_eq(system(command), 0);
}

static void start(void)
{
  make_folder();
  copy_plugins();
  cr_assert_eq(shared_open(&memory, sizeof(*report), &err), 0, "%s", err.text);
  report = memory.memory;
  cr_assert_eq(json_parse(SPEC, strlen(SPEC), "spec", &spec, &err), 0);
}

static void end(void)
{
  chain_free(&chain);
  config_free(&config);
  json_object_put(spec);
  shared_close(&memory);
  remove_folder();
}

TestSuite(chain, .init = start, .fini = end);

/* --- running it ---------------------------------------------------------------------------- */

/* Loads the plugins of a config's list, in which '@' is the folder. Each entry is a line, so that
   the first is in line 2. */
static int load(const char *plugins, uint64_t skip)
{
  cleanup_free char *list = with_folder(plugins);
  cleanup_free char *text = xasprintf("plugin-dir = \"%s\"; plugins = (\n%s);\n", folder, list);
  cleanup_free char *path = path_of("config.cfg"), *log = path_of("log");
  write_file("config.cfg", text);
  const struct config_source source = {.path = path, .plugin_dir = "/nowhere"};
  cr_assert_eq(config_load(&config, &source, &err), 0, "%s", err.text);
  log_setup(steal_pointer(&log), LOG_DEBUG, "test");

  const struct chain_container container = {.command = CHT_CREATE, .id = "c1", .bundle = folder};
  return chain_load(&chain, &config, &container, skip, report, &err);
}

static void load_ok(const char *plugins)
{
  cr_assert_eq(load(plugins, 0), 0, "%s", err.text);
}

static void expect_ok(int result)
{
  cr_expect_eq(result, 0, "%s", err.text);
}

static void expect_error(int result, const char *expected)
{
  cleanup_free char *text = with_folder(expected);
  cr_expect_eq(result, -1);
  cr_expect_str_eq(err.text, text);
}

static void expect_spec(const char *expected)
{
  size_t length;
  cr_expect_str_eq(json_text(spec, &length), expected);
}

static void expect_file(const char *name, const char *expected)
{
  cleanup_free char *content = content_of(name);
  cr_expect_str_eq(content, expected);
}

static void expect_logged(const char *words)
{
  cleanup_free char *content = content_of("log");
  cr_expect_not_null(strstr(content, words), "'%s' is not in: %s", words, content);
}

/* --- order and edits ----------------------------------------------------------------------- */

Test(chain, plugins_edit_in_the_order_of_the_config)
{
  load_ok("{ name = \"writer\"; settings: { env = \"B=2\"; hook = \"/bin/one\"; }; },\n"
          "{ name = \"writer\"; settings: { env = \"C=3\"; hook = \"/bin/two\"; }; },\n"
          "{ name = \"writer\"; settings: { hook = \"/bin/three\"; front = true; }; }\n");
  expect_ok(chain_modify(&chain, &spec, &err));
  expect_spec("{\"root\":{\"path\":\"/r\"},\"process\":{\"env\":[\"A=1\",\"B=2\",\"C=3\"]},"
              "\"hooks\":{\"createRuntime\":[{\"path\":\"/bin/three\"},{\"path\":\"/bin/one\"},"
              "{\"path\":\"/bin/two\"}]}}");
}

Test(chain, each_is_told_the_outcome_and_what_every_one_changed)
{
  load_ok("{ name = \"writer\"; settings: { env = \"B=2\"; outcome = \"@/told\"; }; },\n"
          "{ name = \"fault\"; settings: { act = \"replace-root\"; }; }\n");
  expect_ok(chain_modify(&chain, &spec, &err));
  expect_ok(chain_finish(&chain, spec, NULL, &err));
  expect_file("told", "done\nwriter add /process/env/1\nfault replace /root/path\n");
  expect_logged("plugin 'fault': replace /root/path");
}

/* Defect 6 of the original: hooks were added again and again. */
Test(chain, a_second_pass_changes_nothing)
{
  load_ok("{ name = \"writer\"; settings: { env = \"B=2\"; hook = \"/bin/h\"; mount = \"/m\"; "
          "annotation = \"k=v\"; unset = \"A\"; }; }\n");
  expect_ok(chain_modify(&chain, &spec, &err));
  size_t edits = chain.edits.count;
  cr_expect_gt(edits, 0);
  expect_ok(chain_modify(&chain, &spec, &err));
  cr_expect_eq(chain.edits.count, edits);
}

Test(chain, what_is_disabled_or_left_out_does_not_run)
{
  cr_assert_eq(load("{ name = \"writer\"; enabled = false; settings: { env = \"B=2\"; }; },\n"
                    "{ name = \"writer\"; settings: { env = \"C=3\"; }; },\n"
                    "{ name = \"writer\"; settings: { env = \"D=4\"; }; },\n"
                    "{ name = \"missing\"; enabled = false; }\n",
                    1 << 1),
               0);
  expect_ok(chain_modify(&chain, &spec, &err));
  expect_spec("{\"root\":{\"path\":\"/r\"},\"process\":{\"env\":[\"A=1\",\"D=4\"]}}");
}

/* --- failures ------------------------------------------------------------------------------ */

Test(chain, a_required_one_that_fails_ends_the_chain)
{
  load_ok("{ name = \"writer\"; settings: { outcome = \"@/told\"; }; },\n"
          "{ name = \"fault\"; settings: { act = \"fail\"; message = \"not on Sundays\"; }; },\n"
          "{ name = \"writer\"; settings: { env = \"B=2\"; }; }\n");
  expect_error(chain_modify(&chain, &spec, &err), "plugin 'fault': not on Sundays");
  expect_spec(SPEC);
  expect_ok(chain_finish(&chain, spec, err.text, &err));
  expect_file("told", "refused: plugin 'fault': not on Sundays\n");
}

/* Its environment was set before its pin failed. */
Test(chain, an_optional_one_that_fails_leaves_the_spec_as_it_was)
{
  load_ok("{ name = \"writer\"; settings: { env = \"B=2\"; }; },\n"
          "{ name = \"writer\"; required = false; settings: { env = \"C=3\"; unset = \"A\"; "
          "pin-pointer = \"/nothing\"; }; },\n"
          "{ name = \"writer\"; settings: { env = \"D=4\"; outcome = \"@/told\"; }; }\n");
  expect_ok(chain_modify(&chain, &spec, &err));
  expect_spec("{\"root\":{\"path\":\"/r\"},\"process\":{\"env\":[\"A=1\",\"B=2\",\"D=4\"]}}");
  expect_logged("plugin 'writer': config.json has nothing to pin at /nothing; it is optional, its "
                "edits are taken back");
  expect_ok(chain_finish(&chain, spec, NULL, &err));
  expect_file("told", "done\nwriter add /process/env/1\nwriter add /process/env/2\n");
}

Test(chain, one_that_fails_without_a_word_is_named)
{
  load_ok("{ name = \"fault\"; settings: { act = \"silent-fail\"; }; }\n");
  expect_error(chain_modify(&chain, &spec, &err),
               "plugin 'fault': failed without saying why (returned -1)");
}

Test(chain, a_failure_that_the_plugin_forgot_counts)
{
  load_ok("{ name = \"fault\"; settings: { act = \"forget\"; message = \"first\"; }; }\n");
  expect_error(chain_modify(&chain, &spec, &err), "plugin 'fault': first");
}

Test(chain, a_spec_of_wrong_types_is_refused_with_the_place)
{
  load_ok("{ name = \"fault\"; settings: { act = \"break-spec\"; }; },\n"
          "{ name = \"writer\"; settings: { hook = \"/bin/h\"; }; }\n");
  expect_error(chain_modify(&chain, &spec, &err),
               "plugin 'writer': config.json: /hooks is a string, not an object");
}

Test(chain, a_setting_of_a_wrong_type_is_refused_with_its_line)
{
  load_ok("{ name = \"writer\"; },\n"
          "{ name = \"writer\"; settings: { env = 5; }; }\n");
  expect_error(chain_modify(&chain, &spec, &err), "plugin 'writer': @/config.cfg:3: setting 'env' "
                                                  "must be a text in quotes");
}

/* --- pins ---------------------------------------------------------------------------------- */

Test(chain, a_pinned_hook_cannot_be_taken_out)
{
  load_ok("{ name = \"writer\"; settings: { hook = \"/bin/h\"; pin = true; stage = 5; }; },\n"
          "{ name = \"fault\"; settings: { act = \"drop-hooks\"; }; }\n");
  expect_error(chain_modify(&chain, &spec, &err), "plugin 'fault': it took out the poststop hook "
                                                  "/bin/h, which plugin 'writer' has pinned");
}

Test(chain, a_pinned_value_cannot_be_changed)
{
  load_ok("{ name = \"writer\"; settings: { pin-pointer = \"/root/path\"; }; },\n"
          "{ name = \"fault\"; settings: { act = \"replace-root\"; }; }\n");
  expect_error(chain_modify(&chain, &spec, &err),
               "plugin 'fault': it changed /root/path, which plugin 'writer' has pinned");
}

Test(chain, an_optional_one_that_breaks_a_pin_is_taken_back)
{
  load_ok("{ name = \"writer\"; settings: { hook = \"/bin/h\"; pin = true; }; },\n"
          "{ name = \"fault\"; required = false; settings: { act = \"drop-hooks\"; }; }\n");
  expect_ok(chain_modify(&chain, &spec, &err));
  expect_spec("{\"root\":{\"path\":\"/r\"},\"process\":{\"env\":[\"A=1\"]},"
              "\"hooks\":{\"createRuntime\":[{\"path\":\"/bin/h\"}]}}");
}

Test(chain, pins_go_with_the_edits_that_are_taken_back)
{
  load_ok("{ name = \"writer\"; required = false; settings: { hook = \"/bin/h\"; pin = true; "
          "pin-pointer = \"/nothing\"; }; },\n"
          "{ name = \"fault\"; settings: { act = \"drop-hooks\"; }; }\n");
  expect_ok(chain_modify(&chain, &spec, &err));
  expect_spec(SPEC);
}

Test(chain, what_a_pin_guards_may_move)
{
  load_ok("{ name = \"writer\"; settings: { hook = \"/bin/h\"; pin = true; }; },\n"
          "{ name = \"writer\"; settings: { hook = \"/bin/other\"; front = true; }; }\n");
  expect_ok(chain_modify(&chain, &spec, &err));
}

/* --- conditions ---------------------------------------------------------------------------- */

Test(chain, an_entry_whose_conditions_do_not_match_is_passed_over)
{
  load_ok("{ name = \"fault\"; when: { environment = ( { name = \"A\"; value = \"2\"; } ); };"
          " settings: { act = \"fail\"; }; },\n"
          "{ name = \"writer\"; when: { sandboxes = false; }; settings: { env = \"B=2\"; }; }\n");
  expect_ok(chain_modify(&chain, &spec, &err));
  expect_spec("{\"root\":{\"path\":\"/r\"},\"process\":{\"env\":[\"A=1\",\"B=2\"]}}");
  cr_expect_eq(chain.links[0].state, LINK_UNMATCHED);
  cr_expect_eq(chain.links[1].state, LINK_DONE);
}

Test(chain, conditions_see_what_the_plugins_before_have_made)
{
  load_ok("{ name = \"writer\"; settings: { env = \"B=2\"; }; },\n"
          "{ name = \"writer\"; when: { environment = ( { name = \"B\"; value = \"2\"; } ); };"
          " settings: { env = \"C=3\"; }; }\n");
  expect_ok(chain_modify(&chain, &spec, &err));
  expect_spec("{\"root\":{\"path\":\"/r\"},\"process\":{\"env\":[\"A=1\",\"B=2\",\"C=3\"]}}");
}

Test(chain, a_plugin_that_is_not_concerned_is_not_told_how_it_ended)
{
  load_ok(
      "{ name = \"writer\"; when: { sandboxes = true; }; settings: { outcome = \"@/a\"; }; },\n"
      "{ name = \"fault\"; settings: { act = \"fail\"; }; },\n"
      "{ name = \"writer\"; when: { sandboxes = true; }; settings: { outcome = \"@/b\"; }; },\n"
      "{ name = \"writer\"; when: { sandboxes = false; }; settings: { outcome = \"@/c\"; }; }\n");
  expect_error(chain_modify(&chain, &spec, &err), "plugin 'fault': told to");
  expect_ok(chain_finish(&chain, spec, err.text, &err));
  cr_expect_not(is_there("a"));
  cr_expect_not(is_there("b"));
  cr_expect(is_there("c"));
}

Test(chain, conditions_that_cannot_be_read_refuse_though_the_plugin_is_optional)
{
  expect_error(load("{ name = \"writer\"; required = false; when: { sandbox = false; }; }\n", 0),
               "@/config.cfg:2: when: /sandbox is not known here; there may be: annotations "
               "commands environment bind-mounts sandboxes images");
  cr_expect_eq(chain.links[0].state, LINK_REFUSED);
}

/* What a check says of a plugin that asks for the image, behind one that tells it. */
#define TELLS "{ name = \"writer\"; settings: { image = \"docker.io/team/app:1\"; }; %s }"
#define ASKS "{ name = \"writer\"; when: { images = [ \"^docker.io/team/\" ]; }; }"

static int check_behind(const char *keys)
{
  cleanup_free char *teller = xasprintf(TELLS, keys);
  cleanup_free char *both = xasprintf("%s,\n" ASKS "\n", teller);
  load_ok(both);
  return chain_check(&chain, &spec, &err);
}

Test(chain, a_check_finds_the_image_told_for_all_containers)
{
  expect_ok(check_behind(""));
  cr_expect_eq(chain.links[1].state, LINK_DONE);
}

Test(chain, a_check_fails_who_asks_behind_one_that_may_be_left_out)
{
  cr_expect_eq(check_behind("required = false;"), -1);
  cr_expect_eq(chain.links[0].state, LINK_DONE);
  cr_expect_eq(chain.links[1].state, LINK_FAILED);
}

Test(chain, a_check_fails_who_asks_behind_one_that_is_not_for_all)
{
  cr_expect_eq(check_behind("when: { sandboxes = false; };"), -1);
  cr_expect_eq(chain.links[0].state, LINK_DONE);
  cr_expect_eq(chain.links[1].state, LINK_FAILED);
}

/* A file of conf.d by itself: config.cfg may have the plugin that tells it. */
Test(chain, a_part_of_a_chain_can_ask_for_what_is_told_before_it)
{
  chain.part = true;
  load_ok(ASKS "\n");
  expect_ok(chain_check(&chain, &spec, &err));
  cr_expect_eq(chain.links[0].state, LINK_UNMATCHED);
}

Test(chain, conditions_that_cannot_be_told_fail_the_plugin)
{
  load_ok(
      "{ name = \"writer\"; when: { commands = [ \"sh\" ]; }; settings: { env = \"B=2\"; }; }\n");
  json_object_object_add(json_object_object_get(spec, "process"), "args",
                         json_object_new_string("sh"));
  expect_error(chain_modify(&chain, &spec, &err),
               "plugin 'writer': @/config.cfg:2: when: config.json: /process/args is a string, not "
               "an array");
}

/* --- finish -------------------------------------------------------------------------------- */

Test(chain, a_required_finish_that_fails_refuses_and_the_rest_know)
{
  load_ok("{ name = \"writer\"; settings: { outcome = \"@/before\"; }; },\n"
          "{ name = \"fault\"; settings: { act = \"fail\"; when = \"finish\"; }; },\n"
          "{ name = \"writer\"; settings: { outcome = \"@/after\"; }; }\n");
  expect_ok(chain_modify(&chain, &spec, &err));
  expect_error(chain_finish(&chain, spec, NULL, &err), "plugin 'fault': told to");
  expect_file("before", "done\n");
  expect_file("after", "refused: plugin 'fault': told to\n");
}

Test(chain, an_optional_finish_that_fails_is_only_logged)
{
  load_ok("{ name = \"fault\"; required = false; settings: { act = \"fail\"; when = \"finish\"; }; "
          "},\n{ name = \"writer\"; settings: { outcome = \"@/after\"; }; }\n");
  expect_ok(chain_modify(&chain, &spec, &err));
  expect_ok(chain_finish(&chain, spec, NULL, &err));
  expect_file("after", "done\n");
  expect_logged("plugin 'fault': told to");
}

/* As where config.json could not be read, or another plugin could not be loaded. */
Test(chain, a_refusal_before_the_chain_is_told_too)
{
  cr_expect_eq(load("{ name = \"writer\"; settings: { outcome = \"@/told\"; }; },\n"
                    "{ name = \"missing\"; }\n",
                    0),
               -1);
  struct error why = err;
  expect_ok(chain_finish(&chain, NULL, why.text, &err));
  cleanup_free char *told = content_of("told");
  cr_expect_not_null(strstr(told, "missing.so"), "%s", told);
}

/* --- what cannot be loaded ----------------------------------------------------------------- */

/* The message behind "FILE:2: plugin 'NAME': ". */
static void expect_not_loaded(const char *name, const char *cause)
{
  cleanup_free char *entry = xasprintf("{ name = \"%s\"; }\n", name);
  cleanup_free char *expected = xasprintf("%s/config.cfg:2: plugin '%s': ", folder, name);
  cleanup_free char *words = with_folder(cause);
  cr_expect_eq(load(entry, 0), -1, "%s", name);
  cr_expect(text_starts(err.text, expected), "%s", err.text);
  cr_expect_not_null(strstr(err.text, words), "'%s' is not in: %s", words, err.text);
  cr_expect_eq(report->running, -1);
}

Test(chain, another_major_version_of_the_interface_is_refused)
{
  expect_not_loaded("abi-major", "@/abi-major.so is built for plugin interface 2.0, this runtime "
                                 "offers 1.2: rebuild the plugin");
}

Test(chain, a_later_minor_version_of_the_interface_is_refused)
{
  expect_not_loaded("abi-minor", "@/abi-minor.so is built for plugin interface 1.3, this runtime "
                                 "offers only 1.2: upgrade the runtime");
}

#define ABI_1_0_SETTINGS                                                                       \
  "{ name = \"abi-1.0\"; settings: { text = \"words\"; number = 5000000000L; boolean = true; " \
  "list = [ \"one\", \"two\" ]; }; }\n"

/* Its edits: tests/golden/all-that-a-plugin-for-interface-1.0-does-arrives. */
Test(chain, a_plugin_for_the_first_version_can_check_its_settings)
{
  load_ok(ABI_1_0_SETTINGS);
  struct json_object *none = NULL;
  expect_ok(chain_check(&chain, &none, &err));
}

Test(chain, a_plugin_for_the_first_version_is_checked)
{
  load_ok("{ name = \"abi-1.0\"; settings: { text = \"others\"; }; }\n");
  struct json_object *none = NULL;
  expect_error(chain_check(&chain, &none, &err), "plugin 'abi-1.0': the settings are others");
}

Test(chain, a_plugin_linked_to_another_json_c_is_refused_and_no_other)
{
  cr_expect_eq(load("{ name = \"other-json-c\"; },\n{ name = \"writer\"; },\n"
                    "{ name = \"other-json-c\"; }\n",
                    0),
               -1);
  cr_expect_not_null(strstr(err.text, "other-json-c.so is linked to another json-c than this"));
  cr_expect_not_null(strstr(err.text, "/libjson-c.so.99"));
  cr_expect_eq(chain.links[0].state, LINK_REFUSED);
  cr_expect_eq(chain.links[1].state, LINK_LOADED);
  cr_expect_eq(chain.links[2].state, LINK_REFUSED);
}

Test(chain, a_struct_that_is_too_small_is_refused)
{
  expect_not_loaded("abi-small", "@/abi-small.so exports a cht_plugin of ");
}

Test(chain, a_plugin_without_a_name_is_refused)
{
  expect_not_loaded("no-name", "@/no-name.so has no name");
}

Test(chain, a_plugin_without_a_modify_is_refused)
{
  expect_not_loaded("no-modify", "@/no-modify.so has no modify function");
}

Test(chain, a_library_that_is_no_plugin_is_refused)
{
  expect_not_loaded("no-symbol", "@/no-symbol.so is no plugin of container-hooks");
}

Test(chain, a_file_that_is_no_library_is_refused)
{
  write_file("text.so", "#!/bin/sh\n");
  expect_not_loaded("text", "cannot load: @/text.so: ");
}

Test(chain, a_plugin_that_is_missing_is_refused)
{
  expect_not_loaded("missing", "@/missing.so does not exist");
}

Test(chain, a_plugin_that_others_may_write_is_refused)
{
  cleanup_free char *path = path_of("writer.so");
  cr_assert_eq(chmod(path, 0666), 0);
  expect_not_loaded("writer", "@/writer.so is writable by others");
}

Test(chain, an_optional_one_that_cannot_be_loaded_is_left_out)
{
  load_ok("{ name = \"abi-major\"; required = false; },\n"
          "{ name = \"writer\"; settings: { env = \"B=2\"; }; }\n");
  expect_ok(chain_modify(&chain, &spec, &err));
  expect_spec("{\"root\":{\"path\":\"/r\"},\"process\":{\"env\":[\"A=1\",\"B=2\"]}}");
  expect_logged("it is optional, the chain runs without it");
}

/* --- the report ---------------------------------------------------------------------------- */

Test(chain, the_report_says_who_is_at_work)
{
  load_ok("{ name = \"writer\"; },\n{ name = \"fault\"; settings: { act = \"fail\"; }; }\n");
  cr_expect_eq(report->running, -1);
  cr_expect_eq(chain_modify(&chain, &spec, &err), -1);
  cr_expect_eq(report->running, 1);
  cr_expect(report->required);
  cr_expect_str_eq(report->plugin, "fault");
  cr_expect_str_eq(report->phase, "modify");
}
