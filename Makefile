# Every target a person needs; `make help` lists them. All output goes to build/.

VERSION := 0.1.0
.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/sh
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif

# --- what is built, and how ------------------------------------------------------------------------------------------------

CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
# release: what people run; asan, tsan: the same under sanitizers; clang: the other compiler; cov: coverage; fuzz: libFuzzer;
# mem: unit tests that valgrind can take (tests/memcheck).
VARIANT ?= release
BUILD ?= build
ifeq ($(VARIANT),release)
OUT := $(BUILD)
else
OUT := $(BUILD)/$(VARIANT)
endif

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
            -Wwrite-strings -Wundef -Wvla -Werror
CPPFLAGS := -I. -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DBURGERPANEL_VERSION='"$(VERSION)"'
CFLAGS_COMMON := -std=c17 -g -fno-strict-aliasing -fstack-protector-strong -fPIE -pthread $(WARNINGS)
CFLAGS_release := -O2 -D_FORTIFY_SOURCE=2
CFLAGS_clang := -O2
CFLAGS_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_tsan := -O1 -fsanitize=thread -fno-omit-frame-pointer
CFLAGS_cov := -O0 --coverage
CFLAGS_mem := -O1
CPPFLAGS_mem := -Itests/memcheck
CFLAGS_fuzz := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
ifneq ($(filter clang fuzz,$(VARIANT)),)
CC := clang
endif
CPPFLAGS += $(CPPFLAGS_$(VARIANT))
CFLAGS := $(CFLAGS_COMMON) $(CFLAGS_$(VARIANT))
LDFLAGS := -pie -pthread -Wl,-z,relro,-z,now $(filter -fsanitize% --coverage,$(CFLAGS_$(VARIANT)))

LIBS_GROUND := -lcjson -lsodium -lm
LIBS_collector := -lmicrohttpd -lcurl -lz -lsqlite3 -linih -lz $(LIBS_GROUND)
LIBS_client := -lcurl $(LIBS_GROUND)

