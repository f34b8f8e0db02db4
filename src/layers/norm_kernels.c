/* norm_kernels.c - loops of layer normalization; sums are taken in double */
#include <math.h>

#include "layers/norms.h"

#define PARTS 8 /* sums side by side, whatever the CPU level: the same bits on all of them */

static double total(const double *parts) {
  return ((parts[0] + parts[4]) + (parts[2] + parts[6])) + ((parts[1] + parts[5]) + (parts[3] + parts[7]));
}

static double sum(int64_t n, const float *x) {
  double parts[PARTS] = {0};
  int64_t i = 0;
  for (; i + PARTS <= n; i += PARTS)
    for (int j = 0; j < PARTS; j++) parts[j] += (double)x[i + j];
  for (int j = 0; i < n; i++, j++) parts[j] += (double)x[i];
  return total(parts);
}

static double squares(int64_t n, const float *x, double mean) {
  double parts[PARTS] = {0};
  int64_t i = 0;
  for (; i + PARTS <= n; i += PARTS)
    for (int j = 0; j < PARTS; j++) parts[j] += ((double)x[i + j] - mean) * ((double)x[i + j] - mean);
  for (int j = 0; i < n; i++, j++) parts[j] += ((double)x[i] - mean) * ((double)x[i] - mean);
  return total(parts);
}

static void forward(const rnn_norm_rows *w, int64_t first, int64_t last) {
  int64_t n = w->length;
  for (int64_t r = first; r < last; r++) {
    const float *x = w->x + r * n;
    float *y = w->y + r * n;
    double mean = sum(n, x) / (double)n;
    float inverse = (float)(1 / sqrt(squares(n, x, mean) / (double)n + w->epsilon));
    float center = w->keeps_mean ? 0 : (float)mean;
    w->moments[2 * r] = (float)mean;
    w->moments[2 * r + 1] = inverse;
    for (int64_t i = 0; i < n; i++) y[i] = (x[i] - center) * inverse;
    for (int64_t i = 0; w->gamma && i < n; i++) y[i] *= w->gamma[i];
    for (int64_t i = 0; w->beta && i < n; i++) y[i] += w->beta[i];
  }
}

/* With g = dy · gamma and u = (x - mean) / s: dx = (g - mean(g) - u mean(g u)) / s; where the mean is not subtracted
** from x, y depends on it through s alone: dx = (g - u mean(g x / s)) / s. */
static void input_gradient(const rnn_norm_rows *w, int64_t first, int64_t last) {
  int64_t n = w->length;
  for (int64_t r = first; r < last; r++) {
    const float *x = w->x + r * n, *dy = w->y + r * n;
    float *dx = w->dx + r * n;
    float mean = w->moments[2 * r], inverse = w->moments[2 * r + 1], center = w->keeps_mean ? 0 : mean;
    double sums[PARTS] = {0}, products[PARTS] = {0};
    for (int64_t i = 0; i < n; i++) dx[i] = w->gamma ? dy[i] * w->gamma[i] : dy[i];
    int64_t i = 0;
    for (; i + PARTS <= n; i += PARTS)
      for (int j = 0; j < PARTS; j++) {
        sums[j] += (double)dx[i + j];
        products[j] += (double)dx[i + j] * (double)((x[i + j] - center) * inverse);
      }
    for (int j = 0; i < n; i++, j++) {
      sums[j] += (double)dx[i];
      products[j] += (double)dx[i] * (double)((x[i] - center) * inverse);
    }
    float a = w->keeps_mean ? 0 : (float)(total(sums) / (double)n), b = (float)(total(products) / (double)n);
    for (i = 0; i < n; i++) dx[i] = (dx[i] - a - (x[i] - mean) * inverse * b) * inverse;
  }
}

static void weight_gradients(const rnn_norm_rows *w, int64_t first, int64_t last) {
  double gamma[RNN_NORM_COLUMNS] = {0}, beta[RNN_NORM_COLUMNS] = {0};
  int64_t n = last - first;
  for (int64_t r = 0; r < w->rows; r++) {
    const float *x = w->x + r * w->length + first, *dy = w->y + r * w->length + first;
    float center = w->keeps_mean ? 0 : w->moments[2 * r], inverse = w->moments[2 * r + 1];
    for (int64_t i = 0; i < n; i++) {
      gamma[i] += (double)(dy[i] * ((x[i] - center) * inverse));
      beta[i] += (double)dy[i];
    }
  }
  for (int64_t i = 0; w->d_gamma && i < n; i++) w->d_gamma[first + i] += (float)gamma[i];
  for (int64_t i = 0; w->d_beta && i < n; i++) w->d_beta[first + i] += (float)beta[i];
}

const rnn_norm_functions RNN_KERNELS(rnn_norm) = {forward, input_gradient, weight_gradients};
