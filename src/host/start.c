/* start.c - what one run of the command does, in lua's order */
#include "host/start.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bind/open.h"
#include "core/host.h"
#include "core/parallel.h"
#include "host/call.h"
#include "host/commands.h"
#include "host/environment.h"
#include "host/interact.h"
#include "host/options.h"

/* A script's file; "-" is standard input, but after "--" a file of that name. */
static int run_script(lua_State *L, char **argv, const rnn_options *options) {
  const char *path = argv[options->script];
  if (strcmp(path, "-") == 0 && !options->after_dashes) path = NULL;
  int status = luaL_loadfile(L, path);
  if (status == LUA_OK) status = rnn_protected_call(L, rnn_push_arguments(L), 0);
  return rnn_report(L, status) == LUA_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void set_threads(lua_State *L, int threads) {
  luaL_loadstring(L, "require 'rnnlua'.config.set_threads(...)");
  lua_pushinteger(L, threads);
  lua_call(L, 1, 0);
}

/* The subcommand, the script, and the session; any of them may be missing. */
static int run(lua_State *L, char **argv, const rnn_options *options) {
  if (options->script) {
    const rnn_command *command = options->after_dashes ? NULL : rnn_find_command(argv[options->script]);
    if (command) return rnn_run_command(L, command);
    int result = run_script(L, argv, options);
    if (result != EXIT_SUCCESS) return result;
  }
  if (options->interactive) {
    rnn_interact(L);
  } else if (!options->script && !options->executes && !options->show_lua) {
    if (isatty(STDIN_FILENO))
      rnn_interact(L);
    else
      rnn_run_file(L, NULL); /* its failure is no failure of lua's, either */
  }
  return EXIT_SUCCESS;
}

/* RNNLUA_CPU is for tests and comparisons, which should not measure something else unawares. */
static void check_cpu_level(void) {
  const char *wanted = getenv("RNNLUA_CPU"), *used = rnn_cpu_level_name();
  if (wanted && strcmp(wanted, used) != 0)
    fprintf(stderr, "rnnlua: RNNLUA_CPU: expected baseline, v3 or v4, as far as the machine has it, got '%s'; using %s\n",
            wanted, used);
}

/* A count that is none is passed over, as OpenMP's own runtimes do, which say so too. */
static void check_thread_count(void) {
  const char *wanted = getenv("OMP_NUM_THREADS");
  if (wanted && *wanted && rnn_read_threads(wanted) == 0)
    fprintf(stderr, "rnnlua: OMP_NUM_THREADS: expected a number from 1 to %d, got '%s'; using %d\n", RNN_MOST_THREADS,
            wanted, rnn_threads());
}

int rnn_start(lua_State *L) {
  int argc = (int)lua_tointeger(L, 1);
  char **argv = lua_touserdata(L, 2);
  rnn_options options;
  int wrong = 0, status = EXIT_FAILURE;
  luaL_checkversion(L);
  rnn_lua_open_weight_views(L);
  check_cpu_level();
  check_thread_count();
  if (!rnn_read_options(argv, &options, &wrong)) {
    rnn_print_usage(argv[wrong]);
  } else if (options.help) {
    fputs(rnn_help_text(), stdout);
    status = EXIT_SUCCESS;
  } else if (options.version) {
    printf("rnnlua " RNN_VERSION "  " LUA_RELEASE "\n");
    status = EXIT_SUCCESS;
  } else {
    if (options.show_lua || (options.interactive && !isatty(STDIN_FILENO))) rnn_print_lua_version();
    rnn_open_libraries(L, !options.no_environment);
    rnn_set_arg(L, argc, argv, options.script);
    lua_gc(L, LUA_GCGEN, 0, 0); /* as lua */
    if (options.threads) set_threads(L, options.threads);
    if ((options.no_environment || rnn_run_lua_init(L) == LUA_OK) &&
        rnn_apply_options(L, argv, &options))
      status = run(L, argv, &options);
  }
  lua_pushinteger(L, status);
  return 1;
}
