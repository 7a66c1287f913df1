# SPDX-License-Identifier: Apache-2.0
# Builds the Container Hooks Toolkit; `make help` lists the targets.

VERSION := 0.1.0

PREFIX     ?= /usr
SYSCONFDIR ?= /etc
DESTDIR    ?=
BUILD      ?= build

# One spelling, build and not /…/build: by it make knows the objects whose headers have changed.
override BUILD := $(patsubst $(CURDIR)/%,%,$(abspath $(BUILD)))

# WERROR=1 makes warnings errors; SANITIZE=address,undefined builds with sanitizers; V=1 shows the
# commands.
WERROR   ?=
SANITIZE ?=
V        ?=

.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

# --- the compiler's flags ------------------------------------------------------------------------

# $(call cc-option,FLAG): the flag, if the compiler knows it.
cc-option = $(shell $(CC) -Werror $(1) -x c -fsyntax-only /dev/null 2>/dev/null && echo $(1))

# $(call can-link,FLAGS,LIBRARIES): yes, if a program can be linked so.
can-link = $(shell out=$$(mktemp) && echo 'int main(void) { return 0; }' | \
  $(CC) $(1) -x c - -x none -o $$out $(2) 2>/dev/null && echo yes; rm -f $$out)

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
  -Wformat=2 -Wpointer-arith -Wwrite-strings -Wcast-qual -Wundef -Wvla -Wnull-dereference \
  -Wimplicit-fallthrough -Wswitch-enum -Wdouble-promotion \
  $(foreach w,-Wlogical-op -Wduplicated-cond -Wduplicated-branches,$(call cc-option,$(w))) \
  $(if $(WERROR),-Werror)

# One way to compile everything: position independent, so that the same archive serves programs and
# plugins; a section a function, so that a plugin takes only what it uses.
CODE := -std=c11 -g -fPIC -fno-common -fvisibility=hidden -ffunction-sections -fdata-sections

ifeq ($(SANITIZE),)
  HARDENING := -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
    $(foreach f,-fstack-clash-protection -fcf-protection=full -ftrivial-auto-var-init=zero, \
      $(call cc-option,$(f)))
  LINK := -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed,--gc-sections,-z,defs
else
  HARDENING := -O1 -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all
  LINK := -fsanitize=$(SANITIZE) -Wl,--as-needed
endif

DEFINES := -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -DPREFIX='"$(PREFIX)"' \
  -DSYSCONFDIR='"$(SYSCONFDIR)"'
INCLUDES := -Icore -Iinclude $(shell pkg-config --cflags json-c libconfig 2>/dev/null)
COMPILE = $(CC) $(CODE) $(HARDENING) $(WARNINGS) $(DEFINES) $(INCLUDES) $(CPPFLAGS) $(CFLAGS)

# --- the libraries -------------------------------------------------------------------------------

# Always the shared json-c: plugins bring the same one, and two copies in a process do not mix.
JSON_C := $(or $(shell pkg-config --libs json-c 2>/dev/null),-ljson-c)

# The front is static where the archives are there: a bare exec is all that it costs, and it runs
# on a machine whose libraries are broken.
STATIC := $(if $(SANITIZE),,$(firstword $(foreach f,-static-pie -static, \
  $(if $(call can-link,$(f),-lconfig),$(f)))))
FRONT_LINK  := $(or $(STATIC),-pie)
MARKER_LINK := $(or $(STATIC),-pie)

# Signatures and digests: linked to what uses them only.
CRYPTO := $(or $(shell pkg-config --libs libcrypto 2>/dev/null),-lcrypto)

# What layers are compressed by: linked to what reads layers only.
ZLIB := $(or $(shell pkg-config --libs zlib 2>/dev/null),-lz)
ZSTD := $(or $(shell pkg-config --libs libzstd 2>/dev/null),-lzstd)

# The worker is not, since it loads plugins; but libconfig's soname differs among distributions.
LIBCONFIG := $(if $(call can-link,,-l:libconfig.a),-l:libconfig.a,-lconfig)

# --- the sources ---------------------------------------------------------------------------------

