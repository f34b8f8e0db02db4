/*
** pooling.c - MaxPooling1D, AveragePooling1D: the largest or the mean of a window that slides over timesteps
** (keras/src/layers/pooling). Padding of "same" counts for neither; of equal numbers the first is the largest.
*/
#include <math.h>
#include <string.h>

#include "layers/steps.h"

typedef struct pooling {
  int64_t pool_size, strides;
  const char *padding, *data_format;
} pooling;

#define FIELD(NAME) offsetof(pooling, NAME)
#define POOLING_ARGS(SIZE)                                                                       \
  {"pool_size", RNN_ARG_INTEGER, FIELD(pool_size), SIZE, "[1, 1e9]", 0, "timesteps of a window"}, \
      {"strides", RNN_ARG_INTEGER, FIELD(strides), "nil", "[1, 1e9]", 0,                         \
       "timesteps from a window to the next; nil: pool_size"},                                   \
      {"padding", RNN_ARG_STRING, FIELD(padding), "valid", "valid|same", 0,                      \
       "valid: whole windows alone; same: as many windows as timesteps / strides, rounded up"},  \
      RNN_CHANNELS_LAST_ARG(pooling)

static const rnn_arg average_args[] = {POOLING_ARGS(NULL)}, max_args[] = {POOLING_ARGS("2")};

static rnn_window window_of(const pooling *p, int64_t steps) {
  return rnn_window_over(steps, p->pool_size, p->strides == RNN_NIL_INTEGER ? p->pool_size : p->strides, 1,
                         p->padding);
}

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  const pooling *p = self;
  rnn_try(rnn_need_steps(cx, inputs));
  rnn_window w = window_of(p, inputs->dim[1]);
  if (inputs->dim[1] != RNN_UNKNOWN && w.out < 1)
    return rnn_fail(cx, RNN_INVALID, "expected at least %lld timesteps (pool_size), got %lld",
                    (long long)p->pool_size, (long long)inputs->dim[1]);
  *outputs = *inputs;
  outputs->dim[1] = w.out;
  return RNN_OK;
}

/* the steps of the input in the window of output step t: first to last-1 */
static void bounds(const rnn_window *w, int64_t t, int64_t *first, int64_t *last) {
  *first = rnn_window_step(w, t, 0);
  *last = *first + w->size;
  if (*first < 0) *first = 0;
  if (*last > w->steps) *last = w->steps;
}

/* ---- AveragePooling1D ------------------------------------------------------------------------------- */

static rnn_status average(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  const rnn_shape *in = &call->inputs->shape;
  rnn_window w = window_of(self, in->dim[1]);
  int64_t n = in->dim[2], first, last;
  float *y = call->outputs->data;
  for (int64_t b = 0; b < in->dim[0]; b++)
    for (int64_t t = 0; t < w.out; t++, y += n) {
      bounds(&w, t, &first, &last);
      const float *x = call->inputs->data + (b * w.steps + first) * n;
      memcpy(y, x, sizeof(float) * (size_t)n);
      for (int64_t k = first + 1; k < last; k++) {
        x += n;
        for (int64_t i = 0; i < n; i++) y[i] += x[i];
      }
      for (int64_t i = 0; i < n; i++) y[i] /= (float)(last - first);
    }
  return RNN_OK;
}

static void clear(const rnn_port *in) {
  memset(in->gradient, 0, sizeof(float) * (size_t)rnn_size(&in->shape));
}

static rnn_status average_backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  const rnn_port *in = call->inputs;
  if (in->gradient == NULL) return RNN_OK;
  rnn_window w = window_of(self, in->shape.dim[1]);
  int64_t n = in->shape.dim[2], first, last;
  const float *dy = call->outputs->gradient;
  clear(in);
  for (int64_t b = 0; b < in->shape.dim[0]; b++)
    for (int64_t t = 0; t < w.out; t++, dy += n) {
      bounds(&w, t, &first, &last);
      float *dx = in->gradient + (b * w.steps + first) * n, share = 1 / (float)(last - first);
      for (int64_t k = first; k < last; k++, dx += n)
        for (int64_t i = 0; i < n; i++) dx[i] += dy[i] * share;
    }
  return RNN_OK;
}

/* ---- MaxPooling1D ------------------------------------------------------------------------------------ */

static rnn_status largest(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  const rnn_shape *in = &call->inputs->shape;
  rnn_window w = window_of(self, in->dim[1]);
  int64_t n = in->dim[2], first, last;
  float *y = call->outputs->data;
  for (int64_t b = 0; b < in->dim[0]; b++)
    for (int64_t t = 0; t < w.out; t++, y += n) {
      bounds(&w, t, &first, &last);
      const float *x = call->inputs->data + (b * w.steps + first) * n;
      memcpy(y, x, sizeof(float) * (size_t)n);
      for (int64_t k = first + 1; k < last; k++) {
        x += n;
        for (int64_t i = 0; i < n; i++) y[i] = x[i] > y[i] || isnan(x[i]) ? x[i] : y[i];
      }
    }
  return RNN_OK;
}

/* the gradient of an output goes to the first step that equals it */
static rnn_status largest_backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  const rnn_port *in = call->inputs, *out = call->outputs;
  if (in->gradient == NULL) return RNN_OK;
  rnn_window w = window_of(self, in->shape.dim[1]);
  int64_t n = in->shape.dim[2], first, last;
  clear(in);
  for (int64_t b = 0; b < in->shape.dim[0]; b++)
    for (int64_t t = 0; t < w.out; t++) {
      const float *y = out->data + (b * w.out + t) * n, *dy = out->gradient + (b * w.out + t) * n;
      bounds(&w, t, &first, &last);
      for (int64_t i = 0; i < n; i++) {
        int64_t at = (b * w.steps + first) * n + i, end = (b * w.steps + last - 1) * n + i;
        while (at < end && in->data[at] != y[i]) at += n;
        in->gradient[at] += dy[i];
      }
    }
  return RNN_OK;
}

/* ---- the two -------------------------------------------------------------------------------------------- */

const rnn_layer_type rnn_average_pooling_1d = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "AveragePooling1D"),
             .aliases = "AvgPool1D",
             .doc = "AveragePooling1D: the mean over each window of timesteps.\n(batch, timesteps, features) -> "
                    "(batch, windows, features).",
             RNN_ARGUMENTS(average_args, pooling),
             .positional = 3},
    .shapes = shapes,
    .forward = average,
    .backward = average_backward};

const rnn_layer_type rnn_max_pooling_1d = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "MaxPooling1D"),
             .aliases = "MaxPool1D",
             .doc = "MaxPooling1D: the largest number of each window of timesteps, feature by feature.\n(batch, "
                    "timesteps, features) -> (batch, windows, features).",
             RNN_ARGUMENTS(max_args, pooling),
             .positional = 3},
    .shapes = shapes,
    .forward = largest,
    .backward = largest_backward};
