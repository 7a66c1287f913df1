/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions on a container: what matches, and which conditions are refused. */
#include "spec/when.h"

#include "spec/binds.h"

#include <criterion/criterion.h>
#include <limits.h>

TestSuite(when);
TestSuite(binds);

/* A document of a text; `text` is borrowed. */
static struct document parse(const char *name, const char *text)
{
  struct document document = {.name = name, .text = xstrdup(text), .length = strlen(text)};
  struct error err;
  cr_assert_eq(json_parse(text, document.length, name, &document.tree, &err), 0, "%s", err.text);
  return document;
}

/* A spec is walked without its text. */
static struct document parse_spec(const char *text)
{
  struct document document = parse("config.json", text);
  free(steal_pointer(&document.text));
  return document;
}

static const char *bundle = "/b";
static const struct cht_image *image;
static enum when_words words = WHEN_OCI_HOOKS;

static int match_spec(const struct when *when, const char *text, bool *match, struct error *err)
{
  cleanup_document struct document spec = parse_spec(text);
  struct value root = document_root(&spec);
  const struct when_container container = {.spec = &root, .bundle = bundle, .image = image};
  return when_match(when, &container, match, err);
}

/* An object in the vocabulary of `words`, in any mode. */
static int match_object(enum when_mode mode, const char *object, const char *spec, bool *match,
                        struct error *err)
{
  cleanup_document struct document document = parse("hook.json", object);
  struct value root = document_root(&document);
  cleanup_when struct when *when = when_new(mode);
  if (when_add_object(when, &root, words, err) < 0)
    return -1;
  return match_spec(when, spec, match, err);
}

struct match_case {
  const char *when, *spec;
  bool all, any; /* what the two modes answer */
};

static void expect_matches(const struct match_case *cases, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    const struct match_case *c = &cases[i];
    struct error err = {.text = ""};
    bool all = false, any = false;
    cr_expect_eq(match_object(WHEN_ALL, c->when, c->spec, &all, &err), 0, "%s", err.text);
    cr_expect_eq(match_object(WHEN_ANY, c->when, c->spec, &any, &err), 0, "%s", err.text);
    cr_expect_eq(all, c->all, "all of %s on %s", c->when, c->spec);
    cr_expect_eq(any, c->any, "any of %s on %s", c->when, c->spec);
  }
}

#define EXPECT_MATCHES(cases) expect_matches(cases, ARRAY_LENGTH(cases))

#define SH "{\"process\":{\"args\":[\"/bin/sh\",\"a\"]}}"
#define BOUND "{\"mounts\":[{\"destination\":\"/data\",\"type\":\"bind\",\"source\":\"/srv\"}]}"
#define BOUND_SH                           \
  "{\"process\":{\"args\":[\"/bin/sh\"]}," \
  "\"mounts\":[{\"destination\":\"/data\",\"type\":\"bind\",\"source\":\"/srv\"}]}"
#define ANNOTATED "{\"annotations\":{\"a\":\"b\",\"c\":\"d\",\"e\":\"f\"}}"

Test(when, always)
{
  static const struct match_case cases[] = {
      {"{\"always\":true}", "{}", true, true},
      {"{\"always\":true}", SH, true, true},
      {"{\"always\":false}", "{}", false, false},
      {"{\"always\":false,\"commands\":[\"sh\"]}", SH, false, true},
      {"{\"always\":true,\"commands\":[\"bash\"]}", SH, false, true},
  };
  EXPECT_MATCHES(cases);
}

Test(when, commands)
{
  static const struct match_case cases[] = {
      {"{\"commands\":[\"^/bin/sh$\"]}", SH, true, true},
      {"{\"commands\":[\"^/bin/s$\"]}", SH, false, false},
      {"{\"commands\":[\"in/s\"]}", SH, true, true},
      {"{\"commands\":[\"no\",\"(ba|z|)sh$\"]}", SH, true, true},
      {"{\"commands\":[\"^a$\"]}", SH, false, false}, /* only the first argument counts */
      {"{\"commands\":[]}", SH, false, false},
      {"{\"commands\":[\"sh\"]}", "{}", false, false},
      {"{\"commands\":[\"sh\"]}", "{\"process\":null}", false, false},
      /* As in containers/common: without a process they are no condition. */
      {"{\"always\":true,\"commands\":[\"sh\"]}", "{}", true, true},
  };
  EXPECT_MATCHES(cases);
}

