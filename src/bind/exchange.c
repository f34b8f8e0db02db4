/* exchange.c - numbers of ours to Lua functions and back, always as copies */
#include "bind/exchange.h"

#include <string.h>

#include "bind/options.h"
#include "bind/tensor.h"

void rnn_lua_push_numbers(lua_State *L, int ndim, const int64_t *shape, const float *numbers) {
  rnn_tensor *t = rnn_lua_new_tensor(L, RNN_FLOAT32, ndim, shape);
  memcpy(t->data, numbers, sizeof *numbers * (size_t)rnn_tensor_size(t));
}

/* luaL_error adds no position here: the caller is no Lua code. */
const rnn_tensor *rnn_lua_read_result(lua_State *L, const char *expected) {
  int type = lua_type(L, -1);
  if (type != LUA_TNUMBER && type != LUA_TTABLE && rnn_lua_test_tensor(L, -1) == NULL)
    luaL_error(L, "expected %s, got %s", expected, rnn_lua_describe(L, -1));
  return rnn_lua_to_float32(L, -1);
}

const float *rnn_lua_shaped_result(lua_State *L, const rnn_shape *shape) {
  char wanted[RNN_SHAPE_TEXT], got[RNN_SHAPE_TEXT];
  const rnn_tensor *t = rnn_lua_read_result(L, "a tensor");
  bool same = t->ndim == shape->ndim;
  for (int i = 0; same && i < t->ndim; i++) same = t->shape[i] == shape->dim[i];
  if (!same)
    luaL_error(L, "expected shape %s, got %s", rnn_shape_text(wanted, shape->ndim, shape->dim),
               rnn_shape_text(got, t->ndim, t->shape));
  return t->data;
}

void rnn_lua_copy_result(lua_State *L, const rnn_shape *shape, float *to) {
  const float *from = rnn_lua_shaped_result(L, shape);
  memcpy(to, from, sizeof *to * (size_t)rnn_size(shape));
}

double rnn_lua_number_result(lua_State *L, const char *expected) {
  if (lua_type(L, -1) == LUA_TNUMBER) return lua_tonumber(L, -1);
  const rnn_tensor *t = rnn_lua_test_tensor(L, -1);
  if (t == NULL) return luaL_error(L, "expected %s, got %s", expected, rnn_lua_describe(L, -1));
  char got[RNN_SHAPE_TEXT];
  if (rnn_tensor_size(t) != 1)
    luaL_error(L, "expected %s, got a tensor of shape %s", expected,
               rnn_shape_text(got, t->ndim, t->shape));
  t = rnn_lua_to_float32(L, -1);
  double number = *(const float *)t->data;
  lua_pop(L, 1);
  return number;
}
