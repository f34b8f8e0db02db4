/*
** normalization.c - Normalization: inputs shifted and scaled by a mean and a variance that were found before training
** (keras/src/layers/preprocessing/normalization.py). layer:adapt (lua/rnnlua/adapting.lua) finds them.
*/
#include <math.h>

#include "layers/axes.h"
#include "layers/layers.h"
#include "layers/norms.h"

#define SMALLEST 1e-7f /* of a deviation that is divided by: keras.config.epsilon() */

typedef struct normalization {
  rnn_numbers axis, mean, variance;
  bool invert;
  const rnn_component *ones; /* fills the variance */
  const rnn_host *host;
} normalization;

#define FIELD(NAME) offsetof(normalization, NAME)
static const rnn_arg args[] = {
    {"axis", RNN_ARG_NUMBERS, FIELD(axis), "-1", NULL, 0,
     "axis or axes along which each index has a mean of its own, " RNN_AXIS_DOC "; {}: one mean for all"},
    {"mean", RNN_ARG_NUMBERS, FIELD(mean), "nil", "(-inf, inf)", 0,
     "a number, or one an index; the layer then has no weights and is not adapted"},
    {"variance", RNN_ARG_NUMBERS, FIELD(variance), "nil", "[0, inf)", 0, "likewise; both are given, or none"},
    {"invert", RNN_ARG_BOOLEAN, FIELD(invert), "false", NULL, 0, "undo it: x times the deviation, plus the mean"},
};

static rnn_status check(rnn_context *cx, void *self) {
  normalization *n = self;
  rnn_try(rnn_check_axes(cx, "Normalization", "axis", &n->axis));
  if ((n->mean.values == NULL) != (n->variance.values == NULL))
    return rnn_fail(cx, RNN_INVALID, "Normalization: give both 'mean' and 'variance', or none of them");
  if (n->mean.count != n->variance.count)
    return rnn_fail(cx, RNN_INVALID, "Normalization: 'mean' and 'variance' must have as many numbers, got %lld and %lld",
                    (long long)n->mean.count, (long long)n->variance.count);
  if (n->mean.values && n->mean.count == 0) return rnn_fail(cx, RNN_INVALID, "Normalization: argument 'mean' is empty");
  n->host = cx->host;
  n->ones = cx->host->create(cx, RNN_INITIALIZER, "ones");
  return n->ones ? RNN_OK : RNN_NO_MEMORY;
}

static void release(void *self) {
  const normalization *n = self;
  n->host->drop(n->ones);
}

/* Numbers that are given go to the last of the axes, and repeat along those before it. */
static rnn_status check_given(rnn_context *cx, const normalization *n, const rnn_shape *extents) {
  char text[RNN_SHAPE_TEXT];
  int64_t count = n->mean.count, last = rnn_columns(extents);
  if (n->mean.values == NULL || count == 1 || count == last || count == rnn_size(extents)) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, "argument 'mean': the axes have shape %s, got %lld numbers",
                  cx->host->shape_text(text, extents->ndim, extents->dim), (long long)count);
}

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  const normalization *n = self;
  bool along[RNN_MAX_DIMS] = {false};
  if (n->axis.count > 0) rnn_try(rnn_read_axes(cx, "axis", &n->axis, inputs, along));
  for (int i = 0; i < inputs->ndim; i++)
    if (along[i]) rnn_try(rnn_need_extent(cx, inputs, i));
  rnn_shape extents = rnn_lanes_extents(&n->axis, inputs);
  rnn_try(check_given(cx, n, &extents));
  *outputs = *inputs;
  return RNN_OK;
}

/* Keras' weights, in its order; `count` is there for files of older versions of it alone. */
static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count, const rnn_shape *inputs) {
  (void)input_count;
  const normalization *n = self;
  if (n->mean.values) return RNN_OK;
  rnn_shape shape = rnn_lanes_extents(&n->axis, inputs), scalar = {.ndim = 0};
  rnn_try(rnn_add_weight(cx, layer, &(rnn_weight_spec){.name = "mean", .shape = shape, .fixed = true}));
  rnn_try(rnn_add_weight(cx, layer, &(rnn_weight_spec){
    .name = "variance", .shape = shape, .initializer = n->ones, .fixed = true}));
  return rnn_add_weight(cx, layer, &(rnn_weight_spec){.name = "count", .shape = scalar, .fixed = true});
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  rnn_lanes lanes = rnn_lanes_along(&((const normalization *)self)->axis, &call->inputs->shape);
  call->scratch_size = rnn_lanes_room(&lanes, 2) + 2 * lanes.length;
  return RNN_OK;
}

/* the mean and the deviation of each index, in scratch */
static void moments(const normalization *n, const rnn_call *call, const rnn_lanes *lanes, float *mean, float *deviation) {
  for (int64_t i = 0; i < lanes->length; i++) {
    bool given = n->mean.values != NULL;
    mean[i] = given ? (float)n->mean.values[i % n->mean.count] : call->weights[0][i];
    float root = sqrtf(given ? (float)n->variance.values[i % n->variance.count] : call->weights[1][i]);
    deviation[i] = root < SMALLEST ? SMALLEST : root; /* NaN stays NaN */
  }
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  const normalization *n = self;
  rnn_lanes lanes = rnn_lanes_along(&n->axis, &call->inputs->shape);
  float *room = call->scratch + 2 * lanes.length, *mean = call->scratch, *deviation = mean + lanes.length;
  const float *x = rnn_lanes_of(&lanes, call->inputs->data, room);
  float *rows = rnn_lanes_for(&lanes, call->outputs->data, room + rnn_lanes_room(&lanes, 1)), *y = rows;
  moments(n, call, &lanes, mean, deviation);
  for (int64_t r = 0; r < lanes.rows; r++, x += lanes.length, y += lanes.length)
    for (int64_t i = 0; i < lanes.length; i++)
      y[i] = n->invert ? mean[i] + x[i] * deviation[i] : (x[i] - mean[i]) / deviation[i];
  rnn_lanes_done(&lanes, rows, call->outputs->data);
  return RNN_OK;
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  const normalization *n = self;
  if (call->inputs->gradient == NULL) return RNN_OK;
  rnn_lanes lanes = rnn_lanes_along(&n->axis, &call->inputs->shape);
  float *room = call->scratch + 2 * lanes.length, *mean = call->scratch, *deviation = mean + lanes.length;
  const float *dy = rnn_lanes_of(&lanes, call->outputs->gradient, room);
  float *rows = rnn_lanes_for(&lanes, call->inputs->gradient, room + rnn_lanes_room(&lanes, 1)), *dx = rows;
  moments(n, call, &lanes, mean, deviation);
  for (int64_t r = 0; r < lanes.rows; r++, dy += lanes.length, dx += lanes.length)
    for (int64_t i = 0; i < lanes.length; i++) dx[i] = n->invert ? dy[i] * deviation[i] : dy[i] / deviation[i];
  rnn_lanes_done(&lanes, rows, call->inputs->gradient);
  return RNN_OK;
}

const rnn_layer_type rnn_normalization = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Normalization"),
             .doc = "Normalization: (x - mean) / sqrt(variance), of constants that layer:adapt(data) finds, or that are "
                    "given.\nThe shape stays; weights, not trained: mean, variance, and count, which is not used.",
             RNN_ARGUMENTS(args, normalization),
             .positional = 1,
             .check = check,
             .release = release},
    .flags = RNN_LAYER_PASSES_MASK | RNN_LAYER_BUILDS_ANEW,
    .shapes = shapes,
    .build = build,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
