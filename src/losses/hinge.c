/* hinge.c - hinge losses; labels are -1 and 1, or 0 and 1, which are converted */
#include <math.h>

#include "losses/losses.h"

/* Keras' rule: if every label of the batch is 0 or 1, they stand for -1 and 1. */
static bool are_binary(int64_t n, const float *labels) {
  for (int64_t i = 0; i < n; i++)
    if (labels[i] != 0 && labels[i] != 1) return false;
  return true;
}

/* max(1 - t p, 0), or its square */
static rnn_status hinge_rows(int64_t rows, int64_t columns, const float *y_true,
                             const float *y_pred, const float *weights, float *values,
                             float *d_pred, bool squared) {
  bool binary = are_binary(rows * columns, y_true);
  for (int64_t r = 0; r < rows; r++) {
    double sum = 0, scale = weight_of(weights, r) / (double)columns;
    for (int64_t c = r * columns; c < (r + 1) * columns; c++) {
      double t = binary ? 2 * y_true[c] - 1 : y_true[c];
      double gap = 1 - t * y_pred[c];
      if (gap < 0) gap = 0; /* NaN passes */
      sum += squared ? gap * gap : gap;
      if (d_pred) d_pred[c] = (float)(gap > 0 ? -scale * t * (squared ? 2 * gap : 1) : 0);
    }
    values[r] = (float)(sum / (double)columns);
  }
  return RNN_OK;
}

static rnn_status hinge_compute(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                                const float *y_true, const float *y_pred, const float *weights,
                                float *values, float *d_pred) {
  (void)cx, (void)self;
  return hinge_rows(rows, columns, y_true, y_pred, weights, values, d_pred, false);
}

static rnn_status squared_hinge_compute(rnn_context *cx, const void *self, int64_t rows,
                                        int64_t columns, const float *y_true, const float *y_pred,
                                        const float *weights, float *values, float *d_pred) {
  (void)cx, (void)self;
  return hinge_rows(rows, columns, y_true, y_pred, weights, values, d_pred, true);
}

const rnn_loss_type rnn_hinge = {
    .type = {LOSS("Hinge"), .aliases = "hinge",
             .doc = "mean(max(1 - y_true y_pred, 0)) over the last axis; labels -1 and 1, or 0 and "
                    "1"},
    .compute = hinge_compute};

const rnn_loss_type rnn_squared_hinge = {
    .type = {LOSS("SquaredHinge"), .aliases = "squared_hinge",
             .doc = "mean(max(1 - y_true y_pred, 0)^2) over the last axis; labels -1 and 1, or 0 "
                    "and 1"},
    .compute = squared_hinge_compute};

/* ---- one class against the best of the others ------------------------------------------------ */

static rnn_status categorical_hinge_compute(rnn_context *cx, const void *self, int64_t rows,
                                            int64_t columns, const float *y_true,
                                            const float *y_pred, const float *weights,
                                            float *values, float *d_pred) {
  (void)cx, (void)self;
  for (int64_t r = 0; r < rows; r++) {
    const float *t = y_true + r * columns, *p = y_pred + r * columns;
    double right = 0, wrong = -INFINITY;
    int64_t worst = 0;
    for (int64_t c = 0; c < columns; c++) {
      double other = (1 - t[c]) * p[c];
      right += t[c] * p[c];
      if (!(other <= wrong)) wrong = other, worst = c;
    }
    double gap = wrong - right + 1;
    values[r] = (float)(gap < 0 ? 0 : gap);
    for (int64_t c = 0; d_pred != NULL && c < columns; c++)
      d_pred[r * columns + c] =
          gap > 0 ? weight_of(weights, r) * ((c == worst ? 1 - t[c] : 0) - t[c]) : 0;
  }
  return RNN_OK;
}

const rnn_loss_type rnn_categorical_hinge = {
    .type = {LOSS("CategoricalHinge"), .aliases = "categorical_hinge",
             .doc = "max(max((1 - y_true) y_pred) - sum(y_true y_pred) + 1, 0) along the last "
                    "axis, y_true one-hot"},
    .compute = categorical_hinge_compute};
