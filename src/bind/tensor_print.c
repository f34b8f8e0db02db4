/* tensor_print.c - tostring(t) */
#include "bind/array.h"
#include "bind/raise.h"
#include "core/print.h"

/* The text under construction lies in a userdata of its own, so that an error in Lua can't leak it. */
static int release(lua_State *L) {
  rnn_text_free(lua_touserdata(L, 1));
  return 0;
}

static rnn_text *push_text(lua_State *L) {
  rnn_text *text = lua_newuserdatauv(L, sizeof(rnn_text), 0);
  *text = (rnn_text){0};
  if (luaL_newmetatable(L, "rnnlua.text")) {
    lua_pushcfunction(L, release);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return text;
}

static int to_string(lua_State *L) {
  const rnn_tensor *t = rnn_lua_check_tensor(L, "tostring", 1);
  rnn_text *text = push_text(L);
  rnn_lua_check(L, rnn_print_tensor(rnn_main_context(), t, text));
  lua_pushlstring(L, text->bytes, text->length);
  rnn_text_free(text);
  return 1;
}

void rnn_open_tensor_print(lua_State *L) {
  rnn_lua_push_metatable(L);
  lua_pushcfunction(L, to_string);
  lua_setfield(L, -2, "__tostring");
  lua_pop(L, 1);
}
