/* suggest.c - did-you-mean for Lua modules */
#include "core/suggest.h"

#include <lauxlib.h>

#include "bind/suggest.h"

/* core.suggest(wrong, {"right", …}): the name meant, or nil if none is near */
static int suggest(lua_State *L) {
  rnn_suggestion suggestion = {.wrong = luaL_checkstring(L, 1)};
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_Integer count = luaL_len(L, 2);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_geti(L, 2, i); /* the table keeps the string alive */
    rnn_suggest(&suggestion, luaL_checkstring(L, -1));
    lua_pop(L, 1);
  }
  lua_pushstring(L, suggestion.best);
  return 1;
}

static const luaL_Reg functions[] = {{"suggest", suggest}, {NULL, NULL}};

void rnn_open_suggest(lua_State *L) { luaL_setfuncs(L, functions, 0); }
