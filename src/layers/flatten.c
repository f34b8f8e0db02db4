/* flatten.c - Flatten: all axes but the batch's become one */
#include <string.h>

#include "layers/layers.h"

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)cx, (void)self, (void)input_count, (void)output_count;
  int64_t features = 1;
  for (int i = 1; i < inputs->ndim; i++)
    features = features == RNN_UNKNOWN || inputs->dim[i] == RNN_UNKNOWN ? RNN_UNKNOWN
                                                                        : features * inputs->dim[i];
  *outputs = (rnn_shape){2, {inputs->dim[0], features}};
  return RNN_OK;
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  size_t bytes = sizeof(float) * (size_t)rnn_size(&call->inputs->shape);
  memcpy(call->outputs->data, call->inputs->data, bytes);
  return RNN_OK;
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  size_t bytes = sizeof(float) * (size_t)rnn_size(&call->inputs->shape);
  if (call->inputs->gradient) memcpy(call->inputs->gradient, call->outputs->gradient, bytes);
  return RNN_OK;
}

const rnn_layer_type rnn_flatten = {
    .type = {.size = sizeof(rnn_layer_type),
             .kind = RNN_LAYER,
             .name = "Flatten",
             .doc = "Flatten: (batch, a, b, …) -> (batch, a·b·…); (batch,) -> (batch, 1)."},
    .shapes = shapes,
    .forward = forward,
    .backward = backward,
};
