/*
** elementwise.c - Add, Subtract, Multiply, Average, Maximum, Minimum (keras/src/layers/merging)
**
** Inputs broadcast: the shapes of their samples are aligned at the last axis, and an extent of 1 is repeated.
** Masks, batch × timesteps, are joined by "or" where every input has one. Multiply takes masked elements for 1,
** Maximum and Minimum pass them over, as Keras' do.
*/
#include <string.h>

#include "layers/merging/merging.h"

typedef enum operation { ADD, SUBTRACT, MULTIPLY, AVERAGE, MAXIMUM, MINIMUM } operation;

/* ---- shapes ------------------------------------------------------------------------------------------ */

static rnn_status mismatch(rnn_context *cx, const rnn_shape *a, const rnn_shape *b) {
  char first[RNN_SHAPE_TEXT], second[RNN_SHAPE_TEXT];
  return rnn_fail(cx, RNN_INVALID, "inputs of shapes %s and %s don't broadcast",
                  cx->host->shape_text(first, a->ndim, a->dim), cx->host->shape_text(second, b->ndim, b->dim));
}

/* *merged becomes the shape of what input and *merged make together */
static rnn_status merge_shape(rnn_context *cx, const rnn_shape *input, rnn_shape *merged) {
  rnn_shape wide = merged->ndim >= input->ndim ? *merged : *input;
  const rnn_shape *narrow = merged->ndim >= input->ndim ? input : merged;
  for (int i = 1; i < narrow->ndim; i++) {
    int64_t *to = &wide.dim[wide.ndim - i], extent = narrow->dim[narrow->ndim - i];
    if (*to == RNN_UNKNOWN || extent == RNN_UNKNOWN)
      *to = RNN_UNKNOWN;
    else if (*to == 1)
      *to = extent;
    else if (extent != 1 && extent != *to)
      return mismatch(cx, merged, input);
  }
  *merged = wide;
  return RNN_OK;
}

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)self, (void)output_count;
  int64_t batch;
  rnn_try(rnn_merged_batch(cx, input_count, inputs, &batch));
  rnn_shape merged = inputs[0];
  for (int i = 1; i < input_count; i++) rnn_try(merge_shape(cx, &inputs[i], &merged));
  merged.dim[0] = batch;
  *outputs = merged;
  return RNN_OK;
}

/* ---- walking over the elements of the output -------------------------------------------------------------- */

typedef struct walk {
  const rnn_call *call;
  int64_t left;                                /* elements of the output to go */
  int64_t index[RNN_MAX_DIMS];                 /* in the output */
  int64_t stride[RNN_MAX_PORTS][RNN_MAX_DIMS]; /* of each input along the output's axes; 0: repeated */
  int64_t at[RNN_MAX_PORTS];                   /* the element of each input that belongs there */
  int64_t step_size[RNN_MAX_PORTS];            /* numbers of a timestep, for masks */
} walk;

static void begin(walk *w, const rnn_call *call) {
  const rnn_shape *out = &call->outputs->shape;
  *w = (walk){.call = call, .left = rnn_size(out)};
  for (int i = 0; i < call->input_count; i++) {
    const rnn_shape *in = &call->inputs[i].shape;
    int64_t stride = 1;
    for (int axis = in->ndim - 1; axis >= 0; axis--) {
      int to = axis == 0 ? 0 : axis + out->ndim - in->ndim;
      w->stride[i][to] = in->dim[axis] == 1 && out->dim[to] != 1 ? 0 : stride;
      stride *= in->dim[axis];
    }
    w->step_size[i] = in->ndim > 1 ? rnn_extent(in, 2, in->ndim) : 1;
  }
}

static void advance(walk *w) {
  const rnn_shape *out = &w->call->outputs->shape;
  w->left--;
  for (int axis = out->ndim - 1; axis >= 0; axis--) {
    for (int i = 0; i < w->call->input_count; i++) w->at[i] += w->stride[i][axis];
    if (++w->index[axis] < out->dim[axis]) return;
    for (int i = 0; i < w->call->input_count; i++) w->at[i] -= w->stride[i][axis] * out->dim[axis];
    w->index[axis] = 0;
  }
}

static float value(const walk *w, int i) { return w->call->inputs[i].data[w->at[i]]; }

