/*
** masking.c - Masking: timesteps of which all features equal a value are masked, and their output is 0
** (keras/src/layers/core/masking.py)
*/
#include <string.h>

#include "layers/rnn/rnn.h"

typedef struct masking {
  double mask_value;
} masking;

static const rnn_arg args[] = {{"mask_value", RNN_ARG_NUMBER, offsetof(masking, mask_value), "0", NULL, 0,
                                "a timestep is skipped if all of its features equal this"}};

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)self, (void)input_count, (void)output_count;
  if (inputs->ndim != 3) {
    char got[RNN_SHAPE_TEXT];
    return rnn_fail(cx, RNN_INVALID, "expected (batch, timesteps, features), got %s",
                    cx->host->shape_text(got, inputs->ndim, inputs->dim));
  }
  *outputs = *inputs;
  return RNN_OK;
}

/* whether a timestep counts: any of its features differs from the value */
static bool counts(const masking *m, const float *x, int64_t features) {
  for (int64_t i = 0; i < features; i++)
    if (x[i] != (float)m->mask_value) return true;
  return false;
}

/* to = from where the input's timestep counts, else 0 */
static void pass(const void *self, const rnn_port *in, const float *from, float *to) {
  int64_t features = rnn_columns(&in->shape);
  for (int64_t r = 0; r < rnn_rows(&in->shape); r++, from += features, to += features) {
    if (counts(self, in->data + r * features, features))
      memcpy(to, from, sizeof(float) * (size_t)features);
    else
      memset(to, 0, sizeof(float) * (size_t)features);
  }
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  pass(self, call->inputs, call->inputs->data, call->outputs->data);
  return RNN_OK;
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  if (call->inputs->gradient) pass(self, call->inputs, call->outputs->gradient, call->inputs->gradient);
  return RNN_OK;
}

static rnn_status mask(rnn_context *cx, const void *self, const rnn_call *call, uint8_t *to, bool *any) {
  (void)cx, (void)any;
  const rnn_port *in = call->inputs;
  int64_t features = rnn_columns(&in->shape);
  for (int64_t r = 0; r < rnn_rows(&in->shape); r++) to[r] = counts(self, in->data + r * features, features);
  return RNN_OK;
}

const rnn_layer_type rnn_masking = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Masking"),
             .doc = "Masking: layers behind skip timesteps of which all features equal mask_value.\n"
                    "(batch, timesteps, features) -> the same, zeros where skipped.",
             RNN_ARGUMENTS(args, masking),
             .positional = 1},
    .flags = RNN_LAYER_TAKES_MASK,
    .shapes = shapes,
    .forward = forward,
    .backward = backward,
    .mask = mask,
};
