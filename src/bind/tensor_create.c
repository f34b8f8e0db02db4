/* tensor_create.c - rl.zeros, ones, full, eye, range, linspace */
#include <math.h>
#include <string.h>

#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tensor.h"

#define STRETCH 512 /* numbers that are counted up before they are converted */

static rnn_tensor *new_of_shape(lua_State *L, const char *function, int shape_index, rnn_dtype dtype) {
  int64_t shape[RNN_MAX_DIMS];
  int ndim = rnn_lua_check_shape(L, function, shape_index, shape);
  return rnn_lua_new_tensor(L, dtype, ndim, shape);
}

static int constant(lua_State *L, const char *function, double value) {
  rnn_lua_options(L, function, 2, (const char *[]){"dtype", NULL});
  rnn_dtype dtype = rnn_lua_check_dtype(L, function, 2, RNN_FLOAT32);
  rnn_lua_fill(L, new_of_shape(L, function, 1, dtype), value);
  return 1;
}

/* rl.zeros(shape [, dtype="float32"]) */
static int zeros(lua_State *L) { return constant(L, "zeros", 0); }

/* rl.ones(shape [, dtype="float32"]) */
static int ones(lua_State *L) { return constant(L, "ones", 1); }

/* rl.full(shape, value [, dtype="float32"]) */
static int full(lua_State *L) {
  rnn_lua_options(L, "full", 3, (const char *[]){"dtype", NULL});
  rnn_dtype dtype = rnn_lua_check_dtype(L, "full", 3, RNN_FLOAT32);
  rnn_tensor value;
  rnn_number storage;
  if (!rnn_lua_number(L, 2, &value, &storage))
    return rnn_lua_option_error(L, "full", "value", "a number or a boolean", 2);
  rnn_lua_copy(L, new_of_shape(L, "full", 1, dtype), &value);
  return 1;
}

/* rl.eye(n [, dtype="float32"]) */
static int eye(lua_State *L) {
  rnn_lua_options(L, "eye", 2, (const char *[]){"dtype", NULL});
  rnn_dtype dtype = rnn_lua_check_dtype(L, "eye", 2, RNN_FLOAT32);
  lua_Integer n = lua_isnil(L, 1) ? -1 : rnn_lua_option_integer(L, "eye", "n", 1, -1);
  if (n < 0) return rnn_lua_option_error(L, "eye", "n", "an integer >= 0", 1);
  rnn_tensor *t = rnn_lua_new_tensor(L, dtype, 2, (int64_t[]){n, n});
  rnn_lua_fill(L, t, 0);
  rnn_tensor diagonal = *t;
  diagonal.ndim = 1;
  diagonal.strides[0] = n + 1;
  rnn_lua_fill(L, &diagonal, 1);
  return 1;
}

/* t[i] = first + i · step, converted to t's dtype */
static void count_up(lua_State *L, const rnn_tensor *t, double first, double step) {
  double values[STRETCH];
  rnn_tensor numbers, part = *t;
  for (int64_t i = 0; i < t->shape[0]; i += STRETCH) {
    part.shape[0] = t->shape[0] - i < STRETCH ? t->shape[0] - i : STRETCH;
    for (int64_t k = 0; k < part.shape[0]; k++) values[k] = first + (double)(i + k) * step;
    rnn_tensor_describe(&numbers, RNN_FLOAT64, 1, part.shape, values);
    part.data = rnn_tensor_at(t, i);
    rnn_lua_copy(L, &part, &numbers);
    rnn_lua_poll(L);
  }
}

/* rl.range(first, last [, step=1 [, dtype="float32"]]): both ends, as Lua's for */
static int range(lua_State *L) {
  rnn_lua_options(L, "range", 3, (const char *[]){"step", "dtype", NULL});
  for (int i = 1; i <= 2; i++)
    if (lua_type(L, i) != LUA_TNUMBER)
      return rnn_lua_option_error(L, "range", i == 1 ? "first" : "last", "a number", i);
  double first = lua_tonumber(L, 1), last = lua_tonumber(L, 2);
  double step = rnn_lua_option_number(L, "range", "step", 3, 1);
  rnn_dtype dtype = rnn_lua_check_dtype(L, "range", 4, RNN_FLOAT32);
  if (step == 0 || step != step) return rnn_lua_option_error(L, "range", "step", "a number other than 0", 3);
  /* 1e-9 of a step forgives the rounding of ends such as 0, 1, 0.1 */
  double steps = floor((last - first) / step + 1e-9);
  if (!(steps < 0x1p62)) return rnn_lua_error(L, "range: %f to %f is too long", first, last);
  int64_t n = steps < 0 ? 0 : (int64_t)steps + 1;
  count_up(L, rnn_lua_new_tensor(L, dtype, 1, &n), first, step);
  return 1;
}

/* rl.linspace(first, last, n [, dtype="float32"]): n >= 1 numbers, evenly spaced, both ends */
static int linspace(lua_State *L) {
  rnn_lua_options(L, "linspace", 4, (const char *[]){"dtype", NULL});
  for (int i = 1; i <= 2; i++)
    if (lua_type(L, i) != LUA_TNUMBER)
      return rnn_lua_option_error(L, "linspace", i == 1 ? "first" : "last", "a number", i);
  double first = lua_tonumber(L, 1), last = lua_tonumber(L, 2);
  lua_Integer n = rnn_lua_option_integer(L, "linspace", "n", 3, -1);
  if (n < 0) return rnn_lua_option_error(L, "linspace", "n", "an integer >= 0", 3);
  rnn_tensor *t = rnn_lua_new_tensor(L, rnn_lua_check_dtype(L, "linspace", 4, RNN_FLOAT32), 1, (int64_t[]){n});
  count_up(L, t, first, n > 1 ? (last - first) / (double)(n - 1) : 0);
  if (n > 1) { /* exactly, whatever the steps added up to */
    rnn_tensor end = *t;
    rnn_tensor_select(&end, 0, n - 1);
    rnn_lua_fill(L, &end, last);
  }
  return 1;
}

static const luaL_Reg creators[] = {
    {"zeros", zeros}, {"ones", ones},         {"full", full}, {"eye", eye},
    {"range", range}, {"linspace", linspace}, {NULL, NULL},
};

void rnn_open_tensor_create(lua_State *L) { rnn_lua_add_creators(L, creators); }
