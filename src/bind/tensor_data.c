/*
** tensor_data.c - numbers in and out: rl.tensor, totable, item, frombuffer, tobytes.
**
** Nested tables are read twice: once along the first elements for the shape and everywhere for the
** dtype, once more to store. Tables are read raw.
*/
#include <lauxlib.h>
#include <string.h>

#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tensor.h"

typedef struct reading {
  const char *function, *argument; /* as messages name them: "fit", "x" */
  int ndim;
  int64_t shape[RNN_MAX_DIMS];
  int64_t position[RNN_MAX_DIMS]; /* of what is being looked at */
  int dtype;                      /* -1: nothing seen so far */
} reading;

/* "x[2][3]" */
static const char *where(lua_State *L, const reading *r, int depth) {
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  luaL_addstring(&text, r->argument);
  for (int i = 0; i < depth; i++) {
    lua_pushfstring(L, "[%I]", (lua_Integer)r->position[i] + 1);
    luaL_addvalue(&text);
  }
  luaL_pushresult(&text);
  return lua_tostring(L, -1);
}

static int ragged(lua_State *L, const reading *r, int depth, int64_t found) {
  return rnn_lua_error(L, "%s: ragged table: %s has %I elements, expected %I", r->function,
                       where(L, r, depth), (lua_Integer)found, (lua_Integer)r->shape[depth]);
}

/* ---- first pass ------------------------------------------------------------------------------------------ */

static void extend(lua_State *L, reading *r, int64_t extent) {
  if (r->ndim == RNN_MAX_DIMS)
    rnn_lua_error(L, "%s: %s is nested deeper than %d tables", r->function, r->argument,
                  RNN_MAX_DIMS);
  r->shape[r->ndim++] = extent;
}

static int64_t list_length(lua_State *L, const reading *r, int depth) {
  int64_t n = (int64_t)lua_rawlen(L, -1);
  if (n > 0) return n;
  if (luaL_getmetafield(L, -1, "__symbolic")) /* what rl.Input and layers called on it give */
    rnn_lua_error(L, "%s: %s is symbolic: it has no numbers; call a layer on it", r->function, where(L, r, depth));
  lua_pushnil(L);
  if (!lua_next(L, -2)) return 0;
  lua_pop(L, 1);
  const char *field = rnn_lua_describe(L, -1);
  return rnn_lua_error(L, "%s: %s has a field %s, expected a list of numbers", r->function,
                       where(L, r, depth), field);
}

/* the extents, found along the first elements of the table or tensor on top */
static void find_shape(lua_State *L, reading *r) {
  luaL_checkstack(L, RNN_MAX_DIMS + 8, NULL);
  int top = lua_gettop(L);
  while (lua_istable(L, -1)) {
    extend(L, r, list_length(L, r, r->ndim));
    r->position[r->ndim - 1] = 0;
    if (r->shape[r->ndim - 1] == 0) break;
    lua_rawgeti(L, -1, 1);
  }
  const rnn_tensor *t = rnn_lua_test_tensor(L, -1);
  for (int i = 0; t && i < t->ndim; i++) extend(L, r, t->shape[i]);
  lua_settop(L, top);
}

static int wrong_element(lua_State *L, const reading *r, int depth, const char *expected) {
  const char *found = rnn_lua_describe(L, -1);
  return rnn_lua_error(L, "%s: %s is %s, expected %s", r->function, where(L, r, depth), found, expected);
}

static void see_dtype(lua_State *L, reading *r, int depth, rnn_dtype dtype) {
  if (r->dtype >= 0 && (r->dtype == RNN_BOOL) != (dtype == RNN_BOOL))
    wrong_element(L, r, depth, r->dtype == RNN_BOOL ? "a boolean" : "a number");
  r->dtype = r->dtype < 0 ? (int)dtype : (int)rnn_promote((rnn_dtype)r->dtype, dtype);
}

