/* similarity.c - losses between whole rows: cosine similarity, Kullback-Leibler divergence */
#include <math.h>

#include "losses/losses.h"

/* ---- cosine similarity ----------------------------------------------------------------------- */

typedef struct cosine_self {
  int64_t axis;
} cosine_self;

static const rnn_arg cosine_args[] = {AXIS_ARG(cosine_self)};

/* 1 / the length of x, which counts as at least 1e-7 */
static double inverse_length(int64_t n, const float *x) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum += (double)x[i] * x[i];
  return fmin(1 / sqrt(sum), 1 / 1e-7);
}

static rnn_status cosine_similarity_compute(rnn_context *cx, const void *self, int64_t rows,
                                            int64_t columns, const float *y_true,
                                            const float *y_pred, const float *weights,
                                            float *values, float *d_pred) {
  (void)cx, (void)self;
  for (int64_t r = 0; r < rows; r++) {
    const float *t = y_true + r * columns, *p = y_pred + r * columns;
    double it = inverse_length(columns, t), ip = inverse_length(columns, p), cosine = 0;
    for (int64_t c = 0; c < columns; c++) cosine += t[c] * it * p[c] * ip;
    values[r] = (float)-cosine;
    double scale = -weight_of(weights, r) * ip;
    double turned = ip < 1 / 1e-7 ? cosine : 0; /* a length held at 1e-7 is constant */
    for (int64_t c = 0; d_pred != NULL && c < columns; c++)
      d_pred[r * columns + c] = (float)(scale * (t[c] * it - turned * p[c] * ip));
  }
  return RNN_OK;
}

const rnn_loss_type rnn_cosine_similarity = {
    .type = {LOSS("CosineSimilarity"), .aliases = "cosine_similarity",
             .doc = "minus the cosine of the angle between y_true and y_pred along the last axis: "
                    "-1 where they point the same way",
             RNN_ARGUMENTS(cosine_args, cosine_self), .positional = 1},
    .compute = cosine_similarity_compute};

/* ---- Kullback-Leibler divergence ------------------------------------------------------------- */

static float clipped(float x) { return x < EPSILON ? EPSILON : x > 1 ? 1 : x; }

static rnn_status kl_divergence_compute(rnn_context *cx, const void *self, int64_t rows,
                                        int64_t columns, const float *y_true, const float *y_pred,
                                        const float *weights, float *values, float *d_pred) {
  (void)cx, (void)self;
  for (int64_t r = 0; r < rows; r++) {
    const float *t = y_true + r * columns, *p = y_pred + r * columns;
    double sum = 0;
    for (int64_t c = 0; c < columns; c++)
      sum += clipped(t[c]) * log((double)clipped(t[c]) / clipped(p[c]));
    values[r] = (float)sum;
    for (int64_t c = 0; d_pred != NULL && c < columns; c++)
      d_pred[r * columns + c] =
          p[c] == clipped(p[c]) ? -weight_of(weights, r) * clipped(t[c]) / p[c] : 0;
  }
  return RNN_OK;
}

const rnn_loss_type rnn_kl_divergence = {
    .type = {LOSS("KLDivergence"), .aliases = "kl_divergence kld KLD",
             .doc = "sum(y_true log(y_true / y_pred)) along the last axis, both clipped to [1e-7, "
                    "1]"},
    .compute = kl_divergence_compute};
