/* SPDX-License-Identifier: Apache-2.0 */
/* Devices: a node and a rule together, once; what contradicts is refused. */
#include "spec/device.h"

#include "common/json.h"

#include <criterion/criterion.h>
#include <sys/stat.h>

TestSuite(device);

#define NODE "{\"path\":\"/dev/fuse\",\"type\":\"c\",\"major\":10,\"minor\":229}"
#define RULE "{\"allow\":true,\"type\":\"c\",\"major\":10,\"minor\":229,\"access\":\"rwm\"}"
#define DENY "{\"allow\":false,\"access\":\"rwm\"}"
#define SPEC(nodes, rules) \
  "{\"linux\":{\"devices\":[" nodes "],\"resources\":{\"devices\":[" rules "]}}}"

static const struct cht_device fuse = {.path = "/dev/fuse", .type = 'c', .major = 10, .minor = 229};

static struct json_object *tree(const char *text)
{
  struct error err;
  struct json_object *parsed = NULL;
  cr_assert_eq(json_parse(text, strlen(text), "test", &parsed, &err), 0, "%s", err.text);
  return parsed;
}

/* Added twice, for the second time must change nothing. */
static void expect(const char *before, const struct cht_device *device, const char *after)
{
  struct error err;
  size_t length;
  cleanup_json struct json_object *spec = tree(before);
  for (int i = 0; i < 2; i++) {
    cr_expect_eq(device_add(spec, device, &err), 0, "%s", err.text);
    cr_expect_str_eq(json_text(spec, &length), after, "%s", json_text(spec, &length));
  }
}

static void expect_refused(const char *before, const struct cht_device *device, const char *why)
{
  struct error err = {.text = ""};
  cleanup_json struct json_object *spec = tree(before);
  cr_expect_eq(device_add(spec, device, &err), -1, "not: %s", why);
  cr_expect_str_eq(err.text, why, "%s", err.text);
}

Test(device, a_node_and_a_rule_are_added)
{
  expect("{}", &fuse, SPEC(NODE, RULE));
  expect("{\"linux\":null}", &fuse, SPEC(NODE, RULE));
  expect(SPEC("", DENY), &fuse, SPEC(NODE, DENY "," RULE));
}

Test(device, attributes_are_those_that_are_given)
{
  struct cht_device device = fuse;
  device.file_mode = 0600;
  device.uid = 1;
  device.gid = 2;
  device.access = "r";
#define FULL                                                                            \
  "{\"path\":\"/dev/fuse\",\"type\":\"c\",\"major\":10,\"minor\":229,\"fileMode\":384," \
  "\"uid\":1,\"gid\":2}"
#define READ "{\"allow\":true,\"type\":\"c\",\"major\":10,\"minor\":229,\"access\":\"r\"}"
  expect("{}", &device, SPEC(FULL, READ));
  expect(SPEC(NODE, RULE), &device, SPEC(FULL, RULE "," READ));
  expect(SPEC(FULL, RULE), &fuse, SPEC(FULL, RULE));
}

Test(device, a_rule_that_a_later_one_undoes_is_added_again)
{
  expect(SPEC(NODE, RULE "," DENY), &fuse, SPEC(NODE, RULE "," DENY "," RULE));
}

Test(device, u_is_c_to_the_cgroup)
{
  struct cht_device device = fuse;
  device.type = 'u';
  expect("{}", &device,
         SPEC("{\"path\":\"/dev/fuse\",\"type\":\"u\",\"major\":10,\"minor\":229}", RULE));
  expect(SPEC(NODE, RULE), &device, SPEC(NODE, RULE));
}

Test(device, a_fifo_has_neither_numbers_nor_a_rule)
{
  const struct cht_device fifo = {.path = "/run/fifo", .type = 'p', .file_mode = 0600};
  expect("{}", &fifo,
         "{\"linux\":{\"devices\":[{\"path\":\"/run/fifo\",\"type\":\"p\",\"fileMode\":384}]}}");
}

