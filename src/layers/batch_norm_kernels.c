/* batch_norm_kernels.c - loops of BatchNormalization; sums are taken in double */
#include <math.h>

#include "layers/batch_norm.h"

#define EPSILON 1e-7 /* keras.config.epsilon(), added to the count of unmasked elements */

/* 1 where element (r, first + i) counts, else 0 */
static void weigh(const rnn_batch_rows *w, int64_t r, int64_t first, int64_t n, float *weight) {
  const uint8_t *mask = w->mask + r / w->mask_rows * w->mask_step + first * w->mask_column;
  for (int64_t i = 0; i < n; i++) weight[i] = mask[i * w->mask_column] ? 1 : 0;
}

static void ones(int64_t n, float *weight) {
  for (int64_t i = 0; i < n; i++) weight[i] = 1;
}

/* as a running mean and variance go on: keras/src/layers/normalization/batch_normalization.py */
static void move(const rnn_batch_rows *w, int64_t at, double mean, double variance) {
  if (w->moving_mean == NULL) return;
  w->moving_mean[at] = w->moving_mean[at] * w->momentum + (float)mean * w->rest;
  w->moving_variance[at] = w->moving_variance[at] * w->momentum + (float)variance * w->rest;
}

static void measure(const rnn_batch_rows *w, int64_t first, int64_t last) {
  double sum[RNN_BATCH_COLUMNS] = {0}, square[RNN_BATCH_COLUMNS] = {0}, count[RNN_BATCH_COLUMNS] = {0};
  float weight[RNN_BATCH_COLUMNS];
  int64_t n = last - first;
  ones(n, weight);
  for (int64_t r = 0; r < w->rows; r++) {
    const float *x = w->x + r * w->columns + first;
    if (w->mask) weigh(w, r, first, n, weight);
    for (int64_t i = 0; i < n; i++) {
      sum[i] += weight[i] != 0 ? (double)x[i] : 0; /* what is masked may be NaN */
      count[i] += (double)weight[i];
    }
  }
  for (int64_t i = 0; i < n; i++) {
    if (w->mask) count[i] += EPSILON;
    sum[i] /= count[i];
  }
  for (int64_t r = 0; r < w->rows; r++) {
    const float *x = w->x + r * w->columns + first;
    if (w->mask) weigh(w, r, first, n, weight);
    for (int64_t i = 0; i < n; i++) {
      double d = weight[i] != 0 ? (double)x[i] - sum[i] : 0;
      square[i] += d * d;
    }
  }
  for (int64_t i = 0; i < n; i++) {
    double variance = square[i] / count[i];
    w->moments.mean[first + i] = (float)sum[i];
    w->moments.inverse[first + i] = (float)(1 / sqrt(variance + w->epsilon));
    w->moments.count[first + i] = (float)count[i];
    move(w, first + i, sum[i], variance);
  }
}

static void forward(const rnn_batch_rows *w, int64_t first, int64_t last) {
  float scale[RNN_BATCH_COLUMNS], shift[RNN_BATCH_COLUMNS];
  int64_t n = last - first;
  for (int64_t i = 0; i < n; i++) {
    scale[i] = w->moments.inverse[first + i] * (w->gamma ? w->gamma[first + i] : 1);
    shift[i] = (w->beta ? w->beta[first + i] : 0) - w->moments.mean[first + i] * scale[i];
  }
  for (int64_t r = 0; r < w->rows; r++) {
    const float *x = w->x + r * w->columns + first;
    float *y = w->y + r * w->columns + first;
    for (int64_t i = 0; i < n; i++) y[i] = x[i] * scale[i] + shift[i];
  }
}

/* With u = (x - mean) / s: dx = gamma / s · (dy - m/N (sum dy + u sum dy u)), m being 0 where x is masked, for its
** mean and variance are sums over the others; all of x where the moments do not depend on x: dx = gamma / s · dy */
static void backward(const rnn_batch_rows *w, int64_t first, int64_t last) {
  double sum[RNN_BATCH_COLUMNS] = {0}, product[RNN_BATCH_COLUMNS] = {0};
  float weight[RNN_BATCH_COLUMNS], a[RNN_BATCH_COLUMNS], b[RNN_BATCH_COLUMNS];
  const float *mean = w->moments.mean + first, *inverse = w->moments.inverse + first;
  int64_t n = last - first;
  for (int64_t r = 0; r < w->rows; r++) {
    const float *x = w->x + r * w->columns + first, *dy = w->y + r * w->columns + first;
    for (int64_t i = 0; i < n; i++) {
      sum[i] += (double)dy[i];
      product[i] += (double)(dy[i] * ((x[i] - mean[i]) * inverse[i]));
    }
  }
  for (int64_t i = 0; w->d_gamma && i < n; i++) w->d_gamma[first + i] += (float)product[i];
  for (int64_t i = 0; w->d_beta && i < n; i++) w->d_beta[first + i] += (float)sum[i];
  if (w->dx == NULL) return;
  for (int64_t i = 0; i < n; i++) {
    double count = w->inference ? INFINITY : (double)w->moments.count[first + i];
    a[i] = (float)(sum[i] / count);
    b[i] = (float)(product[i] / count);
  }
  ones(n, weight);
  for (int64_t r = 0; r < w->rows; r++) {
    const float *x = w->x + r * w->columns + first, *dy = w->y + r * w->columns + first;
    float *dx = w->dx + r * w->columns + first;
    if (w->mask) weigh(w, r, first, n, weight);
    for (int64_t i = 0; i < n; i++) {
      float scale = inverse[i] * (w->gamma ? w->gamma[first + i] : 1);
      float through = weight[i] != 0 ? a[i] + (x[i] - mean[i]) * inverse[i] * b[i] : 0;
      dx[i] = scale * (dy[i] - through);
    }
  }
}

const rnn_batch_functions RNN_KERNELS(rnn_batch) = {measure, forward, backward};
