# Every target a person needs; `make help` lists them. All output goes to build/.

VERSION := 0.1.0
.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/sh
# All cores, unless the command line or the environment says how many.
ifeq ($(MAKELEVEL)$(filter -j% --jobs%,$(shell echo "$$MAKEFLAGS")),0)
MAKEFLAGS += -j$(shell nproc)
endif

# --- what is built, and how ------------------------------------------------------------------------------------------------

CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
# release: what people run; asan, tsan: the same under sanitizers; clang: the other compiler, and clang-asan its sanitizers;
# cov: coverage; fuzz: libFuzzer; mem: unit tests that valgrind can take (tests/memcheck).
VARIANT ?= release
BUILD ?= build
ifeq ($(VARIANT),release)
OUT := $(BUILD)
else
OUT := $(BUILD)/$(VARIANT)
endif

# CC, CPPFLAGS, CFLAGS, LDFLAGS and PKG_CONFIG are the user's, from the environment or the command line. They come after ours and
# take nothing away from them, so that a distribution's (dpkg-buildflags) can be given as they are.
CPPFLAGS ?=
CFLAGS ?=
LDFLAGS ?=
PKG_CONFIG ?= pkg-config
# Warnings are errors where the program is worked on: in a checkout. A packager's newer compiler may warn of something new.
WERROR ?= $(if $(wildcard .git),1,0)

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
            -Wwrite-strings -Wcast-qual -Wundef -Wvla $(if $(filter 1,$(WERROR)),-Werror)
# What looks into the running program needs more rights than the program itself (collector/daemon/sandbox.c).
INSTRUMENTED := -DBURGERPANEL_INSTRUMENTED
SANITIZE := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer $(INSTRUMENTED)
VARIANT_release = -O2 $(FORTIFY)
VARIANT_clang = -O2 $(FORTIFY)
VARIANT_asan := $(SANITIZE)
VARIANT_clang-asan := $(SANITIZE)
VARIANT_tsan := -O1 -fsanitize=thread -fno-omit-frame-pointer $(INSTRUMENTED)
VARIANT_cov := -O0 --coverage $(INSTRUMENTED)
VARIANT_mem := -O1 -Itests/memcheck
VARIANT_fuzz := $(SANITIZE) -fsanitize=fuzzer-no-link
ifneq ($(filter clang clang-asan fuzz,$(VARIANT)),)
CC := clang
endif

# What asks the compiler or pkg-config is worked out at its first use: they may have been installed since make began.
once = $(eval $(1) := $(2))$($(1))
# Fortified as far as compiler and C library can, unless the user's flags say how far, or not to optimise.
FORTIFY = $(call once,FORTIFY,$(if $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS))$(filter -O0,$(CFLAGS)),,$(fortify)))
fortify = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(shell echo '\#include <features.h>' | \
    $(CC) -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -Werror -E - >/dev/null 2>&1 && echo 3 || echo 2)
ask_pkg_config = $(shell $(PKG_CONFIG) $(1))$(if $(filter-out 0,$(.SHELLSTATUS)),$(error $(PKG_CONFIG) $(1) failed))

PACKAGES_ground := libcjson libsodium nettle libcurl
PACKAGES_client := $(PACKAGES_ground)
PACKAGES_collector := sqlite3 libpq inih zlib gnutls libseccomp $(PACKAGES_ground)
LIBS_ground = $(call once,LIBS_ground,$(call ask_pkg_config,--libs $(PACKAGES_ground)) -lm)
LIBS_client = $(call once,LIBS_client,$(call ask_pkg_config,--libs $(PACKAGES_client)) -lm)
LIBS_collector = $(call once,LIBS_collector,$(call ask_pkg_config,--libs $(PACKAGES_collector)) -lm)
HEADERS = $(call once,HEADERS,$(call ask_pkg_config,--cflags $(PACKAGES_collector)))