sources = $(wildcard $(addsuffix /*.c,$(1)))
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(call sources,$(1)))

CORE_OBJECTS   := $(call objects,core/common core/spec core/config core/image core/policy core/rootfs)
FRONT_OBJECTS  := $(call objects,core/front)
WORKER_OBJECTS := $(call objects,core/worker)
CTK_OBJECTS    := $(call objects,core/ctk core/ctk/engines core/ctk/text)
MARKER_OBJECTS := $(call objects,core/marker)
VERIFY_OBJECTS := $(call objects,core/verify-rootfs)
UNIT_OBJECTS   := $(call objects,tests/unit)

# The programs' objects but their mains, for those that test them.
TESTED_OBJECTS := $(CORE_OBJECTS) \
  $(filter-out %/main.o,$(FRONT_OBJECTS) $(WORKER_OBJECTS) $(CTK_OBJECTS) \
    $(VERIFY_OBJECTS))

PROGRAMS := $(addprefix $(BUILD)/,container-hooks-runtime container-hooks container-hooks-ctk)
HELPERS  := $(addprefix $(BUILD)/,modify verify-rootfs)

plugin-names = $(patsubst $(1)/%/,%,$(sort $(dir $(wildcard $(1)/*/*.c))))
PLUGINS      := $(patsubst %,$(BUILD)/plugins/%.so,$(call plugin-names,plugins))
TEST_PLUGINS := $(patsubst %,$(BUILD)/tests/plugins/%.so,$(call plugin-names,tests/plugins))

# What the tests run beside the real programs.
TEST_PROGRAMS := $(patsubst tests/programs/%.c,$(BUILD)/tests/programs/%,$(call sources,tests/programs))

FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(call sources,tests/fuzz))

# --- building ------------------------------------------------------------------------------------

# $(say): a line that says what is made, instead of the command that makes it.
say = $(if $(V),,@echo '  $@';)

.PHONY: all
all: $(PROGRAMS) $(HELPERS) $(PLUGINS)

# Holds the command line of the compiler, so that another one (another CC, PREFIX, …) builds anew.
$(BUILD)/command: export COMMAND = $(COMPILE)
$(BUILD)/command: FORCE
	@mkdir -p $(@D)
	@echo "$$COMMAND" | cmp -s - $@ || echo "$$COMMAND" > $@

$(BUILD)/obj/%.o: %.c $(BUILD)/command
	@mkdir -p $(@D)
	$(say)$(COMPILE) -MMD -MP -c $< -o $@

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

# $(place): turns the usual folders in a text into those of this build.
place = sed -e 's|/etc/container-hooks|$(SYSCONFDIR)/container-hooks|g' \
  -e 's,/usr/\(bin\|lib\|libexec\|share/doc\)/container-hooks,$(PREFIX)/\1/container-hooks,g'

# The ctk holds the commented default config.
$(BUILD)/config.cfg: etc/config.cfg $(BUILD)/command
	@$(place) $< > $@
$(BUILD)/obj/core/ctk/config_file.o: private DEFINES += -DDEFAULT_CONFIG='"$(BUILD)/config.cfg"'
$(BUILD)/obj/core/ctk/config_file.o: $(BUILD)/config.cfg

