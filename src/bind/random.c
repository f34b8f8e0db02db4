/*
** random.c - rl.random: tensors of random numbers, shuffling; the seed of everything.
**
** Each call takes the next key of the seed's sequence, or with seed= the key made of that number alone.
*/
#include <lualib.h>
#include <math.h>

#include "bind/array.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tensor.h"
#include "core/host.h"
#include "core/random.h"
#include "core/take.h"

#define STRETCH (1 << 20) /* elements between two looks for Ctrl-C */

static uint64_t check_key(lua_State *L, const char *function, int index) {
  if (lua_isnil(L, index)) return rnn_next_key();
  return rnn_mix_key((uint64_t)rnn_lua_option_integer(L, function, "seed", index, 0), 0);
}

/* the float tensor that the slots `shape` and `dtype` ask for */
static rnn_tensor *new_result(lua_State *L, const char *function, int shape_index, int dtype_index) {
  int64_t shape[RNN_MAX_DIMS];
  if (lua_isnil(L, shape_index)) rnn_lua_error(L, "%s: argument 'shape' is required", function);
  int ndim = rnn_lua_check_shape(L, function, shape_index, shape);
  rnn_dtype dtype = rnn_lua_check_dtype(L, function, dtype_index, RNN_FLOAT32);
  if (dtype < RNN_FLOAT32)
    rnn_lua_option_error(L, function, "dtype", "'float32' or 'float64'", dtype_index);
  return rnn_lua_new_tensor(L, dtype, ndim, shape);
}

typedef struct stream {
  bool normal;
  uint64_t key;
  double start, scale; /* number = start + scale · (the stream's number) */
  double below;        /* results stay under this; infinity: no bound */
} stream;

#define FILL(NAME, T, UNIFORM, NORMAL, NEXT)                                     \
  static void NAME(const stream *s, int64_t first, int64_t n, T *out) {          \
    (s->normal ? NORMAL : UNIFORM)(s->key, first, n, out);                       \
    const T start = (T)s->start, scale = (T)s->scale, below = (T)s->below;       \
    for (int64_t i = 0; i < n; i++) {                                            \
      T x = start + scale * out[i];                                              \
      out[i] = x < below || start >= below ? x : NEXT(below, start);             \
    }                                                                            \
  }
FILL(fill32, float, rnn_random_uniform, rnn_random_normal, nextafterf)
FILL(fill64, double, rnn_random_uniform64, rnn_random_normal64, nextafter)

static void fill(lua_State *L, const rnn_tensor *t, const stream *s) {
  int64_t size = rnn_tensor_size(t);
  for (int64_t i = 0; i < size; i += STRETCH) {
    int64_t n = size - i < STRETCH ? size - i : STRETCH;
    if (t->dtype == RNN_FLOAT32) fill32(s, i, n, (float *)t->data + i);
    else fill64(s, i, n, (double *)t->data + i);
    rnn_lua_poll(L);
  }
}

/* rl.random.normal{shape=, mean=0, stddev=1, dtype="float32", seed=} */
static int normal(lua_State *L) {
  rnn_lua_options(L, "normal", 1, (const char *[]){"shape", "mean", "stddev", "dtype", "seed", NULL});
  double mean = rnn_lua_option_number(L, "normal", "mean", 2, 0);
  double stddev = rnn_lua_option_number(L, "normal", "stddev", 3, 1);
  if (!(stddev >= 0))
    return rnn_lua_error(L, "normal: argument 'stddev' must be in [0, inf), got %f", stddev);
  const rnn_tensor *t = new_result(L, "normal", 1, 4);
  fill(L, t, &(stream){true, check_key(L, "normal", 5), mean, stddev, INFINITY});
  return 1;
}

/* rl.random.uniform{shape=, minval=0, maxval=1, dtype="float32", seed=}: minval <= x < maxval */
static int uniform(lua_State *L) {
  rnn_lua_options(L, "uniform", 1, (const char *[]){"shape", "minval", "maxval", "dtype", "seed", NULL});
  double low = rnn_lua_option_number(L, "uniform", "minval", 2, 0);
  double high = rnn_lua_option_number(L, "uniform", "maxval", 3, 1);
  if (!(low <= high))
    return rnn_lua_error(L, "uniform: argument 'minval' must be at most maxval, got %f and %f", low, high);
  const rnn_tensor *t = new_result(L, "uniform", 1, 4);
  fill(L, t, &(stream){false, check_key(L, "uniform", 5), low, high - low, high});
  return 1;
}

