/* array.c - what the functions that reshape, join, sort and multiply tensors share */
#include "bind/array.h"

#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tape.h"
#include "core/view.h"

rnn_tensor *rnn_lua_subject(lua_State *L, const char *function, int index) {
  int type = lua_type(L, index);
  if (rnn_lua_test_tensor(L, index) == NULL) {
    if (type != LUA_TTABLE && type != LUA_TNUMBER && type != LUA_TBOOLEAN)
      rnn_lua_error(L, "%s: argument %d must be a tensor, got %s", function, index,
                    rnn_lua_describe(L, index));
    rnn_lua_to_tensor(L, index, -1);
    lua_replace(L, index);
  }
  return rnn_lua_test_tensor(L, index);
}

static bool is_list(lua_State *L, int index) {
  if (!lua_istable(L, index)) return false;
  if (lua_rawlen(L, index) > 0) return true;
  lua_pushnil(L);
  if (!lua_next(L, index)) return true;
  lua_pop(L, 2);
  return false;
}

/* table[1] = the value at index, which the table then replaces */
static void wrap(lua_State *L, int index) {
  lua_createtable(L, 1, 0);
  lua_pushvalue(L, index);
  lua_rawseti(L, -2, 1);
  lua_replace(L, index);
}

void rnn_lua_list(lua_State *L, const char *function, int first, const char *name) {
  int count = lua_gettop(L) - first + 1;
  if (count == 1 && lua_istable(L, first) && !is_list(L, first)) {
    rnn_lua_options(L, function, first, (const char *const[]){name, NULL});
    if (lua_isnumber(L, first)) wrap(L, first);
  } else if (count >= 1 && !(count == 1 && lua_istable(L, first)) && !lua_isnil(L, first)) {
    lua_createtable(L, count, 0);
    lua_insert(L, first);
    for (int i = count; i >= 1; i--) lua_rawseti(L, first, i);
  }
  lua_settop(L, first);
  if (!lua_isnil(L, first) && !lua_istable(L, first))
    rnn_lua_option_error(L, function, name, "a table of integers", first);
}

lua_Integer rnn_lua_list_entry(lua_State *L, const char *function, const char *name, int index,
                               lua_Integer i) {
  int whole;
  lua_geti(L, index, i);
  lua_Integer value = lua_tointegerx(L, -1, &whole);
  if (!whole || lua_type(L, -1) != LUA_TNUMBER)
    rnn_lua_error(L, "%s: '%s' must be integers, got %s in position %I", function, name,
                  rnn_lua_describe(L, lua_gettop(L)), (LUAI_UACINT)i);
  lua_pop(L, 1);
  return value;
}

int rnn_lua_axes(lua_State *L, const char *function, int index, int ndim, int axes[RNN_MAX_DIMS]) {
  if (!lua_istable(L, index)) {
    axes[0] = rnn_lua_to_axis(L, function, index, ndim);
    return 1;
  }
  lua_Unsigned count = lua_rawlen(L, index);
  bool seen[RNN_MAX_DIMS] = {false};
  if (count > (lua_Unsigned)ndim)
    rnn_lua_error(L, "%s: got %I axes for a tensor of %d", function, (LUAI_UACINT)count, ndim);
  for (int i = 0; i < (int)count; i++) {
    lua_geti(L, index, i + 1);
    axes[i] = rnn_lua_to_axis(L, function, lua_gettop(L), ndim);
    if (seen[axes[i]]) rnn_lua_error(L, "%s: axis %d is given twice", function, axes[i] + 1);
    seen[axes[i]] = true;
    lua_pop(L, 1);
  }
  return (int)count;
}

rnn_tensor *rnn_lua_push_reshaped(lua_State *L, int base_index, const rnn_tensor *t, int ndim,
                                  const int64_t *shape) {
  rnn_tensor view = *t;
  if (rnn_tensor_reshape(&view, ndim, shape)) return rnn_lua_push_view(L, base_index, &view);
  rnn_tensor *copy = rnn_lua_push_copy(L, t, t->dtype);
  rnn_tensor_describe(copy, copy->dtype, ndim, shape, copy->data);
  return copy;
}

int rnn_lua_return_tensor(lua_State *L) {
  const rnn_tensor *t = rnn_lua_test_tensor(L, -1);
  if (t->ndim == 0) rnn_tape_push_scalar(L, t);
  return 1;
}
