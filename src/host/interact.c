/* interact.c - interactive sessions */
#include "host/interact.h"

#include <lauxlib.h>
#include <stdio.h>
#include <unistd.h>

#include "host/call.h"
#include "host/guard.h"
#include "host/lineedit.h"
#include "host/lockfile.h"
#include "host/plain.h"

void rnn_print_lua_version(void) {
  puts(LUA_COPYRIGHT);
  fflush(stdout);
}

/* run(f): true and its results, or false and a message with a traceback of f alone */
static int run(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  int status = rnn_call_as_base(L, 0, LUA_MULTRET);
  lua_pushboolean(L, status == LUA_OK);
  lua_insert(L, 1);
  return lua_gettop(L);
}

/* observe_errors(f): f() is called where an error is raised, from then on */
static int observe_errors(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  rnn_observe_errors(L);
  return 0;
}

static const luaL_Reg functions[] = {{"run", run}, {"observe_errors", observe_errors}, {NULL, NULL}};

/* A lua_CFunction: returns a function that reads and runs one chunk, and returns false at the end. */
static int open_repl(lua_State *L) {
  lua_getglobal(L, "require");
  lua_pushliteral(L, "rnnlua.repl");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "start");
  rnn_open_lineedit(L);
  rnn_add_lockfile(L);
  luaL_setfuncs(L, functions, 0);
  lua_pushliteral(L, RNN_VERSION);
  lua_setfield(L, -2, "version");
  lua_pushliteral(L, LUA_RELEASE);
  lua_setfield(L, -2, "lua_version");
  lua_call(L, 1, 1);
  return 1;
}

/* The loop is in C, where Ctrl-C cannot end it: whatever goes wrong in one turn, the next follows. */
static void run_repl(lua_State *L) {
  const char *name = rnn_program_name();
  rnn_guard_terminal();
  lua_pushcfunction(L, open_repl);
  if (rnn_report(L, rnn_protected_call(L, 0, 1)) != LUA_OK) return;
  int step = lua_gettop(L);
  rnn_set_program_name(NULL);
  for (int more = 1; more;) {
    lua_pushvalue(L, step);
    if (rnn_report(L, rnn_protected_call(L, 0, 1)) != LUA_OK) continue;
    more = lua_toboolean(L, -1);
    lua_pop(L, 1);
  }
  lua_settop(L, step - 1);
  rnn_set_program_name(name);
}

void rnn_interact(lua_State *L) {
  if (isatty(STDIN_FILENO))
    run_repl(L);
  else
    rnn_run_plain_session(L);
}