COMPILE = $(CC) -I. -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DBURGERPANEL_VERSION='"$(VERSION)"' $(HEADERS) -std=c17 -g \
    -fno-strict-aliasing -fstack-protector-strong -fPIE -pthread $(WARNINGS) $(VARIANT_$(VARIANT)) $(CPPFLAGS) $(CFLAGS)
LINK = $(CC) -pie -pthread -Wl,-z,relro,-z,now $(filter -fsanitize% --coverage,$(VARIANT_$(VARIANT))) $(CFLAGS) $(LDFLAGS)

GROUND_SOURCES := $(wildcard base/*.c crypto/*.c panel/*.c)
COLLECTOR_SOURCES := $(wildcard collector/*/*.c collector/*/*/*.c)
CLIENT_SOURCES := $(wildcard client/*/*.c)
objects = $(patsubst %.c,$(OUT)/obj/%.o,$(1))

PROGRAMS := $(OUT)/burgerpanel $(OUT)/burgerpanel-collector
UNIT_ROOMS := base crypto panel collector client
UNITS := $(addprefix $(OUT)/unit-,$(UNIT_ROOMS)) $(if $(filter mem,$(VARIANT)),,$(OUT)/unit-postgres)

# --- what must be there first ----------------------------------------------------------------------------------------------

# The sets of packages (.ci/deps) that each target needs; one that isn't named needs what unit tests need. What is missing
# is installed by one call for all targets of this make, before anything is compiled. A make that a recipe starts finds in
# DEPS_SEEN what has been seen to.
NEEDS_all := build
NEEDS_programs := build
NEEDS_install := build
NEEDS_manuals := build
NEEDS_demo := build $(filter postgres,$(STORE))
NEEDS_bench := build bench $(filter postgres,$(STORE))
NEEDS_benches := build
NEEDS_simulate := build
NEEDS_test := build test postgres web excel clang
NEEDS_check-postgres := build test postgres
NEEDS_check-patroni := build test postgres patroni
NEEDS_torture := build test
NEEDS_check-web := build test web
NEEDS_screenshots := build test web pictures
NEEDS_check-excel := build test excel
NEEDS_check-nginx := build test nginx
NEEDS_check-haproxy := build test postgres haproxy
NEEDS_fuzz := build test clang
NEEDS_lint := build test web clang lint
NEEDS_coverage := build test coverage
NEEDS_fresh-test := fresh
NEEDS_web-manifest := build
NEEDS_sbom := build bench
NEEDS_deb := build deb
NEEDS_deb-test := build deb deb-test fresh
NEEDS := $(foreach goal,$(or $(MAKECMDGOALS),$(.DEFAULT_GOAL)),$(or $(NEEDS_$(goal)),build test))
NEEDS := $(sort $(NEEDS) $(if $(filter clang,$(CC)),clang))
HAVE := $(if $(filter-out $(DEPS_SEEN),$(NEEDS)),have)
export DEPS_SEEN := $(sort $(DEPS_SEEN) $(NEEDS))

.PHONY: have deps
have:
	@.ci/deps $(NEEDS)
deps: ## installs what building, testing and checking need (Debian 12, as root)
	@.ci/deps build test postgres patroni web pictures nginx haproxy bench excel clang lint coverage fresh deb deb-test

# --- how it is built -------------------------------------------------------------------------------------------------------

# V=1 shows each command whole.
ifeq ($(V),)
say = @echo '  $(1) $(if $(filter release,$(VARIANT)),,[$(VARIANT)] )$(2)';
else
say =
endif

# Made beside its place and put there whole: another make of the same tree may be reading it, or running it.
TO = -o $@.$$$$ && mv $@.$$$$ $@

.PHONY: all programs units
all: programs ## builds both programs into build/
programs: $(PROGRAMS)
units: $(UNITS)

$(OUT)/obj/%.o: %.c Makefile | $(HAVE)
	@mkdir -p $(@D)
	$(call say,CC,$<)$(COMPILE) -MMD -MP -MT $@ -MF $(@:.o=.d).$$$$ -c $< $(TO) && \
	    mv $(@:.o=.d).$$$$ $(@:.o=.d)

$(OUT)/obj/collector/api/openapi.o: collector/api/openapi.json

# The pages are taken in by the assembler, and with them the fallback for browsers without Ed25519: Debian's package of it,
# unpacked and not installed, held to its hash (docs/adr/011). TWEETNACL=FILE: it is there already; TWEETNACL=none: go without.
TWEETNACL ?=
TWEETNACL_SHA256 := 23a1f1dd3a8ed754afd504954a64858084e2dc94b5d3eab3ba16c4c71f3ea247
WEB_FALLBACK := $(if $(filter none,$(TWEETNACL)),,$(BUILD)/web/nacl-fast.min.js)
$(OUT)/obj/collector/web/assets.o: COMPILE += $(if $(WEB_FALLBACK),-DWEB_TWEETNACL='"$(WEB_FALLBACK)"')
$(OUT)/obj/collector/web/assets.o: $(shell find web -type f) $(WEB_FALLBACK)
$(BUILD)/web/nacl-fast.min.js: packaging/tweetnacl.sh Makefile | $(HAVE)
	$(call say,GET,$@)packaging/tweetnacl.sh '$@' $(TWEETNACL_SHA256) '$(TWEETNACL)'

$(OUT)/burgerpanel-collector: $(call objects,collector/main.c $(COLLECTOR_SOURCES) $(GROUND_SOURCES))
	$(call say,LD,$@)$(LINK) $^ $(LIBS_collector) $(TO)

$(OUT)/burgerpanel: $(call objects,client/main.c $(CLIENT_SOURCES) $(GROUND_SOURCES))
	$(call say,LD,$@)$(LINK) $^ $(LIBS_client) $(TO)

# A room's unit tests are linked with that room and those below it.
BELOW_base := $(wildcard base/*.c)
BELOW_crypto := $(BELOW_base) $(wildcard crypto/*.c)
BELOW_panel := $(GROUND_SOURCES)
BELOW_collector := $(GROUND_SOURCES) $(COLLECTOR_SOURCES)
BELOW_client := $(GROUND_SOURCES) $(CLIENT_SOURCES)
LIBS_base = $(LIBS_ground)
LIBS_crypto = $(LIBS_ground)
LIBS_panel = $(LIBS_ground)
ifeq ($(VARIANT),mem)
RUNNER := tests/memcheck/runner.c
else
LIBS_RUNNER := -lcriterion
endif
define unit_rule
$(OUT)/unit-$(1): $(call objects,$(RUNNER) $(wildcard tests/unit/$(1)/*.c tests/unit/$(1)/*/*.c tests/unit/*.c) \
    tests/fuzz/replay.c $(wildcard tests/fuzz/$(1)/*.c) $(BELOW_$(1)))
	$$(call say,LD,$$@)$$(LINK) $$^ $(LIBS_RUNNER) $$(LIBS_$(1)) $$(TO)
endef
$(foreach room,$(UNIT_ROOMS),$(eval $(call unit_rule,$(room))))

# The manual pages, as the programs print them from the table of their --help: MANUALS in English, and in nl/ in Dutch. Their
# date is that of the last release.
RELEASED = $(call once,RELEASED,$(shell sed -n '/^\#\# [0-9.]* - /{s///p;q}' CHANGELOG.md))
MANUALS := burgerpanel.1 burgerpanel-collector.8 burgerpanel-collector.conf.5
MANUAL_FILES := $(addprefix $(OUT)/man/,$(MANUALS) $(addprefix nl/,$(MANUALS)))
.PHONY: manuals
manuals: $(MANUAL_FILES) ## the manual pages, English and Dutch, into build/man/
$(filter %.1,$(MANUAL_FILES)): $(OUT)/burgerpanel
$(filter-out %.1,$(MANUAL_FILES)): $(OUT)/burgerpanel-collector
$(MANUAL_FILES): CHANGELOG.md
	@mkdir -p $(@D)
	$(call say,MAN,$@)LC_ALL=$(if $(findstring /nl/,$@),nl_NL,C) $(filter $(PROGRAMS),$^) manual $(if $(filter %.5,$@),settings) \
	    --date '$(RELEASED)' >$@.$$$$ && mv $@.$$$$ $@

# Faults one after the other, in forks of the whole collector; SQLite's memory and the store's verbs are stood between.
TORTURE_SHARED := $(addprefix tests/unit/collector/,kit.c store/faulty.c)
TORTURE_WRAPS := -Wl,--wrap=store_open,--wrap=store_begin,--wrap=store_commit,--wrap=store_rollback,--wrap=store_close
.PHONY: torturer
torturer: $(OUT)/torturer
$(OUT)/torturer: $(call objects,$(wildcard tests/torture/*.c) $(TORTURE_SHARED) $(BELOW_collector))
	$(call say,LD,$@)$(LINK) $(TORTURE_WRAPS) $^ -lcriterion $(LIBS_collector) $(TO)

# What is PostgreSQL's own is run beside a server, and so apart from the room's others; how often it is waited for is counted.
POSTGRES_WRAPS := -Wl,--wrap=PQpipelineSync
$(OUT)/unit-postgres: $(call objects,$(wildcard tests/postgres/*.c tests/unit/collector/kit*.c \
    tests/unit/collector/store/raw.c tests/unit/*.c) $(BELOW_collector))
	$(call say,LD,$@)$(LINK) $(POSTGRES_WRAPS) $^ -lcriterion $(LIBS_collector) $(TO)

# The benchmarks: each with what they share, the ground and, for what is measured without HTTP, the collector.
BENCHES := $(addprefix $(OUT)/bench-,http overload log growth walk costs simulate batch postgres)
BENCH_SHARED := $(addprefix tests/bench/,kit.c load.c measure.c) $(GROUND_SOURCES)
.PHONY: benches
benches: $(BENCHES)
$(OUT)/bench-http: $(call objects,tests/bench/bench.c $(BENCH_SHARED))
	$(call say,LD,$@)$(LINK) $^ $(LIBS_collector) $(TO)
$(OUT)/bench-overload: $(call objects,tests/bench/overload.c $(BENCH_SHARED))
	$(call say,LD,$@)$(LINK) $^ $(LIBS_collector) $(TO)
$(OUT)/bench-postgres: $(call objects,$(addprefix tests/bench/,postgres.c server.c) $(BENCH_SHARED))
	$(call say,LD,$@)$(LINK) $^ $(LIBS_collector) $(TO)
$(OUT)/bench-costs: $(call objects,tests/bench/costs.c $(BENCH_SHARED))
	$(call say,LD,$@)$(LINK) $^ $(LIBS_collector) $(TO)
$(OUT)/bench-simulate: $(call objects,$(addprefix tests/bench/,simulate.c scenario.c queues.c))
	$(call say,LD,$@)$(LINK) $^ -lm $(TO)
$(OUT)/bench-batch: $(call objects,tests/bench/batch.c $(BENCH_SHARED))
	$(call say,LD,$@)$(LINK) $^ $(LIBS_collector) $(TO)
$(OUT)/bench-log: $(call objects,$(addprefix tests/bench/,log.c reading.c) $(BENCH_SHARED) $(COLLECTOR_SOURCES))
	$(call say,LD,$@)$(LINK) $^ $(LIBS_collector) $(TO)
$(OUT)/bench-walk: $(call objects,tests/bench/walk.c $(BENCH_SHARED) $(COLLECTOR_SOURCES))
	$(call say,LD,$@)$(LINK) $^ $(LIBS_collector) $(TO)
$(OUT)/bench-growth: $(call objects,$(addprefix tests/bench/,growth.c fill.c crowd.c reading.c) $(BENCH_SHARED) $(COLLECTOR_SOURCES))
	$(call say,LD,$@)$(LINK) $^ $(LIBS_collector) $(TO)

# A fuzz target (tests/fuzz/ROOM/fuzz_NAME.c) by itself, with libFuzzer and what its room has to help.
FUZZ_TARGETS := $(wildcard $(UNIT_ROOMS:%=tests/fuzz/%/fuzz_*.c))
FUZZERS := $(patsubst %.c,$(OUT)/%,$(notdir $(FUZZ_TARGETS)))
.PHONY: fuzzers
.SECONDARY:
fuzzers: $(FUZZERS)
define fuzz_rule
$(OUT)/obj/tests/fuzz/entry-$(basename $(notdir $(1))).o: COMPILE += -DFUZZ_TARGET=$(basename $(notdir $(1)))
$(OUT)/obj/tests/fuzz/entry-$(basename $(notdir $(1))).o: tests/fuzz/entry.c Makefile | $(HAVE)
	@mkdir -p $$(@D)
	$$(call say,CC,$$<)$$(COMPILE) -c $$< $$(TO)
$(OUT)/$(basename $(notdir $(1))): $(OUT)/obj/tests/fuzz/entry-$(basename $(notdir $(1))).o \
    $(call objects,$(1) $(filter-out $(FUZZ_TARGETS),$(wildcard $(dir $(1))*.c)) $(BELOW_$(2)))
	$$(call say,LD,$$@)$$(LINK) -fsanitize=fuzzer $$^ $$(LIBS_$(2)) $$(TO)
endef
$(foreach target,$(FUZZ_TARGETS),$(eval $(call fuzz_rule,$(target),$(notdir $(patsubst %/,%,$(dir $(target)))))))

-include $(shell find $(OUT)/obj -name '*.d' 2>/dev/null)

# --- what is done with it --------------------------------------------------------------------------------------------------

# Where `install` puts things: the GNU names, any of which may be given; all of it below DESTDIR.
prefix ?= $(or $(PREFIX),/usr/local)
exec_prefix ?= $(prefix)
bindir ?= $(exec_prefix)/bin
sysconfdir ?= $(prefix)/etc
datarootdir ?= $(prefix)/share
docdir ?= $(datarootdir)/doc/burgerpanel
mandir ?= $(datarootdir)/man
bashcompletiondir ?= $(datarootdir)/bash-completion/completions
zshcompletiondir ?= $(datarootdir)/zsh/site-functions
unitdir ?= $(prefix)/lib/systemd/system
DESTDIR ?=
INSTALL ?= install
# One recipe's lines run in order, so what a target builds is ready, in parallel, before what it runs begins.
RUN := BUILD='$(BUILD)' tests/run.sh
.PHONY: demo quick test memcheck tsan torture lint check-excel check-nginx check-haproxy check-web check-postgres check-patroni screenshots bench fuzz coverage fresh-test deb deb-test install clean help
demo: programs ## the whole way from signed answers to tables, with the example panel; SERVE=1: then its pages, at PORT=8080; STORE=postgres
	@BUILD='$(BUILD)' STORE='$(STORE)' SERVE='$(SERVE)' PORT='$(PORT)' fixtures/demo.sh

quick: units ## unit tests, in seconds
	@$(RUN) quick

test: $(HAVE) ## every test: units and end to end under gcc's and clang's sanitizers and valgrind, on both stores, in a browser and LibreOffice
	@$(MAKE) --no-print-directory programs
	@$(MAKE) --no-print-directory VARIANT=asan programs units torturer
	@$(MAKE) --no-print-directory VARIANT=clang-asan units
	@$(MAKE) --no-print-directory VARIANT=mem units
	@$(MAKE) --no-print-directory VARIANT=tsan programs
	@$(RUN) unit clang e2e postgres web memcheck tsan torture-short excel

memcheck: $(HAVE) ## unit tests and one run of the daemon under valgrind
	@$(MAKE) --no-print-directory programs
	@$(MAKE) --no-print-directory VARIANT=mem units
	@$(RUN) memcheck

tsan: $(HAVE) ## concurrent clients against a daemon under ThreadSanitizer
	@$(MAKE) --no-print-directory VARIANT=tsan programs
	@$(RUN) tsan

torture: $(HAVE) ## whatever can fail does, under load: nothing acknowledged is lost (a quarter of an hour)
	@$(MAKE) --no-print-directory programs torturer
	@$(MAKE) --no-print-directory VARIANT=asan torturer
	@$(RUN) torture

lint: $(HAVE) ## formatting, static analysis, both compilers, walls between rooms, house rules
	@$(MAKE) --no-print-directory programs units manuals
	@$(MAKE) --no-print-directory VARIANT=clang programs units
	@$(MAKE) --no-print-directory VARIANT=fuzz fuzzers
	@BUILD='$(BUILD)' tests/lint/run.sh

check-excel: programs ## opens the tables of profile excel-nl with LibreOffice
	@$(RUN) excel

check-nginx: programs ## Debian's nginx in front of the collector, by the block in docs/OPERATING.md
	@$(RUN) nginx

check-haproxy: programs ## Debian's HAProxy in front of two collectors on one PostgreSQL, by packaging/haproxy.cfg
	@$(RUN) haproxy

check-postgres: $(HAVE) ## all that the collector does, on a PostgreSQL: units under sanitizers, end to end, cuts and failover
	@$(MAKE) --no-print-directory programs
	@$(MAKE) --no-print-directory VARIANT=asan units
	@$(RUN) postgres

check-patroni: programs ## three servers that Patroni watches over: the leader's machine is lost (apart from `make test`)
	@$(RUN) patroni

check-web: programs ## the pages in Debian's chromium; a picture of each state in build/results/web/
	@BURGERPANEL_BUILD='$(BUILD)' $(RUN) web

screenshots: programs ## the pictures of the pages in docs/pictures/, with three rounds of example data
	@BURGERPANEL_BUILD='$(BUILD)' node tests/pages/pictures.mjs docs/pictures

bench: programs benches ## speed against bare signature checks (FULL=1: the long form; STORE=postgres: on PostgreSQL)
	@BUILD='$(BUILD)' FULL='$(FULL)' STORE='$(STORE)' tests/bench/run.sh

.PHONY: simulate
simulate: programs $(OUT)/bench-costs $(OUT)/bench-simulate ## a panel of a nation on paper, by what a response costs on this machine (docs/SCALE.md)
	@mkdir -p '$(BUILD)/bench' && '$(OUT)/bench-costs' '$(BUILD)/burgerpanel-collector' '$(BUILD)/bench' >'$(BUILD)/measured.costs'
	@'$(OUT)/bench-simulate' tests/bench/scale.costs '$(BUILD)/measured.costs'

fuzz: $(HAVE) ## random inputs for everything that parses (TIME=60: seconds for each; TARGETS='json http'; KEEP=1)
	@$(MAKE) --no-print-directory VARIANT=fuzz fuzzers
	@BUILD='$(BUILD)' TIME='$(TIME)' KEEP='$(KEEP)' tests/fuzz/run.sh $(TARGETS)

coverage: $(HAVE) ## which lines the tests reach, as a page under build/coverage/; fails where they are too few
	@$(MAKE) --no-print-directory VARIANT=cov programs units
	@find '$(BUILD)/cov' -name '*.gcda' -delete
	@$(RUN) coverage

fresh-test: $(HAVE) ## demo, test and lint on a bare Debian 12 each, as a newcomer would run them (as root)
	@BUILD='$(BUILD)' tests/fresh/run.sh

deb: $(HAVE) ## Debian's packages of both programs, with debugging symbols, in build/deb/
	@packaging/deb.sh '$(BUILD)/deb'

deb-test: deb programs ## the packages' life on a bare Debian 12 that is booted: from installing to purging and in a container (as root; a quarter of an hour)
	@BUILD='$(BUILD)' tests/deb/run.sh

install: programs manuals ## both programs, a unit for systemd, manual pages, completion for bash and zsh, the documentation
	$(INSTALL) -d '$(DESTDIR)$(bindir)' '$(DESTDIR)$(unitdir)' '$(DESTDIR)$(docdir)/docs/pictures' \
	    '$(DESTDIR)$(docdir)/examples'
	$(INSTALL) -m 755 $(PROGRAMS) '$(DESTDIR)$(bindir)'
	sed -e 's|@bindir@|$(bindir)|' -e 's|@sysconfdir@|$(sysconfdir)|' -e 's|@docdir@|$(docdir)|' packaging/burgerpanel.service \
	    >'$(DESTDIR)$(unitdir)/burgerpanel.service'
	chmod 644 '$(DESTDIR)$(unitdir)/burgerpanel.service'
	$(INSTALL) -d $(foreach folder,man1 man5 man8 nl/man1 nl/man5 nl/man8,'$(DESTDIR)$(mandir)/$(folder)')
	for page in $(MANUALS); do \
	    $(INSTALL) -m 644 $(OUT)/man/$$page '$(DESTDIR)$(mandir)'/man$${page##*.} && \
	    $(INSTALL) -m 644 $(OUT)/man/nl/$$page '$(DESTDIR)$(mandir)'/nl/man$${page##*.} || exit 1; done
	$(INSTALL) -d '$(DESTDIR)$(bashcompletiondir)' '$(DESTDIR)$(zshcompletiondir)'
	$(INSTALL) -m 644 packaging/completion/burgerpanel.bash '$(DESTDIR)$(bashcompletiondir)/burgerpanel'
	ln -sf burgerpanel '$(DESTDIR)$(bashcompletiondir)/burgerpanel-collector'
	$(INSTALL) -m 644 packaging/completion/_burgerpanel '$(DESTDIR)$(zshcompletiondir)'
	$(INSTALL) -m 644 README.md LICENSE '$(DESTDIR)$(docdir)'
	$(INSTALL) -m 644 packaging/burgerpanel.ini packaging/postgres-grants.sql packaging/postgres-watch.sql packaging/patroni.yml packaging/haproxy.cfg \
		'$(DESTDIR)$(docdir)/examples'
	$(INSTALL) -m 644 $(wildcard docs/*.md) '$(DESTDIR)$(docdir)/docs'
	$(INSTALL) -m 644 $(wildcard docs/pictures/*.png) '$(DESTDIR)$(docdir)/docs/pictures'

.PHONY: web-manifest
web-manifest: $(WEB_FALLBACK) ## the files of the pages with their hashes, as /web/manifest shows them (WEB_THEME=FILE)
	@packaging/web-manifest.sh '$(WEB_FALLBACK)' '$(WEB_THEME)'

.PHONY: sbom
sbom: programs ## what the programs are linked with and carry, as SPDX, in build/burgerpanel.spdx.json
	@node packaging/sbom.mjs '$(BUILD)' '$(VERSION)' >'$(BUILD)/burgerpanel.spdx.json.part' && \
	    mv '$(BUILD)/burgerpanel.spdx.json.part' '$(BUILD)/burgerpanel.spdx.json' && echo '$(BUILD)/burgerpanel.spdx.json'

clean: ## removes all that was built
	rm -rf '$(BUILD)'

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)$$/  make \1|\2/p' Makefile | while IFS='|' read -r target text; do \
	    printf '%-18s %s\n' "$$target" "$$text"; done
	@echo
	@echo '  CC, CPPFLAGS, CFLAGS, LDFLAGS   added to ours; WERROR=0: warnings are no errors; V=1: shows each command'
	@echo '  BUILD=build                     where all of it goes'
	@echo '  prefix, bindir, docdir …        where install puts things: the GNU names; DESTDIR goes before them'
	@echo '  VARIANT=release                 or $(filter-out release,$(patsubst VARIANT_%,%,$(filter VARIANT_%,$(.VARIABLES))))'
