/* take_arrays.c - data from Lua as the arrays that a model reads */
#include "bind/take_arrays.h"

#include <lauxlib.h>

#include "bind/raise.h"
#include "bind/tensor.h"

int rnn_lua_take_arrays(lua_State *L, const char *what, int index, rnn_array *arrays) {
  luaL_checktype(L, index, LUA_TTABLE);
  int count = (int)luaL_len(L, index);
  if (count > RNN_MAX_PORTS) rnn_lua_error(L, "%s: at most %d arrays, got %d", what, RNN_MAX_PORTS, count);
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    arrays[i] = (rnn_array){.data = NULL};
    if (lua_geti(L, index, i + 1) != LUA_TBOOLEAN) {
      const rnn_tensor *t = rnn_lua_to_float32(L, lua_gettop(L));
      arrays[i].shape.ndim = t->ndim;
      for (int d = 0; d < t->ndim; d++) arrays[i].shape.dim[d] = t->shape[d];
      arrays[i].data = t->data;
      lua_rawseti(L, -3, i + 1);
    }
    lua_pop(L, 1);
  }
  return count;
}
