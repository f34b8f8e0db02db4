/* tensor.c - tensors as Lua userdata: storage, views, type checks */
#include "bind/tensor.h"

#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tape.h"

#define ALIGNMENT 64

static const char metatable_key; /* its address is the key in the registry */
static const void *metatable;    /* as lua_topointer tells it: the quickest way to know one */

void rnn_lua_push_metatable(lua_State *L) { lua_rawgetp(L, LUA_REGISTRYINDEX, &metatable_key); }

/* ---- making ------------------------------------------------------------------------------------------ */

/* bytes of a tensor's elements; raises where no machine has that many */
static size_t storage_size(lua_State *L, rnn_dtype dtype, int ndim, const int64_t *shape) {
  size_t bytes = rnn_dtype_size(dtype);
  bool empty = false;
  for (int i = 0; i < ndim; i++) {
    empty |= shape[i] == 0;
    if (shape[i] != 0 && __builtin_mul_overflow(bytes, (size_t)shape[i], &bytes)) bytes = SIZE_MAX;
    if (bytes > PTRDIFF_MAX / 2) bytes = SIZE_MAX;
  }
  if (empty) return 0;
  if (bytes == SIZE_MAX) rnn_lua_error(L, "not enough memory");
  return bytes;
}

static rnn_tensor *new_userdata(lua_State *L, size_t bytes, int user_values) {
  rnn_tensor *t = lua_newuserdatauv(L, bytes, user_values);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &metatable_key);
  lua_setmetatable(L, -2);
  return t;
}

