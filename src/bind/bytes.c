/* bytes.c - what files of arrays are made of: core.crc32, core.inflate, core.decode_array */
#include "bind/bytes.h"

#include <lauxlib.h>

#include "bind/raise.h"
#include "bind/tensor.h"
#include "core/checksum.h"
#include "core/elements.h"
#include "core/inflate.h"

const void *rnn_lua_bytes(lua_State *L, int index, size_t *n) {
  rnn_tensor *t = rnn_lua_test_tensor(L, index);
  if (t == NULL) return luaL_checklstring(L, index, n);
  if (!rnn_tensor_contiguous(t)) {
    t = rnn_lua_push_copy(L, t, t->dtype);
    lua_replace(L, index);
  }
  *n = (size_t)rnn_tensor_size(t) * rnn_dtype_size(t->dtype);
  return t->data;
}

/* core.crc32(string or tensor [, crc of what comes before]) */
static int crc32(lua_State *L) {
  size_t n;
  const void *bytes = rnn_lua_bytes(L, 1, &n);
  lua_pushinteger(L, rnn_crc32((uint32_t)luaL_optinteger(L, 2, 0), bytes, n));
  return 1;
}

/* core.inflate(string, size) -> the inflated string of that size; nil, message */
static int inflate(lua_State *L) {
  size_t n;
  const char *bytes = luaL_checklstring(L, 1, &n);
  lua_Integer size = luaL_checkinteger(L, 2);
  luaL_Buffer out;
  char *to = luaL_buffinitsize(L, &out, (size_t)size);
  rnn_status status = rnn_inflate(rnn_main_context(), bytes, n, to, (size_t)size);
  luaL_pushresultsize(&out, status == RNN_OK ? (size_t)size : 0);
  if (status == RNN_OK) return 1;
  lua_pushnil(L);
  lua_pushstring(L, rnn_message(rnn_main_context()));
  return 2;
}

/* core.decode_array(bytes, first, code, swap, shape): the tensor of the elements from byte `first` (from 1) on;
** code: "f4", "u1", … as NumPy has them (elements.h); swap: their bytes are in the other order. nil, message where
** an element does not fit. */
static int decode_array(lua_State *L) {
  size_t n;
  const char *bytes = luaL_checklstring(L, 1, &n);
  size_t first = (size_t)luaL_checkinteger(L, 2) - 1;
  int64_t shape[RNN_MAX_DIMS];
  rnn_elements elements;
  if (!rnn_elements_of_code(&elements, luaL_checkstring(L, 3))) luaL_argerror(L, 3, "unknown");
  elements.swapped = lua_toboolean(L, 4);
  int ndim = rnn_lua_check_shape(L, "load", 5, shape);
  rnn_tensor *t = rnn_lua_new_tensor(L, elements.dtype, ndim, shape);
  int64_t count = rnn_tensor_size(t);
  if (first > n || (n - first) / elements.size < (size_t)count) luaL_argerror(L, 1, "too short");
  rnn_status status = rnn_decode(rnn_main_context(), &elements, bytes + first, count, t->data);
  if (status == RNN_OK) return 1;
  lua_pushnil(L);
  lua_pushstring(L, rnn_message(rnn_main_context()));
  return 2;
}

static const luaL_Reg functions[] = {
    {"crc32", crc32}, {"inflate", inflate}, {"decode_array", decode_array}, {NULL, NULL}};

void rnn_open_bytes(lua_State *L) { luaL_setfuncs(L, functions, 0); }
