/*
** layer_norm.c - LayerNormalization (Ba et al. 2016; keras/src/layers/normalization/layer_normalization.py,
** ops/nn.py: _layer_normalization).
**
** y = (x - mean) / sqrt(variance + epsilon) · gamma + beta, mean and variance of each row along `axis`. With rms_scaling
** x itself is divided by sqrt(variance + epsilon), which is no root mean square, but what Keras does.
*/
#include <math.h>

#include "layers/axes.h"
#include "layers/layers.h"
#include "layers/norms.h"

typedef struct layer_norm {
  rnn_numbers axis;
  double epsilon;
  bool center, scale, rms_scaling;
  RNN_NORM_FIELDS;
} layer_norm;

#define FIELD(NAME) offsetof(layer_norm, NAME)
static const rnn_arg args[] = {
    {"axis", RNN_ARG_NUMBERS, FIELD(axis), "-1", NULL, 0, "axis or axes of a row, " RNN_AXIS_DOC},
    {"epsilon", RNN_ARG_NUMBER, FIELD(epsilon), "0.001", "[0, inf)", 0, "added to the variance"},
    {"center", RNN_ARG_BOOLEAN, FIELD(center), "true", NULL, 0, "whether to add beta"},
    {"scale", RNN_ARG_BOOLEAN, FIELD(scale), "true", NULL, 0, "whether to multiply by gamma"},
    {"rms_scaling", RNN_ARG_BOOLEAN, FIELD(rms_scaling), "false", NULL, 0,
     "x / sqrt(variance + epsilon) · gamma, without mean and beta"},
    RNN_NORM_ARGS(layer_norm),
};

static rnn_status check(rnn_context *cx, void *self) {
  return rnn_check_axes(cx, "LayerNormalization", "axis", &((const layer_norm *)self)->axis);
}

static bool has_gamma(const layer_norm *l) { return l->scale || l->rms_scaling; }
static bool has_beta(const layer_norm *l) { return l->center && !l->rms_scaling; }

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  const layer_norm *l = self;
  bool along[RNN_MAX_DIMS];
  rnn_try(rnn_read_axes(cx, "axis", &l->axis, inputs, along));
  for (int i = 0; i < inputs->ndim; i++)
    if (along[i] && (has_gamma(l) || has_beta(l))) rnn_try(rnn_need_extent(cx, inputs, i));
  *outputs = *inputs;
  return RNN_OK;
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count,
                        const rnn_shape *inputs) {
  (void)input_count;
  const layer_norm *l = self;
  rnn_shape shape = rnn_lanes_extents(&l->axis, inputs);
  if (has_gamma(l)) rnn_try(rnn_add_weight(cx, layer, &RNN_GAMMA(l, shape)));
  return has_beta(l) ? rnn_add_weight(cx, layer, &RNN_BETA(l, shape)) : RNN_OK;
}

static rnn_norm_rows rows_of(const layer_norm *l, const rnn_call *call, const rnn_lanes *lanes) {
  return (rnn_norm_rows){.rows = lanes->rows,
                         .length = lanes->length,
                         .epsilon = l->epsilon,
                         .keeps_mean = l->rms_scaling,
                         .gamma = has_gamma(l) ? call->weights[0] : NULL,
                         .beta = has_beta(l) ? call->weights[has_gamma(l)] : NULL,
                         .moments = call->saved};
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  rnn_lanes lanes = rnn_lanes_along(&((const layer_norm *)self)->axis, &call->inputs->shape);
  call->saved_size = 2 * lanes.rows;
  call->scratch_size = rnn_lanes_room(&lanes, 2);
  return RNN_OK;
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  const layer_norm *l = self;
  rnn_lanes lanes = rnn_lanes_along(&l->axis, &call->inputs->shape);
  float *room = call->scratch + rnn_lanes_room(&lanes, 1);
  rnn_norm_rows rows = rows_of(l, call, &lanes);
  rows.x = rnn_lanes_of(&lanes, call->inputs->data, call->scratch);
  rows.y = rnn_lanes_for(&lanes, call->outputs->data, room);
  rnn_norm_forward(cx, &rows);
  rnn_lanes_done(&lanes, rows.y, call->outputs->data);
  return RNN_OK;
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  const layer_norm *l = self;
  rnn_lanes lanes = rnn_lanes_along(&l->axis, &call->inputs->shape);
  float *room = call->scratch + rnn_lanes_room(&lanes, 1), *dx = call->inputs->gradient;
  rnn_norm_rows rows = rows_of(l, call, &lanes);
  rows.x = rnn_lanes_of(&lanes, call->inputs->data, call->scratch);
  rows.y = (float *)rnn_lanes_of(&lanes, call->outputs->gradient, room);
  if (has_gamma(l)) rows.d_gamma = call->weight_gradients[0];
  if (has_beta(l)) rows.d_beta = call->weight_gradients[has_gamma(l)];
  rows.dx = dx ? rnn_lanes_for(&lanes, dx, room) : NULL;
  rnn_norm_backward(cx, &rows);
  if (dx) rnn_lanes_done(&lanes, rows.dx, dx);
  return RNN_OK;
}

const rnn_layer_type rnn_layer_normalization = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "LayerNormalization"),
             .doc = "LayerNormalization: (x - mean) / sqrt(variance + epsilon) · gamma + beta, with mean and variance "
                    "of each sample along `axis`.\nAny shape -> the same shape; weights: gamma and beta, the extents "
                    "of the axes. Ba et al. 2016.",
             RNN_ARGUMENTS(args, layer_norm),
             .positional = 1,
             .check = check},
    .flags = RNN_LAYER_PASSES_MASK | RNN_LAYER_TAKES_MASK | RNN_LAYER_BUILDS_ANEW,
    .shapes = shapes,
    .build = build,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
