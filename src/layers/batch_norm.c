/*
** batch_norm.c - BatchNormalization (Ioffe and Szegedy 2015;
** keras/src/layers/normalization/batch_normalization.py).
**
** While training: the mean and variance of each index along `axis`, over all else in the batch that is not masked, of
** which forward keeps moving averages. At inference, and where the layer is not trainable: those averages.
*/
#include <math.h>

#include "layers/axes.h"
#include "layers/batch_norm.h"
#include "layers/layers.h"
#include "layers/norms.h"

typedef struct batch_norm {
  int64_t axis;
  double momentum, epsilon;
  bool center, scale;
  RNN_NORM_FIELDS;
  const rnn_component *moving_mean_initializer, *moving_variance_initializer;
} batch_norm;

#define FIELD(NAME) offsetof(batch_norm, NAME)
static const rnn_arg args[] = {
    {"axis", RNN_ARG_INTEGER, FIELD(axis), "-1", NULL, 0, "of features, " RNN_AXIS_DOC},
    {"momentum", RNN_ARG_NUMBER, FIELD(momentum), "0.99", "[0, 1]", 0,
     "share of a moving average that stays in an update"},
    {"epsilon", RNN_ARG_NUMBER, FIELD(epsilon), "0.001", "[0, inf)", 0, "added to the variance"},
    {"center", RNN_ARG_BOOLEAN, FIELD(center), "true", NULL, 0, "whether to add beta"},
    {"scale", RNN_ARG_BOOLEAN, FIELD(scale), "true", NULL, 0, "whether to multiply by gamma"},
    RNN_NORM_INITIALIZERS(batch_norm),
    RNN_NORM_ARG(batch_norm, moving_mean_initializer, "zeros", RNN_INITIALIZER, "fills moving_mean"),
    RNN_NORM_ARG(batch_norm, moving_variance_initializer, "ones", RNN_INITIALIZER, "fills moving_variance"),
    RNN_NORM_LIMITS(batch_norm),
};

static rnn_numbers axes_of(const batch_norm *b, double *axis) {
  *axis = (double)b->axis;
  return (rnn_numbers){1, axis};
}

static rnn_status check(rnn_context *cx, void *self) {
  double axis;
  rnn_numbers axes = axes_of(self, &axis);
  return rnn_check_axes(cx, "BatchNormalization", "axis", &axes);
}

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  double axis;
  bool along[RNN_MAX_DIMS];
  rnn_numbers axes = axes_of(self, &axis);
  rnn_try(rnn_read_axes(cx, "axis", &axes, inputs, along));
  for (int i = 0; i < inputs->ndim; i++)
    if (along[i]) rnn_try(rnn_need_extent(cx, inputs, i));
  *outputs = *inputs;
  return RNN_OK;
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count,
                        const rnn_shape *inputs) {
  (void)input_count;
  const batch_norm *b = self;
  double axis;
  rnn_numbers axes = axes_of(b, &axis);
  rnn_shape shape = rnn_lanes_extents(&axes, inputs);
  if (b->scale) rnn_try(rnn_add_weight(cx, layer, &RNN_GAMMA(b, shape)));
  if (b->center) rnn_try(rnn_add_weight(cx, layer, &RNN_BETA(b, shape)));
  rnn_try(rnn_add_weight(cx, layer, &(rnn_weight_spec){
    .name = "moving_mean", .shape = shape, .initializer = b->moving_mean_initializer, .fixed = true}));
  return rnn_add_weight(cx, layer, &(rnn_weight_spec){
    .name = "moving_variance", .shape = shape, .initializer = b->moving_variance_initializer, .fixed = true});
}

static rnn_lanes lanes_of(const batch_norm *b, const rnn_call *call) {
  double axis;
  rnn_numbers axes = axes_of(b, &axis);
  return rnn_lanes_along(&axes, &call->inputs->shape);
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  rnn_lanes lanes = lanes_of(self, call);
  call->saved_size = 3 * lanes.length; /* rnn_batch_moments */
  call->scratch_size = rnn_lanes_room(&lanes, 2);
  return RNN_OK;
}

/* how a mask (batch × timesteps) of an input (batch, timesteps, features) lies along rows and columns */
static rnn_status set_mask(rnn_context *cx, const batch_norm *b, const rnn_call *call, rnn_batch_rows *w) {
  const rnn_shape *shape = &call->inputs->shape;
  char text[RNN_SHAPE_TEXT];
  if (call->inputs->mask == NULL || w->inference) return RNN_OK;
  if (shape->ndim != 3)
    return rnn_fail(cx, RNN_INVALID, "a mask of (batch, timesteps) goes with (batch, timesteps, features), got an "
                    "input of shape %s", cx->host->shape_text(text, shape->ndim, shape->dim));
  bool by_time = b->axis == 2 || b->axis == -2;
  w->mask = call->inputs->mask;
  w->mask_rows = by_time ? shape->dim[2] : 1;
  w->mask_step = by_time ? shape->dim[1] : 1;
  w->mask_column = by_time;
  return RNN_OK;
}

