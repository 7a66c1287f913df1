/* SPDX-License-Identifier: Apache-2.0 */
/* Config files -> values, or an error with file and line. */
#include "config/config.h"

#include "common/trust.h"
#include "config/schema.h"

#include "folder.h"

#define PLUGIN_DIR "/usr/lib/container-hooks/plugins"

TestSuite(config, .init = make_folder, .fini = remove_folder);

/* Writes a file and, if need be, the folder that it lies in. */
static void write_below(const char *name, const char *text)
{
  cleanup_free char *path = path_of(name);
  *strrchr(path, '/') = '\0';
  mkdir(path, 0755);
  write_file(name, text);
}

static int load(struct config *config, const char *profile, bool with_conf_d, struct error *err)
{
  cleanup_free char *path = path_of("config.cfg");
  const struct config_source source = {
      .path = path, .profile = profile, .plugin_dir = PLUGIN_DIR, .with_conf_d = with_conf_d};
  *err = (struct error){.text = ""};
  return config_load(config, &source, err);
}

static void expect_loads(struct config *config, const char *profile)
{
  struct error err;
  cr_assert_eq(load(config, profile, true, &err), 0, "%s", err.text);
}

/* `expected` is what follows the folder's name. */
static void expect_fails(const char *profile, const char *expected)
{
  cleanup_config struct config config;
  struct error err;
  cr_expect_eq(load(&config, profile, true, &err), -1, "%s", expected);
  cleanup_free char *whole = xasprintf("%s/%s", folder, expected);
  cr_expect_str_eq(err.text, whole);
  cr_expect_str_eq(config.runtimes[0], "runc", "after an error the defaults hold");
  cr_expect_eq(config.plugin_count, 0);
  cr_expect_eq(config.log_level, LOG_INFO);
}

/* Adds a word to a text of words. */
static void add_word(char **words, const char *word)
{
  char *more = *words == NULL ? xstrdup(word) : xasprintf("%s %s", *words, word);
  free(*words);
  *words = more;
}

static void expect_plugins(const struct config *config, const char *expected)
{
  cleanup_free char *names = NULL;
  for (size_t i = 0; i < config->plugin_count; i++)
    add_word(&names, config->plugins[i].name);
  cr_expect_str_eq(names, expected);
}

static void expect_runtimes(const struct config *config, const char *expected)
{
  cleanup_free char *names = NULL;
  for (size_t i = 0; config->runtimes[i] != NULL; i++)
    add_word(&names, config->runtimes[i]);
  cr_expect_str_eq(names, expected);
}

static void expect_default_values(const struct config *config)
{
  cr_expect_str_eq(config->log_file, "/var/log/container-hooks/runtime.log");
  cr_expect_eq(config->log_level, LOG_INFO);
  expect_runtimes(config, "runc docker-runc crun");
  cr_expect_eq(config->plugin_timeout, 10);
  cr_expect_str_eq(config->plugin_dir, PLUGIN_DIR);
  cr_expect_str_eq(config->ctk_path, "/usr/bin/container-hooks-ctk");
}

/* --- values ------------------------------------------------------------------------------- */

Test(config, an_empty_file_means_the_defaults_without_plugins)
{
  write_file("config.cfg", "");
  cleanup_config struct config config;
  expect_loads(&config, NULL);
  expect_default_values(&config);
  cr_expect_eq(config.plugin_count, 0);
}

Test(config, a_missing_file_means_the_defaults_with_file_hooks)
{
  cleanup_config struct config config;
  expect_loads(&config, NULL);
  expect_default_values(&config);
  expect_plugins(&config, "file-hooks");
  cr_expect(config.plugins[0].enabled && config.plugins[0].required);
  cr_expect_str_eq(config.plugins[0].path, PLUGIN_DIR "/file-hooks.so");
  cr_expect_str_eq(config.plugins[0].file, "(default)");
  cr_expect_null(config.plugins[0].settings);
}

Test(config, a_missing_folder_is_a_missing_file)
{
  const struct config_source source = {.path = "/nonexistent/a/config.cfg",
                                       .plugin_dir = PLUGIN_DIR};
  cleanup_config struct config config;
  struct error err;
  cr_assert_eq(config_load(&config, &source, &err), 0, "%s", err.text);
  expect_plugins(&config, "file-hooks");
}