Test(when, annotations)
{
  static const struct match_case cases[] = {
      {"{\"annotations\":{\"^a$\":\"^b$\",\"^c$\":\"^d$\"}}", ANNOTATED, true, true},
      {"{\"annotations\":{\"^a$\":\"^b$\",\"^x$\":\"^d$\"}}", ANNOTATED, false, true},
      {"{\"annotations\":{\"^a$\":\"^bc$\"}}", ANNOTATED, false, false},
      {"{\"annotations\":{\"^ac$\":\"^b$\"}}", ANNOTATED, false, false},
      {"{\"annotations\":{\"^a$\":\"^d$\"}}", ANNOTATED, false, false},
      {"{\"annotations\":{\"^[a-c]$\":\"^d$\"}}", ANNOTATED, true, true}, /* not the first key */
      {"{\"annotations\":{\"\":\"\"}}", ANNOTATED, true, true},
      {"{\"annotations\":{\"\":\"\"}}", "{}", false, false},
      {"{\"annotations\":{\"\":\"\"}}", "{\"annotations\":null}", false, false},
      {"{\"annotations\":{}}", ANNOTATED, false, false},
  };
  EXPECT_MATCHES(cases);
}

Test(when, bind_mounts)
{
  static const struct match_case cases[] = {
      {"{\"hasBindMounts\":true}", BOUND, true, true},
      {"{\"hasBindMounts\":true}", SH, false, false},
      /* false is a condition that never matches, not "has none". */
      {"{\"hasBindMounts\":false}", BOUND, false, false},
      {"{\"hasBindMounts\":false}", SH, false, false},
  };
  EXPECT_MATCHES(cases);
}

Test(when, conditions_together)
{
  static const struct match_case cases[] = {
      {"{\"hasBindMounts\":true,\"commands\":[\"^/bin/sh$\"]}", BOUND_SH, true, true},
      {"{\"hasBindMounts\":true,\"commands\":[\"^/bin/shell$\"]}", BOUND_SH, false, true},
      {"{\"hasBindMounts\":true,\"commands\":[\"^/bin/sh$\"]}", SH, false, true},
      {"{\"hasBindMounts\":true,\"commands\":[\"^/bin/shell$\"]}", SH, false, false},
      {"{\"annotations\":{\"^a$\":\"b\"},\"commands\":[\"x\"]}", ANNOTATED, true, true},
  };
  EXPECT_MATCHES(cases);
}

Test(when, nothing_matches_without_a_condition)
{
  struct error err;
  for (int mode = WHEN_ALL; mode <= WHEN_ANY; mode++) {
    cleanup_when struct when *when = when_new((enum when_mode)mode);
    bool match = true;
    cr_expect(when_is_empty(when));
    cr_expect_eq(match_spec(when, SH, &match, &err), 0);
    cr_expect_not(match);
  }
}

/* Version 0.1.0: patterns for values only. */
Test(when, an_annotation_of_any_key)
{
  struct error err;
  cleanup_document struct document patterns = parse("hook.json", "[\"^x$\", \"^d$\"]");
  struct value root = document_root(&patterns);
  cleanup_when struct when *when = when_new(WHEN_ANY);
  for (size_t i = 0; i < 2; i++) {
    struct value pattern = value_element(&root, i);
    cr_assert_eq(when_add_annotation(when, NULL, &pattern, &err), 0, "%s", err.text);
  }
  bool match = false;
  cr_expect_eq(match_spec(when, ANNOTATED, &match, &err), 0);
  cr_expect(match);
  cr_expect_eq(match_spec(when, "{\"annotations\":{\"d\":\"x2\"}}", &match, &err), 0);
  cr_expect_not(match);
}

/* --- what is refused ----------------------------------------------------------------------- */

static void expect_refused(const char *when, const char *spec, const char *expected)
{
  struct error err = {.text = ""};
  bool match;
  cr_expect_eq(match_object(WHEN_ALL, when, spec, &match, &err), -1, "%s is accepted", when);
  cr_expect(text_starts(err.text, expected), "is: %s\nnot: %s…", err.text, expected);
}

