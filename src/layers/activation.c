/* activation.c - Activation: an activation function as a layer of its own */
#include <string.h>

#include "layers/layers.h"

typedef struct activation_layer {
  const rnn_component *activation, *activity_regularizer;
} activation_layer;

static const rnn_arg args[] = {
    {"activation", RNN_ARG_COMPONENT, offsetof(activation_layer, activation), NULL, NULL,
     RNN_ACTIVATION, "the function"},
    {"activity_regularizer", RNN_ARG_COMPONENT, offsetof(activation_layer, activity_regularizer),
     "nil", NULL, RNN_REGULARIZER, "penalty on the output, divided by the batch size"},
};

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  const activation_layer *a = self;
  const rnn_port *in = call->inputs;
  if (call->wants_sums)
    memcpy(call->sums, in->data, sizeof(float) * (size_t)rnn_size(&in->shape));
  return rnn_activate(cx, a->activation, rnn_rows(&in->shape), rnn_columns(&in->shape), in->data,
                      call->outputs->data);
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  const activation_layer *a = self;
  const rnn_port *in = call->inputs, *out = call->outputs;
  if (in->gradient == NULL) return RNN_OK;
  return rnn_activate_backward(cx, call->wants_sums ? NULL : a->activation, rnn_rows(&in->shape), rnn_columns(&in->shape),
                               in->data, out->data, out->gradient, in->gradient);
}

const rnn_layer_type rnn_activation_layer = {
    .type = {.size = sizeof(rnn_layer_type),
             .kind = RNN_LAYER,
             .name = "Activation",
             .doc = "Activation: applies an activation function. Any shape -> the same shape.",
             .args = args,
             .arg_count = sizeof args / sizeof args[0],
             .positional = 1,
             .self_size = sizeof(activation_layer)},
    .flags = RNN_LAYER_PASSES_MASK | RNN_LAYER_TAKES_MASK | RNN_LAYER_GIVES_SUMS,
    .shapes = rnn_same_shape,
    .forward = forward,
    .backward = backward,
};
