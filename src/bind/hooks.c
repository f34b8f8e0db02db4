/* hooks.c - core.set_hook(name, function): what C calls of our Lua modules */
#include "bind/hooks.h"

#include <lauxlib.h>

static const char hooks_key; /* registry[&hooks_key]: name -> function */

bool rnn_lua_push_hook(lua_State *L, const char *name) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &hooks_key);
  bool found = lua_getfield(L, -1, name) == LUA_TFUNCTION;
  lua_remove(L, -2);
  if (!found) lua_pop(L, 1);
  return found;
}

/* core.set_hook(name, function) */
static int set_hook(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &hooks_key);
  lua_pushvalue(L, 2);
  lua_setfield(L, -2, name);
  return 0;
}

static const luaL_Reg functions[] = {{"set_hook", set_hook}, {NULL, NULL}};

void rnn_open_hooks(lua_State *L) {
  lua_newtable(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &hooks_key);
  luaL_setfuncs(L, functions, 0);
}
