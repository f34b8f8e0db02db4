/*
** dot.c - Dot: products of two inputs summed over one axis of each (keras/src/layers/merging/dot.py)
**
** Within a sample, x is brought to M × K and y to N × K, K being the axis summed over; the output is M × N.
*/
#include <math.h>

#include "layers/merging/merging.h"

typedef struct dot {
  rnn_shape axes; /* one for both inputs, or one each; as scripts count */
  bool normalize;
} dot;

static const rnn_arg args[] = {
    {"axes", RNN_ARG_SHAPE, offsetof(dot, axes), NULL, "axes", 0,
     "the axis summed over, of both inputs, or {axis of the first, axis of the second}; from 2, or -1, the last"},
    {"normalize", RNN_ARG_BOOLEAN, offsetof(dot, normalize), "false", NULL, 0,
     "scale both to length 1 along the axis first: the cosine of the angle between them"},
};

static rnn_status check(rnn_context *cx, void *self) {
  const rnn_shape *axes = &((const dot *)self)->axes;
  if (axes->ndim != 1 && axes->ndim != 2)
    return rnn_fail(cx, RNN_INVALID, "Dot: argument 'axes' must be one axis or two, got %d", axes->ndim);
  for (int i = 0; i < axes->ndim; i++)
    if (axes->dim[i] == 1 || axes->dim[i] == 0)
      return rnn_fail(cx, RNN_INVALID, "Dot: argument 'axes': %s", axes->dim[i]
                          ? "1 is the batch's axis, which can't be summed over"
                          : "axes count from 1 or, backwards, from -1, got 0");
  return RNN_OK;
}

/* how one input is seen: `before` × k × `after` within a sample */
typedef struct side {
  int axis;
  int64_t batch, before, k, after;
} side;

static side side_of(const dot *d, int input, const rnn_shape *shape) {
  int axis = rnn_merged_axis(d->axes.dim[d->axes.ndim == 2 ? input : 0], shape->ndim);
  if (axis < 1) return (side){.axis = -1};
  return (side){axis, shape->dim[0], rnn_extent(shape, 1, axis), shape->dim[axis],
                rnn_extent(shape, axis + 1, shape->ndim)};
}

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)output_count;
  char text[2][RNN_SHAPE_TEXT];
  rnn_shape out = {.ndim = 1};
  int64_t summed[2];
  rnn_try(rnn_merged_batch(cx, input_count, inputs, &out.dim[0]));
  for (int i = 0; i < 2; i++) {
    const rnn_shape *in = &inputs[i];
    int axis = side_of(self, i, in).axis;
    cx->host->shape_text(text[i], in->ndim, in->dim);
    if (axis < 0)
      return rnn_fail(cx, RNN_INVALID, "argument 'axes': input %d of shape %s has no such axis behind its batch",
                      i + 1, text[i]);
    summed[i] = in->dim[axis];
    for (int k = 1; k < in->ndim; k++) {
      if (k == axis) continue;
      if (out.ndim == RNN_MAX_DIMS) return rnn_fail(cx, RNN_INVALID, "the output has more than %d axes", RNN_MAX_DIMS);
      out.dim[out.ndim++] = in->dim[k];
    }
  }
  if (summed[0] != RNN_UNKNOWN && summed[1] != RNN_UNKNOWN && summed[0] != summed[1])
    return rnn_fail(cx, RNN_INVALID, "the axes summed over differ: %lld in %s, %lld in %s", (long long)summed[0],
                    text[0], (long long)summed[1], text[1]);
  if (out.ndim == 1) out.dim[out.ndim++] = 1;
  *outputs = out;
  return RNN_OK;
}

static int64_t rows_of(const side *s) { return s->before * s->after; }

/* saved: both inputs as rows × k, then the factor that scales each row to length 1 */
typedef struct memory {
  side side[2];
  float *rows[2], *factor[2];
} memory;

static memory memory_of(const dot *d, const rnn_call *call) {
  memory m;
  float *at = call->saved;
  for (int i = 0; i < 2; i++) {
    m.side[i] = side_of(d, i, &call->inputs[i].shape);
    int64_t rows = m.side[i].batch * rows_of(&m.side[i]);
    m.rows[i] = at;
    m.factor[i] = at + rows * m.side[i].k;
    at = m.factor[i] + rows;
  }
  return m;
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  int64_t largest = 0;
  for (int i = 0; i < 2; i++) {
    side s = side_of(self, i, &call->inputs[i].shape);
    int64_t rows = s.batch * rows_of(&s);
    call->saved_size += rows * (s.k + 1);
    if (rows_of(&s) * s.k > largest) largest = rows_of(&s) * s.k;
  }
  call->scratch_size = largest; /* the gradient of one sample's rows */
  return RNN_OK;
}