Test(config, the_originals_config_alone_is_an_error_with_its_mend)
{
  write_file("config.toml", "");
  cleanup_free char *expected =
      xasprintf("config.toml is there but %s/config.cfg is not: run `container-hooks-ctk config "
                "--from %s/config.toml`",
                folder, folder);
  expect_fails(NULL, expected);

  write_file("config.cfg", "");
  cleanup_config struct config config;
  expect_loads(&config, NULL);
}

Test(config, every_key_is_read)
{
  write_file("config.cfg",
             "container-hooks-runtime: {\n"
             "  debug = \"\"; log-level = \"debug\"; plugin-timeout = 3600;\n"
             "  runtimes = ( \"/opt/my runc\", \"crun\" );\n"
             "};\n"
             "container-hooks-ctk: { path = \"/opt/ctk\"; };\n"
             "plugin-dir = \"/opt/plugins\";\n"
             "plugins = (\n"
             "  { name = \"a.b_c-D1\"; },\n"
             "  { name = \"other\"; path = \"/x/y.so\"; enabled = false;\n"
             "    required = false; settings: { any = 1; thing: { at = [ 1 ]; }; }; }\n"
             ");\n# no line end");
  cleanup_config struct config config;
  expect_loads(&config, NULL);
  cr_expect_str_eq(config.log_file, "");
  cr_expect_eq(config.log_level, LOG_DEBUG);
  cr_expect_eq(config.plugin_timeout, 3600);
  expect_runtimes(&config, "/opt/my runc crun");
  cr_expect_str_eq(config.ctk_path, "/opt/ctk");
  cr_expect_str_eq(config.plugin_dir, "/opt/plugins");

  expect_plugins(&config, "a.b_c-D1 other");
  const struct config_plugin *plugin = config.plugins;
  cr_expect_str_eq(plugin[0].path, "/opt/plugins/a.b_c-D1.so");
  cr_expect(plugin[0].enabled && plugin[0].required && plugin[0].settings == NULL);
  cr_expect_str_eq(plugin[0].file, config.path);
  cr_expect_eq(plugin[0].line, 8);
  cr_expect_str_eq(plugin[1].path, "/x/y.so");
  cr_expect(!plugin[1].enabled && !plugin[1].required);
  cr_expect_eq(plugin[1].line, 9);
  cr_expect_eq(config_setting_length(plugin[1].settings), 2);
}

Test(config, the_installed_file_says_the_defaults)
{
  FILE *file = fopen("etc/config.cfg", "re");
  cr_assert_not_null(file, "run the tests in the source's folder");
  char text[8192];
  size_t length = fread(text, 1, sizeof(text), file);
  fclose(file);

  const struct config_source source = {.plugin_dir = PLUGIN_DIR};
  cleanup_config struct config config;
  struct error err;
  config_defaults(&config, &source);
  cr_assert_eq(schema_apply(&config, text, length, "config.cfg", SCHEMA_MAIN, &err), 0, "%s",
               err.text);
  expect_default_values(&config);
  expect_plugins(&config, "file-hooks");
  cr_expect(config.plugins[0].enabled && config.plugins[0].required);
  const char *path;
  cr_assert(config_setting_lookup_string(config.plugins[0].settings, "path", &path));
  cr_expect_str_eq(path, "/etc/container-hooks/hooks.json");
  cr_expect_eq(config_setting_length(config.plugins[0].settings), 1);
}

/* --- errors ------------------------------------------------------------------------------- */

#define RUNTIME(text) "container-hooks-runtime: {\n" text "\n};\n"
#define PLUGIN(text) "plugins = (\n{ name = \"x\"; " text " }\n);\n"
#define NAME_RULE                                                                         \
  "a plugin's name is 1 to 64 letters, digits, '.', '_' and '-' and does not begin with " \
  "'.', not "

