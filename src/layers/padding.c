/*
** padding.c - UpSampling1D, ZeroPadding1D, Cropping1D: timesteps repeated, added and taken away
** (keras/src/layers/reshaping)
*/
#include <math.h>
#include <string.h>

#include "layers/steps.h"

static size_t bytes(int64_t numbers) { return sizeof(float) * (size_t)numbers; }

/* ---- UpSampling1D ------------------------------------------------------------------------------------ */

typedef struct up_sampling {
  int64_t size;
} up_sampling;

static const rnn_arg up_sampling_args[] = {
    {"size", RNN_ARG_INTEGER, offsetof(up_sampling, size), "2", "[1, 1e9]", 0, "times that a step is repeated"},
};

static rnn_status up_sampling_shapes(rnn_context *cx, const void *self, int input_count,
                                     const rnn_shape *inputs, int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  rnn_try(rnn_need_steps(cx, inputs));
  *outputs = *inputs;
  if (inputs->dim[1] != RNN_UNKNOWN) outputs->dim[1] *= ((const up_sampling *)self)->size;
  return RNN_OK;
}

static rnn_status up_sampling_forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  int64_t size = ((const up_sampling *)self)->size, n = rnn_columns(&call->inputs->shape);
  int64_t rows = rnn_rows(&call->inputs->shape);
  const float *x = call->inputs->data;
  for (int64_t r = 0; r < rows; r++)
    rnn_fill_rows(size, n, x + r * n, call->outputs->data + r * size * n);
  return RNN_OK;
}

static rnn_status up_sampling_backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  int64_t size = ((const up_sampling *)self)->size, n = rnn_columns(&call->inputs->shape);
  int64_t rows = rnn_rows(&call->inputs->shape);
  float *dx = call->inputs->gradient;
  if (dx == NULL) return RNN_OK;
  memset(dx, 0, bytes(rows * n));
  for (int64_t r = 0; r < rows; r++)
    rnn_add_rows(size, n, call->outputs->gradient + r * size * n, dx + r * n);
  return RNN_OK;
}

const rnn_layer_type rnn_up_sampling_1d = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "UpSampling1D"),
             .doc = "UpSampling1D: each timestep `size` times.\n(batch, timesteps, features) -> (batch, timesteps · "
                    "size, features).",
             RNN_ARGUMENTS(up_sampling_args, up_sampling),
             .positional = 1},
    .shapes = up_sampling_shapes,
    .forward = up_sampling_forward,
    .backward = up_sampling_backward};

/* ---- ZeroPadding1D and Cropping1D ---------------------------------------------------------------------- */

typedef struct ends {
  rnn_numbers amount;
  const char *data_format;
  int64_t before, after;
} ends;

/* one number for both ends, or a list of two */
static rnn_status read_ends(rnn_context *cx, ends *e, const char *layer, const char *argument) {
  for (int64_t i = 0; i < e->amount.count; i++)
    if (e->amount.values[i] != floor(e->amount.values[i]))
      return rnn_fail(cx, RNN_INVALID, "%s: argument '%s' must be whole numbers, got %.14g", layer, argument,
                      e->amount.values[i]);
  if (e->amount.count < 1 || e->amount.count > 2)
    return rnn_fail(cx, RNN_INVALID, "%s: argument '%s' must be a number or two, got %lld", layer, argument,
                    (long long)e->amount.count);
  e->before = (int64_t)e->amount.values[0];
  e->after = (int64_t)e->amount.values[e->amount.count - 1];
  return RNN_OK;
}

static rnn_status padding_check(rnn_context *cx, void *self) {
  return read_ends(cx, self, "ZeroPadding1D", "padding");
}

static rnn_status cropping_check(rnn_context *cx, void *self) {
  return read_ends(cx, self, "Cropping1D", "cropping");
}

static rnn_status padding_shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                                 int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  const ends *e = self;
  rnn_try(rnn_need_steps(cx, inputs));
  *outputs = *inputs;
  if (inputs->dim[1] != RNN_UNKNOWN) outputs->dim[1] += e->before + e->after;
  return RNN_OK;
}

static rnn_status cropping_shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                                  int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  const ends *e = self;
  rnn_try(rnn_need_steps(cx, inputs));
  *outputs = *inputs;
  if (inputs->dim[1] == RNN_UNKNOWN) return RNN_OK;
  outputs->dim[1] -= e->before + e->after;
  if (outputs->dim[1] > 0) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, "expected more than %lld timesteps (what 'cropping' takes away), got %lld",
                  (long long)(e->before + e->after), (long long)inputs->dim[1]);
}

/* Copies the longer of two arrays of sequences to the shorter (crops), or back (pads with zeros); the longer has
** `before` steps more in front. */
static void crop(const ends *e, const rnn_shape *longer, const float *from, float *to) {
  int64_t n = longer->dim[2], steps = longer->dim[1], kept = steps - e->before - e->after;
  for (int64_t b = 0; b < longer->dim[0]; b++)
    memcpy(to + b * kept * n, from + (b * steps + e->before) * n, bytes(kept * n));
}

static void pad(const ends *e, const rnn_shape *longer, const float *from, float *to) {
  int64_t n = longer->dim[2], steps = longer->dim[1], kept = steps - e->before - e->after;
  memset(to, 0, bytes(rnn_size(longer)));
  for (int64_t b = 0; b < longer->dim[0]; b++)
    memcpy(to + (b * steps + e->before) * n, from + b * kept * n, bytes(kept * n));
}

static rnn_status padding_forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  pad(self, &call->outputs->shape, call->inputs->data, call->outputs->data);
  return RNN_OK;
}

static rnn_status padding_backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  if (call->inputs->gradient)
    crop(self, &call->outputs->shape, call->outputs->gradient, call->inputs->gradient);
  return RNN_OK;
}

static rnn_status cropping_forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  crop(self, &call->inputs->shape, call->inputs->data, call->outputs->data);
  return RNN_OK;
}

static rnn_status cropping_backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  if (call->inputs->gradient)
    pad(self, &call->inputs->shape, call->outputs->gradient, call->inputs->gradient);
  return RNN_OK;
}

static const rnn_arg padding_args[] = {
    {"padding", RNN_ARG_NUMBERS, offsetof(ends, amount), "1", "[0, 1e9]", 0,
     "steps of zeros at both ends, or at the beginning and at the end: {1, 2}"},
    RNN_CHANNELS_LAST_ARG(ends),
};
static const rnn_arg cropping_args[] = {
    {"cropping", RNN_ARG_NUMBERS, offsetof(ends, amount), "1", "[0, 1e9]", 0,
     "steps taken away at both ends, or at the beginning and at the end: {1, 2}"},
};

const rnn_layer_type rnn_zero_padding_1d = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "ZeroPadding1D"),
             .doc = "ZeroPadding1D: timesteps of zeros in front and behind.\n(batch, timesteps, features) -> (batch, "
                    "padded timesteps, features).",
             RNN_ARGUMENTS(padding_args, ends),
             .positional = 1,
             .check = padding_check},
    .shapes = padding_shapes,
    .forward = padding_forward,
    .backward = padding_backward};

const rnn_layer_type rnn_cropping_1d = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Cropping1D"),
             .doc = "Cropping1D: timesteps taken away in front and behind.\n(batch, timesteps, features) -> (batch, "
                    "timesteps left, features).",
             RNN_ARGUMENTS(cropping_args, ends),
             .positional = 1,
             .check = cropping_check},
    .shapes = cropping_shapes,
    .forward = cropping_forward,
    .backward = cropping_backward};
