/* layers.h - what this room's own files share: the list of its types, and a shape function */
#ifndef RNN_LAYERS_H
#define RNN_LAYERS_H

#include "rnnlua.h"
#include "rnnlua_math.h"

extern const rnn_layer_type rnn_dense, rnn_activation_layer, rnn_flatten, rnn_dropout;

/* shapes() of a layer that leaves its input's shape as it is */
rnn_status rnn_same_shape(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                          int *output_count, rnn_shape *outputs);

#endif