static const struct {
  const char *text, *error;
} refused[] = {
    {"a = = 1;", ":1: a value is missing"},
    {"debug = \"\";", ":1: unknown key 'debug' (known: container-hooks-runtime, "
                      "container-hooks-ctk, plugin-dir, plugins)"},
    {"\nplugin-dir = \"/a\";\nplugin-dir = \"/b\";", ":3: duplicate setting name"},
    {"plugins = ( ); ;", ":1: syntax error"},
    {"@include \"/etc/passwd\"",
     ":1: @include is not supported: plugins can be added by files in conf.d"},

    {"container-hooks-runtime = 1;",
     ":1: container-hooks-runtime must be a group { }, not a number"},
    {RUNTIME("loglevel = 1;"),
     ":2: unknown key 'loglevel' (known: debug, log-level, runtimes, plugin-timeout)"},
    {RUNTIME("log-level = 2;"), ":2: log-level must be a text in quotes, not a number"},
    {RUNTIME("log-level = \"loud\";"),
     ":2: log-level must be error, warn, info or debug, not 'loud'"},
    {RUNTIME("log-level = \"\";"), ":2: log-level must be error, warn, info or debug, not ''"},
    {RUNTIME("debug = \"log\";"), ":2: debug must be an absolute path, not 'log'"},
    {RUNTIME("debug = true;"), ":2: debug must be a text in quotes, not a boolean"},
    {RUNTIME("runtimes = \"runc\";"), ":2: runtimes must be an array of texts, not a text"},
    {RUNTIME("runtimes = [ ];"), ":2: runtimes must be 1 to 16 texts, not 0"},
    {RUNTIME("runtimes = [\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\","
             "\"12\",\"13\",\"14\",\"15\",\"16\",\"17\"];"),
     ":2: runtimes must be 1 to 16 texts, not 17"},
    {RUNTIME("runtimes = [ 1, 2 ];"),
     ":2: an entry of runtimes must be a text in quotes, not a number"},
    {RUNTIME("runtimes = (\n\"runc\",\n{ } );"),
     ":4: an entry of runtimes must be a text in quotes, not a group { }"},
    {RUNTIME("runtimes = [ \"\" ];"), ":2: runtimes must be bare names or absolute paths, not ''"},
    {RUNTIME("runtimes = [ \"./runc\" ];"),
     ":2: runtimes must be bare names or absolute paths, not './runc'"},
    {RUNTIME("plugin-timeout = 0;"), ":2: plugin-timeout must be 1 to 3600 seconds, not 0"},
    {RUNTIME("plugin-timeout = -1;"), ":2: plugin-timeout must be 1 to 3600 seconds, not -1"},
    {RUNTIME("plugin-timeout = 3601;"), ":2: plugin-timeout must be 1 to 3600 seconds, not 3601"},
    {RUNTIME("plugin-timeout = 4294967297L;"),
     ":2: plugin-timeout must be 1 to 3600 seconds, not 4294967297"},
    {RUNTIME("plugin-timeout = 4294967297;"),
     ":2: 4294967297 does not fit 32 bits: an L behind it makes it 64 bits"},
    {RUNTIME("plugin-timeout = 1.5;"),
     ":2: plugin-timeout must be a whole number of seconds, not a number"},
    {RUNTIME("plugin-timeout = \"10\";"),
     ":2: plugin-timeout must be a whole number of seconds, not a text"},

    {"container-hooks-ctk: { paths = 1; };", ":1: unknown key 'paths' (known: path)"},
    {"container-hooks-ctk: { path = \"\"; };", ":1: path must be an absolute path, not ''"},
    {"plugin-dir = \"plugins\";", ":1: plugin-dir must be an absolute path, not 'plugins'"},
    {"plugin-dir = [ ];", ":1: plugin-dir must be a text in quotes, not an array [ ]"},

    {"plugins = { };", ":1: plugins must be a list ( { name = \"…\"; }, … ), not a group { }"},
    {"plugins = [ ];", ":1: plugins must be a list ( { name = \"…\"; }, … ), not an array [ ]"},
    {"plugins = (\n\"x\"\n);", ":3: an entry of plugins must be a group { }, not a text"},
    {"plugins = ( ( ) );", ":1: an entry of plugins must be a group { }, not a list ( )"},
    {"plugins = (\n{ }\n);", ":2: a plugin without a name"},
    {"plugins = (\n{ required = false; }\n);", ":2: a plugin without a name"},
    {"plugins = ( { name = 1; } );", ":1: name must be a text in quotes, not a number"},
    {"plugins = ( { name = \"\"; } );", ":1: " NAME_RULE "''"},
    {"plugins = ( { name = \".x\"; } );", ":1: " NAME_RULE "'.x'"},
    {"plugins = ( { name = \"../x\"; } );", ":1: " NAME_RULE "'../x'"},
    {"plugins = ( { name = \"a b\"; } );", ":1: " NAME_RULE "'a b'"},
    {"plugins = ( { name = \"\xc3\xa4\"; } );", ":1: " NAME_RULE "'\xc3\xa4'"},
    {PLUGIN("colour = 1;"),
     ":2: unknown key 'colour' (known: name, path, enabled, required, settings, when)"},
    {PLUGIN("path = \"x.so\";"), ":2: path must be an absolute path, not 'x.so'"},
    {PLUGIN("enabled = 1;"), ":2: enabled must be true or false, not a number"},
    {PLUGIN("required = \"yes\";"), ":2: required must be true or false, not a text"},
    {PLUGIN("settings = \"x\";"), ":2: settings must be a group { }, not a text"},
    {PLUGIN("when = true;"), ":2: when must be a group { }, not a boolean"},
    {PLUGIN("settings = ( );"), ":2: settings must be a group { }, not a list ( )"},
    {PLUGIN("settings: { a = [ 1, \"x\" ]; };"), ":2: mismatched element type in array"},
    {PLUGIN("settings: { a = 3000000000; };"),
     ":2: 3000000000 does not fit 32 bits: an L behind it makes it 64 bits"},
};

