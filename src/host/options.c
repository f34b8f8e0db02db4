/*
** options.c - the command line: lua's short options, and long ones of our own
**
** Reading and applying are apart because lua first reads all options and then, with libraries open and
** `arg` set, does what they ask one by one.
*/
#include "host/options.h"

#include <lauxlib.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/parallel.h"
#include "host/call.h"

/* ---- reading ------------------------------------------------------------------------------------- */

static bool is(const char *argument, const char *name) { return strcmp(argument, name) == 0; }

/* A value in the argument itself ("-lmath") or in the next one, which must not look like an option. */
static bool takes_value(char **argv, int *i) {
  if (argv[*i][2] != '\0') return true;
  (*i)++;
  return argv[*i] != NULL && argv[*i][0] != '-';
}

static bool read_threads(const char *text, int *threads) {
  char *end;
  long n = text ? strtol(text, &end, 10) : 0;
  if (text == NULL || *text == '\0' || *end != '\0' || n < 1 || n > RNN_MOST_THREADS) return false;
  *threads = (int)n;
  return true;
}

static bool read_long(char **argv, int *i, rnn_options *options) {
  const char *name = argv[*i];
  if (is(name, "--help")) return options->help = true;
  if (is(name, "--version")) return options->version = true;
  if (is(name, "--plugin")) return argv[++*i] != NULL;
  if (is(name, "--threads")) return read_threads(argv[++*i], &options->threads);
  return false;
}

static bool read_short(char **argv, int *i, rnn_options *options) {
  const char *name = argv[*i];
  if (name[1] == 'e') {
    options->executes = true;
    return takes_value(argv, i);
  }
  if (name[1] == 'l') return takes_value(argv, i);
  if (name[2] != '\0') return false;
  switch (name[1]) {
    case 'i': return options->interactive = true;
    case 'v': return options->show_lua = true;
    case 'E': return options->no_environment = true;
    case 'W': return true;
    default: return false;
  }
}

bool rnn_read_options(char **argv, rnn_options *options, int *wrong) {
  *options = (rnn_options){0};
  for (int i = 1; argv[0] != NULL && argv[i] != NULL; i++) {
    if (argv[i][0] != '-' || argv[i][1] == '\0') { /* a script, or "-": standard input */
      options->script = i;
      return true;
    }
    if (is(argv[i], "--")) {
      options->after_dashes = true;
      options->script = argv[i + 1] ? i + 1 : 0;
      return true;
    }
    *wrong = i;
    if (!(argv[i][1] == '-' ? read_long : read_short)(argv, &i, options)) return false;
  }
  return true;
}

/* ---- applying ------------------------------------------------------------------------------------ */

/* -l module, or -l name=module: require it into a global */
static int require_module(lua_State *L, const char *option) {
  const char *equals = strchr(option, '=');
  const char *module = equals ? equals + 1 : option;
  lua_pushlstring(L, option, equals ? (size_t)(equals - option) : strlen(option));
  lua_getglobal(L, "require");
  lua_pushstring(L, module);
  int status = rnn_protected_call(L, 1, 1);
  if (status == LUA_OK) {
    lua_pushglobaltable(L);
    lua_insert(L, -3);
    lua_settable(L, -3);
  } else {
    lua_remove(L, -2);
  }
  return rnn_report(L, status);
}

/* --plugin NAME: rl.plugins.load(NAME), which returns nil and a message where it cannot */
static int load_plugin(lua_State *L, const char *name) {
  static const char text[] =
      "local name = ...\n"
      "local plugins = require 'rnnlua'.plugins\n"
      "if not (plugins and plugins.load) then\n"
      "  error(\"--plugin \" .. name .. \": this build cannot load plugins\", 0)\n"
      "end\n"
      "local ok, message = plugins.load(name)\n"
      "if not ok then error(message, 0) end\n";
  luaL_loadbuffer(L, text, sizeof text - 1, "=(command line)");
  lua_pushstring(L, name);
  return rnn_report(L, rnn_protected_call(L, 1, 0));
}

bool rnn_apply_options(lua_State *L, char **argv, const rnn_options *options) {
  for (int i = 1; argv[0] != NULL && argv[i] != NULL && i != options->script; i++) {
    char letter = argv[i][1];
    int status = LUA_OK;
    if (is(argv[i], "--")) return true;
    if (letter == 'e' || letter == 'l') {
      const char *value = argv[i][2] ? argv[i] + 2 : argv[++i];
      status = letter == 'l' ? require_module(L, value)
                             : rnn_run_text(L, value, "=(command line)");
    } else if (letter == 'W') {
      lua_warning(L, "@on", 0);
    } else if (is(argv[i], "--plugin")) {
      status = load_plugin(L, argv[++i]);
    } else if (is(argv[i], "--threads")) {
      i++;
    }
    if (status != LUA_OK) return false;
  }
  return true;
}

/* ---- texts --------------------------------------------------------------------------------------- */

void rnn_print_usage(const char *wrong) {
  bool wants_value = wrong[1] == 'e' || wrong[1] == 'l' || is(wrong, "--plugin");
  const char *format = is(wrong, "--threads") ? "'%s' needs a number from 1 to %d"
                       : wants_value          ? "'%s' needs argument"
                                              : "unrecognized option '%s'";
  if (rnn_program_name()) fprintf(stderr, "%s: ", rnn_program_name());
  fprintf(stderr, format, wrong, RNN_MOST_THREADS);
  fprintf(stderr,
          "\n"
          "usage: %s [options] [script [args]]\n"
          "Available options are:\n"
          "  -e stat   execute string 'stat'\n"
          "  -i        enter interactive mode after executing 'script'\n"
          "  -l mod    require library 'mod' into global 'mod'\n"
          "  -l g=mod  require library 'mod' into global 'g'\n"
          "  -v        show version information\n"
          "  -E        ignore environment variables\n"
          "  -W        turn warnings on\n"
          "  --        stop handling options\n"
          "  -         stop handling options and execute stdin\n",
          rnn_program_name());
  fflush(stderr);
}

const char *rnn_help_text(void) {
  return
      "usage: rnnlua [options] [script [args]]\n"
      "       rnnlua [options] SUBCOMMAND [args]\n"
      "\n"
      "Runs a Lua script; without one, starts an interactive session.\n"
      "Options, as lua's:\n"
      "  -e stat         execute string 'stat'\n"
      "  -i              enter interactive mode after executing 'script'\n"
      "  -l mod          require library 'mod' into global 'mod'\n"
      "  -l g=mod        require library 'mod' into global 'g'\n"
      "  -v              show Lua's version\n"
      "  -E              ignore environment variables\n"
      "  -W              turn warnings on\n"
      "  --              stop handling options: what follows is a script\n"
      "  -               stop handling options and execute standard input\n"
      "and rnnlua's own:\n"
      "  --plugin NAME   load a plugin first; may be repeated\n"
      "  --threads N     compute with N threads\n"
      "  --help          show this text\n"
      "  --version       show the versions of rnnlua and Lua\n"
      "\n"
      "Subcommands (a script of such a name is run by ./test or -- test):\n"
      "  test [options] [path ...]                 run scripted tests\n"
      "  plugins [list] | info | check | new         what is loaded or found; check one, start one\n"
      "  doc [NAME]                                show documentation\n"
      "  new NAME                                  start a project: script, model, data, tests\n"
      "  examples [NAME [args] | show NAME]        list, run or print the scripts that come with rnnlua\n";
}