Test(when, wrong_conditions_are_refused_with_their_place)
{
  static const char *const cases[][2] = {
      {"[]", "hook.json:1:1: the document is an array, not an object"},
      {"{}", "hook.json:1:1: the document has no condition"},
      {"{\"allways\":true}", "hook.json:1:2: /allways is not known here"},
      {"{\"always\":\"yes\"}", "hook.json:1:2: /always is a string, not a boolean"},
      {"{\"always\":null}", "hook.json:1:2: /always is null, not a boolean"},
      {"{\"hasBindMounts\":1}", "hook.json:1:2: /hasBindMounts is a whole number, not a boolean"},
      {"{\"commands\":\"sh\"}", "hook.json:1:2: /commands is a string, not an array"},
      {"{\"commands\":[\"a\",\n 7]}", "hook.json:2:2: /commands/1 is a whole number, not a string"},
      {"{\"commands\":[\"[\"]}", "hook.json:1:14: /commands/0 is the pattern \"[\": "},
      {"{\"annotations\":[]}", "hook.json:1:2: /annotations is an array, not an object"},
      {"{\"annotations\":{\"a\":1}}", "hook.json:1:17: /annotations/a is a whole number"},
      {"{\"annotations\":{\"a\":\"(\"}}", "hook.json:1:17: /annotations/a is the pattern \"(\": "},
      {"{\"annotations\":{\"(\":\"a\"}}", "hook.json:1:17: /annotations/( is the pattern \"(\": "},
  };
  for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
    expect_refused(cases[i][0], "{}", cases[i][1]);
}

/* Go's regular expressions know these; in POSIX's they would quietly mean something else. */
Test(when, patterns_of_another_language_are_refused)
{
  static const char *const patterns[] = {"\\\\d+", "a\\\\.\\\\w", "\\\\bsh\\\\b", "(a)\\\\1",
                                         "(?i)sh"};
  for (size_t i = 0; i < ARRAY_LENGTH(patterns); i++) {
    cleanup_free char *when = xasprintf("{\"commands\":[\"%s\"]}", patterns[i]);
    expect_refused(when, "{}", "hook.json:1:14: /commands/0 is the pattern ");
  }
  static const struct match_case escaped[] = {
      {"{\"commands\":[\"^/bin/sh\\\\.real$\"]}", "{\"process\":{\"args\":[\"/bin/sh.real\"]}}",
       true, true},
      {"{\"commands\":[\"^/bin/sh\\\\.real$\"]}", "{\"process\":{\"args\":[\"/bin/sh_real\"]}}",
       false, false},
      {"{\"commands\":[\"^\\\\\\\\d$\"]}", "{\"process\":{\"args\":[\"\\\\d\"]}}", true, true},
  };
  EXPECT_MATCHES(escaped);
}

/* {"commands": [pattern, …]}; owned by the caller. */
static char *many_commands(size_t count, size_t length)
{
  cleanup_free char *pattern = xcalloc(length + 1, 1);
  memset(pattern, 'a', length);
  char *text = xstrdup("{\"commands\":[");
  for (size_t i = 0; i < count; i++) {
    char *longer = xasprintf("%s%s\"%s\"", text, i > 0 ? "," : "", pattern);
    free(text);
    text = longer;
  }
  char *whole = xasprintf("%s]}", text);
  free(text);
  return whole;
}

Test(when, patterns_are_bounded)
{
  struct error err;
  bool match;
  cleanup_free char *most = many_commands(WHEN_PATTERNS_MAX, 1);
  cleanup_free char *longest = many_commands(1, WHEN_PATTERN_MAX);
  cr_expect_eq(match_object(WHEN_ALL, most, SH, &match, &err), 0, "%s", err.text);
  cr_expect_eq(match_object(WHEN_ALL, longest, SH, &match, &err), 0, "%s", err.text);

  cleanup_free char *too_many = many_commands(WHEN_PATTERNS_MAX + 1, 1);
  cleanup_free char *too_long = many_commands(1, WHEN_PATTERN_MAX + 1);
  expect_refused(too_many, SH, "hook.json:1:2: /commands has 65 elements");
  expect_refused(too_long, SH, "hook.json:1:14: /commands/0 is a pattern of more than 1024 bytes");
}

