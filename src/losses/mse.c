/* mse.c - the mean squared error, as a plugin of its own: what every build has */
#include "losses/losses.h"

static double mean_squared_error(const no_arguments *self, float t, float p) {
  (void)self;
  double d = t - p; /* subtracted in float32, as Keras does */
  return d * d;
}

static double mean_squared_error_slope(const no_arguments *self, float t, float p) {
  (void)self;
  return -2.0 * (t - p);
}

MEAN_OVER_COLUMNS(mean_squared_error, no_arguments)

const rnn_loss_type rnn_mean_squared_error = {
    .type = {LOSS("MeanSquaredError"), .aliases = "mean_squared_error mse MSE",
             .doc = "mean((y_true - y_pred)^2) over the last axis"},
    .compute = mean_squared_error_compute};

static const rnn_type *const types[] = {&rnn_mean_squared_error.type};

RNN_PLUGIN(mse, "1.0", "the mean squared error", types)
