/* commands.c - `rnnlua test` and its like: each is a Lua module, loaded when asked for */
#include "host/commands.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "host/call.h"

static const rnn_command commands[] = {
    {"test", "rnnlua.test"},
    {"plugins", "rnnlua.commands.plugins"},
    {"doc", "rnnlua.commands.doc"},
    {"new", "rnnlua.commands.new"},
    {"examples", "rnnlua.commands.examples"},
    {NULL, NULL},
};

const rnn_command *rnn_find_command(const char *word) {
  for (const rnn_command *command = commands; command->name; command++)
    if (strcmp(command->name, word) == 0) return command;
  return NULL;
}

/* A lua_CFunction of the command: require its module, call main with the arguments in a table. */
static int run_main(lua_State *L) {
  const rnn_command *command = lua_touserdata(L, 1);
  lua_getglobal(L, "require");
  lua_pushstring(L, command->module);
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "main");
  lua_getglobal(L, "arg");
  lua_call(L, 1, 1);
  return 1;
}

int rnn_run_command(lua_State *L, const rnn_command *command) {
  lua_pushcfunction(L, run_main);
  lua_pushlightuserdata(L, (void *)command);
  if (rnn_report(L, rnn_protected_call(L, 1, 1)) != LUA_OK) return EXIT_FAILURE;
  return lua_isinteger(L, -1) ? (int)lua_tointeger(L, -1) : EXIT_SUCCESS;
}