Test(when, a_wrong_spec_is_refused_where_the_answer_depends_on_it)
{
  static const char *const cases[][3] = {
      {"{\"commands\":[\"sh\"]}", "{\"process\":[]}",
       "config.json: /process is an array, not an object"},
      {"{\"commands\":[\"sh\"]}", "{\"process\":{}}", "config.json: /process has no \"args\""},
      {"{\"commands\":[\"sh\"]}", "{\"process\":{\"args\":[]}}",
       "config.json: /process/args is empty"},
      {"{\"commands\":[\"sh\"]}", "{\"process\":{\"args\":[1]}}",
       "config.json: /process/args/0 is a whole number, not a string"},
      {"{\"annotations\":{\"a\":\"b\"}}", "{\"annotations\":\"a\"}",
       "config.json: /annotations is a string, not an object"},
      {"{\"annotations\":{\"a\":\"b\"}}", "{\"annotations\":{\"a/b\":1}}",
       "config.json: /annotations/a~1b is a whole number, not a string"},
      {"{\"hasBindMounts\":true}", "{\"mounts\":{}}",
       "config.json: /mounts is an object, not an array"},
      {"{\"hasBindMounts\":true}", "{\"mounts\":[1]}",
       "config.json: /mounts/0 is a whole number, not an object"},
      {"{\"hasBindMounts\":true}", "{\"mounts\":[{\"type\":1}]}",
       "config.json: /mounts/0/type is a whole number, not a string"},
      {"{\"hasBindMounts\":true}", "{\"mounts\":[{\"options\":[null]}]}",
       "config.json: /mounts/0/options/0 is null, not a string"},
  };
  for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
    expect_refused(cases[i][0], cases[i][1], cases[i][2]);

  struct error err;
  bool match = false;
  cr_expect_eq(match_object(WHEN_ANY, "{\"always\":true,\"commands\":[\"sh\"]}",
                            "{\"process\":{\"args\":[]}}", &match, &err),
               0);
  cr_expect(match);
}

/* --- bind mounts --------------------------------------------------------------------------- */

#define C64 "15e8a742cb08603680af7afb5065bd5d4281b110c0fb91a832354bbd8698e088"
#define STORAGE "/run/containers/storage/overlay-containers/" C64 "/userdata"
#define SANDBOX "/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/" C64
#define POD "/var/lib/kubelet/pods/0f1c2d3e-aaaa-bbbb-cccc-1234567890ab"

struct mount_case {
  const char *destination, *source;
  bool asked;
};

static const struct mount_case mount_cases[] = {
    /* docker */
    {"/etc/hosts", "/var/lib/docker/containers/" C64 "/hosts", false},
    {"/etc/hostname", "/srv/docker/100000.100000/containers/" C64 "/hostname", false},
    {"/etc/resolv.conf", "/var/lib/docker/containers/" C64 "/resolv.conf", false},
    {"/dev/shm", "/var/lib/docker/containers/" C64 "/mounts/shm", false},
    {"/sbin/docker-init", "/usr/bin/docker-init", false},
    {"/run/secrets/key", "/var/lib/docker/containers/" C64 "/mounts/secrets/abc", false},
    {"/data", "/var/lib/docker/volumes/data/_data", true},
    {"/etc/hosts", "/home/me/hosts", true},
    {"/etc/hosts", "/home/me/containers/mine/hosts", true},
    {"/mnt", "/var/lib/docker/containers/" C64 "/hosts", true},
    {"/logs", "/var/lib/docker/containers", true},

    /* podman and CRI-O */
    {"/etc/hosts", STORAGE "/hosts", false},
    {"/run/.containerenv", STORAGE "/.containerenv", false},
    {"/dev/shm", "/home/me/.local/share/containers/storage/vfs-containers/" C64 "/userdata/shm",
     false},
    {"/run/secrets", STORAGE "/run/secrets", false},
    {"/run/podman-init", "/usr/libexec/podman/catatonit", false},
    {"/data", "/var/lib/containers/storage/volumes/data/_data", true},
    {"/etc/hosts", "/etc/hosts", false},
    {"/mnt/hosts", "/etc/hosts", true},

    /* containerd's CRI plugin, kubelet, nerdctl */
    {"/etc/hosts", SANDBOX "/hosts", false},
    {"/dev/shm", "/run/containerd/io.containerd.grpc.v1.cri/sandboxes/" C64 "/shm", false},
    {"/etc/hosts", POD "/etc-hosts", false},
    {"/dev/termination-log", POD "/containers/app/1a2b3c4d", false},
    {"/var/run/secrets/kubernetes.io/serviceaccount",
     POD "/volumes/kubernetes.io~projected/kube-api-access-x7x9z", false},
    {"/config", POD "/volumes/kubernetes.io~configmap/config", true},
    {"/data", POD "/volumes/kubernetes.io~empty-dir/data", true},
    {"/etc/hosts", "/var/lib/nerdctl/1935db59/etchosts/default/" C64 "/hosts", false},

    /* the host's namespaces */
    {"/dev/mqueue", "/dev/mqueue", false},
    {"/proc", "/proc", false},
    {"/sys", "/sys", false},
    {"/host/proc", "/proc", true},
    {"/sys", "/srv/sys", true},
};

