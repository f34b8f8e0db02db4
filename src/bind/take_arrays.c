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

/* Whether the table at index is a list and nothing else: neither an object nor data by name. */
static bool is_list(lua_State *L, int index) {
  lua_Integer length = (lua_Integer)lua_rawlen(L, index);
  if (length == 0 || lua_getmetatable(L, index)) return false;
  lua_pushinteger(L, length);
  if (!lua_next(L, index)) return true; /* the last entry is the last field */
  lua_pop(L, 2);
  return false;
}

const rnn_tensor *rnn_lua_plain_data(lua_State *L, int index, const char *who, const char *what) {
  const rnn_tensor *t = rnn_lua_test_tensor(L, index);
  if (t == NULL && lua_istable(L, index) && is_list(L, index))
    return rnn_lua_read_tensor(L, index, RNN_FLOAT32, who, what);
  return t ? rnn_lua_to_float32(L, index) : NULL;
}