static void check_tensor(lua_State *L, reading *r, int depth, const rnn_tensor *t) {
  for (int i = 0; i < t->ndim && depth + i < r->ndim; i++)
    if (t->shape[i] != r->shape[depth + i]) ragged(L, r, depth + i, t->shape[i]);
  if (depth + t->ndim != r->ndim)
    rnn_lua_error(L, "%s: %s is a tensor with %d axes, expected %d", r->function, where(L, r, depth),
                  t->ndim, r->ndim - depth);
  see_dtype(L, r, depth, t->dtype);
}

/* checks the value on top, which starts at axis `depth`, and gathers the dtype */
static void check(lua_State *L, reading *r, int depth) {
  const rnn_tensor *t;
  if (depth < r->ndim && lua_istable(L, -1)) {
    int64_t n = list_length(L, r, depth);
    if (n != r->shape[depth]) ragged(L, r, depth, n);
    for (int64_t i = 0; i < n; i++) {
      bool number = lua_rawgeti(L, -1, i + 1) == LUA_TNUMBER;
      r->position[depth] = i;
      if (!number || depth + 1 < r->ndim || r->dtype <= RNN_BOOL) check(L, r, depth + 1);
      else if (!lua_isinteger(L, -1)) r->dtype = RNN_FLOAT64; /* most elements come here */
      lua_pop(L, 1);
    }
  } else if ((t = rnn_lua_test_tensor(L, -1)) != NULL) {
    check_tensor(L, r, depth, t);
  } else if (depth < r->ndim) {
    const char *found = rnn_lua_describe(L, -1);
    rnn_lua_error(L, "%s: ragged table: %s is %s, expected %I elements", r->function,
                  where(L, r, depth), found, (lua_Integer)r->shape[depth]);
  } else if (lua_type(L, -1) == LUA_TNUMBER) {
    see_dtype(L, r, depth, lua_isinteger(L, -1) ? RNN_INT64 : RNN_FLOAT64);
  } else if (lua_isboolean(L, -1)) {
    see_dtype(L, r, depth, RNN_BOOL);
  } else if (lua_istable(L, -1)) {
    rnn_lua_error(L, "%s: ragged table: %s is a table, expected a number", r->function, where(L, r, depth));
  } else {
    wrong_element(L, r, depth, r->dtype == RNN_BOOL ? "a boolean" : "a number");
  }
}

/* ---- second pass ------------------------------------------------------------------------------------------- */

static void store_one(lua_State *L, const rnn_tensor *whole, void *at) {
  rnn_tensor value, element;
  rnn_number storage;
  rnn_lua_number(L, -1, &value, &storage);
  rnn_tensor_describe(&element, whole->dtype, 0, NULL, at);
  rnn_tensor_assign(NULL, &element, &value);
}

/* Stores numbers from the innermost table on top, as far as there are numbers; returns how many. */
static int64_t store_floats(lua_State *L, const rnn_tensor *whole, void *at, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    int number;
    lua_rawgeti(L, -1, i + 1);
    const double value = lua_tonumberx(L, -1, &number);
    lua_pop(L, 1);
    if (!number) return i;
    if (whole->dtype == RNN_FLOAT32) ((float *)at)[i] = (float)value;
    else ((double *)at)[i] = value;
  }
  return n;
}

/* stores the value on top, which starts at axis `depth` and element `offset` */
static void store(lua_State *L, const rnn_tensor *whole, int depth, int64_t offset) {
  const rnn_tensor *t;
  if (lua_istable(L, -1)) {
    int64_t i = 0;
    if (depth + 1 == whole->ndim && whole->dtype >= RNN_FLOAT32)
      i = store_floats(L, whole, rnn_tensor_at(whole, offset), whole->shape[depth]);
    for (; i < whole->shape[depth]; i++) {
      lua_rawgeti(L, -1, i + 1);
      store(L, whole, depth + 1, offset + i * whole->strides[depth]);
      lua_pop(L, 1);
    }
  } else if ((t = rnn_lua_test_tensor(L, -1)) != NULL) {
    rnn_tensor part;
    rnn_tensor_describe(&part, whole->dtype, t->ndim, t->shape, rnn_tensor_at(whole, offset));
    rnn_lua_copy(L, &part, t);
  } else {
    store_one(L, whole, rnn_tensor_at(whole, offset));
  }
}

