/* bytes.c - what files of arrays are made of: core.crc32, core.inflate, core.decode_array, core.read_array */
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

#define PIECE ((size_t)4 << 20) /* bytes between two looks for Ctrl-C */

/* nil, message */
static int failed(lua_State *L, rnn_status status) {
  if (status == RNN_INTERRUPTED) rnn_lua_check(L, status);
  lua_pushnil(L);
  lua_pushstring(L, rnn_message(rnn_main_context()));
  return 2;
}

/* core.crc32(string or tensor [, crc of what comes before]) */
static int crc32(lua_State *L) {
  size_t n;
  const char *bytes = rnn_lua_bytes(L, 1, &n);
  uint32_t sum = (uint32_t)luaL_optinteger(L, 2, 0);
  for (size_t done = 0; done < n; done += PIECE) {
    rnn_lua_poll(L);
    sum = rnn_crc32(sum, bytes + done, n - done < PIECE ? n - done : PIECE);
  }
  lua_pushinteger(L, sum);
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
  return status == RNN_OK ? 1 : failed(L, status);
}

/* Takes code, swap and shape at 3 .. 5 and pushes a tensor for such elements. */
static rnn_tensor *push_array(lua_State *L, rnn_elements *elements) {
  int64_t shape[RNN_MAX_DIMS];
  if (!rnn_elements_of_code(elements, luaL_checkstring(L, 3))) luaL_argerror(L, 3, "unknown");
  elements->swapped = lua_toboolean(L, 4);
  int ndim = rnn_lua_check_shape(L, "load", 5, shape);
  return rnn_lua_new_tensor(L, elements->dtype, ndim, shape);
}

/* core.decode_array(bytes, first, code, swap, shape): the tensor of the elements from byte `first` (from 1) on;
** code: "f4", "u1", … as NumPy has them (elements.h); swap: their bytes are in the other order. nil, message where
** an element does not fit. */
static int decode_array(lua_State *L) {
  size_t n;
  const char *bytes = luaL_checklstring(L, 1, &n);
  size_t first = (size_t)luaL_checkinteger(L, 2) - 1;
  rnn_elements elements;
  const rnn_tensor *t = push_array(L, &elements);
  int64_t count = rnn_tensor_size(t);
  if (first > n || (n - first) / elements.size < (size_t)count) luaL_argerror(L, 1, "too short");
  rnn_status status = rnn_decode(rnn_main_context(), &elements, bytes + first, count, t->data);
  return status == RNN_OK ? 1 : failed(L, status);
}

/* core.read_array(file, first, code, swap, shape, tell): the same, out of a file that io.open gave, piece by piece;
** tell(bytes) is called after each */
static int read_array(lua_State *L) {
  const luaL_Stream *file = luaL_checkudata(L, 1, LUA_FILEHANDLE);
  rnn_elements elements;
  lua_settop(L, 6);
  if (file->closef == NULL || fseeko(file->f, (off_t)luaL_checkinteger(L, 2) - 1, SEEK_SET) != 0)
    return luaL_argerror(L, 1, "cannot be read");
  const rnn_tensor *t = push_array(L, &elements);
  const int64_t count = rnn_tensor_size(t), each = (int64_t)(PIECE / elements.size);
  char *piece = lua_newuserdatauv(L, PIECE, 0);
  for (int64_t done = 0, n; done < count; done += n) {
    n = count - done < each ? count - done : each;
    if (fread(piece, elements.size, (size_t)n, file->f) != (size_t)n) luaL_argerror(L, 1, "too short");
    rnn_status status = rnn_decode(rnn_main_context(), &elements, piece, n, rnn_tensor_at(t, done));
    if (status != RNN_OK) return failed(L, status);
    lua_pushvalue(L, 6);
    lua_pushinteger(L, (lua_Integer)(done + n) * (lua_Integer)elements.size);
    lua_call(L, 1, 0);
  }
  lua_pop(L, 1);
  return 1;
}

static const luaL_Reg functions[] = {
    {"crc32", crc32}, {"inflate", inflate}, {"decode_array", decode_array}, {"read_array", read_array}, {NULL, NULL}};

void rnn_open_bytes(lua_State *L) { luaL_setfuncs(L, functions, 0); }
