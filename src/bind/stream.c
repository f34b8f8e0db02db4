/*
** stream.c - streams as Lua objects: s(x) runs one timestep, s:reset() begins anew.
**
** A call takes a number, a list of numbers or a tensor, and gives a number where the model has one output for one
** sequence; else the stream's own tensor, which the next call writes over, or the one given as second argument.
*/
#include "bind/stream.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/class.h"
#include "bind/network.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tensor.h"
#include "core/context.h"
#include "model/stream.h"

#define STREAM "rnnlua.stream"

static const void *metatable; /* of streams, as lua_topointer tells it */

enum { OUTPUT_VALUE = 1, USER_VALUES = OUTPUT_VALUE };

static rnn_stream *check_stream(lua_State *L) {
  rnn_stream *s = luaL_checkudata(L, 1, STREAM);
  rnn_lua_check_alive(L, s->graph, "stream");
  return s;
}

static int collect(lua_State *L) {
  rnn_stream_clear(luaL_checkudata(L, 1, STREAM));
  return 0;
}

/* core.stream(network, batch) */
static int new_stream(lua_State *L) {
  const rnn_graph *graph = rnn_lua_check_network(L, 1);
  lua_Integer batch = luaL_checkinteger(L, 2);
  lua_settop(L, 2);
  rnn_stream *s = lua_newuserdatauv(L, sizeof *s, USER_VALUES);
  *s = (rnn_stream){0};
  luaL_setmetatable(L, STREAM);
  rnn_lua_check(L, rnn_stream_make(rnn_main_context(), s, graph, batch));
  const int64_t shape[] = {batch, s->columns};
  rnn_lua_new_tensor(L, RNN_FLOAT32, batch == 1 ? 1 : 2, batch == 1 ? &shape[1] : shape);
  lua_setiuservalue(L, -2, OUTPUT_VALUE);
  return 1;
}

/* The same, quicker. May leave a value on the stack. */
static rnn_stream *quick_stream(lua_State *L) {
  rnn_stream *s = lua_touserdata(L, 1);
  bool is_one = s && lua_getmetatable(L, 1) && lua_topointer(L, -1) == metatable;
  return is_one && s->graph ? s : check_stream(L);
}

/* ---- a step -------------------------------------------------------------------------------------------- */

static void wrong_input(lua_State *L, const rnn_stream *s) {
  char got[RNN_SHAPE_TEXT];
  const rnn_tensor *t = rnn_lua_test_tensor(L, 2);
  const char *what = t ? rnn_shape_text(got, t->ndim, t->shape) : rnn_lua_describe(L, 2);
  if (s->batch > 1)
    rnn_lua_error(L, "stream: expected one timestep of %d sequences, (%d, %d), got %s", (int)s->batch, (int)s->batch,
                  (int)s->features, what);
  rnn_lua_error(L, "stream: expected one timestep of %d feature%s, got %s", (int)s->features,
                s->features == 1 ? "" : "s", what);
}

/* a list of numbers; false: it is something else */
static bool take_list(lua_State *L, const rnn_stream *s, float *to) {
  int64_t size = s->batch * s->features;
  if ((int64_t)lua_rawlen(L, 2) != size) return false;
  for (int64_t i = 0; i < size; i++) {
    int type = lua_rawgeti(L, 2, i + 1);
    to[i] = (float)lua_tonumber(L, -1);
    lua_pop(L, 1);
    if (type != LUA_TNUMBER) return false;
  }
  return true;
}

/* (features), (batch, features), or, where there is one feature, (batch) */
static bool take_tensor(const rnn_stream *s, const rnn_tensor *t, float *to) {
  bool fits = t->ndim == 1 ? t->shape[0] == s->batch * s->features && (s->batch == 1 || s->features == 1)
                           : t->ndim == 2 && t->shape[0] == s->batch && t->shape[1] == s->features;
  if (!fits) return false;
  rnn_tensor input;
  rnn_tensor_describe(&input, RNN_FLOAT32, t->ndim, t->shape, to);
  rnn_tensor_assign(NULL, &input, t);
  return true;
}