static rnn_tensor *read_data(lua_State *L, int index, int dtype, const char *function,
                             const char *argument) {
  reading r = {.function = function, .argument = argument, .dtype = -1};
  lua_pushvalue(L, index);
  if (!lua_istable(L, -1) && lua_type(L, -1) != LUA_TNUMBER && !lua_isboolean(L, -1))
    rnn_lua_error(L, "%s: %s must be a tensor, nested tables, a number or a boolean, got %s", function,
                  argument, rnn_lua_describe(L, index));
  find_shape(L, &r);
  check(L, &r, 0);
  if (dtype < 0) dtype = r.dtype < 0 ? RNN_FLOAT64 : r.dtype;
  rnn_tensor *t = rnn_lua_new_tensor(L, (rnn_dtype)dtype, r.ndim, r.shape);
  lua_insert(L, -2);
  store(L, t, 0, 0);
  lua_pop(L, 1);
  return t;
}

rnn_tensor *rnn_lua_read_tensor(lua_State *L, int index, int dtype, const char *function,
                                const char *argument) {
  index = lua_absindex(L, index);
  rnn_tensor *t = rnn_lua_test_tensor(L, index);
  if (t == NULL) return read_data(L, index, dtype, function, argument);
  if (dtype >= 0 && t->dtype != (rnn_dtype)dtype) return rnn_lua_push_copy(L, t, (rnn_dtype)dtype);
  lua_pushvalue(L, index);
  return t;
}

rnn_tensor *rnn_lua_to_tensor(lua_State *L, int index, int dtype) {
  return rnn_lua_read_tensor(L, index, dtype, "tensor", "data");
}

/* ---- functions --------------------------------------------------------------------------------------------- */

/* rl.tensor(data [, dtype]): a new tensor, also where data is one already */
static int tensor(lua_State *L) {
  rnn_lua_options(L, "tensor", 2, (const char *[]){"dtype", NULL});
  const rnn_tensor *t = rnn_lua_test_tensor(L, 1);
  if (t) rnn_lua_push_copy(L, t, rnn_lua_check_dtype(L, "tensor", 2, t->dtype));
  else
    read_data(L, 1, lua_isnil(L, 2) ? -1 : (int)rnn_lua_check_dtype(L, "tensor", 2, RNN_FLOAT64), "tensor",
              "data");
  return 1;
}

/* core.read_float32(function, argument, value): a float32 tensor of what was given as that argument; the same
** one if it is that already */
static int read_float32(lua_State *L) {
  rnn_lua_read_tensor(L, 3, RNN_FLOAT32, luaL_checkstring(L, 1), luaL_checkstring(L, 2));
  return 1;
}

