/* elementwise.c - applying an operation to tensors: dtypes, broadcasting, running */
#include "core/elementwise.h"

#include <string.h>

#include "core/host.h"
#include "core/reduce.h"
#include "core/walk.h"

#define SMALL 4096 /* elements for which laying out a nest of loops, or sharing them among threads, is not worth it */

const rnn_operation_info rnn_operations[RNN_OPERATION_COUNT] = {
    [RNN_ADD] = {"add", "+", "__add", 2},
    [RNN_SUB] = {"sub", "-", "__sub", 2},
    [RNN_MUL] = {"mul", "*", "__mul", 2},
    [RNN_DIV] = {"div", "/", "__div", 2},
    [RNN_FLOORDIV] = {"floordiv", "//", "__idiv", 2},
    [RNN_MOD] = {"mod", "%", "__mod", 2},
    [RNN_POW] = {"pow", "^", "__pow", 2},
    [RNN_MAXIMUM] = {"maximum", NULL, NULL, 2},
    [RNN_MINIMUM] = {"minimum", NULL, NULL, 2},
    [RNN_EQ] = {"eq", NULL, NULL, 2},
    [RNN_NE] = {"ne", NULL, NULL, 2},
    [RNN_LT] = {"lt", NULL, NULL, 2},
    [RNN_LE] = {"le", NULL, NULL, 2},
    [RNN_GT] = {"gt", NULL, NULL, 2},
    [RNN_GE] = {"ge", NULL, NULL, 2},
    [RNN_LOGICAL_AND] = {"logical_and", NULL, NULL, 2},
    [RNN_LOGICAL_OR] = {"logical_or", NULL, NULL, 2},
    [RNN_NEGATIVE] = {"neg", "-", "__unm", 1},
    [RNN_ABS] = {"abs", NULL, NULL, 1},
    [RNN_SIGN] = {"sign", NULL, NULL, 1},
    [RNN_RELU] = {"relu", NULL, NULL, 1},
    [RNN_ROUND] = {"round", NULL, NULL, 1},
    [RNN_FLOOR] = {"floor", NULL, NULL, 1},
    [RNN_CEIL] = {"ceil", NULL, NULL, 1},
    [RNN_SQRT] = {"sqrt", NULL, NULL, 1},
    [RNN_EXP] = {"exp", NULL, NULL, 1},
    [RNN_LOG] = {"log", NULL, NULL, 1},
    [RNN_SIN] = {"sin", NULL, NULL, 1},
    [RNN_COS] = {"cos", NULL, NULL, 1},
    [RNN_TANH] = {"tanh", NULL, NULL, 1},
    [RNN_SIGMOID] = {"sigmoid", NULL, NULL, 1},
    [RNN_ISNAN] = {"isnan", NULL, NULL, 1},
    [RNN_ISINF] = {"isinf", NULL, NULL, 1},
    [RNN_LOGICAL_NOT] = {"logical_not", NULL, NULL, 1},
    [RNN_CLIP] = {"clip", NULL, NULL, 3},
    [RNN_WHERE] = {"where", NULL, NULL, 3},
};

/* ---- dtypes ------------------------------------------------------------------------------------------ */

static bool writes_bool(rnn_operation op) {
  return (op >= RNN_EQ && op <= RNN_LOGICAL_OR) || op == RNN_ISNAN || op == RNN_ISINF ||
         op == RNN_LOGICAL_NOT;
}

/* the dtype that the inputs from `first` on have together: tensors among themselves, then numbers, which
** widen it to their kind at most */
static rnn_dtype together(const rnn_input *inputs, int first, int count) {
  int dtype = -1;
  for (int i = first; i < count; i++)
    if (!inputs[i].number)
      dtype = dtype < 0 ? (int)inputs[i].tensor->dtype : (int)rnn_promote((rnn_dtype)dtype, inputs[i].tensor->dtype);
  for (int i = first; i < count; i++)
    if (inputs[i].number)
      dtype = dtype < 0 ? (int)inputs[i].tensor->dtype : (int)rnn_promote_number((rnn_dtype)dtype, inputs[i].tensor->dtype);
  return (rnn_dtype)dtype;
}

/* the narrowest dtype that holds `dtype` and has a loop: bool, int64, float64 or float32, float64 */
static rnn_dtype widen(const rnn_loop *loops, rnn_dtype dtype) {
  if (loops[RNN_INT64] == NULL && loops[RNN_FLOAT64] == NULL) return RNN_BOOL; /* a logical operation */
  while (loops[dtype] == NULL) dtype = dtype == RNN_BOOL ? RNN_INT64 : RNN_FLOAT64;
  return dtype;
}

static rnn_status find_loop(rnn_context *cx, const char *name, const rnn_input *inputs,
                            rnn_application *plan) {
  const rnn_operation op = plan->operation;
  const int count = rnn_operations[op].inputs;
  rnn_dtype dtype = together(inputs, op == RNN_WHERE ? 1 : 0, count);
  if (dtype == RNN_BOOL && (op == RNN_SUB || op == RNN_NEGATIVE))
    return rnn_fail(cx, RNN_INVALID, "%s: bool tensors have no difference (use ne or logical_not)", name);
  const rnn_loop *loops = RNN_PICK(rnn_cpu_level(), rnn_elementwise)->loops[op];
  dtype = widen(loops, dtype);
  plan->loop = loops[dtype];
  plan->types[0] = writes_bool(op) ? RNN_BOOL : dtype;
  for (int i = 1; i <= count; i++) plan->types[i] = dtype;
  if (op == RNN_WHERE) plan->types[1] = RNN_BOOL;
  return RNN_OK;
}

