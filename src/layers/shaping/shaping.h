/* shaping.h - the layers of this room: they move numbers about, and compute little */
#ifndef RNN_SHAPING_H
#define RNN_SHAPING_H

#include "rnnlua.h"

extern const rnn_layer_type rnn_identity_layer, rnn_rescaling, rnn_reshape, rnn_permute, rnn_repeat_vector,
    rnn_global_average_pooling, rnn_global_max_pooling;

#endif
