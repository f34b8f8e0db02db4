# rnnlua: `make run` and `make test` work on a machine with git, make and a C compiler.
#
#   make            build build/rnnlua          make check     lint, sanitizers, failing allocations
#   make run        ... and run the notebook    make bench     timings beside the installed peers
#   make test       ... and run the tests       make install   PREFIX=/usr/local DESTDIR=
#   make deps       install what is missing     make clean

PREFIX ?= /usr/local
BUILD  ?= build
CC     ?= cc
VERSION := 0.1.0

# ---- Lua 5.4: linked in as a whole, so that modules in C find it in the binary --------------------
LUA_INCDIR := $(patsubst %/lua.h,%,$(firstword $(wildcard /usr/include/lua5.4/lua.h \
  /usr/local/include/lua.h /opt/homebrew/include/lua5.4/lua.h /usr/include/lua54/lua.h /usr/include/lua.h)))
LUA_ARCHIVE := $(firstword $(wildcard /usr/lib/*/liblua5.4.a /usr/local/lib/liblua.a \
  /opt/homebrew/lib/liblua.a /usr/lib64/liblua.a /usr/lib/liblua5.4.a /usr/lib/liblua.a))

# ---- flags --------------------------------------------------------------------------------------
WARNINGS := -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wshadow
OPT      ?= -O2 -g
KERNEL_OPT ?= -O3 -g
CPPFLAGS += -D_GNU_SOURCE -DRNN_VERSION='"$(VERSION)"' -DRNN_BUILTIN -Isrc -I$(LUA_INCDIR)
CFLAGS   += -std=gnu11 -fPIC -fvisibility=hidden -fno-math-errno $(WARNINGS) $(WERROR) $(SANITIZE)
LDFLAGS  += -Wl,--export-dynamic $(SANITIZE)
LDLIBS   := -Wl,--whole-archive $(LUA_ARCHIVE) -Wl,--no-whole-archive -lm -ldl -lpthread

# ---- CPU levels: a file named *_kernels.c is compiled once for each --------------------------------
ifneq ($(filter x86_64 amd64,$(shell uname -m)),)
LEVELS := baseline v3 v4
endif
LEVELS ?= baseline
LEVEL_baseline := $(if $(filter v3,$(LEVELS)),-march=x86-64,)
LEVEL_v3 := -march=x86-64-v3
LEVEL_v4 := -march=x86-64-v4 -mprefer-vector-width=512
LEVEL_INDEX_baseline := 0
LEVEL_INDEX_v3 := 1
LEVEL_INDEX_v4 := 2

# ---- files ----------------------------------------------------------------------------------------
ALL_C   := $(sort $(wildcard src/*.c src/*/*.c src/*/*/*.c))
KERNELS := $(filter %_kernels.c,$(filter-out src/plugins/%,$(ALL_C)))
HOST_C  := $(filter-out %_kernels.c src/plugins/% src/embed/%,$(ALL_C))
MODULES := $(sort $(wildcard lua/rnnlua/*.lua lua/rnnlua/*/*.lua))
OBJECTS := $(HOST_C:%.c=$(BUILD)/%.o) $(foreach l,$(LEVELS),$(KERNELS:%.c=$(BUILD)/%.$l.o)) \
           $(BUILD)/modules.o
RNNLUA  := $(BUILD)/rnnlua

.PHONY: all run test check lint bench install uninstall clean deps support
all: deps
	@$(MAKE) --no-print-directory $(RNNLUA)

run: all
	@$(RNNLUA) scripts/sequence.lua

test: all
	@$(MAKE) --no-print-directory support
	@$(RNNLUA) test tests

$(RNNLUA): $(OBJECTS)
	$(CC) $(LDFLAGS) -o $@ $(OBJECTS) $(LDLIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(OPT) -MMD -MP -c -o $@ $<

define level_rule
$$(BUILD)/%_kernels.$1.o: %_kernels.c
	@mkdir -p $$(@D)
	$$(CC) $$(CPPFLAGS) $$(CFLAGS) $$(KERNEL_OPT) $$(LEVEL_$1) -DRNN_LEVEL=$1 \
	  -DRNN_LEVEL_INDEX=$$(LEVEL_INDEX_$1) -MMD -MP -c -o $$@ $$<
endef
$(foreach l,$(LEVELS),$(eval $(call level_rule,$l)))

# The Lua modules travel in the binary as bytecode, made by a small program of the build's own.
$(BUILD)/embed: src/embed/embed.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(OPT) -o $@ $< $(LDFLAGS) $(LDLIBS)

$(BUILD)/modules.c: $(BUILD)/embed $(MODULES)
	$(BUILD)/embed $@ $(MODULES)

$(BUILD)/modules.o: $(BUILD)/modules.c
	$(CC) $(CPPFLAGS) $(CFLAGS) $(OPT) -c -o $@ $<

# ---- what tests need in C: a pseudo-terminal, failing allocations ---------------------------------------
SUPPORT := $(patsubst tests/support/%.c,$(BUILD)/support/%.so,$(wildcard tests/support/*.c))
support: $(SUPPORT)
$(BUILD)/support/%.so: tests/support/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(filter-out -fvisibility=hidden,$(CFLAGS)) $(OPT) -shared -o $@ $<

# ---- tanh, sigmoid and exp at every float there is: minutes, so not part of `make check` -----------------
.PHONY: check-ulp
check-ulp: $(BUILD)/ulp
	$(BUILD)/ulp
$(BUILD)/ulp: tests/ulp.c $(LEVELS:%=$(BUILD)/src/kernels/vector_kernels.%.o)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(OPT) -o $@ $^ -lm

# ---- packages ----------------------------------------------------------------------------------------
PACKAGES := liblua5.4-dev libopenblas0-pthread libreadline8
deps:
ifeq ($(and $(LUA_INCDIR),$(LUA_ARCHIVE)),)
	@if command -v apt-get >/dev/null; then \
	  if [ "$$(id -u)" = 0 ]; then SUDO=; else SUDO=sudo; fi; \
	  echo "installing $(PACKAGES)"; \
	  $$SUDO apt-get update -q && $$SUDO apt-get install -y -q --no-install-recommends $(PACKAGES); \
	else \
	  echo "Lua 5.4's header and library are missing. Install them, for example with"; \
	  echo "  Fedora:  sudo dnf install lua-devel lua-static openblas readline"; \
	  echo "  Arch:    sudo pacman -S lua54 openblas readline"; \
	  echo "  macOS:   brew install lua@5.4 openblas readline"; \
	  exit 1; \
	fi
endif

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
