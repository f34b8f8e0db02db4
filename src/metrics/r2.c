/* r2.c - R2Score: how much of the variance of y_true is explained; rows × regressions */
#include <math.h>
#include <string.h>

#include "metrics/metrics.h"

/* for each column: sums, weighted, of y², y, (y_true - y_pred)² and of weights; behind all columns the numbers seen */
enum { SQUARES, SUM, RESIDUAL, WEIGHT, CELLS };

typedef struct r2_self {
  const char *class_aggregation;
  int64_t num_regressors;
} r2_self;

static const rnn_arg args[] = {
    {"class_aggregation", RNN_ARG_STRING, offsetof(r2_self, class_aggregation), "uniform_average",
     "uniform_average|variance_weighted_average", 0, "how the scores of the columns become one"},
    {"num_regressors", RNN_ARG_INTEGER, offsetof(r2_self, num_regressors), "0", "[0, inf)", 0,
     "independent regressors, for the adjusted score; 0: the plain one"},
};

static int64_t state_size(const void *self, int64_t columns) {
  (void)self;
  return CELLS * columns + 1;
}

static rnn_status update(rnn_context *cx, const void *self, int64_t rows, int64_t columns, const float *y_true,
                         const float *y_pred, const float *weights, double *state) {
  (void)cx, (void)self;
  for (int64_t r = 0; r < rows; r++, y_true += columns, y_pred += columns) {
    double weight = weights ? weights[r] : 1;
    for (int64_t c = 0; c < columns; c++) {
      double *cell = state + CELLS * c, t = y_true[c], error = t - y_pred[c];
      cell[SQUARES] += weight * t * t;
      cell[SUM] += weight * t;
      cell[RESIDUAL] += weight * error * error;
      cell[WEIGHT] += weight;
    }
  }
  state[CELLS * columns] += (double)(rows * columns);
  return RNN_OK;
}

/* keras/src/metrics/regression_metrics.py; where the adjustment is not defined the plain score stays */
static double result(const void *self, int64_t columns, const double *state) {
  const r2_self *a = self;
  bool by_variance = strcmp(a->class_aggregation, "variance_weighted_average") == 0;
  double sum = 0, weight = 0, samples = state[CELLS * columns];
  for (int64_t c = 0; c < columns; c++) {
    const double *cell = state + CELLS * c;
    double total = cell[SQUARES] - cell[SUM] * (cell[SUM] / cell[WEIGHT]);
    double score = 1 - cell[RESIDUAL] / total;
    if (isinf(score)) score = 0;
    sum += by_variance ? total * score : score;
    weight += by_variance ? total : 1;
  }
  double score = sum / weight, rest = samples - (double)a->num_regressors - 1;
  if (a->num_regressors == 0 || rest <= 0) return score;
  return 1 - (1 - score) * (samples - 1) / rest;
}

const rnn_metric_type rnn_r2_score = {
    .type = {METRIC("R2Score"), .aliases = "r2_score",
             .doc = "1 - sum((y_true - y_pred)^2) / sum((y_true - mean(y_true))^2), of each column, averaged",
             RNN_ARGUMENTS(args, r2_self), .positional = 2},
    .state_size = state_size,
    .update = update,
    .result = result,
    .flags = RNN_METRIC_IGNORES_MASK | RNN_METRIC_MAXIMIZED};
