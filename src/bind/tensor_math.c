/*
** tensor_math.c - operators and functions of elements: t + u, t:exp(), rl.maximum(t, 0, {out=t}), …
**
** One C function serves all operations; which one it is says the entry that its closures have for bind/tape.h.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bind/array.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tape.h"
#include "bind/tensor.h"
#include "core/elementwise.h"
#include "core/softmax.h"

/* The operations as functions, rl.add, then all as operators, a + b; and the names that messages begin with. */
enum { AS_FUNCTION = 0, AS_OPERATOR = RNN_OPERATION_COUNT, ENTRIES = 2 * RNN_OPERATION_COUNT };
static luaL_Reg entries[ENTRIES];
static char names[ENTRIES][16];

typedef struct operands {
  rnn_input inputs[RNN_MAX_INPUTS];
  rnn_tensor tensors[RNN_MAX_INPUTS]; /* describe those that are numbers */
  rnn_number numbers[RNN_MAX_INPUTS];
  bool all_numbers;
} operands;

/* Takes the value at stack slot `index`; a table there is replaced by a tensor. */
static void take(lua_State *L, const char *name, int index, operands *o, int i) {
  const rnn_tensor *t = rnn_lua_test_tensor(L, index);
  o->inputs[i].number = false;
  if (t == NULL && rnn_lua_number(L, index, &o->tensors[i], &o->numbers[i])) {
    t = &o->tensors[i];
    o->inputs[i].number = true;
  } else if (t == NULL) {
    if (!lua_istable(L, index))
      rnn_lua_error(L, "%s: argument %d must be a tensor, a table or a number, got %s", name, index,
                    rnn_lua_describe(L, index));
    t = rnn_lua_to_tensor(L, index, -1);
    lua_replace(L, index);
  }
  o->inputs[i].tensor = t;
  o->all_numbers &= o->inputs[i].number;
}

/* The argument `out` at index: 0 where it is nil, else its index, for it may be written to. */
static int given_out(lua_State *L, const char *name, int index) {
  if (lua_isnil(L, index)) return 0;
  const rnn_tensor *out = rnn_lua_test_tensor(L, index);
  if (rnn_tape_keeps())
    rnn_lua_error(L, "%s: argument 'out' cannot be given while a tape records this: gradients do not go through changes in place",
                  name);
  if (out) rnn_tape_before_write(L, name, out, 0);
  return index;
}

/* the tensor given as out, after checking that the result fits there */
static const rnn_tensor *check_out(lua_State *L, const char *name, int index, rnn_dtype dtype, int ndim,
                                   const int64_t *shape) {
  const rnn_tensor *out = rnn_lua_test_tensor(L, index);
  char text[2][RNN_SHAPE_TEXT];
  if (out == NULL) rnn_lua_option_error(L, name, "out", "a tensor", index);
  if (out->ndim != ndim || memcmp(out->shape, shape, sizeof *shape * (size_t)ndim) != 0)
    rnn_lua_error(L, "%s: argument 'out' must have shape %s, got %s", name,
                  rnn_shape_text(text[0], ndim, shape),
                  rnn_shape_text(text[1], out->ndim, out->shape));
  if (rnn_dtype_kind(out->dtype) < rnn_dtype_kind(dtype))
    rnn_lua_error(L, "%s: argument 'out' must have a dtype that holds %s, got %s", name,
                  rnn_dtype_name(dtype), rnn_dtype_name(out->dtype));
  return out;
}

/* Whether out may be written to while the loop over a reads: all of it is a's, or none. */
static bool is_apart(const rnn_tensor *out, const rnn_tensor *a) {
  return out->data == a->data || !rnn_tensor_overlap(out, a);
}

/* The short way, for small tensors alike; false: nothing was done. */
static bool run_alike(lua_State *L, const char *name, rnn_operation operation, const operands *o, int out_index) {
  rnn_loop loop = rnn_elementwise_alike(operation, o->inputs);
  if (loop == NULL) return false;
  const rnn_tensor *a = o->inputs[0].tensor, *out;
  const rnn_tensor *b = rnn_operations[operation].inputs == 2 ? o->inputs[1].tensor : a;
  if (out_index) {
    out = check_out(L, name, out_index, a->dtype, a->ndim, a->shape);
    if (out->dtype != a->dtype || !rnn_tensor_contiguous(out)) return false;
    if (!is_apart(out, a) || (b != a && !is_apart(out, b))) return false;
    lua_pushvalue(L, out_index);
  } else {
    out = rnn_lua_new_tensor(L, a->dtype, a->ndim, a->shape);
  }
  loop(rnn_tensor_size(a), (void *[]){out->data, a->data, b->data}, (int64_t[]){1, 1, 1});
  return true;
}