# … and the project that `plugin new` writes.
$(BUILD)/obj/core/ctk/template.o: $(wildcard core/ctk/template/*)

$(BUILD)/libcore.a: $(CORE_OBJECTS)
$(BUILD)/libtested.a: $(TESTED_OBJECTS)
$(BUILD)/%.a:
	@rm -f $@
	$(say)$(AR) rcs $@ $^

$(BUILD)/container-hooks-runtime: $(FRONT_OBJECTS) $(BUILD)/libcore.a
	$(say)$(CC) $(FRONT_LINK) $(LINK) $(LDFLAGS) $^ -lconfig -o $@

$(BUILD)/container-hooks: $(MARKER_OBJECTS)
	$(say)$(CC) $(MARKER_LINK) $(LINK) $(LDFLAGS) $^ -o $@

$(BUILD)/modify: $(WORKER_OBJECTS) $(BUILD)/libcore.a
	$(say)$(CC) -pie $(LINK) $(LDFLAGS) $^ $(LIBCONFIG) $(JSON_C) -ldl -o $@

$(BUILD)/verify-rootfs: $(VERIFY_OBJECTS) $(BUILD)/libcore.a
	$(say)$(CC) -pie $(LINK) $(LDFLAGS) $^ $(JSON_C) $(CRYPTO) $(ZLIB) $(ZSTD) -pthread -o $@

# The ctk starts the worker as the front does, and reads and writes bundles as the worker does.
$(BUILD)/container-hooks-ctk: $(CTK_OBJECTS) \
    $(filter-out %/main.o,$(FRONT_OBJECTS) $(WORKER_OBJECTS)) $(BUILD)/libcore.a
	$(say)$(CC) -pie $(LINK) $(LDFLAGS) $^ $(LIBCONFIG) $(JSON_C) $(CRYPTO) $(ZLIB) $(ZSTD) -pthread -ldl \
	  -o $@

# $(call plugin-rule,FOLDER,NAME): FOLDER/NAME/*.c -> NAME.so, which shows `cht_plugin` only.
define plugin-rule
$(BUILD)/$(1)/$(2).so: $(call objects,$(1)/$(2)) $(BUILD)/libcore.a plugins/plugin.map
	@mkdir -p $$(@D)
	$$(say)$$(CC) -shared $$(LINK) -Wl,--version-script=plugins/plugin.map -Wl,--exclude-libs,ALL \
	  $$(LDFLAGS) $$(filter %.o %.a,$$^) $$(JSON_C) $$(CRYPTO) -o $$@
endef
$(foreach name,$(call plugin-names,plugins),$(eval $(call plugin-rule,plugins,$(name))))
$(foreach name,$(call plugin-names,tests/plugins),$(eval $(call plugin-rule,tests/plugins,$(name))))

# $(call abi-rule,VERSION): tests/abi/VERSION/plugin.c -> abi-VERSION.so. It sees the header of that
# version, which lies beside it, and nothing of ours or of json-c.
ABIS := $(patsubst tests/abi/%/plugin.c,%,$(wildcard tests/abi/*/plugin.c))
define abi-rule
$(BUILD)/tests/plugins/abi-$(1).so: $(wildcard tests/abi/$(1)/*.c tests/abi/$(1)/*/*.h) $(BUILD)/command
	@mkdir -p $$(@D)
	$$(say)$$(CC) -shared $$(CODE) $$(HARDENING) $$(WARNINGS) $$(CPPFLAGS) $$(CFLAGS) \
	  -Itests/abi/$(1) $$(LINK) $$(LDFLAGS) tests/abi/$(1)/plugin.c -o $$@
endef
$(foreach version,$(ABIS),$(eval $(call abi-rule,$(version))))
TEST_PLUGINS += $(patsubst %,$(BUILD)/tests/plugins/abi-%.so,$(ABIS))

# A plugin that is linked to another json-c: to a library that has but the name of one.
OTHER_JSON_C := $(BUILD)/tests/other-json-c/libjson-c.so.99
TEST_PLUGINS += $(BUILD)/tests/plugins/other-json-c.so

$(OTHER_JSON_C): $(BUILD)/obj/tests/other-json-c/json-c.o
	@mkdir -p $(@D)
	$(say)$(CC) -shared $(LINK) $(LDFLAGS) -Wl,-soname,$(@F) $^ -o $@

$(BUILD)/tests/plugins/other-json-c.so: $(BUILD)/obj/tests/other-json-c/plugin.o $(OTHER_JSON_C)
	@mkdir -p $(@D)
	$(say)$(CC) -shared $(LINK) $(LDFLAGS) -Wl,-rpath,$(abspath $(dir $(OTHER_JSON_C))) $^ -o $@

# --- tests ---------------------------------------------------------------------------------------

.PHONY: demo check check-unit check-e2e check-asan check-full test tests
# What must be installed is looked up before anything is built: a sub-make then sees it.
demo:
	@tests/deps.sh demo
	@$(MAKE) --no-print-directory all >/dev/null
	@BUILD=$(BUILD) tests/demo.sh

check:
	tests/deps.sh check
	$(MAKE) test

check-unit:
	$(MAKE) test RUN=unit

check-e2e:
	$(MAKE) test RUN='golden e2e'

# What reads odd and hostile input. Real engines add time, not input; and nothing that uses strace:
# LeakSanitizer does not work under a tracer, and where system calls are made to fail, the sanitizers'
# own fail too.
ASAN_GROUPS := unit golden config ctk-apply ctk-completion ctk-config ctk-doctor ctk-install ctk-plugin \
  defects fault filter hostile misbehave plugin-kit runc samples spec-patch toml
check-asan:
	$(MAKE) test RUN='$(ASAN_GROUPS)' BUILD=$(BUILD)/asan SANITIZE=address,undefined

# What takes too long for every change: tests/full.sh NAME… runs a part of it.
check-full:
	tests/deps.sh full
	$(MAKE) tests
	$(MAKE) fuzz-coverage
	BUILD=$(BUILD) tests/full.sh

