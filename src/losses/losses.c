/* losses.c - this room's types but the mean squared error (mse.c), as the plugin `losses` */
#include "losses/losses.h"

static const rnn_type *const types[] = {
    &rnn_mean_absolute_error.type,
    &rnn_mean_absolute_percentage_error.type,
    &rnn_mean_squared_logarithmic_error.type,
    &rnn_huber.type,
    &rnn_log_cosh.type,
    &rnn_poisson.type,
    &rnn_hinge.type,
    &rnn_squared_hinge.type,
    &rnn_categorical_hinge.type,
    &rnn_cosine_similarity.type,
    &rnn_kl_divergence.type,
    &rnn_binary_crossentropy.type,
    &rnn_categorical_crossentropy.type,
    &rnn_sparse_categorical_crossentropy.type,
    &rnn_binary_focal_crossentropy.type,
    &rnn_categorical_focal_crossentropy.type,
};

RNN_PLUGIN(losses, "1.0", "Keras' loss functions", types);