static int run(lua_State *L, const char *name, rnn_operation operation, const operands *o, int out_index) {
  rnn_context *cx = rnn_main_context();
  rnn_application plan;
  if (run_alike(L, name, operation, o, out_index)) return 1;
  rnn_lua_check(L, rnn_elementwise_plan(cx, name, operation, o->inputs, &plan));
  const rnn_tensor *out = NULL;
  if (out_index) out = check_out(L, name, out_index, plan.types[0], plan.ndim, plan.shape);
  if (out == NULL || rnn_elementwise_shifted(&plan, o->inputs, out)) {
    const rnn_tensor *result = rnn_lua_new_tensor(L, plan.types[0], plan.ndim, plan.shape);
    rnn_lua_check(L, rnn_elementwise_run(cx, &plan, o->inputs, result));
    if (out) rnn_lua_copy(L, out, result);
    else if (o->all_numbers) rnn_lua_push_element(L, result); /* of Lua numbers alone: one again */
  } else {
    rnn_lua_check(L, rnn_elementwise_run(cx, &plan, o->inputs, out));
  }
  if (out) lua_pushvalue(L, out_index);
  return 1;
}

/* which of the entries the running closure is */
static ptrdiff_t running(lua_State *L) { return rnn_tape_entry(L) - entries; }

static int apply(lua_State *L, ptrdiff_t entry) {
  rnn_operation operation = (rnn_operation)(entry % RNN_OPERATION_COUNT);
  const char *name = names[entry];
  int count = rnn_operations[operation].inputs, out_index = 0;
  if (lua_gettop(L) > count) {
    rnn_lua_options(L, name, count + 1, (const char *[]){"out", NULL});
    out_index = given_out(L, name, count + 1);
  }
  operands o = {.all_numbers = true};
  for (int i = 0; i < count; i++) take(L, name, i + 1, &o, i);
  return run(L, name, operation, &o, out_index);
}

/* function(inputs… [, {out=}]) */
static int function(lua_State *L) { return apply(L, running(L)); }

/* a op b, -a: Lua gives two arguments always */
static int operate(lua_State *L) {
  ptrdiff_t entry = running(L);
  lua_settop(L, rnn_operations[entry % RNN_OPERATION_COUNT].inputs);
  return apply(L, entry);
}

/* t:clip(x_min, x_max [, {out=}]); nil: no bound on that side */
static int clip(lua_State *L) {
  rnn_lua_options(L, "clip", 2, (const char *[]){"x_min", "x_max", "out", NULL});
  bool low = !lua_isnil(L, 2), high = !lua_isnil(L, 3);
  operands o = {.all_numbers = true};
  if (!low && !high) return rnn_lua_error(L, "clip: argument 'x_min' or 'x_max' is required");
  take(L, "clip", 1, &o, 0);
  if (low) take(L, "clip", 2, &o, 1);
  if (high) take(L, "clip", 3, &o, low ? 2 : 1);
  return run(L, "clip", low && high ? RNN_CLIP : low ? RNN_MAXIMUM : RNN_MINIMUM, &o,
             given_out(L, "clip", 4));
}

/* result = a op 10^decimals, in place where `result_index` is given */
static void scale(lua_State *L, rnn_operation operation, int index, double factor, int result_index) {
  operands o = {.all_numbers = true};
  take(L, "round", index, &o, 0);
  rnn_tensor_describe(&o.tensors[1], RNN_FLOAT64, 0, NULL, &o.numbers[1]);
  o.numbers[1].real = factor;
  o.inputs[1] = (rnn_input){&o.tensors[1], true};
  run(L, "round", operation, &o, result_index);
}

/* Pushes round(value · 10^decimals) / 10^decimals, computed as NumPy does it; in `out_index` if not 0. */
static void round_decimals(lua_State *L, int index, lua_Integer decimals, int out_index) {
  const double factor = pow(10, fabs((double)decimals));
  scale(L, decimals < 0 ? RNN_DIV : RNN_MUL, index, factor, out_index);
  int result = lua_gettop(L), in_place = lua_isuserdata(L, result) ? result : 0;
  operands o = {.all_numbers = true};
  take(L, "round", result, &o, 0);
  run(L, "round", RNN_ROUND, &o, in_place);
  scale(L, decimals < 0 ? RNN_MUL : RNN_DIV, lua_gettop(L), factor, in_place);
}