GROUND_SOURCES := $(wildcard base/*.c crypto/*.c panel/*.c)
COLLECTOR_SOURCES := $(wildcard collector/*/*.c collector/*/*/*.c)
CLIENT_SOURCES := $(wildcard client/*/*.c)
objects = $(patsubst %.c,$(OUT)/obj/%.o,$(1))

PROGRAMS := $(OUT)/burgerpanel $(OUT)/burgerpanel-collector
UNIT_ROOMS := base crypto panel collector client
UNITS := $(addprefix $(OUT)/unit-,$(UNIT_ROOMS))

# --- what must be there first ----------------------------------------------------------------------------------------------

# The sets of packages (.ci/deps) that each target needs; one that isn't named needs what unit tests need. What is missing
# is installed by one call for all targets of this make, before anything is compiled. A make that a recipe starts finds in
# DEPS_SEEN what has been seen to.
NEEDS_all := build
NEEDS_programs := build
NEEDS_install := build
NEEDS_demo := build
NEEDS_bench := build
NEEDS_benches := build
NEEDS_test := build test excel
NEEDS_check-excel := build test excel
NEEDS_fuzz := build test fuzz
NEEDS_lint := build test fuzz lint
NEEDS_coverage := build test coverage
NEEDS := $(foreach goal,$(or $(MAKECMDGOALS),$(.DEFAULT_GOAL)),$(or $(NEEDS_$(goal)),build test))
NEEDS := $(sort $(NEEDS) $(if $(filter clang,$(CC)),fuzz))
HAVE := $(if $(filter-out $(DEPS_SEEN),$(NEEDS)),have)
export DEPS_SEEN := $(sort $(DEPS_SEEN) $(NEEDS))

.PHONY: have deps
have:
	@.ci/deps $(NEEDS)
deps: ## installs what building, testing and checking need (Debian 12, as root)
	@.ci/deps build test excel lint fuzz coverage

# --- how it is built -------------------------------------------------------------------------------------------------------

# V=1 shows each command whole.
ifeq ($(V),)
say = @echo '  $(1) $(if $(filter release,$(VARIANT)),,[$(VARIANT)] )$(2)';
else
say =
endif

.PHONY: all programs units
all: programs ## builds both programs into build/
programs: $(PROGRAMS)
units: $(UNITS)

$(OUT)/obj/%.o: %.c Makefile | $(HAVE)
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$(OUT)/obj/collector/api/openapi.o: collector/api/openapi.json

$(OUT)/burgerpanel-collector: $(call objects,collector/main.c $(COLLECTOR_SOURCES) $(GROUND_SOURCES))
	$(call say,LD,$@)$(CC) $(LDFLAGS) $^ $(LIBS_collector) -o $@

$(OUT)/burgerpanel: $(call objects,client/main.c $(CLIENT_SOURCES) $(GROUND_SOURCES))
	$(call say,LD,$@)$(CC) $(LDFLAGS) $^ $(LIBS_client) -o $@

# A room's unit tests are linked with that room and those below it.
BELOW_base := $(wildcard base/*.c)
BELOW_crypto := $(BELOW_base) $(wildcard crypto/*.c)
BELOW_panel := $(GROUND_SOURCES)
BELOW_collector := $(GROUND_SOURCES) $(COLLECTOR_SOURCES)
BELOW_client := $(GROUND_SOURCES) $(CLIENT_SOURCES)
LIBS_base := $(LIBS_GROUND)
LIBS_crypto := $(LIBS_GROUND)
LIBS_panel := $(LIBS_GROUND)
ifeq ($(VARIANT),mem)
RUNNER := tests/memcheck/runner.c
else
LIBS_RUNNER := -lcriterion
endif
define unit_rule
$(OUT)/unit-$(1): $(call objects,$(RUNNER) $(wildcard tests/unit/$(1)/*.c tests/unit/$(1)/*/*.c tests/unit/*.c) $(BELOW_$(1)))
	$$(call say,LD,$$@)$$(CC) $$(LDFLAGS) $$^ $(LIBS_RUNNER) $(LIBS_$(1)) -o $$@
endef
$(foreach room,$(UNIT_ROOMS),$(eval $(call unit_rule,$(room))))

# The benchmarks: each with what they share, the ground and, for what is measured without HTTP, the collector.
BENCHES := $(addprefix $(OUT)/bench-,http overload log growth)
BENCH_SHARED := $(addprefix tests/bench/,kit.c load.c measure.c) $(GROUND_SOURCES)
.PHONY: benches
benches: $(BENCHES)
$(OUT)/bench-http: $(call objects,tests/bench/bench.c $(BENCH_SHARED))
	$(call say,LD,$@)$(CC) $(LDFLAGS) $^ $(LIBS_GROUND) -o $@
$(OUT)/bench-overload: $(call objects,tests/bench/overload.c $(BENCH_SHARED))
	$(call say,LD,$@)$(CC) $(LDFLAGS) $^ $(LIBS_GROUND) -o $@
$(OUT)/bench-log: $(call objects,tests/bench/log.c $(BENCH_SHARED) $(COLLECTOR_SOURCES))
	$(call say,LD,$@)$(CC) $(LDFLAGS) $^ $(LIBS_collector) -o $@
$(OUT)/bench-growth: $(call objects,$(addprefix tests/bench/,growth.c fill.c crowd.c) $(BENCH_SHARED) $(COLLECTOR_SOURCES))
	$(call say,LD,$@)$(CC) $(LDFLAGS) $^ $(LIBS_collector) -o $@

FUZZERS := $(patsubst tests/fuzz/%.c,$(OUT)/%,$(wildcard tests/fuzz/fuzz_*.c))
.PHONY: fuzzers
.SECONDARY:
fuzzers: $(FUZZERS)
$(OUT)/fuzz_%: $(OUT)/obj/tests/fuzz/fuzz_%.o $(call objects,$(GROUND_SOURCES))
	$(call say,LD,$@)$(CC) $(LDFLAGS) -fsanitize=fuzzer $^ $(LIBS_GROUND) -o $@

-include $(shell find $(OUT)/obj -name '*.d' 2>/dev/null)

# --- what is done with it --------------------------------------------------------------------------------------------------

PREFIX ?= /usr/local
DESTDIR ?=
# One recipe's lines run in order, so what a target builds is ready, in parallel, before what it runs begins.
RUN := BUILD='$(BUILD)' tests/run.sh
.PHONY: demo quick test memcheck tsan lint check-excel bench fuzz coverage install clean help
demo: programs ## the whole way from signed answers to tables, with the example panel
	@BUILD='$(BUILD)' fixtures/demo.sh

quick: units ## unit tests, in seconds
	@$(RUN) quick

test: $(HAVE) ## every test: units and end to end under sanitizers, valgrind, ThreadSanitizer, LibreOffice
	@$(MAKE) --no-print-directory programs
	@$(MAKE) --no-print-directory VARIANT=asan programs units
	@$(MAKE) --no-print-directory VARIANT=mem units
	@$(MAKE) --no-print-directory VARIANT=tsan programs
	@$(RUN) unit e2e memcheck tsan excel

memcheck: $(HAVE) ## unit tests and one run of the daemon under valgrind
	@$(MAKE) --no-print-directory programs
	@$(MAKE) --no-print-directory VARIANT=mem units
	@$(RUN) memcheck

tsan: $(HAVE) ## concurrent clients against a daemon under ThreadSanitizer
	@$(MAKE) --no-print-directory VARIANT=tsan programs
	@$(RUN) tsan

lint: $(HAVE) ## formatting, static analysis, both compilers, walls between rooms, house rules
	@$(MAKE) --no-print-directory programs units
	@$(MAKE) --no-print-directory VARIANT=clang programs units
	@$(MAKE) --no-print-directory VARIANT=fuzz fuzzers
	@BUILD='$(BUILD)' tests/lint/run.sh

check-excel: programs ## opens the tables of profile excel-nl with LibreOffice
	@$(RUN) excel

bench: programs benches ## speed against bare signature checks (FULL=1: the long form)
	@BUILD='$(BUILD)' FULL='$(FULL)' tests/bench/run.sh

fuzz: $(HAVE) ## random inputs for everything that parses (FUZZ_RUNS=100000, FUZZ_SECONDS=60 for each)
	@$(MAKE) --no-print-directory VARIANT=fuzz fuzzers
	@BUILD='$(BUILD)' FUZZ_RUNS='$(FUZZ_RUNS)' FUZZ_SECONDS='$(FUZZ_SECONDS)' tests/fuzz/run.sh

coverage: $(HAVE) ## which lines the tests reach, as a page under build/coverage/
	@$(MAKE) --no-print-directory VARIANT=cov programs units
	@find '$(BUILD)/cov' -name '*.gcda' -delete
	@$(RUN) coverage

install: programs ## puts both programs into $(DESTDIR)$(PREFIX)/bin
	install -d '$(DESTDIR)$(PREFIX)/bin'
	install -m 755 $(PROGRAMS) '$(DESTDIR)$(PREFIX)/bin'

clean: ## removes all that was built
	rm -rf '$(BUILD)'

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)$$/  make \1|\2/p' Makefile | while IFS='|' read -r target text; do \
	    printf '%-16s %s\n' "$$target" "$$text"; done
