/* environment.c - what a script finds: the libraries, our modules, `arg`, LUA_INIT */
#include "host/environment.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>

#include "bind/open.h"
#include "host/call.h"
#include "host/modules.h"
#include "host/options.h"

/* The loader in package.preload of one embedded module. */
static int load_module(lua_State *L) {
  const rnn_module *module = lua_touserdata(L, lua_upvalueindex(1));
  const char *name = luaL_checkstring(L, 1);
  if (luaL_loadbufferx(L, module->bytes, module->size, module->name, "b") != LUA_OK) return lua_error(L);
  lua_pushstring(L, name);
  lua_call(L, 1, 1);
  return 1;
}

/* rnnlua.usage: what --help shows, for the man page */
static int load_usage(lua_State *L) {
  lua_pushstring(L, rnn_help_text());
  return 1;
}

static void add_modules(lua_State *L) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  for (const rnn_module *module = rnn_modules; module->name; module++) {
    lua_pushlightuserdata(L, (void *)module);
    lua_pushcclosure(L, load_module, 1);
    lua_setfield(L, -2, module->name);
  }
  lua_pushcfunction(L, rnn_open_core);
  lua_setfield(L, -2, "rnnlua.core");
  lua_pushcfunction(L, load_usage);
  lua_setfield(L, -2, "rnnlua.usage");
  lua_pop(L, 1);
}

void rnn_open_libraries(lua_State *L, bool environment) {
  if (!environment) { /* the package library looks for this */
    lua_pushboolean(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
  }
  luaL_openlibs(L);
  add_modules(L);
}

void rnn_set_arg(lua_State *L, int argc, char **argv, int script) {
  lua_createtable(L, argc - script, script + 1);
  for (int i = 0; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i - script);
  }
  lua_setglobal(L, "arg");
}

int rnn_push_arguments(lua_State *L) {
  if (lua_getglobal(L, "arg") != LUA_TTABLE) luaL_error(L, "'arg' is not a table");
  int table = lua_gettop(L);
  int count = (int)luaL_len(L, table);
  luaL_checkstack(L, count + 3, "too many arguments to script");
  for (int i = 1; i <= count; i++) lua_rawgeti(L, table, i);
  lua_remove(L, table);
  return count;
}

int rnn_run_lua_init(lua_State *L) {
  const char *name = "LUA_INIT" LUA_VERSUFFIX;
  const char *init = getenv(name);
  if (init == NULL) init = getenv(name = "LUA_INIT");
  if (init == NULL) return LUA_OK;
  if (init[0] == '@') return rnn_run_file(L, init + 1);
  return rnn_run_text(L, init, lua_pushfstring(L, "=%s", name));
}
