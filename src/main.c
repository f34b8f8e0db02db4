/* main.c - a stand-in until host/ has its own start: runs one script or -e chunk */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>

#include "bind/open.h"
#include "host/modules.h"

static int load_module(lua_State *L) {
  const rnn_module *m = lua_touserdata(L, lua_upvalueindex(1));
  if (luaL_loadbufferx(L, m->bytes, m->size, m->name, "b") != LUA_OK) return lua_error(L);
  lua_pushstring(L, m->name);
  lua_call(L, 1, 1);
  return 1;
}

int main(int argc, char **argv) {
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  for (const rnn_module *m = rnn_modules; m->name; m++) {
    lua_pushlightuserdata(L, (void *)m);
    lua_pushcclosure(L, load_module, 1);
    lua_setfield(L, -2, m->name);
  }
  lua_pushcfunction(L, rnn_open_core);
  lua_setfield(L, -2, "rnnlua.core");
  int e = argc > 2 && strcmp(argv[1], "-e") == 0;
  int bad = argc > 1 && (e ? luaL_dostring(L, argv[2]) : luaL_dofile(L, argv[1]));
  if (bad) fprintf(stderr, "%s\n", lua_tostring(L, -1));
  lua_close(L);
  return bad;
}
