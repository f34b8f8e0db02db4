/* categorical_crossentropy.c - cross-entropy of one class among several: one-hot or by number */
#include <math.h>

#include "losses/losses.h"

static float clipped(double p) {
  return p < EPSILON ? EPSILON : p > ONE_MINUS_EPSILON ? ONE_MINUS_EPSILON : (float)p;
}

static bool is_clipped(double p) { return p < EPSILON || p > ONE_MINUS_EPSILON; }

static double sum_of(int64_t n, const float *x) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum += x[i];
  return sum;
}

/* log(sum(exp(x))) */
static double log_sum_exp(int64_t n, const float *x) {
  double most = -INFINITY, sum = 0;
  for (int64_t i = 0; i < n; i++) most = x[i] > most ? x[i] : most;
  for (int64_t i = 0; i < n; i++) sum += exp(x[i] - most);
  return most + log(sum);
}

/* ---- one-hot targets ------------------------------------------------------------------------- */

typedef struct categorical_self {
  bool from_logits;
  double label_smoothing;
  int64_t axis;
} categorical_self;

#define FROM_LOGITS_ARG(SELF)                                                \
  {"from_logits", RNN_ARG_BOOLEAN, offsetof(SELF, from_logits), "false", NULL, 0, \
   "y_pred has not been through a softmax"}
#define LABEL_SMOOTHING_ARG(SELF)                                                       \
  {"label_smoothing", RNN_ARG_NUMBER, offsetof(SELF, label_smoothing), "0", "[0, 1]", 0, \
   "moves targets this far towards 1 / classes"}

static const rnn_arg categorical_args[] = {FROM_LOGITS_ARG(categorical_self), LABEL_SMOOTHING_ARG(categorical_self),
                                           AXIS_ARG(categorical_self)};

static double smoothed(double t, double smoothing, int64_t classes) {
  return t * (1 - smoothing) + smoothing / (double)classes;
}

/* -sum(t log softmax(x)); dx = softmax(x) sum(t) - t */
static float logits_row(double smoothing, int64_t n, const float *t, const float *x, float weight,
                        float *dx) {
  double normal = log_sum_exp(n, x), loss = 0, total = 0;
  for (int64_t c = 0; c < n; c++) {
    double target = smoothed(t[c], smoothing, n);
    loss += target * (normal - x[c]);
    total += target;
  }
  for (int64_t c = 0; dx != NULL && c < n; c++)
    dx[c] = (float)(weight * (exp(x[c] - normal) * total - smoothed(t[c], smoothing, n)));
  return (float)loss;
}

/* -sum(t log q), q = p / sum(p) clipped; dp = (dq - sum(dq q)) / sum(p) */
static float probabilities_row(double smoothing, int64_t n, const float *t, const float *p,
                               float weight, float *dp) {
  double sum = sum_of(n, p), loss = 0, turned = 0;
  for (int64_t c = 0; c < n; c++) {
    double target = smoothed(t[c], smoothing, n), q = p[c] / sum;
    loss -= target * log(clipped(q));
    if (!is_clipped(q)) turned -= target;
  }
  for (int64_t c = 0; dp != NULL && c < n; c++) {
    double q = p[c] / sum, dq = is_clipped(q) ? 0 : -smoothed(t[c], smoothing, n) / q;
    dp[c] = (float)(weight * (dq - turned) / sum);
  }
  return (float)loss;
}

static rnn_status categorical_compute(rnn_context *cx, const void *self, int64_t rows,
                                      int64_t columns, const float *y_true, const float *y_pred,
                                      const float *weights, float *values, float *d_pred) {
  (void)cx;
  const categorical_self *a = self;
  for (int64_t r = 0; r < rows; r++) {
    const float *t = y_true + r * columns, *p = y_pred + r * columns;
    float weight = weight_of(weights, r), *dp = d_pred ? d_pred + r * columns : NULL;
    values[r] = (a->from_logits ? logits_row : probabilities_row)(a->label_smoothing, columns, t, p,
                                                                 weight, dp);
  }
  return RNN_OK;
}

