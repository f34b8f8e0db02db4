/* class.c - metatables of userdata that hold memory of ours */
#include "bind/class.h"

void rnn_lua_new_class(lua_State *L, const char *key, const char *name, const luaL_Reg *metamethods,
                       const luaL_Reg *methods) {
  luaL_newmetatable(L, key);
  luaL_setfuncs(L, metamethods, 0);
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__name");
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__metatable");
  if (methods) {
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
  }
  lua_pop(L, 1);
}
