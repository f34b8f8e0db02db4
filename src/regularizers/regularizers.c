/* regularizers.c - this room's types, as the plugin `regularizers` */
#include "regularizers/regularizers.h"

static const rnn_type *const types[] = {
    &rnn_l1.type,
    &rnn_l2.type,
    &rnn_l1l2.type,
    &rnn_orthogonal_regularizer.type,
};

RNN_PLUGIN(regularizers, "1.0", "Keras' regularizers", types);
