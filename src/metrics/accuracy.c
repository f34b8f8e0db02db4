/* accuracy.c - how often the prediction is right, for the several forms that answers come in */
#include <math.h>

#include "metrics/metrics.h"

/* ---- element by element ---------------------------------------------------------------------- */

static double accuracy(const no_arguments *self, int64_t n, const float *t, const float *p) {
  (void)self;
  int64_t right = 0;
  for (int64_t c = 0; c < n; c++) right += t[c] == p[c];
  return (double)right / (double)n;
}

MEAN_OVER_ROWS(accuracy, no_arguments, columns)

/* The word "accuracy" in compile is not this one: there it means binary, categorical or sparse
** accuracy, as loss and shapes have it. */
const rnn_metric_type rnn_accuracy = {
    .type = {METRIC("Accuracy"), .aliases = "accuracy", .doc = "how often y_pred equals y_true"},
    .state_size = mean_state_size,
    .update = accuracy_update,
    .result = mean_result,
    .flags = RNN_METRIC_MAXIMIZED};

typedef struct binary_self {
  double threshold;
} binary_self;

static const rnn_arg binary_args[] = {
    {"threshold", RNN_ARG_NUMBER, offsetof(binary_self, threshold), "0.5", NULL, 0,
     "y_pred above it means 1"},
};

static double binary_accuracy(const binary_self *self, int64_t n, const float *t, const float *p) {
  float threshold = (float)self->threshold;
  int64_t right = 0;
  for (int64_t c = 0; c < n; c++) right += t[c] == (float)(p[c] > threshold);
  return (double)right / (double)n;
}

MEAN_OVER_ROWS(binary_accuracy, binary_self, columns)

const rnn_metric_type rnn_binary_accuracy = {
    .type = {METRIC("BinaryAccuracy"), .aliases = "binary_accuracy",
             .doc = "how often y_pred > threshold equals y_true, 0 or 1",
             RNN_ARGUMENTS(binary_args, binary_self), .positional = 0},
    .state_size = mean_state_size,
    .update = binary_accuracy_update,
    .result = mean_result,
    .flags = RNN_METRIC_MAXIMIZED};

/* ---- the largest of a row -------------------------------------------------------------------- */

/* the first one where several are equal */
static int64_t position_of_largest(int64_t n, const float *x) {
  int64_t best = 0;
  for (int64_t i = 1; i < n; i++)
    if (x[i] > x[best]) best = i;
  return best;
}

static double categorical_accuracy(const no_arguments *self, int64_t n, const float *t,
                                   const float *p) {
  (void)self;
  return position_of_largest(n, t) == position_of_largest(n, p);
}

MEAN_OVER_ROWS(categorical_accuracy, no_arguments, columns)

const rnn_metric_type rnn_categorical_accuracy = {
    .type = {METRIC("CategoricalAccuracy"), .aliases = "categorical_accuracy",
             .doc = "how often the largest of y_pred stands where the largest of y_true (one-hot) "
                    "does"},
    .state_size = mean_state_size,
    .update = categorical_accuracy_update,
    .result = mean_result,
    .flags = RNN_METRIC_MAXIMIZED};

static double sparse_categorical_accuracy(const no_arguments *self, int64_t n, const float *t,
                                          const float *p) {
  (void)self;
  return *t == (float)position_of_largest(n, p);
}

MEAN_OVER_ROWS(sparse_categorical_accuracy, no_arguments, 1)

const rnn_metric_type rnn_sparse_categorical_accuracy = {
    .type = {METRIC("SparseCategoricalAccuracy"), .aliases = "sparse_categorical_accuracy",
             .doc = "how often the largest of y_pred stands at y_true, a class number from 0"},
    .target = RNN_TARGET_INDEX,
    .state_size = mean_state_size,
    .update = sparse_categorical_accuracy_update,
    .result = mean_result,
    .flags = RNN_METRIC_MAXIMIZED};

/* ---- among the k largest of a row ------------------------------------------------------------ */

typedef struct top_k_self {
  int64_t k;
} top_k_self;

static const rnn_arg top_k_args[] = {
    {"k", RNN_ARG_INTEGER, offsetof(top_k_self, k), "5", "[1, inf)", 0,
     "how many of the largest count"},
};

/* whether fewer than k values are above that of the class */
static bool is_in_top_k(int64_t k, int64_t n, int64_t class, const float *p) {
  if (class < 0 || class >= n || !isfinite(p[class])) return false;
  int64_t above = 0;
  for (int64_t c = 0; c < n; c++) above += p[c] > p[class];
  return above < k;
}

static double top_k(const top_k_self *self, int64_t n, const float *t, const float *p) {
  return is_in_top_k(self->k, n, position_of_largest(n, t), p);
}

MEAN_OVER_ROWS(top_k, top_k_self, columns)

const rnn_metric_type rnn_top_k_categorical_accuracy = {
    .type = {METRIC("TopKCategoricalAccuracy"), .aliases = "top_k_categorical_accuracy",
             .doc = "how often the class of y_true (one-hot) is among the k largest of y_pred",
             RNN_ARGUMENTS(top_k_args, top_k_self), .positional = 1},
    .state_size = mean_state_size,
    .update = top_k_update,
    .result = mean_result,
    .flags = RNN_METRIC_MAXIMIZED};

static double sparse_top_k(const top_k_self *self, int64_t n, const float *t, const float *p) {
  return *t > -1 && *t < (float)n && is_in_top_k(self->k, n, (int64_t)*t, p);
}

MEAN_OVER_ROWS(sparse_top_k, top_k_self, 1)

const rnn_metric_type rnn_sparse_top_k_categorical_accuracy = {
    .type = {METRIC("SparseTopKCategoricalAccuracy"),
             .aliases = "sparse_top_k_categorical_accuracy",
             .doc = "how often y_true, a class number from 0, is among the k largest of y_pred",
             RNN_ARGUMENTS(top_k_args, top_k_self), .positional = 1},
    .target = RNN_TARGET_INDEX,
    .state_size = mean_state_size,
    .update = sparse_top_k_update,
    .result = mean_result,
    .flags = RNN_METRIC_MAXIMIZED};