rnn_tensor *rnn_lua_new_tensor(lua_State *L, rnn_dtype dtype, int ndim, const int64_t *shape) {
  size_t bytes = storage_size(L, dtype, ndim, shape);
  rnn_tensor *t = new_userdata(L, sizeof *t + ALIGNMENT - 1 + bytes, 0);
  uintptr_t data = ((uintptr_t)(t + 1) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  rnn_tensor_describe(t, dtype, ndim, shape, (void *)data);
  return t;
}

rnn_tensor *rnn_lua_push_view(lua_State *L, int base_index, const rnn_tensor *described) {
  return rnn_lua_push_view_with(L, base_index, described, 1);
}

rnn_tensor *rnn_lua_push_view_with(lua_State *L, int base_index, const rnn_tensor *described,
                                   int user_values) {
  base_index = lua_absindex(L, base_index);
  rnn_tensor *view = new_userdata(L, sizeof *view, user_values);
  *view = *described;
  view->watch = 0;
  /* a view of a view keeps what the first one keeps: chains do not grow */
  if (lua_getiuservalue(L, base_index, 1) != LUA_TUSERDATA) {
    lua_pop(L, 1);
    lua_pushvalue(L, base_index);
  }
  lua_setiuservalue(L, -2, 1);
  return view;
}

void rnn_lua_copy(lua_State *L, const rnn_tensor *to, const rnn_tensor *from) {
  rnn_lua_check(L, rnn_tensor_assign(rnn_main_context(), to, from));
}

void rnn_lua_fill(lua_State *L, const rnn_tensor *t, double value) {
  rnn_tensor number;
  rnn_tensor_describe(&number, RNN_FLOAT64, 0, NULL, &value);
  rnn_lua_copy(L, t, &number);
}

rnn_tensor *rnn_lua_push_copy(lua_State *L, const rnn_tensor *t, rnn_dtype dtype) {
  rnn_tensor *copy = rnn_lua_new_tensor(L, dtype, t->ndim, t->shape);
  rnn_lua_copy(L, copy, t);
  return copy;
}

/* ---- taking ------------------------------------------------------------------------------------------- */

rnn_tensor *rnn_lua_test_tensor(lua_State *L, int index) {
  void *userdata = lua_touserdata(L, index);
  if (userdata == NULL || !lua_getmetatable(L, index)) return NULL;
  if (lua_topointer(L, -1) != metatable) userdata = NULL;
  lua_pop(L, 1);
  return userdata;
}

rnn_tensor *rnn_lua_check_tensor(lua_State *L, const char *function, int index) {
  rnn_tensor *t = rnn_lua_test_tensor(L, index);
  if (t == NULL)
    rnn_lua_error(L, "%s: argument %d must be a tensor, got %s", function, index,
                  rnn_lua_describe(L, index));
  return t;
}

rnn_tensor *rnn_lua_to_float32(lua_State *L, int index) {
  rnn_tensor *t = rnn_lua_to_tensor(L, index, RNN_FLOAT32);
  if (rnn_tensor_contiguous(t)) return t;
  rnn_tensor *copy = rnn_lua_push_copy(L, t, RNN_FLOAT32);
  lua_replace(L, -2);
  return copy;
}

int rnn_lua_to_axis(lua_State *L, const char *function, int index, int ndim) {
  int whole;
  lua_Integer axis = lua_tointegerx(L, index, &whole);
  if (lua_type(L, index) != LUA_TNUMBER || !whole)
    return rnn_lua_option_error(L, function, "axis", "an integer", index);
  if (axis == 0 || axis > ndim || axis < -ndim)
    return rnn_lua_error(L, "%s: axis %I is out of range for a tensor with %d %s", function, axis, ndim,
                      ndim == 1 ? "axis" : "axes");
  return (int)(axis > 0 ? axis - 1 : axis + ndim);
}

static int64_t check_extent(lua_State *L, const char *function, int index, int axis) {
  int whole;
  lua_Integer extent = lua_tointegerx(L, index, &whole);
  if (lua_type(L, index) != LUA_TNUMBER || !whole || extent < 0)
    rnn_lua_error(L, "%s: shape[%d] must be an integer >= 0, got %s", function, axis + 1,
               rnn_lua_describe(L, index));
  return extent;
}

int rnn_lua_check_shape(lua_State *L, const char *function, int index, int64_t shape[RNN_MAX_DIMS]) {
  if (lua_type(L, index) == LUA_TNUMBER) {
    shape[0] = check_extent(L, function, index, 0);
    return 1;
  }
  if (!lua_istable(L, index))
    return rnn_lua_option_error(L, function, "shape", "a table of integers or an integer", index);
  lua_Unsigned ndim = lua_rawlen(L, index);
  if (ndim > RNN_MAX_DIMS)
    return rnn_lua_error(L, "%s: a shape has at most %d axes, got %d", function, RNN_MAX_DIMS, (int)ndim);
  for (int i = 0; i < (int)ndim; i++) {
    lua_rawgeti(L, index, i + 1);
    shape[i] = check_extent(L, function, -1, i);
    lua_pop(L, 1);
  }
  return (int)ndim;
}

rnn_dtype rnn_lua_check_dtype(lua_State *L, const char *function, int index, rnn_dtype fallback) {
  if (lua_isnoneornil(L, index)) return fallback;
  int dtype = lua_type(L, index) == LUA_TSTRING ? rnn_dtype_of_name(lua_tostring(L, index)) : -1;
  if (dtype < 0)
    rnn_lua_option_error(L, function, "dtype", "'float64', 'float32', 'int64' or 'bool'", index);
  return (rnn_dtype)dtype;
}

/* ---- elements ------------------------------------------------------------------------------------------ */

void rnn_lua_push_element(lua_State *L, const rnn_tensor *t) {
  switch (t->dtype) {
    case RNN_BOOL: lua_pushboolean(L, *(const uint8_t *)t->data); break;
    case RNN_INT64: lua_pushinteger(L, *(const int64_t *)t->data); break;
    case RNN_FLOAT32: lua_pushnumber(L, (lua_Number) * (const float *)t->data); break;
    case RNN_FLOAT64: lua_pushnumber(L, *(const double *)t->data); break;
  }
}

bool rnn_lua_number(lua_State *L, int index, rnn_tensor *t, rnn_number *storage) {
  int type = lua_type(L, index);
  if (type == LUA_TBOOLEAN) {
    storage->boolean = (uint8_t)lua_toboolean(L, index);
    rnn_tensor_describe(t, RNN_BOOL, 0, NULL, storage);
  } else if (type == LUA_TNUMBER && lua_isinteger(L, index)) {
    storage->integer = lua_tointeger(L, index);
    rnn_tensor_describe(t, RNN_INT64, 0, NULL, storage);
  } else if (type == LUA_TNUMBER) {
    storage->real = lua_tonumber(L, index);
    rnn_tensor_describe(t, RNN_FLOAT64, 0, NULL, storage);
  } else {
    return false;
  }
  return true;
}

void rnn_lua_push_shape(lua_State *L, int ndim, const int64_t *shape) {
  lua_createtable(L, ndim, 0);
  for (int i = 0; i < ndim; i++) {
    lua_pushinteger(L, shape[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

/* ---- adding functions ------------------------------------------------------------------------------------ */

static void add_to(lua_State *L, const char *field, const luaL_Reg *functions) {
  lua_getfield(L, -1, field);
  for (; functions->name; functions++) {
    rnn_lua_push_recorded(L, functions, 0);
    lua_setfield(L, -2, functions->name);
  }
  lua_pop(L, 1);
}

void rnn_lua_add_methods(lua_State *L, const luaL_Reg *functions) {
  add_to(L, "tensor_functions", functions);
}

void rnn_lua_add_creators(lua_State *L, const luaL_Reg *functions) {
  add_to(L, "tensor_creators", functions);
}

void rnn_open_tensor(lua_State *L) {
  lua_newtable(L);
  lua_setfield(L, -2, "tensor_functions");
  lua_newtable(L);
  lua_setfield(L, -2, "tensor_creators");
  lua_newtable(L);
  lua_pushliteral(L, "tensor");
  lua_setfield(L, -2, "__name");
  lua_pushliteral(L, "tensor");
  lua_setfield(L, -2, "__metatable"); /* the real one stays out of reach: its functions trust their type */
  metatable = lua_topointer(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &metatable_key);
}
