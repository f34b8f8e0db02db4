/* l1l2.c - penalties on the size of weights */
#include <math.h>

#include "regularizers/regularizers.h"

/* l1 sum|w| + l2 sum w^2 */
static void add_penalty(double l1, double l2, int64_t n, const float *w, float scale,
                        double *penalty, float *gradient) {
  double absolute = 0, squares = 0;
  for (int64_t i = 0; i < n; i++) {
    absolute += fabsf(w[i]);
    squares += (double)w[i] * w[i];
  }
  if (l1 != 0) *penalty += l1 * absolute; /* 0 times an infinite sum would be NaN */
  if (l2 != 0) *penalty += l2 * squares;
  float a = (float)(scale * l1), b = (float)(2 * scale * l2);
  for (int64_t i = 0; gradient != NULL && i < n; i++)
    gradient[i] += a * (float)((w[i] > 0) - (w[i] < 0)) + b * w[i];
}

/* ---- L1, L2 ---------------------------------------------------------------------------------- */

typedef struct l1_self {
  double l1;
} l1_self;

typedef struct l2_self {
  double l2;
} l2_self;

static const rnn_arg l1_args[] = {FACTOR_ARG(l1_self, l1, "0.01", "factor of sum|w|")};
static const rnn_arg l2_args[] = {FACTOR_ARG(l2_self, l2, "0.01", "factor of sum w^2")};

static rnn_status l1_apply(rnn_context *cx, const void *self, const rnn_shape *shape,
                           const float *w, float scale, double *penalty, float *gradient) {
  (void)cx;
  add_penalty(((const l1_self *)self)->l1, 0, rnn_size(shape), w, scale, penalty, gradient);
  return RNN_OK;
}

static rnn_status l2_apply(rnn_context *cx, const void *self, const rnn_shape *shape,
                           const float *w, float scale, double *penalty, float *gradient) {
  (void)cx;
  add_penalty(0, ((const l2_self *)self)->l2, rnn_size(shape), w, scale, penalty, gradient);
  return RNN_OK;
}

const rnn_regularizer_type rnn_l1 = {
    .type = {REGULARIZER("L1"), .aliases = "l1", .doc = "l1 * sum|w|",
             RNN_ARGUMENTS(l1_args, l1_self), .positional = 1},
    .apply = l1_apply};

const rnn_regularizer_type rnn_l2 = {
    .type = {REGULARIZER("L2"), .aliases = "l2", .doc = "l2 * sum(w^2)",
             RNN_ARGUMENTS(l2_args, l2_self), .positional = 1},
    .apply = l2_apply};

/* ---- both ------------------------------------------------------------------------------------ */

typedef struct l1l2_self {
  double l1, l2;
} l1l2_self;

static const rnn_arg l1l2_args[] = {FACTOR_ARG(l1l2_self, l1, "0", "factor of sum|w|"),
                                    FACTOR_ARG(l1l2_self, l2, "0", "factor of sum w^2")};

static rnn_status l1l2_apply(rnn_context *cx, const void *self, const rnn_shape *shape,
                             const float *w, float scale, double *penalty, float *gradient) {
  (void)cx;
  const l1l2_self *a = self;
  add_penalty(a->l1, a->l2, rnn_size(shape), w, scale, penalty, gradient);
  return RNN_OK;
}

const rnn_regularizer_type rnn_l1l2 = {
    .type = {REGULARIZER("L1L2"), .aliases = "l1l2 l1_l2", .doc = "l1 * sum|w| + l2 * sum(w^2)",
             RNN_ARGUMENTS(l1l2_args, l1l2_self), .positional = 2},
    .apply = l1l2_apply};
