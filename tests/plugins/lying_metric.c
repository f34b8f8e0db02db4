/*
** lying_metric.c - a metric that does not do what it says, in the way that the environment variable LYING names; without
** it all is well. What `rnnlua plugins check` is to find.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rnnlua.h"

static bool lies(const char *how) {
  const char *wanted = getenv("LYING");
  return wanted && strcmp(wanted, how) == 0;
}

static int64_t state_size(const void *self, int64_t columns) {
  (void)self, (void)columns;
  return lies("small") ? 1 : 2;
}

static rnn_status update(rnn_context *cx, const void *self, int64_t rows, int64_t columns, const float *y_true,
                         const float *y_pred, const float *weights, double *state) {
  (void)cx, (void)self;
  for (int64_t i = 0; i < rows * columns; i++) {
    double weight = weights ? weights[i / columns] : 1;
    state[0] += weight * fabs((double)y_true[i] - y_pred[i]);
    state[1] += weight;
  }
  if (lies("before")) state[-1] += 1;
  return RNN_OK;
}

static double result(const void *self, int64_t columns, const double *state) {
  (void)self, (void)columns;
  return lies("nan") ? NAN : state[0];
}

static const rnn_metric_type lying = {
    .type = {RNN_TYPE(rnn_metric_type, RNN_METRIC, "LyingMetric"), .doc = "the sum of |y_true - y_pred|"},
    .state_size = state_size, .update = update, .result = result};

static const rnn_type *const types[] = {&lying.type};
RNN_PLUGIN(lying_metric, "1.0", "a metric that does not do what it says", types)
