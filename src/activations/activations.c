/* activations.c - this room's types, as the plugin `activations` */
#include "activations/activations.h"

static const rnn_type *const types[] = {
    &rnn_linear.type,      &rnn_relu.type,        &rnn_relu6.type,       &rnn_leaky_relu.type,
    &rnn_elu.type,         &rnn_selu.type,        &rnn_celu.type,        &rnn_softplus.type,
    &rnn_softsign.type,    &rnn_softmax.type,     &rnn_log_softmax.type, &rnn_sparsemax.type,
    &rnn_sigmoid.type,     &rnn_hard_sigmoid.type, &rnn_log_sigmoid.type, &rnn_sparse_sigmoid.type,
    &rnn_tanh.type,        &rnn_tanh_shrink.type, &rnn_hard_tanh.type,   &rnn_exponential.type,
    &rnn_silu.type,        &rnn_hard_silu.type,   &rnn_gelu.type,        &rnn_mish.type,
    &rnn_squareplus.type,  &rnn_sparse_plus.type, &rnn_soft_shrink.type, &rnn_hard_shrink.type,
    &rnn_threshold.type,
};

RNN_PLUGIN(activations, "1.0", "Keras' activation functions", types);
