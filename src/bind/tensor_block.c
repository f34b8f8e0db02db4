/* tensor_block.c - tensors that are views of a layer's or model's weights */
#include "bind/tensor.h"

static const char guard_key; /* registry[&guard_key]: the metatable of guards */

static int release_block(lua_State *L) {
  rnn_block **guard = lua_touserdata(L, 1);
  rnn_block_release(*guard);
  *guard = NULL;
  return 0;
}

/* pushes a userdata that holds a reference to block */
static void push_guard(lua_State *L, rnn_block *block) {
  rnn_block **guard = lua_newuserdatauv(L, sizeof *guard, 0);
  *guard = NULL;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &guard_key) == LUA_TNIL) {
    lua_pop(L, 1);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, release_block);
    lua_setfield(L, -2, "__gc");
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &guard_key);
  }
  lua_setmetatable(L, -2);
  *guard = block;
  rnn_block_retain(block);
}

rnn_tensor *rnn_lua_push_block_view(lua_State *L, rnn_block *block, const rnn_tensor *described) {
  rnn_tensor *view = lua_newuserdatauv(L, sizeof *view, 1);
  *view = *described;
  rnn_lua_push_metatable(L);
  lua_setmetatable(L, -2);
  push_guard(L, block);
  lua_setiuservalue(L, -2, 1);
  return view;
}