Test(config, whatever_is_unknown_or_of_a_wrong_type_is_an_error)
{
  for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
    write_file("config.cfg", refused[i].text);
    cleanup_free char *expected = xasprintf("config.cfg%s", refused[i].error);
    expect_fails(NULL, expected);
  }
}

/* plugins = ( { name = "p"; }, … ); owned by the caller */
static char *many_plugins(size_t count)
{
  char *list = xstrdup("");
  for (size_t i = 0; i < count; i++) {
    char *more = xasprintf("%s%s\n{ name = \"p\"; }", list, i > 0 ? "," : "");
    free(list);
    list = more;
  }
  char *text = xasprintf("plugins = (%s\n);\n", list);
  free(list);
  return text;
}

Test(config, there_is_room_for_64_plugins_in_all_files)
{
  cleanup_free char *most = many_plugins(64), *too_many = many_plugins(65);
  cleanup_config struct config config;
  write_file("config.cfg", most);
  expect_loads(&config, NULL);
  cr_expect_eq(config.plugin_count, 64);

  write_below("conf.d/a.cfg", "plugins = ( { name = \"x\"; } );");
  expect_fails(NULL, "conf.d/a.cfg:1: more than 64 plugins");
  write_file("config.cfg", too_many);
  expect_fails(NULL, "config.cfg:66: more than 64 plugins");
}

Test(config, a_file_has_a_size_limit)
{
  cleanup_free char *text = xcalloc(CONFIG_SIZE_MAX + 2, 1);
  memset(text, '\n', CONFIG_SIZE_MAX);
  write_file("config.cfg", text);
  cleanup_config struct config config;
  expect_loads(&config, NULL);

  text[CONFIG_SIZE_MAX] = '\n';
  write_file("config.cfg", text);
  cleanup_config struct config refused_config;
  struct error err;
  cr_expect_eq(load(&refused_config, NULL, false, &err), -1);
  cr_expect_not_null(strstr(err.text, "config.cfg"), "%s", err.text);
}

Test(config, what_is_no_regular_file_is_an_error_and_does_not_hang)
{
  cleanup_free char *path = path_of("config.cfg");
  cleanup_config struct config config;
  struct error err;
  cr_assert_eq(mkfifo(path, 0600), 0);
  cr_expect_eq(load(&config, NULL, false, &err), -1);
  cr_expect_not_null(strstr(err.text, path), "%s", err.text);
  unlink(path);
  cr_assert_eq(mkdir(path, 0755), 0);
  cleanup_config struct config config2;
  cr_expect_eq(load(&config2, NULL, false, &err), -1);
  cr_expect_not_null(strstr(err.text, path), "%s", err.text);
}

Test(config, a_file_that_others_may_write_is_an_error)
{
  cleanup_free char *path = path_of("config.cfg");
  cleanup_config struct config config;
  struct error err;
  write_file("config.cfg", "");
  cr_assert_eq(chmod(path, 0666), 0);
  cr_expect_eq(load(&config, NULL, false, &err), -1);
  cr_expect_not_null(strstr(err.text, path), "%s", err.text);
}

/* --- conf.d ------------------------------------------------------------------------------- */

