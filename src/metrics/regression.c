/* regression.c - metrics of regression that are not the mean of a loss */
#include <math.h>

#include "metrics/metrics.h"

/* metrics of whole rows, which go along the last axis: the only one that can be asked for */
typedef struct row_self {
  int64_t axis;
} row_self;

static const rnn_arg row_args[] = {
    {"axis", RNN_ARG_INTEGER, offsetof(row_self, axis), "-1", "[-1, -1]", 0, "the last one; data with another are to be transposed"}};

/* ---- root mean squared error ----------------------------------------------------------------- */

static double mean_square(const no_arguments *self, int64_t n, const float *t, const float *p) {
  (void)self;
  double sum = 0;
  for (int64_t c = 0; c < n; c++) {
    double d = p[c] - t[c];
    sum += d * d;
  }
  return sum / (double)n;
}

MEAN_OVER_ROWS(mean_square, no_arguments, columns)

static double root_of_mean(const void *self, int64_t columns, const double *state) {
  return sqrt(mean_result(self, columns, state));
}

const rnn_metric_type rnn_root_mean_squared_error = {
    .type = {METRIC("RootMeanSquaredError"), .aliases = "root_mean_squared_error",
             .doc = "sqrt(mean((y_pred - y_true)^2)), the mean over everything seen"},
    .flags = RNN_METRIC_IGNORES_MASK,
    .state_size = mean_state_size,
    .update = mean_square_update,
    .result = root_of_mean};

/* ---- cosine similarity: unlike the loss, 1 is best ------------------------------------------- */

/* 1 / the length of x, which counts as at least 1e-7 */
static double inverse_length(int64_t n, const float *x) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum += (double)x[i] * x[i];
  return fmin(1 / sqrt(sum), 1 / 1e-7);
}

static double cosine(const row_self *self, int64_t n, const float *t, const float *p) {
  (void)self;
  double it = inverse_length(n, t), ip = inverse_length(n, p), sum = 0;
  for (int64_t c = 0; c < n; c++) sum += t[c] * it * p[c] * ip;
  return sum;
}

MEAN_OVER_ROWS(cosine, row_self, columns)

const rnn_metric_type rnn_cosine_similarity_metric = {
    .type = {METRIC("CosineSimilarity"), .aliases = "cosine_similarity",
             .doc = "the cosine of the angle between y_true and y_pred along the last axis",
             RNN_ARGUMENTS(row_args, row_self)},
    .state_size = mean_state_size,
    .update = cosine_update,
    .result = mean_result,
    .flags = RNN_METRIC_MAXIMIZED};

/* ---- Pearson's correlation ------------------------------------------------------------------- */

static double mean_of(int64_t n, const float *x) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum += x[i];
  return sum / (double)n;
}

/* NaN where a row of either is constant, as in Keras */
static double pearson(const row_self *self, int64_t n, const float *t, const float *p) {
  (void)self;
  double mt = mean_of(n, t), mp = mean_of(n, p), tt = 0, pp = 0, tp = 0;
  for (int64_t c = 0; c < n; c++) {
    tt += (t[c] - mt) * (t[c] - mt);
    pp += (p[c] - mp) * (p[c] - mp);
    tp += (t[c] - mt) * (p[c] - mp);
  }
  return tp / sqrt(tt * pp);
}

MEAN_OVER_ROWS(pearson, row_self, columns)

const rnn_metric_type rnn_pearson_correlation = {
    .type = {METRIC("PearsonCorrelation"), .aliases = "pearson_correlation",
             .doc = "Pearson's correlation of y_true and y_pred along the last axis",
             RNN_ARGUMENTS(row_args, row_self)},
    .state_size = mean_state_size,
    .update = pearson_update,
    .result = mean_result,
    .flags = RNN_METRIC_MAXIMIZED};