/* rows[before, after, k] = x[before, k, after], sample by sample */
static void to_rows(const side *s, const float *x, float *rows) {
  for (int64_t b = 0; b < s->batch * s->before; b++, x += s->k * s->after)
    for (int64_t a = 0; a < s->after; a++)
      for (int64_t k = 0; k < s->k; k++) *rows++ = x[k * s->after + a];
}

/* the way back, of one sample */
static void from_rows(const side *s, const float *rows, float *x) {
  for (int64_t b = 0; b < s->before; b++, x += s->k * s->after)
    for (int64_t a = 0; a < s->after; a++)
      for (int64_t k = 0; k < s->k; k++) x[k * s->after + a] = *rows++;
}

#define LONGEST_FACTOR 1e7f /* 1 / Keras' epsilon */

static void normalize_rows(const side *s, float *rows, float *factor) {
  for (int64_t r = 0; r < s->batch * rows_of(s); r++, rows += s->k) {
    float sum = 0;
    for (int64_t k = 0; k < s->k; k++) sum += rows[k] * rows[k];
    factor[r] = fminf(1 / sqrtf(sum), LONGEST_FACTOR);
    for (int64_t k = 0; k < s->k; k++) rows[k] *= factor[r];
  }
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  const dot *d = self;
  memory m = memory_of(d, call);
  for (int i = 0; i < 2; i++) {
    to_rows(&m.side[i], call->inputs[i].data, m.rows[i]);
    if (d->normalize) normalize_rows(&m.side[i], m.rows[i], m.factor[i]);
  }
  int64_t rows = rows_of(&m.side[0]), columns = rows_of(&m.side[1]), k = m.side[0].k;
  for (int64_t b = 0; b < m.side[0].batch; b++)
    rnn_try(rnn_sgemm(cx, false, true, rows, columns, k, m.rows[0] + b * rows * k, k,
                      m.rows[1] + b * columns * k, k, 0, call->outputs->data + b * rows * columns, columns));
  return RNN_OK;
}

/* the gradient of what rows were before they were scaled, in place of that of the scaled rows */
static void unnormalize(int64_t count, int64_t n, const float *rows, const float *factor, float *gradient) {
  for (int64_t r = 0; r < count; r++, rows += n, gradient += n) {
    float along = 0;
    for (int64_t k = 0; factor[r] < LONGEST_FACTOR && k < n; k++) along += rows[k] * gradient[k];
    for (int64_t k = 0; k < n; k++) gradient[k] = factor[r] * (gradient[k] - along * rows[k]);
  }
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  const dot *d = self;
  memory m = memory_of(d, call);
  int64_t k = m.side[0].k;
  for (int i = 0; i < 2; i++) {
    const side *mine = &m.side[i], *other = &m.side[1 - i];
    int64_t rows = rows_of(mine), others = rows_of(other), columns = rows_of(&m.side[1]);
    for (int64_t b = 0; call->inputs[i].gradient && b < mine->batch; b++) {
      const float *dy = call->outputs->gradient + b * rows * others;
      rnn_try(rnn_sgemm(cx, i == 1, false, rows, k, others, dy, columns, m.rows[1 - i] + b * others * k, k, 0,
                        call->scratch, k));
      if (d->normalize)
        unnormalize(rows, k, m.rows[i] + b * rows * k, m.factor[i] + b * rows, call->scratch);
      from_rows(mine, call->scratch, call->inputs[i].gradient + b * rows * k);
    }
  }
  return RNN_OK;
}

const rnn_layer_type rnn_dot = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Dot"),
             .doc = "Dot: the products of two inputs, summed over one axis of each, sample by sample. Called on\n"
                    "a list of two tensors: (batch, a, k) and (batch, b, k) -> (batch, a, b); (batch, k) twice ->\n"
                    "(batch, 1).",
             RNN_ARGUMENTS(args, dot),
             .positional = 2,
             .check = check},
    .min_inputs = 2,
    .max_inputs = 2,
    .shapes = shapes,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