Test(binds, engines_own_are_told_from_those_asked_for)
{
  for (size_t i = 0; i < ARRAY_LENGTH(mount_cases); i++) {
    const struct mount_case *c = &mount_cases[i];
    cleanup_free char *text = xasprintf(
        "{\"mounts\":[{\"destination\":\"%s\",\"source\":\"%s\",\"options\":[\"rbind\"]}]}",
        c->destination, c->source);
    cleanup_document struct document spec = parse_spec(text);
    struct value root = document_root(&spec);
    struct error err;
    bool asked = !c->asked;
    cr_expect_eq(binds_asked_for(&root, &asked, &err), 0);
    cr_expect_eq(asked, c->asked, "%s from %s", c->destination, c->source);
  }
}

Test(binds, what_is_a_bind_mount)
{
  static const struct {
    const char *spec;
    bool asked;
  } cases[] = {
      {"{}", false},
      {"{\"mounts\":null}", false},
      {"{\"mounts\":[]}", false},
      {"{\"mounts\":[{\"destination\":\"/d\",\"type\":\"tmpfs\",\"source\":\"tmpfs\"}]}", false},
      {"{\"mounts\":[{\"destination\":\"/d\",\"type\":\"none\",\"options\":[\"ro\",\"rbind\"]}]}",
       true},
      {"{\"mounts\":[{\"destination\":\"/d\",\"type\":\"none\",\"options\":[\"ro\",\"bind\"]}]}",
       true},
      {"{\"mounts\":[{\"destination\":\"/d\",\"type\":\"bind\",\"options\":null}]}", true},
      {"{\"mounts\":[{\"destination\":\"/p\",\"type\":\"proc\",\"source\":\"proc\"},"
       "{\"destination\":\"/d\",\"type\":\"bind\",\"source\":\"/srv\"}]}",
       true},
  };
  for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
    cleanup_document struct document spec = parse_spec(cases[i].spec);
    struct value root = document_root(&spec);
    struct error err;
    bool asked = !cases[i].asked;
    cr_expect_eq(binds_asked_for(&root, &asked, &err), 0);
    cr_expect_eq(asked, cases[i].asked, "%s", cases[i].spec);
  }
}

static int ask_for_binds(const char *type, size_t length, bool *asked, struct error *err)
{
  cleanup_free char *source = xcalloc(length + 1, 1);
  memset(source, 'a', length);
  cleanup_free char *text =
      xasprintf("{\"mounts\":[{\"destination\":\"/etc/hosts\",\"type\":\"%s\","
                "\"source\":\"%s\"}]}",
                type, source);
  cleanup_document struct document spec = parse_spec(text);
  struct value root = document_root(&spec);
  return binds_asked_for(&root, asked, err);
}

Test(binds, no_pattern_is_tried_on_what_no_path_can_be)
{
  struct error err;
  bool asked = false;
  cr_expect_eq(ask_for_binds("bind", PATH_MAX - 1, &asked, &err), 0, "%s", err.text);
  cr_expect(asked);
  cr_expect_eq(ask_for_binds("bind", PATH_MAX, &asked, &err), -1);
  cr_expect_str_eq(err.text, "config.json: /mounts/0/source has more than 4095 bytes: no path is "
                             "that long");
  cr_expect_eq(ask_for_binds("tmpfs", PATH_MAX, &asked, &err), 0, "%s", err.text);
  cr_expect_not(asked);
}

