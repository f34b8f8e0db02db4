/* class.h - metatables of userdata that hold memory of ours */
#ifndef RNN_BIND_CLASS_H
#define RNN_BIND_CLASS_H

#include <lauxlib.h>

/* Makes the metatable that luaL_setmetatable finds by `key`. `name` is what messages call such an object; it
** is also what getmetatable returns, for scripts must not reach __gc: called while a method runs, it would
** take away what the method works on. `methods`, if not NULL, become __index. */
void rnn_lua_new_class(lua_State *L, const char *key, const char *name, const luaL_Reg *metamethods,
                       const luaL_Reg *methods);

#endif