# `make test RUN=docker`: some groups of tests only.
test: tests
	BUILD=$(BUILD) tests/run $(RUN)

tests: all $(if $(UNIT_OBJECTS),$(BUILD)/tests/unit) $(TEST_PLUGINS) $(TEST_PROGRAMS)

# Criterion finds its tests in a section that nothing refers to.
$(BUILD)/tests/unit: $(UNIT_OBJECTS) $(BUILD)/libtested.a
	@mkdir -p $(@D)
	$(say)$(CC) -pie $(LINK) -Wl,--no-gc-sections $(LDFLAGS) $^ $(LIBCONFIG) $(JSON_C) $(CRYPTO) $(ZLIB) $(ZSTD) -lcriterion \
	  -pthread -ldl -o $@

$(BUILD)/tests/programs/%: $(BUILD)/obj/tests/programs/%.o $(BUILD)/libcore.a
	@mkdir -p $(@D)
	$(say)$(CC) -pie $(LINK) $(LDFLAGS) $^ $(JSON_C) $(CRYPTO) -o $@

.PHONY: fuzz fuzz-smoke fuzz-coverage fuzzers
# `make fuzz TIME=600` gives each fuzzer ten minutes; FUZZ='json toml' names some.
TIME ?= 60
FUZZ ?=
fuzz:
	$(MAKE) BUILD=$(BUILD)/fuzz CC=clang SANITIZE=fuzzer-no-link,address,undefined fuzzers
	BUILD=$(BUILD)/fuzz tests/fuzz.sh $(TIME) $(FUZZ)

fuzz-smoke:
	$(MAKE) fuzz TIME=3

# How much of the parsers the fuzzers reach; fails where it is too little.
fuzz-coverage:
	$(MAKE) BUILD=$(BUILD)/coverage CC=clang SANITIZE=fuzzer-no-link \
	  CFLAGS='$(CFLAGS) -fprofile-instr-generate -fcoverage-mapping' \
	  LDFLAGS='$(LDFLAGS) -fprofile-instr-generate' fuzzers
	BUILD=$(BUILD)/coverage tests/fuzz-coverage.sh 5 $(FUZZ)

fuzzers: $(FUZZERS)

# Plugins' own parsers; of image-verify those only.
$(BUILD)/fuzz/audit: $(call objects,plugins/audit)
$(BUILD)/fuzz/hooks: $(call objects,plugins/file-hooks)
$(BUILD)/fuzz/patch_file: $(BUILD)/obj/plugins/spec-patch/patch-file.o
$(BUILD)/fuzz/verify_settings: $(addprefix $(BUILD)/obj/plugins/image-verify/,settings.o mode.o)

$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(BUILD)/libtested.a
	@mkdir -p $(@D)
	$(say)$(CC) -pie $(LINK) -fsanitize=fuzzer $(LDFLAGS) $(filter %.o,$^) $(filter %.a,$^) \
	  $(LIBCONFIG) $(JSON_C) $(CRYPTO) $(ZLIB) $(ZSTD) -pthread -ldl -o $@

.PHONY: bench bench-report bench-programs
BENCH_PROGRAMS := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(call sources,tests/bench))
BENCH ?=
bench: bench-programs
	@BUILD=$(BUILD) tests/bench/run $(BENCH)

# The same, and what came of it into docs/benchmarks.md.
bench-report: bench-programs
	@FIGURES=$(BUILD)/bench.tsv BUILD=$(BUILD) tests/bench/run; \
	  tests/bench/report.py $(BUILD)/bench.tsv docs/benchmarks.md docs/benchmarks.svg

bench-programs: all $(BENCH_PROGRAMS) $(TEST_PROGRAMS)

# Static as the front is, but for the one that stands for a program with json-c.
$(BUILD)/bench/rewrite: $(BUILD)/obj/tests/bench/rewrite.o
	@mkdir -p $(@D)
	$(say)$(CC) -pie $(LINK) $(LDFLAGS) $^ $(JSON_C) -o $@