/* --- our own vocabulary -------------------------------------------------------------------- */

Test(when, ours_environment_is_by_exact_name_and_pattern)
{
  static const struct match_case cases[] = {
      {"{\"environment\":{\"A\":\"^1\"}}", "{\"process\":{\"env\":[\"A=1\"]}}", true, true},
      {"{\"environment\":{\"A\":\"^1\"}}", "{\"process\":{\"env\":[\"AA=1\"]}}", false, false},
      {"{\"environment\":{\"A\":\"^1\"}}", "{\"process\":{\"env\":[\"A=1\",\"A=2\"]}}", false,
       false},
      {"{\"environment\":{\"A\":\"\"}}", "{\"process\":{\"env\":[\"A=\"]}}", true, true},
      {"{\"environment\":{\"A\":\"\"}}", "{}", false, false},
      {"{\"environment\":{\"A\":\"1\",\"B\":\"2\"}}", "{\"process\":{\"env\":[\"B=2\"]}}", false,
       true},
      {"{\"environment\":[{\"name\":\"A\",\"value\":\"1\"}]}", "{\"process\":{\"env\":[\"A=1\"]}}",
       true, true},
  };
  words = WHEN_OURS;
  EXPECT_MATCHES(cases);
}

/* With little memory regexec() would say of such a text that it does not match. */
Test(when, refuses_to_match_a_text_that_is_too_long)
{
  static const struct {
    const char *when, *spec; /* a spec with room for the text */
  } cases[] = {
      {"{\"annotations\":{\"^a$\":\"b\"}}", "{\"annotations\":{\"a\":\"%s\"}}"},
      {"{\"annotations\":{\"b\":\"c\"}}", "{\"annotations\":{\"%s\":\"c\"}}"},
      {"{\"commands\":[\"b\"]}", "{\"process\":{\"args\":[\"%s\"]}}"},
      {"{\"environment\":{\"A\":\"b\"}}", "{\"process\":{\"env\":[\"A=%s\"]}}"},
  };
  words = WHEN_OURS;
  for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
    for (size_t more = 0; more < 2; more++) {
      struct error err = {.text = ""};
      cleanup_free char *text = xcalloc(WHEN_TEXT_MAX + more + 1, 1), *spec = NULL;
      bool match = false;
      memset(text, 'b', WHEN_TEXT_MAX + more);
      const char *place = strstr(cases[i].spec, "%s");
      spec = xasprintf("%.*s%s%s", (int)(place - cases[i].spec), cases[i].spec, text, place + 2);
      int result = match_object(WHEN_ALL, cases[i].when, spec, &match, &err);
      cr_expect_eq(result, more == 0 ? 0 : -1, "%zu: %s", i, err.text);
      cr_expect_eq(match, more == 0, "%zu", i);
      cr_expect(more == 0 || strstr(err.text, "more than 1048576 bytes") != NULL, "%s", err.text);
    }
}

Test(when, ours_annotations_and_commands_are_as_in_oci_hooks)
{
  static const struct match_case cases[] = {
      {"{\"annotations\":{\"^a$\":\"^b$\"}}", ANNOTATED, true, true},
      {"{\"annotations\":[{\"key\":\"^a$\",\"value\":\"^b$\"}]}", ANNOTATED, true, true},
      {"{\"annotations\":[{\"key\":\"^a$\",\"value\":\"^d$\"}]}", ANNOTATED, false, false},
      {"{\"commands\":[\"sh$\"]}", SH, true, true},
  };
  words = WHEN_OURS;
  EXPECT_MATCHES(cases);
}

Test(when, ours_false_is_the_opposite_of_true)
{
  static const struct match_case cases[] = {
      {"{\"bind-mounts\":true}", BOUND, true, true},
      {"{\"bind-mounts\":false}", BOUND, false, false},
      {"{\"bind-mounts\":true}", "{}", false, false},
      {"{\"bind-mounts\":false}", "{}", true, true},
      {"{\"sandboxes\":false}", "{}", true, true},
      {"{\"sandboxes\":true}", "{}", false, false},
  };
  words = WHEN_OURS;
  EXPECT_MATCHES(cases);
}