/* whether a mask leaves this element of the input out */
static bool is_masked(const walk *w, int i) {
  const uint8_t *mask = w->call->inputs[i].mask;
  return mask && !mask[w->at[i] / w->step_size[i]];
}

/* ---- one element --------------------------------------------------------------------------------------------- */

/* whether every input has a mask and all leave this element out */
static bool all_masked(const walk *w) {
  for (int i = 0; i < w->call->input_count; i++)
    if (!is_masked(w, i)) return false;
  return true;
}

/* the product of all inputs but the `without`-th; masked ones count 1 */
static float product(const walk *w, int without) {
  float result = 1;
  if (all_masked(w)) return 0;
  for (int i = 0; i < w->call->input_count; i++)
    if (i != without && !is_masked(w, i)) result *= value(w, i);
  return result;
}

/* Which input is the largest (smallest), the first of several; what is masked stands back. */
static int winner(const walk *w, operation op) {
  int best = 0;
  bool has_mask = w->call->inputs[0].mask != NULL, best_masked = is_masked(w, 0);
  for (int i = 1; i < w->call->input_count; i++) {
    int candidate = is_masked(w, i) ? best : i;
    if (has_mask && best_masked) best = candidate;
    has_mask = has_mask && w->call->inputs[i].mask != NULL;
    best_masked = has_mask && best_masked && is_masked(w, i);
    float a = value(w, candidate), b = value(w, best);
    if (op == MAXIMUM ? a > b : a < b) best = candidate;
    if (a != a) best = candidate; /* NaN is passed on */
  }
  return best;
}

static float merged_value(const walk *w, operation op) {
  int count = w->call->input_count;
  if (op == MULTIPLY) return product(w, -1);
  if (op == MAXIMUM || op == MINIMUM) return value(w, winner(w, op));
  if (op == SUBTRACT) return value(w, 0) - value(w, 1);
  float sum = 0;
  for (int i = 0; i < count; i++) sum += value(w, i);
  return op == AVERAGE ? sum / (float)count : sum;
}

/* d output / d input i at this element; `chosen` is the winner of a Maximum or Minimum */
static float slope(const walk *w, operation op, int i, int chosen) {
  switch (op) {
    case SUBTRACT: return i == 0 ? 1 : -1;
    case MULTIPLY: return is_masked(w, i) ? 0 : product(w, i);
    case AVERAGE: return 1 / (float)w->call->input_count;
    case MAXIMUM:
    case MINIMUM: return i == chosen;
    default: return 1;
  }
}

/* ---- whole tensors --------------------------------------------------------------------------------------------- */

/* inputs of the output's own shape, whose elements depend on no mask and no comparison: no walk is needed */
static bool is_plain(const rnn_call *call, operation op) {
  int64_t size = rnn_size(&call->outputs->shape);
  if (op == MAXIMUM || op == MINIMUM) return false;
  for (int i = 0; i < call->input_count; i++)
    if (rnn_size(&call->inputs[i].shape) != size || (op == MULTIPLY && call->inputs[i].mask)) return false;
  return true;
}

static void multiply_by(int64_t n, const float *x, float *y) {
  for (int64_t k = 0; k < n; k++) y[k] *= x[k];
}

static void plain_forward(const rnn_call *call, operation op) {
  int64_t size = rnn_size(&call->outputs->shape);
  float *y = call->outputs->data;
  memcpy(y, call->inputs[0].data, sizeof(float) * (size_t)size);
  for (int i = 1; i < call->input_count; i++) {
    const float *x = call->inputs[i].data;
    if (op == MULTIPLY)
      multiply_by(size, x, y);
    else if (op == SUBTRACT)
      for (int64_t k = 0; k < size; k++) y[k] -= x[k];
    else
      for (int64_t k = 0; k < size; k++) y[k] += x[k];
  }
  for (int64_t k = 0; op == AVERAGE && k < size; k++) y[k] /= (float)call->input_count;
}

static void plain_backward(const rnn_call *call, operation op) {
  int64_t size = rnn_size(&call->outputs->shape);
  const float *dy = call->outputs->gradient;
  for (int i = 0; i < call->input_count; i++) {
    float *dx = call->inputs[i].gradient;
    if (dx == NULL) continue;
    float factor = op == AVERAGE ? 1 / (float)call->input_count : op == SUBTRACT && i > 0 ? -1 : 1;
    for (int64_t k = 0; k < size; k++) dx[k] = dy[k] * factor;
    for (int j = 0; op == MULTIPLY && j < call->input_count; j++)
      if (j != i) multiply_by(size, call->inputs[j].data, dx);
  }
}

