/*
** tensor_reduce.c - t:sum(axis, keepdims) and its like.
**
** One C function serves all of them; which one it is is an upvalue of its closures, after those of bind/tape.h.
*/
#include "bind/array.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tape.h"
#include "bind/tensor.h"
#include "core/reduce.h"

enum { AXIS = 2, KEEPDIMS, DDOF };

/* bits of the axes given: nil (all), a number or a table of numbers */
static unsigned check_axes(lua_State *L, const char *name, bool one_only, const rnn_tensor *t) {
  if (lua_isnil(L, AXIS)) return ~0u;
  if (one_only) return 1u << rnn_lua_to_axis(L, name, AXIS, t->ndim);
  int axes[RNN_MAX_DIMS], count = rnn_lua_axes(L, name, AXIS, t->ndim, axes);
  unsigned bits = 0;
  for (int i = 0; i < count; i++) bits |= 1u << axes[i];
  return bits;
}

static int shape_of_result(const rnn_tensor *t, unsigned axes, bool keepdims, int64_t *shape) {
  int ndim = 0;
  for (int i = 0; i < t->ndim; i++)
    if (!(axes >> i & 1)) shape[ndim++] = t->shape[i];
    else if (keepdims) shape[ndim++] = 1;
  return ndim;
}

static int reduce(lua_State *L) {
  rnn_measure measure = (rnn_measure)lua_tointeger(L, lua_upvalueindex(RNN_TAPE_UPVALUE));
  const char *name = rnn_measure_names[measure];
  bool spread = measure == RNN_MEASURE_VAR || measure == RNN_MEASURE_STD;
  bool position = measure == RNN_MEASURE_ARGMAX || measure == RNN_MEASURE_ARGMIN;
  rnn_lua_options(L, name, 2, (const char *[]){"axis", "keepdims", spread ? "ddof" : NULL, NULL});
  const rnn_tensor *t = rnn_lua_subject(L, name, 1);
  unsigned axes = check_axes(L, name, position, t);
  bool keepdims = rnn_lua_option_boolean(L, name, "keepdims", KEEPDIMS, false);
  double ddof = spread ? rnn_lua_option_number(L, name, "ddof", DDOF, 0) : 0;
  if (spread && t->dtype < RNN_FLOAT32) t = rnn_lua_push_copy(L, t, RNN_FLOAT64);
  int64_t shape[RNN_MAX_DIMS];
  int ndim = shape_of_result(t, axes, keepdims, shape);
  const rnn_tensor *result = rnn_lua_new_tensor(L, rnn_measure_dtype(measure, t->dtype), ndim, shape);
  rnn_lua_check(L, rnn_reduce(rnn_main_context(), measure, t, axes, ddof, result));
  if (position) /* scripts count from 1 */
    for (int64_t i = 0; i < rnn_tensor_size(result); i++) ((int64_t *)result->data)[i]++;
  if (ndim == 0 && !keepdims) rnn_tape_push_scalar(L, result); /* no axis is left: a Lua number */
  return 1;
}

void rnn_open_tensor_reduce(lua_State *L) {
  static luaL_Reg entries[RNN_MEASURE_COUNT];
  lua_getfield(L, -1, "tensor_functions");
  for (int i = 0; i < RNN_MEASURE_COUNT; i++) {
    entries[i] = (luaL_Reg){rnn_measure_names[i], reduce};
    lua_pushinteger(L, i);
    rnn_lua_push_recorded(L, &entries[i], 1);
    lua_setfield(L, -2, rnn_measure_names[i]);
  }
  lua_pop(L, 1);
}