/* ---- shapes ------------------------------------------------------------------------------------------- */

static rnn_status no_broadcast(rnn_context *cx, const char *name, const rnn_application *plan,
                               const rnn_input *inputs) {
  char text[RNN_MAX_INPUTS][RNN_SHAPE_TEXT];
  int count = rnn_operations[plan->operation].inputs;
  for (int i = 0; i < count; i++)
    rnn_shape_text(text[i], inputs[i].tensor->ndim, inputs[i].tensor->shape);
  if (count == 3)
    return rnn_fail(cx, RNN_INVALID, "%s: shapes %s, %s and %s do not broadcast together", name, text[0],
                    text[1], text[2]);
  return rnn_fail(cx, RNN_INVALID, "%s: shapes %s and %s do not broadcast together", name, text[0], text[1]);
}

static rnn_status find_shape(rnn_context *cx, const char *name, const rnn_input *inputs,
                             rnn_application *plan) {
  const rnn_tensor *first = inputs[0].tensor;
  plan->ndim = first->ndim;
  memcpy(plan->shape, first->shape, sizeof *plan->shape * (size_t)first->ndim);
  for (int i = 1; i < rnn_operations[plan->operation].inputs; i++)
    if (!rnn_shape_broadcast(&plan->ndim, plan->shape, inputs[i].tensor))
      return no_broadcast(cx, name, plan, inputs);
  return RNN_OK;
}

static rnn_status check_divisor(rnn_context *cx, const char *name, const rnn_application *plan,
                                const rnn_input *inputs) {
  if (plan->types[0] != RNN_INT64 || rnn_tensor_all(inputs[1].tensor)) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, plan->operation == RNN_MOD ? "%s: attempt to perform 'n%%%%0'"
                                                              : "%s: attempt to perform 'n//0'", name);
}

rnn_status rnn_elementwise_plan(rnn_context *cx, const char *name, rnn_operation operation,
                                const rnn_input *inputs, rnn_application *plan) {
  plan->operation = operation;
  rnn_try(find_loop(cx, name, inputs, plan));
  rnn_try(find_shape(cx, name, inputs, plan));
  if (operation == RNN_FLOORDIV || operation == RNN_MOD)
    rnn_try(check_divisor(cx, name, plan, inputs));
  return RNN_OK;
}

/* ---- running --------------------------------------------------------------------------------------------- */

/* all operands are one stretch of memory each, or single numbers */
static bool flat(const rnn_application *plan, const rnn_input *inputs, const rnn_tensor *out) {
  if (out->dtype != plan->types[0] || !rnn_tensor_contiguous(out)) return false;
  for (int i = 0; i < rnn_operations[plan->operation].inputs; i++) {
    const rnn_tensor *t = inputs[i].tensor;
    if (t->dtype != plan->types[i + 1]) return false;
    if (t->ndim > 0 && !(rnn_tensor_same_shape(t, out) && rnn_tensor_contiguous(t))) return false;
  }
  return true;
}

rnn_status rnn_elementwise_run(rnn_context *cx, const rnn_application *plan, const rnn_input *inputs,
                               const rnn_tensor *out) {
  const int count = rnn_operations[plan->operation].inputs;
  const int64_t size = rnn_tensor_size(out);
  if (size <= SMALL && flat(plan, inputs, out)) { /* small: not worth laying out a nest */
    void *p[1 + RNN_MAX_INPUTS] = {out->data};
    int64_t strides[1 + RNN_MAX_INPUTS] = {1};
    for (int i = 0; i < count; i++) {
      p[i + 1] = inputs[i].tensor->data;
      strides[i + 1] = inputs[i].tensor->ndim > 0;
    }
    plan->loop(size, p, strides);
    return RNN_OK;
  }
  const rnn_tensor *operands[1 + RNN_MAX_INPUTS] = {out};
  for (int i = 0; i < count; i++) operands[i + 1] = inputs[i].tensor;
  return rnn_walk_shared(cx, count + 1, operands, plan->types, plan->loop);
}

rnn_loop rnn_elementwise_alike(rnn_operation operation, const rnn_input *inputs) {
  const rnn_tensor *a = inputs[0].tensor;
  int count = rnn_operations[operation].inputs;
  if (count > 2 || writes_bool(operation) || a->dtype < RNN_FLOAT32 || inputs[0].number) return NULL;
  if (rnn_tensor_size(a) > SMALL || !rnn_tensor_contiguous(a)) return NULL;
  const rnn_tensor *b = count == 2 ? inputs[1].tensor : a;
  bool alike = b == a || (!inputs[1].number && b->dtype == a->dtype && rnn_tensor_same_shape(a, b) &&
                          rnn_tensor_contiguous(b));
  return alike ? RNN_PICK(rnn_cpu_level(), rnn_elementwise)->loops[operation][a->dtype] : NULL;
}

bool rnn_elementwise_shifted(const rnn_application *plan, const rnn_input *inputs,
                             const rnn_tensor *out) {
  for (int i = 0; i < rnn_operations[plan->operation].inputs; i++) {
    const rnn_tensor *t = inputs[i].tensor;
    bool seen = i > 0 && t == inputs[i - 1].tensor; /* a + a */
    if (!seen && !rnn_tensor_same_layout(out, t) && rnn_tensor_overlap(out, t)) return true;
  }
  return false;
}