const rnn_loss_type rnn_categorical_crossentropy = {
    .type = {LOSS("CategoricalCrossentropy"), .aliases = "categorical_crossentropy",
             .doc = "-sum(y_true log(y_pred)) along the last axis; y_true one-hot, y_pred scaled "
                    "to sum to 1, then clipped to [1e-7, 1 - 1e-7]",
             RNN_ARGUMENTS(categorical_args, categorical_self), .positional = 2},
    .compute = categorical_compute};

/* ---- targets by class number ----------------------------------------------------------------- */

typedef struct sparse_self {
  bool from_logits;
  int64_t ignore_class, axis;
} sparse_self;

static const rnn_arg sparse_args[] = {
    FROM_LOGITS_ARG(sparse_self),
    {"ignore_class", RNN_ARG_INTEGER, offsetof(sparse_self, ignore_class), "nil", NULL, 0,
     "rows of this class are left out of the mean"},
    AXIS_ARG(sparse_self),
};

static float sparse_logits_row(int64_t n, int64_t class, const float *x, float weight, float *dx) {
  double normal = log_sum_exp(n, x);
  for (int64_t c = 0; dx != NULL && c < n; c++)
    dx[c] = (float)(weight * (exp(x[c] - normal) - (c == class)));
  return (float)(normal - x[class]);
}

/* log(sum(q)) - log(q[class]), q = p clipped: the softmax of log q, as Keras computes it */
static float sparse_probabilities_row(int64_t n, int64_t class, const float *p, float weight,
                                      float *dp) {
  double sum = 0;
  for (int64_t c = 0; c < n; c++) sum += clipped(p[c]);
  for (int64_t c = 0; dp != NULL && c < n; c++)
    dp[c] = is_clipped(p[c]) ? 0 : (float)(weight * (1 / sum - (c == class ? 1.0 / p[c] : 0)));
  return (float)(log(sum) - log(clipped(p[class])));
}

static bool is_ignored(const sparse_self *self, float class) {
  return self->ignore_class != RNN_NIL_INTEGER && class == (float)self->ignore_class;
}

static rnn_status check_classes(rnn_context *cx, const sparse_self *self, int64_t rows,
                                int64_t columns, const float *y_true) {
  for (int64_t r = 0; r < rows; r++) {
    float class = y_true[r];
    if (is_ignored(self, class) || (class >= 0 && class < (float)columns && class == floorf(class)))
      continue;
    return rnn_fail(cx, RNN_INVALID,
                    "SparseCategoricalCrossentropy: y_true must hold class numbers from 0 to %lld "
                    "(y_pred has %lld columns), got %g in row %lld "
                    "of the batch",
                    (long long)columns - 1, (long long)columns, class, (long long)r + 1);
  }
  return RNN_OK;
}

static rnn_status sparse_compute(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                                 const float *y_true, const float *y_pred, const float *weights,
                                 float *values, float *d_pred) {
  const sparse_self *a = self;
  rnn_try(check_classes(cx, a, rows, columns, y_true));
  for (int64_t r = 0; r < rows; r++) {
    const float *p = y_pred + r * columns;
    float *dp = d_pred ? d_pred + r * columns : NULL;
    bool ignored = is_ignored(a, y_true[r]);
    int64_t class = ignored ? 0 : (int64_t)y_true[r];
    float weight = ignored ? 0 : weight_of(weights, r);
    float value = (a->from_logits ? sparse_logits_row : sparse_probabilities_row)(columns, class, p,
                                                                                 weight, dp);
    values[r] = ignored ? 0 : value;
  }
  return RNN_OK;
}

const rnn_loss_type rnn_sparse_categorical_crossentropy = {
    .type = {LOSS("SparseCategoricalCrossentropy"), .aliases = "sparse_categorical_crossentropy",
             .doc = "-log(y_pred[class]), y_true holding the number of the class, from 0; y_pred "
                    "clipped to [1e-7, 1 - 1e-7], then scaled to sum to 1",
             RNN_ARGUMENTS(sparse_args, sparse_self), .positional = 2},
    .target = RNN_TARGET_INDEX,
    .compute = sparse_compute};
