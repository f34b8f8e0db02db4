/*
** activity_regularization.c - ActivityRegularization: passes its input on and adds a penalty on it to the loss,
** divided by the batch size as Keras does (keras/src/layers/regularization/activity_regularization.py)
*/
#include <math.h>
#include <string.h>

#include "layers/layers.h"

typedef struct activity_regularization {
  double l1, l2;
} activity_regularization;

static const rnn_arg args[] = {
    {"l1", RNN_ARG_NUMBER, offsetof(activity_regularization, l1), "0", "[0, inf)", 0, "factor of sum |x|"},
    {"l2", RNN_ARG_NUMBER, offsetof(activity_regularization, l2), "0", "[0, inf)", 0, "factor of sum x²"},
};

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  const activity_regularization *a = self;
  const rnn_port *in = call->inputs;
  int64_t n = rnn_size(&in->shape);
  double absolute = 0, square = 0;
  for (int64_t i = 0; i < n; i++) {
    absolute += fabs((double)in->data[i]);
    square += (double)in->data[i] * (double)in->data[i];
  }
  memcpy(call->outputs->data, in->data, sizeof(float) * (size_t)n);
  call->penalty += (a->l1 * absolute + a->l2 * square) / (double)in->shape.dim[0];
  return RNN_OK;
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  const activity_regularization *a = self;
  const rnn_port *in = call->inputs;
  int64_t n = rnn_size(&in->shape);
  float l1 = (float)(a->l1 / (double)in->shape.dim[0]), l2 = (float)(2 * a->l2 / (double)in->shape.dim[0]);
  const float *x = in->data, *dy = call->outputs->gradient;
  for (int64_t i = 0; in->gradient && i < n; i++)
    in->gradient[i] = dy[i] + l1 * (float)((x[i] > 0) - (x[i] < 0)) + l2 * x[i];
  return RNN_OK;
}

const rnn_layer_type rnn_activity_regularization = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "ActivityRegularization"),
             .doc = "ActivityRegularization: adds (l1 · sum |x| + l2 · sum x²) / batch size to the loss.\nAny shape -> "
                    "the same shape, the numbers as they are.",
             RNN_ARGUMENTS(args, activity_regularization),
             .positional = 2},
    .flags = RNN_LAYER_PASSES_MASK | RNN_LAYER_TAKES_MASK,
    .shapes = rnn_same_shape,
    .forward = forward,
    .backward = backward,
};
