# rnnlua: `make run` and `make test` work on a machine with git, make and a C compiler.
#
#   make            build build/rnnlua          make check     lint, then the tests under sanitizers
#   make run        ... and run the notebook    make bench     timings beside the installed peers
#   make test       ... and run the tests       make install   PREFIX=/usr/local DESTDIR=
#   make deps       install what is missing     make clean
#
# make BUILTINS=minimal [test, install, …] builds Dense, SGD and mse in, and everything else as plugins beside the
# program, in a folder of its own, build/minimal.

PREFIX ?= /usr/local
BUILD  ?= build$(if $(BUILTINS),/$(BUILTINS))
CC     ?= cc
VERSION := 0.1.0

# ---- Lua 5.4: linked in as a whole, so that modules in C find it in the binary --------------------
LUA_INCDIR := $(patsubst %/lua.h,%,$(firstword $(wildcard /usr/include/lua5.4/lua.h \
  /usr/local/include/lua.h /opt/homebrew/include/lua5.4/lua.h /usr/include/lua54/lua.h /usr/include/lua.h)))
LUA_ARCHIVE := $(firstword $(wildcard /usr/lib/*/liblua5.4.a /usr/local/lib/liblua.a \
  /opt/homebrew/lib/liblua.a /usr/lib64/liblua.a /usr/lib/liblua5.4.a /usr/lib/lua5.4/liblua.a \
  /usr/lib/liblua.a))

# ---- what is built in: everything, or as little as trains --------------------------------------------------
comma := ,
ifneq ($(filter-out minimal,$(BUILTINS)),)
$(error BUILTINS=$(BUILTINS): expected minimal, or nothing)
endif

# ---- flags --------------------------------------------------------------------------------------
WARNINGS := -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wshadow
OPT      ?= -O3 -g
KERNEL_OPT ?= -O3 -g
CPPFLAGS += -D_GNU_SOURCE -DRNN_VERSION='"$(VERSION)"' -Isrc
HOSTFLAGS := -DRNN_BUILTIN -I$(LUA_INCDIR) $(if $(BUILTINS),-DRNN_MINIMAL)
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
# The rooms of the standard plugins, and what of them is compiled in in any case.
PLUGINS := layers merging shaping recurrent activations losses metrics optimizers initializers regularizers constraints
ALWAYS  := $(addprefix src/,layers/dense.c optimizers/sgd.c losses/mse.c initializers/basic.c)
HELPERS := $(addprefix src/,optimizers/optimizers_kernels.c initializers/constant.c initializers/random.c \
             initializers/variance_scaling.c)
room     = $(wildcard src/$1/*.c src/layers/$(if $(filter recurrent,$1),rnn,$1)/*.c)
ROOMS   := $(foreach p,$(PLUGINS),$(call room,$p))
OURS    := $(filter-out src/plugins/% src/embed/% $(if $(BUILTINS),$(filter-out $(ALWAYS) $(HELPERS),$(ROOMS))),$(ALL_C))
KERNELS := $(filter %_kernels.c,$(OURS))
HOST_C  := $(filter-out %_kernels.c,$(OURS))
MODULES := $(sort $(wildcard lua/rnnlua/*.lua lua/rnnlua/*/*.lua))
# object files under $1 of the sources $2; a kernel has one for each level
objects  = $(patsubst %.c,$1/%.o,$(filter-out %_kernels.c,$2)) \
           $(foreach l,$(LEVELS),$(patsubst %.c,$1/%.$l.o,$(filter %_kernels.c,$2)))
OBJECTS := $(call objects,$(BUILD),$(OURS)) $(BUILD)/modules.o
RNNLUA  := $(BUILD)/rnnlua
STANDARD := $(if $(BUILTINS),$(PLUGINS:%=$(BUILD)/plugins/%.so))

# A sub-make sees what deps has installed. It uses every processor unless -j says otherwise.
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
SUBMAKE = $(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))
Q := $(if $(V),,@)
say = $(if $(V),,@echo "  $1")

.PHONY: all run test check lint bench install uninstall clean deps support
all: deps
	+@$(SUBMAKE) $(RNNLUA) $(STANDARD)

run: all
	@$(RNNLUA) scripts/sequence.lua

test: all
	+@$(SUBMAKE) support
	@$(RNNLUA) test tests