Test(device, without_a_type_it_is_as_on_the_host)
{
  const struct cht_device null = {.path = "/dev/null", .file_mode = 0600},
                          other = {.path = "/dev/x", .host_path = "/dev/null", .file_mode = 0600};
#define NULL_RULE "{\"allow\":true,\"type\":\"c\",\"major\":1,\"minor\":3,\"access\":\"rwm\"}"
  expect("{}", &null,
         SPEC("{\"path\":\"/dev/null\",\"type\":\"c\",\"major\":1,\"minor\":3,\"fileMode\":384}",
              NULL_RULE));
  expect("{}", &other,
         SPEC("{\"path\":\"/dev/x\",\"type\":\"c\",\"major\":1,\"minor\":3,\"fileMode\":384}",
              NULL_RULE));
}

Test(device, the_mode_is_the_hosts_unless_given)
{
  struct error err;
  struct stat status;
  const struct cht_device null = {.path = "/dev/null"};
  cleanup_json struct json_object *spec = tree("{}");
  cr_assert_eq(stat("/dev/null", &status), 0);
  cr_expect_eq(device_add(spec, &null, &err), 0, "%s", err.text);
  size_t length;
  cleanup_free char *mode = xasprintf("\"fileMode\":%u}", status.st_mode & 07777U);
  cr_expect_not_null(strstr(json_text(spec, &length), mode));
}

Test(device, another_one_at_its_path_is_refused_and_both_are_named)
{
  struct cht_device block = fuse, fifo = fuse;
  block.type = 'b';
  fifo.type = 'p';
  expect_refused(SPEC("{\"path\":\"/dev/a\"}," NODE, ""), &block,
                 "config.json: /linux/devices/1 makes /dev/fuse the device c 10:229, not "
                 "b 10:229");
  expect_refused(SPEC(NODE, ""), &fifo,
                 "config.json: /linux/devices/0 makes /dev/fuse the device c 10:229, not p");
  expect_refused(SPEC("{\"path\":\"/dev/fuse\",\"type\":\"c\",\"major\":10,\"minor\":230}", ""),
                 &fuse,
                 "config.json: /linux/devices/0 makes /dev/fuse the device c 10:230, not "
                 "c 10:229");
}

Test(device, wrong_types_are_refused_with_their_place)
{
  expect_refused("{\"linux\":1}", &fuse, "config.json: /linux is a whole number, not an object");
  expect_refused("{\"linux\":{\"devices\":{}}}", &fuse,
                 "config.json: /linux/devices is an object, not an array");
  expect_refused("{\"linux\":{\"devices\":[\"x\"]}}", &fuse,
                 "config.json: /linux/devices/0 is a string, not an object");
  expect_refused("{\"linux\":{\"resources\":[]}}", &fuse,
                 "config.json: /linux/resources is an array, not an object");
  expect_refused("{\"linux\":{\"resources\":{\"devices\":[null]}}}", &fuse,
                 "config.json: /linux/resources/devices/0 is null, not an object");
}

Test(device, what_is_no_device_is_refused)
{
  const struct {
    struct cht_device device;
    const char *why;
  } cases[] = {
      {{.path = NULL}, "a device's path must be absolute, not NULL"},
      {{.path = "fuse", .type = 'c'}, "a device's path must be absolute, not fuse"},
      {{.path = "/dev/x", .type = 'd'}, "the type of the device /dev/x is c, u, b or p, not 'd'"},
      {{.path = "/dev/x", .type = 'c', .host_path = "/dev/null"},
       "the device /dev/x has a type and also a path on the host to take it from"},
      {{.path = "/dev/x", .host_path = "null"},
       "a device's path on the host must be absolute, not null"},
      {{.path = "/dev/not-there"},
       "cannot look up the host's device /dev/not-there: No such file or directory"},
      {{.path = "/dev/x", .host_path = "/"}, "/ is no device of the host"},
      {{.path = "/dev/x", .type = 'c', .file_mode = 010000},
       "the mode of the device /dev/x is more than permissions: 10000"},
      {{.path = "/dev/x", .type = 'c', .access = ""},
       "a device's access is of 'r', 'w' and 'm', not ''"},
      {{.path = "/dev/x", .type = 'c', .access = "rwx"},
       "a device's access is of 'r', 'w' and 'm', not 'rwx'"},
      {{.path = "/dev/x", .type = 'c', .access = "rr"},
       "a device's access is of 'r', 'w' and 'm', not 'rr'"},
  };
  for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
    expect_refused("{}", &cases[i].device, cases[i].why);
}
