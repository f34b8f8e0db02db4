/* initializers.c - this room's types but those in basic.c, as the plugin `initializers` */
#include "initializers/initializers.h"

static const rnn_type *const types[] = {
    &rnn_ones.type,
    &rnn_constant.type,
    &rnn_identity.type,
    &rnn_random_normal_initializer.type,
    &rnn_random_uniform_initializer.type,
    &rnn_truncated_normal.type,
    &rnn_variance_scaling.type,
    &rnn_glorot_normal.type,
    &rnn_he_uniform.type,
    &rnn_he_normal.type,
    &rnn_lecun_uniform.type,
    &rnn_lecun_normal.type,
    &rnn_orthogonal_initializer.type,
};

RNN_PLUGIN(initializers, "1.0", "Keras' initializers", types);