$(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(BUILD)/libcore.a
	@mkdir -p $(@D)
	$(say)$(CC) $(FRONT_LINK) $(LINK) $(LDFLAGS) $^ -o $@

# --- form ----------------------------------------------------------------------------------------

C_FILES := $(sort $(wildcard $(foreach d,core include plugins tests,$(d)/*/*.[ch] $(d)/*/*/*.[ch])))

.PHONY: format format-check tidy
format:
	clang-format -i $(C_FILES)

format-check:
	clang-format --dry-run --Werror $(C_FILES)

# A file a process: clang-tidy 14 warns of what is not there when it reads several in a row.
# The templates of plugin new are no code of ours: they have placeholders.
tidy: $(patsubst %.c,$(BUILD)/tidy/%,$(filter-out core/ctk/template/%,$(filter core/%.c plugins/%.c,$(C_FILES))))

$(BUILD)/tidy/%: %.c .clang-tidy $(filter %.h,$(C_FILES))
	@mkdir -p $(@D)
	$(say)clang-tidy --quiet $< -- -std=c11 $(DEFINES) $(INCLUDES)
	@touch $@

# --- installing ----------------------------------------------------------------------------------

bin     = $(DESTDIR)$(PREFIX)/bin
libexec = $(DESTDIR)$(PREFIX)/libexec/container-hooks
plugins = $(DESTDIR)$(PREFIX)/lib/container-hooks/plugins
header  = $(DESTDIR)$(PREFIX)/include/container-hooks
pc      = $(DESTDIR)$(PREFIX)/share/pkgconfig
man     = $(DESTDIR)$(PREFIX)/share/man
doc     = $(DESTDIR)$(PREFIX)/share/doc/container-hooks
bashrc  = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
config  = $(DESTDIR)$(SYSCONFDIR)/container-hooks

MANUALS     := $(wildcard docs/*.[1-8])
COMPLETIONS := $(wildcard etc/bash-completion/*)
EXAMPLES    := $(filter-out etc/config.cfg etc/bash-completion/%,$(shell find etc -type f 2>/dev/null)) \
  $(wildcard README.md CHANGELOG.md LICENSE docs/*.md plugins/*/README.md plugins/*/example.cfg) \
  $(filter-out %.so,$(shell find docs/examples -type f 2>/dev/null))

# The front comes last: when it is there, so is all that it needs.
PROGRAMS_IN_ORDER := $(filter-out %-runtime,$(PROGRAMS)) $(filter %-runtime,$(PROGRAMS))

# $(call install-as,MODE,FILE,TARGET): one line of a recipe. The target is replaced by a rename: a
# program that runs does not mind, and there is no moment without it.
install-as = install -D -m $(1) $(2) $(dir $(3)).$(notdir $(3)).new && \
  mv -f $(dir $(3)).$(notdir $(3)).new $(3)$(newline)
define newline


endef

# The same for a text, which names the folders of this build.
install-text = mkdir -p $(dir $(2)) && $(place) $(1) > $(dir $(2)).$(notdir $(2)).new && \
  chmod 644 $(dir $(2)).$(notdir $(2)).new && \
  mv -f $(dir $(2)).$(notdir $(2)).new $(2)$(newline)

.PHONY: install uninstall
install: all
	$(foreach f,$(HELPERS),$(call install-as,755,$(f),$(libexec)/$(notdir $(f))))
	$(foreach f,$(PLUGINS),$(call install-as,644,$(f),$(plugins)/$(notdir $(f))))
	$(foreach f,$(MANUALS),$(call install-text,$(f),$(man)/man$(patsubst .%,%,$(suffix $(f)))/$(notdir $(f))))
	$(foreach f,$(EXAMPLES),$(call install-text,$(f),$(doc)/$(f)))
	$(call install-as,644,include/container-hooks/plugin.h,$(doc)/include/container-hooks/plugin.h)
	$(foreach f,$(COMPLETIONS),$(call install-as,644,$(f),$(bashrc)/$(notdir $(f))))
	$(call install-as,644,include/container-hooks/plugin.h,$(header)/plugin.h)
	install -d $(pc)
	printf '%s\n' 'prefix=$(PREFIX)' 'bindir=$${prefix}/bin' \
	  'plugindir=$${prefix}/lib/container-hooks/plugins' \
	  'confdir=$(SYSCONFDIR)/container-hooks' '' \
	  'Name: container-hooks' 'Description: modifier plugins for container-hooks-runtime' \
	  'Version: $(VERSION)' 'Cflags: -I$${prefix}/include' > $(pc)/container-hooks.pc
	install -d $(config)/conf.d $(config)/profiles
	test -e $(config)/config.cfg || test -e $(config)/config.toml || \
	  install -m 644 $(BUILD)/config.cfg $(config)/config.cfg
	$(foreach f,$(PROGRAMS_IN_ORDER),$(call install-as,755,$(f),$(bin)/$(notdir $(f))))

# Folders that hold nothing but ours, the innermost first.
FOLDERS = $(plugins) $(dir $(plugins)) $(libexec) $(header) $(dir $(bashrc)) \
  $(addprefix $(DESTDIR)$(PREFIX)/,share/bash-completion share/pkgconfig share/man/man5 \
    share/man/man7 share/man/man8 share/man share/doc share lib libexec include bin)

# Refuses while an engine still runs what would go. A tree that is only staged (DESTDIR) is run by
# nobody; FORCE=1 asks nobody. The configuration stays: it is the admin's.
uninstall:
	@test -n '$(DESTDIR)$(FORCE)' || test ! -x $(bin)/container-hooks-ctk || \
	  $(bin)/container-hooks-ctk uninstall --check --prefix $(PREFIX) || \
	  { echo 'make uninstall FORCE=1 does it all the same' >&2; exit 1; }
	rm -f $(addprefix $(bin)/,$(notdir $(PROGRAMS))) \
	  $(foreach f,$(MANUALS),$(man)/man$(patsubst .%,%,$(suffix $(f)))/$(notdir $(f))) \
	  $(addprefix $(bashrc)/,$(notdir $(COMPLETIONS))) $(pc)/container-hooks.pc
	rm -rf $(libexec) $(header) $(doc)
	rm -f $(addprefix $(plugins)/,$(notdir $(PLUGINS))) $(dir $(plugins))installed
	@for folder in $(bashrc) $(FOLDERS); do rmdir "$$folder" 2>/dev/null || true; done

# --- the rest ------------------------------------------------------------------------------------

# A source archive that is the same bytes wherever it is made: names sorted, no owners, and the time
# of the commit (SOURCE_DATE_EPOCH says another). It holds what git knows; without git, as in what was
# unpacked from an archive, all that is no build.
DIST := container-hooks-toolkit-$(VERSION)
DIST_TIME := $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null),$(shell stat -c %Y CHANGELOG.md))

.PHONY: dist
dist:
	@mkdir -p $(BUILD)
	{ git ls-files 2>/dev/null || find . -path ./$(BUILD) -prune -o '(' -type f -o -type l ')' -print | sed 's|^\./||'; } | \
	  LC_ALL=C sort | tar --create --no-recursion --files-from=- --format=ustar --transform='flags=r;s|^|$(DIST)/|' \
	  --owner=0 --group=0 --numeric-owner --mode=u+rw,go+r,go-w --mtime=@$(DIST_TIME) | \
	  gzip --no-name --best >$(BUILD)/$(DIST).tar.gz
	@echo '  $(BUILD)/$(DIST).tar.gz'

.PHONY: deps clean help FORCE
deps:
	tests/deps.sh build

clean:
	rm -rf $(BUILD)

help:
	@printf '%s\n' \
	  'make               build into $(BUILD)/' \
	  'make install       DESTDIR= PREFIX=/usr SYSCONFDIR=/etc; uninstall takes the same' \
  '                   and refuses while an engine uses it, but with FORCE=1' \
	  'make deps          install what building needs (Debian, as root)' \
	  'make demo          a real container with hooks at all six stages (as root)' \
	  'make check         all tests; needs root, installs what they need' \
	  'make check-unit    unit tests only; check-e2e: golden tests and real engines' \
	  'make test RUN=…    some groups of tests, without installing anything: see tests/run' \
	  '                   FAULTS=all for faults and ctk-faults, STARTS=1000 for docker-soak' \
	  'make check-asan    tests built with AddressSanitizer and UBSan' \
	  'make check-full    valgrind, ThreadSanitizer, gcc -fanalyzer, cppcheck, fuzz-coverage' \
	  'make fuzz TIME=60  each fuzzer for that many seconds (FUZZ=… names some); fuzz-smoke:' \
	  '                   for three; fuzz-coverage: how much of the parsers they reach' \
	  'make dist          a source archive, container-hooks-toolkit-$(VERSION).tar.gz' \
	  'make bench         what it costs, against references of the same run; BENCH=… some parts;' \
	  '                   bench-report writes docs/benchmarks.md (as root)' \
	  'make format        clang-format; format-check only looks; tidy: clang-tidy'
