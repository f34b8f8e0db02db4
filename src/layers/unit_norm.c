/*
** unit_norm.c - UnitNormalization: rows along `axis` scaled to the L2 norm 1
** (keras/src/layers/normalization/unit_normalization.py, ops/nn.py: _normalize)
*/
#include <math.h>

#include "layers/axes.h"
#include "layers/layers.h"

#define LARGEST 1e12 /* of 1 / norm: a row of zeros stays one */

typedef struct unit_norm {
  rnn_numbers axis;
} unit_norm;

static const rnn_arg args[] = {
    {"axis", RNN_ARG_NUMBERS, offsetof(unit_norm, axis), "-1", NULL, 0, "axis or axes of a row, " RNN_AXIS_DOC},
};

static rnn_status check(rnn_context *cx, void *self) {
  return rnn_check_axes(cx, "UnitNormalization", "axis", &((const unit_norm *)self)->axis);
}

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  bool along[RNN_MAX_DIMS];
  rnn_try(rnn_read_axes(cx, "axis", &((const unit_norm *)self)->axis, inputs, along));
  *outputs = *inputs;
  return RNN_OK;
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  rnn_lanes lanes = rnn_lanes_along(&((const unit_norm *)self)->axis, &call->inputs->shape);
  call->scratch_size = rnn_lanes_room(&lanes, 2);
  return RNN_OK;
}

static double inverse_norm(int64_t n, const float *x) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum += (double)x[i] * (double)x[i];
  return 1 / sqrt(sum);
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  rnn_lanes lanes = rnn_lanes_along(&((const unit_norm *)self)->axis, &call->inputs->shape);
  const float *x = rnn_lanes_of(&lanes, call->inputs->data, call->scratch);
  float *rows = rnn_lanes_for(&lanes, call->outputs->data, call->scratch + rnn_lanes_room(&lanes, 1)), *y = rows;
  for (int64_t r = 0; r < lanes.rows; r++, x += lanes.length, y += lanes.length) {
    double inverse = inverse_norm(lanes.length, x);
    float scale = (float)(inverse > LARGEST ? LARGEST : inverse); /* NaN stays NaN */
    for (int64_t i = 0; i < lanes.length; i++) y[i] = x[i] * scale;
  }
  rnn_lanes_done(&lanes, rows, call->outputs->data);
  return RNN_OK;
}

/* y = x / s: dx = (dy - y sum(dy y)) / s; where s is too small to be divided by, y = LARGEST · x */
static void row_gradient(int64_t n, const float *x, const float *dy, float *dx) {
  double inverse = inverse_norm(n, x), product = 0;
  for (int64_t i = 0; i < n; i++) product += (double)dy[i] * ((double)x[i] * inverse);
  if (inverse > LARGEST) {
    inverse = LARGEST;
    product = 0;
  }
  for (int64_t i = 0; i < n; i++)
    dx[i] = (float)(((double)dy[i] - (double)x[i] * inverse * product) * inverse);
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  if (call->inputs->gradient == NULL) return RNN_OK;
  rnn_lanes lanes = rnn_lanes_along(&((const unit_norm *)self)->axis, &call->inputs->shape);
  float *room = call->scratch + rnn_lanes_room(&lanes, 1);
  const float *x = rnn_lanes_of(&lanes, call->inputs->data, call->scratch);
  const float *dy = rnn_lanes_of(&lanes, call->outputs->gradient, room);
  float *dx = rnn_lanes_for(&lanes, call->inputs->gradient, room);
  for (int64_t at = 0; at < lanes.rows * lanes.length; at += lanes.length)
    row_gradient(lanes.length, x + at, dy + at, dx + at);
  rnn_lanes_done(&lanes, dx, call->inputs->gradient);
  return RNN_OK;
}

const rnn_layer_type rnn_unit_normalization = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "UnitNormalization"),
             .doc = "UnitNormalization: x / |x|, the L2 norm taken along `axis`. Any shape -> the same shape.",
             RNN_ARGUMENTS(args, unit_norm),
             .positional = 1,
             .check = check},
    .flags = RNN_LAYER_PASSES_MASK | RNN_LAYER_TAKES_MASK,
    .shapes = shapes,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