Test(when, ours_images_are_asked_by_their_full_name)
{
  static const struct match_case cases[] = {
      {"{\"images\":[\"^docker.io/library/busybox:\"]}", "{}", true, true},
      {"{\"images\":[\"^busybox\"]}", "{}", false, false},
      {"{\"images\":[\"a\",\"^docker.io/\"]}", "{}", true, true},
      {"{\"images\":[\"^docker.io/\"],\"commands\":[\"bash\"]}", SH, false, true},
  };
  words = WHEN_OURS;
  image = &(struct cht_image){.size = sizeof(struct cht_image),
                              .id = "sha256:0",
                              .name = "docker.io/library/busybox:latest"};
  EXPECT_MATCHES(cases);
}

Test(when, ours_an_image_without_a_name_matches_nothing)
{
  static const struct match_case cases[] = {{"{\"images\":[\"\"]}", "{}", false, false}};
  words = WHEN_OURS;
  image = &(struct cht_image){.size = sizeof(struct cht_image), .id = "sha256:0"};
  EXPECT_MATCHES(cases);
}

/* But only where the answer hangs on it. */
Test(when, ours_an_image_that_nobody_has_told_is_an_error)
{
  struct error err = {.text = ""};
  bool match = true;
  words = WHEN_OURS;
  cr_expect_eq(match_object(WHEN_ALL, "{\"images\":[\"a\"]}", "{}", &match, &err), -1);
  cr_expect_str_eq(err.text, "nobody has told which image this container is, which the condition "
                             "`images` asks for: list image-verify before, required, for all "
                             "containers and not in mode off; if it is, the log says why it cannot "
                             "tell");
  cr_expect_eq(
      match_object(WHEN_ALL, "{\"images\":[\"a\"],\"sandboxes\":true}", "{}", &match, &err), 0);
  cr_expect_not(match);
}

#define CRI_SANDBOX "{\"annotations\":{\"io.kubernetes.cri.container-type\":\"sandbox\"}}"
#define SHIM "/run/containerd/io.containerd.runtime.v2.task/"

Test(when, ours_sandboxes_are_told_by_the_engine_that_has_them)
{
  static const struct match_case in_pod[] = {
      {"{\"sandboxes\":true}", CRI_SANDBOX, true, true},
      {"{\"sandboxes\":false}", CRI_SANDBOX, false, false},
  };
  static const struct match_case forged[] = {
      {"{\"sandboxes\":true}", CRI_SANDBOX, false, false},
      {"{\"sandboxes\":false}", CRI_SANDBOX, true, true},
  };
  words = WHEN_OURS;
  bundle = SHIM "k8s.io/0123";
  EXPECT_MATCHES(in_pod);
  bundle = SHIM "moby/0123";
  EXPECT_MATCHES(forged);
}

Test(when, ours_refuses_what_it_does_not_know)
{
  static const char *const bad[] = {
      "{}",
      "{\"always\":true}",
      "{\"hasBindMounts\":true}",
      "{\"bind-mounts\":1}",
      "{\"sandboxes\":\"no\"}",
      "{\"images\":\"a\"}",
      "{\"images\":[\"ap++p\"]}",
      "{\"images\":[\"[]+]a*?\"]}",
      "{\"images\":[\"(\"]}",
      "{\"images\":[]}",
      "{\"annotations\":{}}",
      "{\"annotations\":[{\"key\":\"a\"}]}",
      "{\"annotations\":[{\"key\":\"a\",\"value\":\"b\",\"c\":1}]}",
      "{\"environment\":{\"A=\":\"1\"}}",
      "{\"environment\":{\"\":\"1\"}}",
      "{\"environment\":{\"A\":\"(\"}}",
      "{\"environment\":[[]]}",
  };
  words = WHEN_OURS;
  for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
    struct error err = {.text = ""};
    bool match;
    cr_expect_eq(match_object(WHEN_ALL, bad[i], "{}", &match, &err), -1, "%s is accepted", bad[i]);
  }
}
