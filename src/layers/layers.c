/* layers.c - the plugin of the plain layers but Dense (dense.c) */
#include "layers/layers.h"

rnn_status rnn_same_shape(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                          int *output_count, rnn_shape *outputs) {
  (void)cx, (void)self, (void)input_count, (void)output_count;
  *outputs = *inputs;
  return RNN_OK;
}

static const rnn_type *const types[] = {&rnn_activation_layer.type, &rnn_flatten.type, &rnn_dropout.type};

RNN_PLUGIN(layers, "1.0", "Activation, Flatten, Dropout", types)