/* Pushes a permutation of 0 .. n-1. */
static rnn_tensor *push_permutation(lua_State *L, uint64_t key, int64_t n) {
  rnn_tensor *t = rnn_lua_new_tensor(L, RNN_INT64, 1, &n);
  rnn_lua_check(L, rnn_random_permutation(rnn_main_context(), key, n, t->data));
  return t;
}

/* rl.random.permutation(n [, {seed=}]): the positions 1 .. n in random order */
static int permutation(lua_State *L) {
  rnn_lua_options(L, "permutation", 2, (const char *[]){"seed", NULL});
  lua_Integer n = lua_isnil(L, 1) ? -1 : rnn_lua_option_integer(L, "permutation", "n", 1, -1);
  if (n < 0) return rnn_lua_option_error(L, "permutation", "n", "an integer >= 0", 1);
  int64_t *positions = push_permutation(L, check_key(L, "permutation", 2), n)->data;
  for (lua_Integer i = 0; i < n; i++) positions[i]++;
  return 1;
}

/* rl.random.shuffle(t [, axis=1 [, {seed=}]]): a copy whose rows along the axis are in random order */
static int shuffle(lua_State *L) {
  rnn_lua_options(L, "shuffle", 2, (const char *[]){"axis", "seed", NULL});
  const rnn_tensor *t = rnn_lua_subject(L, "shuffle", 1);
  if (lua_isnil(L, 2)) {
    lua_pushinteger(L, 1);
    lua_replace(L, 2);
  }
  int axis = rnn_lua_to_axis(L, "shuffle", 2, t->ndim);
  uint64_t key = check_key(L, "shuffle", 3);
  if (!rnn_tensor_contiguous(t)) t = rnn_lua_push_copy(L, t, t->dtype);
  int64_t outer = 1, inner = 1, extent = t->shape[axis];
  for (int i = 0; i < axis; i++) outer *= t->shape[i];
  for (int i = axis + 1; i < t->ndim; i++) inner *= t->shape[i];
  const rnn_tensor *order = push_permutation(L, key, extent);
  const rnn_tensor *result = rnn_lua_new_tensor(L, t->dtype, t->ndim, t->shape);
  rnn_lua_check(L, rnn_take(rnn_main_context(), t->dtype, outer, extent, inner, t->data, extent,
                            order->data, result->data));
  return 1;
}

void rnn_lua_seed(lua_State *L, lua_Integer n) {
  rnn_set_seed((uint64_t)n);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  if (lua_getfield(L, -1, LUA_MATHLIBNAME) == LUA_TTABLE &&
      lua_getfield(L, -1, "randomseed") == LUA_TFUNCTION) {
    lua_pushinteger(L, n);
    lua_call(L, 1, 0);
  }
}

/* core.set_random_seed(n); rl.utils has looked at n */
static int set_random_seed(lua_State *L) {
  rnn_lua_seed(L, luaL_checkinteger(L, 1));
  return 0;
}

/* core.random_state() -> two integers; core.set_random_state of them goes on from there */
static int random_state(lua_State *L) {
  uint64_t words[2];
  rnn_random_state(words);
  lua_pushinteger(L, (lua_Integer)words[0]);
  lua_pushinteger(L, (lua_Integer)words[1]);
  return 2;
}

static int set_random_state(lua_State *L) {
  rnn_set_random_state((uint64_t[]){(uint64_t)luaL_checkinteger(L, 1), (uint64_t)luaL_checkinteger(L, 2)});
  return 0;
}

static const luaL_Reg random_functions[] = {{"normal", normal},           {"uniform", uniform},
                                            {"permutation", permutation}, {"shuffle", shuffle},
                                            {NULL, NULL}};
static const luaL_Reg functions[] = {{"set_random_seed", set_random_seed},
                                     {"random_state", random_state},
                                     {"set_random_state", set_random_state},
                                     {NULL, NULL}};

void rnn_open_random(lua_State *L) {
  luaL_newlib(L, random_functions);
  lua_setfield(L, -2, "random");
  luaL_setfuncs(L, functions, 0);
}
