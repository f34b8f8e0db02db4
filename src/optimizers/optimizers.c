/* optimizers.c - this room's types, as the plugin `optimizers` */
#include "optimizers/optimizers.h"

static const rnn_type *const types[] = {
    &rnn_sgd.type,
    &rnn_adam.type,
    &rnn_adamw.type,
};

RNN_PLUGIN(optimizers, "1.0", "Keras' optimizers and learning-rate schedules", types);