static rnn_status forward(rnn_call *call, operation op) {
  walk w;
  if (is_plain(call, op)) {
    plain_forward(call, op);
    return RNN_OK;
  }
  float *y = call->outputs->data;
  for (begin(&w, call); w.left > 0; advance(&w)) *y++ = merged_value(&w, op);
  return RNN_OK;
}

static rnn_status backward(rnn_call *call, operation op) {
  walk w;
  const float *dy = call->outputs->gradient;
  if (is_plain(call, op)) {
    plain_backward(call, op);
    return RNN_OK;
  }
  for (int i = 0; i < call->input_count; i++) {
    rnn_port *in = &call->inputs[i];
    if (in->gradient) memset(in->gradient, 0, sizeof(float) * (size_t)rnn_size(&in->shape));
  }
  for (begin(&w, call); w.left > 0; advance(&w), dy++) {
    int chosen = op == MAXIMUM || op == MINIMUM ? winner(&w, op) : 0;
    for (int i = 0; i < call->input_count; i++)
      if (call->inputs[i].gradient) call->inputs[i].gradient[w.at[i]] += *dy * slope(&w, op, i, chosen);
  }
  return RNN_OK;
}

/* "or" of all masks; none where an input has none */
static rnn_status join_masks(rnn_context *cx, const void *self, const rnn_call *call, uint8_t *mask,
                             bool *any) {
  (void)cx, (void)self;
  const rnn_shape *out = &call->outputs->shape;
  for (int i = 0; i < call->input_count; i++) {
    const rnn_shape *in = &call->inputs[i].shape;
    *any = *any && call->inputs[i].mask && in->ndim == out->ndim && in->dim[1] == out->dim[1];
  }
  int64_t steps = *any ? out->dim[0] * out->dim[1] : 0;
  for (int64_t k = 0; k < steps; k++) {
    mask[k] = 0;
    for (int i = 0; i < call->input_count; i++) mask[k] |= call->inputs[i].mask[k];
  }
  return RNN_OK;
}

/* ---- the types --------------------------------------------------------------------------------------------------- */

#define ELEMENTWISE(NAME, OP, TITLE, MOST, DOC)                                                      \
  static rnn_status NAME##_forward(rnn_context *cx, const void *self, rnn_call *call) {              \
    (void)cx, (void)self;                                                                            \
    return forward(call, OP);                                                                        \
  }                                                                                                  \
  static rnn_status NAME##_backward(rnn_context *cx, const void *self, rnn_call *call) {             \
    (void)cx, (void)self;                                                                            \
    return backward(call, OP);                                                                       \
  }                                                                                                  \
  const rnn_layer_type rnn_##NAME = {                                                                \
      .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, TITLE), .doc = DOC},                              \
      .flags = RNN_LAYER_TAKES_MASK,                                                                 \
      .min_inputs = 2,                                                                               \
      .max_inputs = MOST,                                                                            \
      .shapes = shapes,                                                                              \
      .forward = NAME##_forward,                                                                     \
      .backward = NAME##_backward,                                                                   \
      .mask = join_masks,                                                                            \
  };

#define SHAPES " Called on a list of tensors;\nshapes are equal or broadcast, aligned at the last axis."

ELEMENTWISE(add, ADD, "Add", RNN_MAX_PORTS, "Add: the sum of its inputs." SHAPES)
ELEMENTWISE(subtract, SUBTRACT, "Subtract", 2, "Subtract: the first input minus the second." SHAPES)
ELEMENTWISE(multiply, MULTIPLY, "Multiply", RNN_MAX_PORTS, "Multiply: the product of its inputs, element by element." SHAPES)
ELEMENTWISE(average, AVERAGE, "Average", RNN_MAX_PORTS, "Average: the mean of its inputs, element by element." SHAPES)
ELEMENTWISE(maximum, MAXIMUM, "Maximum", RNN_MAX_PORTS, "Maximum: the largest of its inputs, element by element." SHAPES)
ELEMENTWISE(minimum, MINIMUM, "Minimum", RNN_MAX_PORTS, "Minimum: the smallest of its inputs, element by element." SHAPES)