/* t:round([decimals=0 [, {out=}]]): halves go to the even neighbour */
static int round_(lua_State *L) {
  rnn_lua_options(L, "round", 2, (const char *[]){"decimals", "out", NULL});
  lua_Integer decimals = rnn_lua_option_integer(L, "round", "decimals", 2, 0);
  int out = given_out(L, "round", 3);
  operands o = {.all_numbers = true};
  take(L, "round", 1, &o, 0);
  const rnn_tensor *t = o.inputs[0].tensor;
  if (decimals == 0 || (t->dtype < RNN_FLOAT32 && decimals > 0))
    return run(L, "round", RNN_ROUND, &o, out);
  if (t->dtype >= RNN_FLOAT32 || o.all_numbers) return round_decimals(L, 1, decimals, out), 1;
  if (out) check_out(L, "round", out, RNN_INT64, t->ndim, t->shape);
  round_decimals(L, 1, decimals, 0); /* whole numbers, by way of floats */
  const rnn_tensor *rounded = rnn_lua_check_tensor(L, "round", -1);
  if (out) rnn_lua_copy(L, rnn_lua_check_tensor(L, "round", out), rounded);
  else rnn_lua_push_copy(L, rounded, RNN_INT64);
  if (out) lua_pushvalue(L, out);
  return 1;
}

/* t:softmax([axis=-1 [, {out=}]]) */
static int softmax(lua_State *L) {
  rnn_lua_options(L, "softmax", 2, (const char *[]){"axis", "out", NULL});
  const rnn_tensor *t = rnn_lua_subject(L, "softmax", 1);
  int axis = t->ndim - 1;
  if (t->ndim == 0) return rnn_lua_error(L, "softmax: a tensor without axes has no axis to run along");
  if (!lua_isnil(L, 2)) axis = rnn_lua_to_axis(L, "softmax", 2, t->ndim);
  rnn_dtype dtype = t->dtype < RNN_FLOAT32 ? RNN_FLOAT64 : t->dtype;
  if (t->dtype != dtype) t = rnn_lua_push_copy(L, t, dtype);
  const rnn_tensor *out = NULL, *result;
  if (given_out(L, "softmax", 3)) out = check_out(L, "softmax", 3, dtype, t->ndim, t->shape);
  bool direct = out && out->dtype == dtype &&
                (!rnn_tensor_overlap(out, t) || rnn_tensor_same_layout(out, t));
  result = direct ? out : rnn_lua_new_tensor(L, dtype, t->ndim, t->shape);
  rnn_lua_check(L, rnn_tensor_softmax(rnn_main_context(), t, axis, result));
  if (out && !direct) rnn_lua_copy(L, out, result);
  if (out) lua_pushvalue(L, 3);
  return 1;
}

static const luaL_Reg methods[] = {
    {"clip", clip}, {"round", round_}, {"softmax", softmax}, {NULL, NULL}};

/* Makes the entry of an operation and pushes its closure, which is recorded as the operation's function whatever
** messages call it. */
static void push_entry(lua_State *L, int way, int operation, const char *format, const char *text) {
  const char *name = rnn_operations[operation].name;
  snprintf(names[way + operation], sizeof *names, format, text);
  entries[way + operation] = (luaL_Reg){name, way == AS_OPERATOR ? operate : function};
  rnn_lua_push_recorded(L, &entries[way + operation], 0);
}

void rnn_open_tensor_math(lua_State *L) {
  rnn_lua_push_metatable(L);
  lua_getfield(L, -2, "tensor_functions");
  for (int i = 0; i < RNN_OPERATION_COUNT; i++) {
    const rnn_operation_info *info = &rnn_operations[i];
    push_entry(L, AS_FUNCTION, i, "%s", info->name);
    lua_setfield(L, -2, info->name);
    if (info->event == NULL) continue;
    push_entry(L, AS_OPERATOR, i, "operator %s", info->symbol);
    lua_setfield(L, -3, info->event);
  }
  lua_pop(L, 2);
  rnn_lua_add_methods(L, methods); /* clip and round take more than their inputs */
}