/* rl.frombuffer(string, dtype [, shape]): the bytes of a C-ordered array in this machine's byte order */
static int frombuffer(lua_State *L) {
  rnn_lua_options(L, "frombuffer", 2, (const char *[]){"dtype", "shape", NULL});
  if (lua_type(L, 1) != LUA_TSTRING)
    return rnn_lua_option_error(L, "frombuffer", "string", "a string", 1);
  if (lua_isnil(L, 2)) return rnn_lua_error(L, "frombuffer: argument 'dtype' is required");
  size_t bytes;
  const char *buffer = lua_tolstring(L, 1, &bytes);
  rnn_dtype dtype = rnn_lua_check_dtype(L, "frombuffer", 2, RNN_FLOAT32);
  size_t size = rnn_dtype_size(dtype);
  int64_t shape[RNN_MAX_DIMS] = {(int64_t)(bytes / size)};
  if (bytes % size != 0)
    return rnn_lua_error(L, "frombuffer: %d bytes are no whole number of %s elements of %d bytes",
                         (int)bytes, rnn_dtype_name(dtype), (int)size);
  int ndim = lua_isnil(L, 3) ? 1 : rnn_lua_check_shape(L, "frombuffer", 3, shape);
  rnn_tensor *t = rnn_lua_new_tensor(L, dtype, ndim, shape);
  if ((size_t)rnn_tensor_size(t) * size != bytes) {
    char text[RNN_SHAPE_TEXT];
    return rnn_lua_error(L, "frombuffer: shape %s takes %I bytes of %s, got %I",
                         rnn_shape_text(text, ndim, shape),
                         (lua_Integer)((size_t)rnn_tensor_size(t) * size), rnn_dtype_name(dtype),
                         (lua_Integer)bytes);
  }
  rnn_lua_check(L, rnn_move_bytes(rnn_main_context(), t->data, buffer, bytes));
  if (dtype == RNN_BOOL) /* whatever the bytes were, an element is 0 or 1 */
    for (size_t i = 0; i < bytes; i++) ((uint8_t *)t->data)[i] = buffer[i] != 0;
  return 1;
}

/* t:tobytes(): the elements in C order, as a string */
static int tobytes(lua_State *L) {
  rnn_lua_options(L, "tobytes", 2, (const char *[]){NULL});
  rnn_tensor *t = rnn_lua_check_tensor(L, "tobytes", 1);
  if (!rnn_tensor_contiguous(t)) t = rnn_lua_push_copy(L, t, t->dtype);
  lua_pushlstring(L, t->data, (size_t)rnn_tensor_size(t) * rnn_dtype_size(t->dtype));
  return 1;
}

static void push_table(lua_State *L, const rnn_tensor *t) {
  if (t->ndim == 0) {
    rnn_lua_push_element(L, t);
    return;
  }
  lua_createtable(L, t->shape[0] < INT32_MAX ? (int)t->shape[0] : 0, 0);
  for (int64_t i = 0; i < t->shape[0]; i++) {
    rnn_tensor part = *t;
    rnn_tensor_select(&part, 0, i);
    push_table(L, &part);
    lua_rawseti(L, -2, i + 1);
    if (i % 1024 == 1023) rnn_lua_poll(L);
  }
}

/* t:totable(): nested tables of Lua numbers or booleans; the number itself where t has no axis */
static int totable(lua_State *L) {
  rnn_lua_options(L, "totable", 2, (const char *[]){NULL});
  const rnn_tensor *t = rnn_lua_check_tensor(L, "totable", 1);
  luaL_checkstack(L, RNN_MAX_DIMS + 2, NULL);
  push_table(L, t);
  return 1;
}

/* t:item(): the only element; rl.item(number) is that number */
static int item(lua_State *L) {
  rnn_lua_options(L, "item", 2, (const char *[]){NULL});
  if (lua_type(L, 1) == LUA_TNUMBER || lua_isboolean(L, 1)) return 1;
  const rnn_tensor *t = rnn_lua_check_tensor(L, "item", 1);
  char text[RNN_SHAPE_TEXT];
  if (rnn_tensor_size(t) != 1)
    return rnn_lua_error(L, "item: expected a tensor with one element, got shape %s",
                         rnn_shape_text(text, t->ndim, t->shape));
  rnn_lua_push_element(L, t);
  return 1;
}

static const luaL_Reg methods[] = {
    {"totable", totable}, {"tobytes", tobytes}, {"item", item}, {NULL, NULL}};
static const luaL_Reg creators[] = {{"tensor", tensor}, {"frombuffer", frombuffer}, {NULL, NULL}};

static const luaL_Reg functions[] = {{"read_float32", read_float32}, {NULL, NULL}};

void rnn_open_tensor_data(lua_State *L) {
  luaL_setfuncs(L, functions, 0);
  rnn_lua_add_methods(L, methods);
  rnn_lua_add_creators(L, creators);
}