Test(config, conf_d_appends_plugins_in_name_order)
{
  write_file("config.cfg", "plugins = ( { name = \"first\"; } );");
  write_below("conf.d/20-c.cfg", "plugins = ( { name = \"c\"; }, { name = \"d\"; } );");
  write_below("conf.d/10-b.cfg", "plugins = (\n{ name = \"b\"; } );");
  write_below("conf.d/9.cfg", "# nothing");
  write_below("conf.d/.hidden.cfg", "broken");
  write_below("conf.d/.cfg", "broken");
  write_below("conf.d/10-b.cfg~", "broken");
  write_below("conf.d/10-b.cfg.rpmsave", "broken");
  write_below("conf.d/README", "broken");
  cleanup_config struct config config, without;
  expect_loads(&config, NULL);
  expect_plugins(&config, "first b c d");
  cr_expect_not_null(strstr(config.plugins[1].file, "/conf.d/10-b.cfg"));
  cr_expect_eq(config.plugins[1].line, 2);

  struct error err;
  cr_expect_eq(load(&without, NULL, false, &err), 0);
  expect_plugins(&without, "first");
}

Test(config, conf_d_adds_to_the_default_plugin_too)
{
  write_below("conf.d/a.cfg", "plugins = ( { name = \"a\"; } );");
  cleanup_config struct config config;
  expect_loads(&config, NULL);
  expect_plugins(&config, "file-hooks a");
}

Test(config, conf_d_may_only_list_plugins)
{
  write_below("conf.d/a.cfg", "plugins = ( );\nplugin-dir = \"/x\";");
  expect_fails(NULL, "conf.d/a.cfg:2: unknown key 'plugin-dir' (known: plugins)");
  write_below("conf.d/a.cfg", "plugins = (");
  expect_fails(NULL, "conf.d/a.cfg:1: '(' is never closed");
}

Test(config, conf_d_must_be_a_folder_that_only_we_can_write)
{
  write_file("config.cfg", "");
  write_file("conf.d", "");
  cleanup_config struct config config;
  struct error err;
  cr_expect_eq(load(&config, NULL, true, &err), -1);
  cr_expect_not_null(strstr(err.text, "conf.d"), "%s", err.text);

  cleanup_free char *path = path_of("conf.d");
  unlink(path);
  mkdir(path, 0755);
  cr_assert_eq(chmod(path, 0777), 0);
  cleanup_config struct config config2;
  cr_expect_eq(load(&config2, NULL, true, &err), -1);
  cr_expect_not_null(strstr(err.text, "conf.d"), "%s", err.text);
}

static void expect_dangling_refused(const char *name)
{
  cleanup_free char *path = path_of(name);
  cr_assert_eq(symlink("nowhere", path), 0);
  cleanup_config struct config config;
  struct error err;
  cr_expect_eq(load(&config, "p", true, &err), -1, "%s", name);
  cr_expect_not_null(strstr(err.text, name), "%s", err.text);
  unlink(path);
}

Test(config, a_link_that_leads_nowhere_is_not_a_missing_file)
{
  write_below("profiles/p.cfg", "");
  expect_dangling_refused("config.cfg");
  write_file("config.cfg", "");
  expect_dangling_refused("conf.d");
  write_below("conf.d/a.cfg", "");
  expect_dangling_refused("conf.d/b.cfg");
}

/* --- profiles ----------------------------------------------------------------------------- */

Test(config, a_profile_overrides_key_by_key)
{
  write_file("config.cfg",
             RUNTIME("log-level = \"warn\"; plugin-timeout = 20; runtimes = [ \"a\", \"b\" ];")
                 PLUGIN(""));
  write_below("conf.d/a.cfg", "plugins = ( { name = \"y\"; } );");
  write_below("profiles/podman.cfg",
              RUNTIME("runtimes = [ \"crun\" ]; plugin-timeout = 5;") "plugin-dir = \"/opt\";");
  cleanup_config struct config config;
  expect_loads(&config, "podman");
  cr_expect_eq(config.log_level, LOG_WARN);
  cr_expect_eq(config.plugin_timeout, 5);
  expect_runtimes(&config, "crun");
  expect_plugins(&config, "x y");
  cr_expect_str_eq(config.plugins[0].path, "/opt/x.so", "the folder is the profile's");
}