$(RNNLUA): $(OBJECTS)
	$(call say,link    $@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(OBJECTS) $(LDLIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,compile $<)
	$(Q)$(CC) $(CPPFLAGS) $(HOSTFLAGS) $(CFLAGS) $(OPT) -MMD -MP -c -o $@ $<

# $1: level, $2: folder of the object files, $3: flags
define level_rule
$2/%_kernels.$1.o: %_kernels.c
	@mkdir -p $$(@D)
	$$(call say,compile $$< for $1)
	$$(Q)$$(CC) $$(CPPFLAGS) $3 $$(CFLAGS) $$(KERNEL_OPT) $$(LEVEL_$1) -DRNN_LEVEL=$1 \
	  -DRNN_LEVEL_INDEX=$$(LEVEL_INDEX_$1) -MMD -MP -c -o $$@ $$<
endef
$(foreach l,$(LEVELS),$(eval $(call level_rule,$l,$$(BUILD),$$(HOSTFLAGS))))

# ---- standard plugins as shared objects: linked with nothing of the host -----------------------------------
ifneq ($(BUILTINS),)
SEALED := $(if $(filter Linux,$(shell uname -s)),-Wl$(comma)--no-undefined)
$(BUILD)/parts/%.o: %.c
	@mkdir -p $(@D)
	$(call say,compile $< for a plugin)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(OPT) -MMD -MP -c -o $@ $<
$(foreach l,$(LEVELS),$(eval $(call level_rule,$l,$$(BUILD)/parts,)))

define plugin_rule
$$(BUILD)/plugins/$1.so: $(call objects,$(BUILD)/parts,$(filter-out $(ALWAYS),$(call room,$1)))
	@mkdir -p $$(@D)
	$$(call say,link    $$@)
	$$(Q)$$(CC) -shared $$(SEALED) $$(SANITIZE) -o $$@ $$^ -lm
endef
$(foreach p,$(PLUGINS),$(eval $(call plugin_rule,$p)))
endif

# The Lua modules travel in the binary as bytecode, made by a small program of the build's own.
$(BUILD)/embed: src/embed/embed.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(HOSTFLAGS) $(CFLAGS) $(OPT) -o $@ $< $(LDFLAGS) $(LDLIBS)

$(BUILD)/modules.c: $(BUILD)/embed src/embed/docs.lua $(MODULES)
	$(call say,embed   lua/rnnlua)
	$(Q)$(BUILD)/embed $@ src/embed/docs.lua $(MODULES)

$(BUILD)/modules.o: $(BUILD)/modules.c
	$(Q)$(CC) $(CPPFLAGS) $(HOSTFLAGS) $(CFLAGS) $(OPT) -c -o $@ $<

# ---- what tests need in C: a pseudo-terminal, failing allocations, plugins of all sorts ---------------------
SUPPORT := $(patsubst tests/support/%.c,$(BUILD)/support/%.so,$(wildcard tests/support/*.c)) \
           $(patsubst tests/plugins/%.c,$(BUILD)/support/plugin_%.so,$(wildcard tests/plugins/*.c))
support: $(SUPPORT)
$(BUILD)/support/plugin_%.so: tests/plugins/%.c src/rnnlua.h
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(OPT) -shared -o $@ $<
$(BUILD)/support/%.so: tests/support/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(HOSTFLAGS) $(filter-out -fvisibility=hidden,$(CFLAGS)) $(OPT) -shared -o $@ $<

# ---- tanh, sigmoid and exp at every float there is: minutes, so not part of `make check` -----------------
.PHONY: check-ulp
check-ulp: $(BUILD)/ulp
	$(BUILD)/ulp
$(BUILD)/ulp: tests/ulp.c $(LEVELS:%=$(BUILD)/src/kernels/vector_kernels.%.o)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(OPT) -o $@ $^ -lm

# ---- make bench: PYTHON=python3 times what it has of NumPy, PyTorch and Keras too --------------------------
BENCH := $(BUILD)/bench/launch $(BUILD)/bench/bare_loop
bench: all support $(BENCH)
	@$(RNNLUA) tests/bench/run.lua
$(BUILD)/bench/bare_loop: tests/bench/bare_vector.h tests/bench/notebook.h
$(BUILD)/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -O3 -march=native -ffast-math -o $@ $< -lm

# ---- make check ---------------------------------------------------------------------------------------
# The sanitized build has a folder of its own; RNNLUA_SANITIZED tells tests that measure time or memory.
SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
check: lint
	+@$(SUBMAKE) BUILD=$(BUILD)/sanitized SANITIZE="$(SANITIZERS)" OPT="-O1 -g" KERNEL_OPT="-O2 -g" \
	  $(BUILD)/sanitized/rnnlua $(STANDARD:$(BUILD)/%=$(BUILD)/sanitized/%) support
	@RNNLUA_SANITIZED=1 ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1:max_allocation_size_mb=4096 \
	  $(BUILD)/sanitized/rnnlua test tests

lint: all
	+@$(SUBMAKE) BUILD=$(BUILD)/strict WERROR=-Werror $(BUILD)/strict/rnnlua \
	  $(STANDARD:$(BUILD)/%=$(BUILD)/strict/%) support
	@$(RNNLUA) tests/lint.lua

# ---- make install -------------------------------------------------------------------------------------
BINDIR  = $(DESTDIR)$(PREFIX)/bin
INCDIR  = $(DESTDIR)$(PREFIX)/include
PCDIR   = $(DESTDIR)$(PREFIX)/lib/pkgconfig
PLUGDIR = $(DESTDIR)$(PREFIX)/lib/rnnlua/plugins
DOCDIR  = $(DESTDIR)$(PREFIX)/share/doc/rnnlua
DATADIR = $(DESTDIR)$(PREFIX)/share/rnnlua
MANDIR  = $(DESTDIR)$(PREFIX)/share/man/man1

install: all
	install -d $(BINDIR) $(INCDIR) $(PCDIR) $(PLUGDIR) $(DOCDIR) $(MANDIR) $(DATADIR)/examples $(DATADIR)/luals
	install -m 755 $(RNNLUA) $(BINDIR)/rnnlua
	$(if $(STANDARD),install -m 644 $(STANDARD) $(PLUGDIR))
	install -m 644 src/rnnlua.h src/rnnlua_math.h $(INCDIR)
	install -m 644 README.md LICENSE tests/plugins/peephole.c tests/plugins/leaky.c $(DOCDIR)
	sed -e 's|(../../tests/plugins/|(|' -e 's|(../rnnlua.h)|(../../../include/rnnlua.h)|' src/plugins/README.md >$(DOCDIR)/plugins.md
	install -m 644 scripts/*.lua $(DATADIR)/examples
	$(RNNLUA) -E doc --man >$(MANDIR)/rnnlua.1
	$(RNNLUA) -E doc --luals >$(DATADIR)/luals/rnnlua.lua
	$(RNNLUA) -E doc --luals-test >$(DATADIR)/luals/rnnlua_test.lua
	$(RNNLUA) -E doc --reference >$(DOCDIR)/reference.md
	chmod 644 $(MANDIR)/rnnlua.1 $(DATADIR)/luals/*.lua $(DOCDIR)/reference.md
	printf '%s\n' 'prefix=$(PREFIX)' 'includedir=$${prefix}/include' 'plugindir=$${prefix}/lib/rnnlua/plugins' '' \
	  'Name: rnnlua' 'Description: headers for plugins of rnnlua' 'Version: $(VERSION)' 'Cflags: -I$${includedir}' \
	  >$(PCDIR)/rnnlua.pc

uninstall:
	rm -f $(BINDIR)/rnnlua $(INCDIR)/rnnlua.h $(INCDIR)/rnnlua_math.h $(PCDIR)/rnnlua.pc
	rm -f $(PLUGINS:%=$(PLUGDIR)/%.so)
	rm -f $(MANDIR)/rnnlua.1
	rm -rf $(DOCDIR) $(DATADIR)/examples $(DATADIR)/luals
	-rmdir $(DATADIR) $(PLUGDIR) $(DESTDIR)$(PREFIX)/lib/rnnlua 2>/dev/null || true

# ---- packages ----------------------------------------------------------------------------------------
# Each is known by a file, so that nothing is asked of the system where all are there. Lua is needed to
# build; BLAS and readline are opened when first used, and missed only in speed and in line editing.
BLAS     := $(wildcard /usr/lib/*/libopenblas.so.0 /usr/lib64/libopenblas*.so.0 /usr/lib/libopenblas.so \
              /usr/local/lib/libopenblas.so /opt/homebrew/opt/openblas/lib/libopenblas.dylib)
READLINE := $(wildcard /usr/lib/*/libreadline.so.8 /lib/*/libreadline.so.8 /usr/lib64/libreadline.so.8 \
              /usr/lib/libreadline.so.8 /opt/homebrew/opt/readline/lib/libreadline.8.dylib)
NEEDED   := $(if $(and $(LUA_INCDIR),$(LUA_ARCHIVE)),,liblua5.4-dev)
WANTED   := $(if $(BLAS),,libopenblas0-pthread) $(if $(READLINE),,libreadline8)

deps:
ifneq ($(strip $(NEEDED) $(WANTED)),)
	@if command -v apt-get >/dev/null; then \
	  SUDO=; [ "$$(id -u)" = 0 ] || SUDO=sudo; \
	  echo "installing $(strip $(NEEDED) $(WANTED))"; \
	  { $$SUDO apt-get update -q && DEBIAN_FRONTEND=noninteractive \
	    $$SUDO apt-get install -y -q --no-install-recommends $(NEEDED) $(WANTED); } \
	  || $(if $(NEEDED),exit 1,echo "going on without: $(WANTED)"); \
	elif [ -n "$(NEEDED)" ]; then \
	  echo "The header and static library of Lua 5.4 are missing. Install them with"; \
	  if command -v dnf >/dev/null; then echo "  sudo dnf install lua-devel lua-static openblas readline"; \
	  elif command -v pacman >/dev/null; then echo "  sudo pacman -S lua54 openblas readline"; \
	  elif command -v zypper >/dev/null; then echo "  sudo zypper install lua54-devel libopenblas_pthreads0 libreadline8"; \
	  elif command -v apk >/dev/null; then echo "  sudo apk add lua5.4-dev openblas readline"; \
	  elif command -v brew >/dev/null; then echo "  brew install lua@5.4 openblas readline"; \
	  else echo "  your system's package manager (or from https://www.lua.org/ftp/), then run make again"; fi; \
	  exit 1; \
	fi
endif

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