static void take_input(lua_State *L, const rnn_stream *s) {
  float *to = rnn_stream_input(s);
  int type = lua_type(L, 2);
  bool taken = false;
  const rnn_tensor *t = type == LUA_TUSERDATA ? rnn_lua_test_tensor(L, 2) : NULL;
  if (type == LUA_TNUMBER && s->batch * s->features == 1) {
    *to = (float)lua_tonumber(L, 2);
    taken = true;
  } else if (t) {
    taken = take_tensor(s, t, to);
  } else if (type == LUA_TTABLE) {
    taken = take_list(L, s, to);
    bool nested = !taken && lua_rawgeti(L, 2, 1) == LUA_TTABLE; /* {{0.1}, {0.2}} */
    if (nested) taken = take_tensor(s, rnn_lua_to_tensor(L, 2, RNN_FLOAT32), to);
    lua_settop(L, 3);
  }
  if (!taken) wrong_input(L, s);
}

static const rnn_tensor *output_tensor(lua_State *L, const rnn_stream *s) {
  int64_t numbers = s->batch * s->columns;
  if (lua_isnoneornil(L, 3)) {
    lua_getiuservalue(L, 1, OUTPUT_VALUE);
  } else {
    lua_pushvalue(L, 3);
  }
  const rnn_tensor *t = rnn_lua_test_tensor(L, -1);
  bool fits = t && t->dtype == RNN_FLOAT32 && rnn_tensor_contiguous(t) && rnn_tensor_size(t) == numbers;
  if (!fits)
    rnn_lua_error(L, "stream: argument 'out' must be a contiguous float32 tensor of %d number%s, got %s",
                  (int)numbers, numbers == 1 ? "" : "s", rnn_lua_describe(L, -1));
  return t;
}

/* stream(x [, out]) */
static int step(lua_State *L) {
  lua_settop(L, 3);
  rnn_stream *s = quick_stream(L);
  int64_t numbers = s->batch * s->columns;
  take_input(L, s);
  const rnn_tensor *out = numbers == 1 && lua_isnil(L, 3) ? NULL : output_tensor(L, s);
  rnn_lua_check(L, rnn_stream_step(rnn_main_context(), s));
  const float *y = rnn_stream_output(s);
  if (out)
    memcpy(out->data, y, sizeof *y * (size_t)numbers);
  else
    lua_pushnumber(L, *y);
  return 1;
}

/* stream:reset([rows]): all states become 0, or those of the sequences listed */
static int reset(lua_State *L) {
  rnn_stream *s = check_stream(L);
  if (lua_isnoneornil(L, 2)) {
    rnn_stream_reset(s, -1);
    return 0;
  }
  if (!lua_istable(L, 2)) return rnn_lua_error(L, "reset: expected a list of rows, got %s", rnn_lua_describe(L, 2));
  for (int pass = 0; pass < 2; pass++) { /* all are checked before the first is reset */
    for (lua_Integer i = 1; i <= luaL_len(L, 2); i++) {
      int whole;
      lua_geti(L, 2, i);
      lua_Integer row = lua_tointegerx(L, -1, &whole);
      if (!whole || row < 1 || row > s->batch)
        rnn_lua_error(L, "reset: a row must be an integer from 1 to %d, got %s", (int)s->batch,
                      rnn_lua_describe(L, -1));
      lua_pop(L, 1);
      if (pass == 1) rnn_stream_reset(s, row - 1);
    }
  }
  return 0;
}

static int to_text(lua_State *L) {
  const rnn_stream *s = check_stream(L);
  lua_pushfstring(L, "<stream of %d sequence%s>", (int)s->batch, s->batch == 1 ? "" : "s");
  return 1;
}

static const luaL_Reg methods[] = {{"reset", reset}, {NULL, NULL}};
static const luaL_Reg metamethods[] = {
    {"__gc", collect}, {"__call", step}, {"__tostring", to_text}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"stream", new_stream}, {NULL, NULL}};

void rnn_open_stream(lua_State *L) {
  rnn_lua_new_class(L, STREAM, "stream", metamethods, methods);
  luaL_getmetatable(L, STREAM);
  metatable = lua_topointer(L, -1);
  lua_pop(L, 1);
  luaL_setfuncs(L, functions, 0);
}