static rnn_batch_rows rows_of(const batch_norm *b, const rnn_call *call, const rnn_lanes *lanes) {
  int64_t n = lanes->length;
  rnn_batch_rows w = {.rows = lanes->rows,
                      .columns = n,
                      .epsilon = b->epsilon,
                      .momentum = (float)b->momentum,
                      .rest = (float)(1 - b->momentum),
                      .inference = !call->training || call->frozen,
                      .moments = {call->saved, call->saved + n, call->saved + 2 * n},
                      .gamma = b->scale ? call->weights[0] : NULL,
                      .beta = b->center ? call->weights[b->scale] : NULL};
  if (!w.inference && call->fixed_weights) {
    w.moving_mean = call->fixed_weights[b->scale + b->center];
    w.moving_variance = call->fixed_weights[b->scale + b->center + 1];
  }
  return w;
}

typedef struct job {
  const rnn_batch_rows *rows;
  void (*f)(const rnn_batch_rows *rows, int64_t first, int64_t last);
} job;

static void run_tile(void *data, int64_t tile) {
  const job *j = data;
  int64_t first = tile * RNN_BATCH_COLUMNS, last = first + RNN_BATCH_COLUMNS;
  j->f(j->rows, first, last < j->rows->columns ? last : j->rows->columns);
}

static void run(rnn_context *cx, const rnn_batch_rows *rows,
                void (*f)(const rnn_batch_rows *rows, int64_t first, int64_t last)) {
  rnn_share_items(cx, (rows->columns + RNN_BATCH_COLUMNS - 1) / RNN_BATCH_COLUMNS, rows->rows * RNN_BATCH_COLUMNS,
                  run_tile, &(job){rows, f});
}

static void take_averages(const batch_norm *b, const rnn_call *call, const rnn_batch_rows *w) {
  const float *mean = call->weights[b->scale + b->center], *variance = call->weights[b->scale + b->center + 1];
  for (int64_t i = 0; i < w->columns; i++) {
    w->moments.mean[i] = mean[i];
    w->moments.inverse[i] = (float)(1 / sqrt((double)variance[i] + b->epsilon));
  }
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  const batch_norm *b = self;
  const rnn_batch_functions *use = RNN_PICK(cx->host->cpu_level, rnn_batch);
  rnn_lanes lanes = lanes_of(b, call);
  rnn_batch_rows w = rows_of(b, call, &lanes);
  rnn_try(set_mask(cx, b, call, &w));
  w.x = rnn_lanes_of(&lanes, call->inputs->data, call->scratch);
  w.y = rnn_lanes_for(&lanes, call->outputs->data, call->scratch + rnn_lanes_room(&lanes, 1));
  if (w.inference)
    take_averages(b, call, &w);
  else
    run(cx, &w, use->measure);
  run(cx, &w, use->forward);
  rnn_lanes_done(&lanes, w.y, call->outputs->data);
  return RNN_OK;
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  const batch_norm *b = self;
  rnn_lanes lanes = lanes_of(b, call);
  rnn_batch_rows w = rows_of(b, call, &lanes);
  float *room = call->scratch + rnn_lanes_room(&lanes, 1), *dx = call->inputs->gradient;
  rnn_try(set_mask(cx, b, call, &w));
  w.x = rnn_lanes_of(&lanes, call->inputs->data, call->scratch);
  w.y = (float *)rnn_lanes_of(&lanes, call->outputs->gradient, room);
  w.dx = dx ? rnn_lanes_for(&lanes, dx, room) : NULL;
  if (b->scale) w.d_gamma = call->weight_gradients[0];
  if (b->center) w.d_beta = call->weight_gradients[b->scale];
  run(cx, &w, RNN_PICK(cx->host->cpu_level, rnn_batch)->backward);
  if (dx) rnn_lanes_done(&lanes, w.dx, dx);
  return RNN_OK;
}

const rnn_layer_type rnn_batch_normalization = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "BatchNormalization"),
             .doc = "BatchNormalization: (x - mean) / sqrt(variance + epsilon) · gamma + beta, with mean and variance "
                    "of the batch while training, of moving averages else, and where the layer is not trainable.\n"
                    "Any shape -> the same shape; weights: gamma, beta, moving_mean, moving_variance, (features,). "
                    "Masked steps count for neither mean nor variance. Ioffe and Szegedy 2015.",
             RNN_ARGUMENTS(args, batch_norm),
             .positional = 1,
             .check = check},
    .flags = RNN_LAYER_PASSES_MASK | RNN_LAYER_TAKES_MASK | RNN_LAYER_BUILDS_ANEW,
    .shapes = shapes,
    .build = build,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