Test(config, a_profiles_plugins_replace_all_others)
{
  write_file("config.cfg", PLUGIN(""));
  write_below("conf.d/a.cfg", "this is broken");
  write_below("profiles/kata.cfg", "plugins = (\n\n{ name = \"z\"; } );");
  cleanup_config struct config config;
  expect_loads(&config, "kata");
  expect_plugins(&config, "z");
  cr_expect_not_null(strstr(config.plugins[0].file, "/profiles/kata.cfg"));
  cr_expect_eq(config.plugins[0].line, 3);

  write_below("profiles/bare.cfg", "plugins = ( );");
  cleanup_config struct config bare;
  expect_loads(&bare, "bare");
  cr_expect_eq(bare.plugin_count, 0);
}

Test(config, a_profile_works_without_config_cfg)
{
  write_below("profiles/p.cfg", RUNTIME("debug = \"\";"));
  cleanup_config struct config config;
  expect_loads(&config, "p");
  cr_expect_str_eq(config.log_file, "");
  expect_plugins(&config, "file-hooks");
}

Test(config, a_profile_that_is_missing_or_broken_is_an_error)
{
  write_file("config.cfg", RUNTIME("runtimes = [ \"x\" ]; log-level = \"debug\";") PLUGIN(""));
  expect_fails("gone", "profiles/gone.cfg is missing: container-hooks-runtime-gone needs it");
  cleanup_config struct config config;
  struct error err;
  cr_expect_eq(load(&config, "../config", false, &err), -1);
  cr_expect_str_eq(err.text, "'../config' is not a profile's name");

  write_below("profiles/bad.cfg", "plugins = 1;");
  expect_fails("bad", "profiles/bad.cfg:1: plugins must be a list ( { name = \"…\"; }, … ), not a "
                      "number");
}

/* --- where it is -------------------------------------------------------------------------- */

Test(config, the_variable_names_the_file)
{
  cleanup_free char *path = path_of("other.cfg");
  write_file("other.cfg", RUNTIME("plugin-timeout = 7;"));
  setenv("CONTAINER_HOOKS_CONFIG", path, 1);
  const struct config_source source = {.plugin_dir = PLUGIN_DIR};
  cleanup_config struct config config;
  struct error err;
  cr_assert_eq(config_load(&config, &source, &err), 0, "%s", err.text);
  cr_expect_str_eq(config.path, path);
  cr_expect_eq(config.plugin_timeout, 7);
}

static void expect_variable_fails(const char *value, const char *expected)
{
  setenv("CONTAINER_HOOKS_CONFIG", value, 1);
  const struct config_source source = {.plugin_dir = PLUGIN_DIR};
  cleanup_config struct config config;
  struct error err;
  cr_expect_eq(config_load(&config, &source, &err), -1);
  cr_expect_str_eq(err.text, expected);
  cr_expect_str_eq(config.path, value);
}

Test(config, the_variable_must_name_an_absolute_path_that_is_there)
{
  expect_variable_fails("x/config.cfg",
                        "CONTAINER_HOOKS_CONFIG=x/config.cfg: the config's path must be absolute");
  expect_variable_fails("/nonexistent.cfg",
                        "/nonexistent.cfg, which CONTAINER_HOOKS_CONFIG names, is missing");
}

static void expect_path(const char *expected)
{
  cleanup_free char *path = config_path();
  cr_expect_str_eq(path, expected);
}

Test(config, only_rootless_the_users_own_file_comes_first)
{
  unsetenv("CONTAINER_HOOKS_CONFIG");
  write_below("container-hooks/config.cfg", "");
  write_below(".config/README", "");
  write_below(".config/container-hooks/config.cfg", "");
  setenv("HOME", folder, 1);
  setenv("XDG_CONFIG_HOME", folder, 1);
  if (!trust_rootless()) {
    expect_path("/etc/container-hooks/config.cfg");
    return;
  }
  cleanup_free char *xdg = path_of("container-hooks/config.cfg");
  cleanup_free char *home = path_of(".config/container-hooks/config.cfg");
  expect_path(xdg);
  setenv("XDG_CONFIG_HOME", "relative", 1);
  expect_path(home);
  unsetenv("XDG_CONFIG_HOME");
  expect_path(home);
  setenv("CONTAINER_HOOKS_CONFIG", "/x", 1);
  expect_path("/x");
  setenv("CONTAINER_HOOKS_CONFIG", "", 1);
  unlink(home);
  expect_path("/etc/container-hooks/config.cfg");
}
