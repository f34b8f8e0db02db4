/*
** pooling.c - GlobalAveragePooling1D, GlobalMaxPooling1D: one value of all timesteps for each feature
** (keras/src/layers/pooling). The average leaves masked timesteps out.
*/
#include <string.h>

#include "layers/shaping/shaping.h"

typedef struct pooling {
  const char *data_format;
  bool keepdims;
} pooling;

static const rnn_arg args[] = {
    {"data_format", RNN_ARG_STRING, offsetof(pooling, data_format), "channels_last",
     "channels_last|channels_first", 0, "whether features are the last axis, or timesteps"},
    {"keepdims", RNN_ARG_BOOLEAN, offsetof(pooling, keepdims), "false", NULL, 0,
     "keep an axis of one timestep"},
};

static bool features_first(const pooling *p) { return strcmp(p->data_format, "channels_first") == 0; }

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  const pooling *p = self;
  if (inputs->ndim != 3) {
    char text[RNN_SHAPE_TEXT];
    return rnn_fail(cx, RNN_INVALID, "expected (batch, timesteps, features), got %s",
                    cx->host->shape_text(text, inputs->ndim, inputs->dim));
  }
  int64_t features = inputs->dim[features_first(p) ? 1 : 2];
  *outputs = (rnn_shape){2, {inputs->dim[0], features}};
  if (p->keepdims)
    *outputs = (rnn_shape){3, {inputs->dim[0], features_first(p) ? features : 1, features_first(p) ? 1 : features}};
  return RNN_OK;
}

/* the input as batch × steps × features, with the distances between neighbours */
typedef struct view {
  int64_t batch, steps, features, step, feature;
} view;

static view view_of(const pooling *p, const rnn_shape *in) {
  if (features_first(p)) return (view){in->dim[0], in->dim[2], in->dim[1], 1, in->dim[2]};
  return (view){in->dim[0], in->dim[1], in->dim[2], in->dim[2], 1};
}

static bool is_masked(const uint8_t *mask, const view *v, int64_t b, int64_t t) {
  return mask && !mask[b * v->steps + t];
}

/* ---- the average -------------------------------------------------------------------------------------------- */

/* how many steps of sample b count */
static float counted(const uint8_t *mask, const view *v, int64_t b) {
  int64_t count = 0;
  for (int64_t t = 0; t < v->steps; t++) count += !is_masked(mask, v, b, t);
  return (float)count;
}

static rnn_status average_forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  view v = view_of(self, &call->inputs->shape);
  const float *x = call->inputs->data;
  float *y = call->outputs->data;
  for (int64_t b = 0; b < v.batch; b++, x += v.steps * v.features, y += v.features) {
    float count = counted(call->inputs->mask, &v, b);
    for (int64_t f = 0; f < v.features; f++) {
      float sum = 0;
      for (int64_t t = 0; t < v.steps; t++)
        if (!is_masked(call->inputs->mask, &v, b, t)) sum += x[t * v.step + f * v.feature];
      y[f] = sum / count;
    }
  }
  return RNN_OK;
}

static rnn_status average_backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  view v = view_of(self, &call->inputs->shape);
  float *dx = call->inputs->gradient;
  const float *dy = call->outputs->gradient;
  for (int64_t b = 0; dx && b < v.batch; b++, dx += v.steps * v.features, dy += v.features) {
    float count = counted(call->inputs->mask, &v, b);
    for (int64_t f = 0; f < v.features; f++)
      for (int64_t t = 0; t < v.steps; t++)
        dx[t * v.step + f * v.feature] = is_masked(call->inputs->mask, &v, b, t) ? 0 : dy[f] / count;
  }
  return RNN_OK;
}

/* ---- the largest ---------------------------------------------------------------------------------------------- */

static float largest(const view *v, const float *x) {
  float best = x[0];
  for (int64_t t = 1; t < v->steps; t++)
    if (x[t * v->step] > best || x[t * v->step] != x[t * v->step]) best = x[t * v->step];
  return best;
}

static rnn_status max_forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  view v = view_of(self, &call->inputs->shape);
  const float *x = call->inputs->data;
  float *y = call->outputs->data;
  for (int64_t b = 0; b < v.batch; b++, x += v.steps * v.features, y += v.features)
    for (int64_t f = 0; f < v.features; f++) y[f] = largest(&v, x + f * v.feature);
  return RNN_OK;
}

/* several largest ones share the gradient, as TensorFlow's reduce_max has it */
static rnn_status max_backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  view v = view_of(self, &call->inputs->shape);
  const float *x = call->inputs->data, *dy = call->outputs->gradient;
  float *dx = call->inputs->gradient;
  int64_t sample = v.steps * v.features;
  for (int64_t b = 0; dx && b < v.batch; b++, x += sample, dx += sample, dy += v.features)
    for (int64_t f = 0; f < v.features; f++) {
      float best = largest(&v, x + f * v.feature);
      int64_t ties = 0;
      for (int64_t t = 0; t < v.steps; t++) ties += x[t * v.step + f * v.feature] == best;
      for (int64_t t = 0; t < v.steps; t++) {
        int64_t at = t * v.step + f * v.feature;
        dx[at] = x[at] == best ? dy[f] / (float)ties : 0;
      }
    }
  return RNN_OK;
}

const rnn_layer_type rnn_global_average_pooling = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "GlobalAveragePooling1D"),
             .aliases = "GlobalAvgPool1D",
             .doc = "GlobalAveragePooling1D: the mean over timesteps, masked ones left out.\n"
                    "(batch, timesteps, features) -> (batch, features).",
             RNN_ARGUMENTS(args, pooling)},
    .flags = RNN_LAYER_TAKES_MASK,
    .shapes = shapes,
    .forward = average_forward,
    .backward = average_backward,
};

const rnn_layer_type rnn_global_max_pooling = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "GlobalMaxPooling1D"),
             .aliases = "GlobalMaxPool1D",
             .doc = "GlobalMaxPooling1D: the largest over timesteps.\n"
                    "(batch, timesteps, features) -> (batch, features).",
             RNN_ARGUMENTS(args, pooling)},
    .shapes = shapes,
    .forward = max_forward,
    .backward = max_backward,
};
