/*
** faults.c - a Lua module that makes the host's allocator fail and counts what is left, and presses Ctrl-C
**
**   local faults = require "faults"
**   faults.run(f, first [, count])   calls f() with the `first`-th allocation from here and the count - 1
**                                    (2 of all there are by default) after it failing; returns whether f
**                                    returned, its error, and how many allocations were made
**   faults.live()                    blocks handed out and not given back
**   faults.press(f)                  calls f() as if Ctrl-C were pressed just before, which a loop in C then finds and
**                                    Lua's instructions do not; returns whether f returned, and its error
*/
#include <lauxlib.h>
#include <limits.h>
#include <lua.h>

#include "core/alloc.h"
#include "core/context.h"

int luaopen_faults(lua_State *L);

/* Lua answers a refused allocation with a full collection and a second try; "not enough memory" comes where
** that fails too. So one failure alone would hardly ever be seen, and all from the first on is the default. */
static int run(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  long first = (long)luaL_checkinteger(L, 2);
  long count = (long)luaL_optinteger(L, 3, LONG_MAX - first);
  luaL_checkstack(L, 8, NULL);
  lua_settop(L, 1);
  rnn_fail_allocations(first, count);
  int status = lua_pcall(L, 0, 0, 0);
  long made = rnn_fail_allocations(0, 0);
  lua_pushboolean(L, status == LUA_OK);
  if (status == LUA_OK)
    lua_pushnil(L);
  else
    lua_rotate(L, 1, 1); /* the error object goes behind the boolean */
  lua_pushinteger(L, made);
  return 3;
}

static int live(lua_State *L) {
  lua_pushinteger(L, rnn_live_allocations());
  return 1;
}

static int press(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  rnn_set_interrupted(true);
  int status = lua_pcall(L, 0, 0, 0);
  rnn_set_interrupted(false);
  lua_pushboolean(L, status == LUA_OK);
  lua_insert(L, 1);
  return lua_gettop(L);
}

static const luaL_Reg functions[] = {{"run", run}, {"live", live}, {"press", press}, {NULL, NULL}};

int luaopen_faults(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
