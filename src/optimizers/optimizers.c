/* optimizers.c - this room's types but SGD (sgd.c), as the plugin `optimizers` */
#include "optimizers/optimizers.h"

static const rnn_type *const types[] = {
    &rnn_adam.type,
    &rnn_adamw.type,
    &rnn_rmsprop.type,
    &rnn_adagrad.type,
    &rnn_adadelta.type,
    &rnn_adamax.type,
    &rnn_nadam.type,
    &rnn_ftrl.type,
    &rnn_lion.type,
    &rnn_exponential_decay.type,
    &rnn_inverse_time_decay.type,
    &rnn_polynomial_decay.type,
    &rnn_cosine_decay.type,
    &rnn_cosine_decay_restarts.type,
    &rnn_piecewise_constant_decay.type,
};

RNN_PLUGIN(optimizers, "1.0", "Keras' optimizers and learning-rate schedules", types);
