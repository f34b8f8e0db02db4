/* shaping.c - the plugin of the layers that reshape, repeat and pool */
#include "layers/shaping/shaping.h"

static const rnn_type *const types[] = {
    &rnn_identity_layer.type,      &rnn_rescaling.type,     &rnn_reshape.type, &rnn_permute.type,
    &rnn_repeat_vector.type, &rnn_global_average_pooling.type, &rnn_global_max_pooling.type};

RNN_PLUGIN(shaping, "1.0",
           "Identity, Rescaling, Reshape, Permute, RepeatVector, GlobalAveragePooling1D, GlobalMaxPooling1D", types)
