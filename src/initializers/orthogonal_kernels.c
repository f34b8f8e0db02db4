/* orthogonal_kernels.c - modified Gram-Schmidt in double */
#include <math.h>

#include "initializers/initializers.h"

enum { LANES = RNN_WIDTH / 2 };
typedef double lanes __attribute__((vector_size(8 * LANES)));
typedef double lanes_unaligned __attribute__((vector_size(8 * LANES), aligned(8), may_alias));

static double dot(int64_t n, const double *a, const double *b) {
  lanes sum = {0};
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    sum += *(const lanes_unaligned *)(a + i) * *(const lanes_unaligned *)(b + i);
  double total = 0;
  for (int k = 0; k < LANES; k++) total += sum[k];
  for (; i < n; i++) total += a[i] * b[i];
  return total;
}

static void subtract(int64_t n, double factor, const double *restrict a, double *restrict from) {
  for (int64_t i = 0; i < n; i++) from[i] -= factor * a[i];
}

static void normalise(int64_t length, double *v) {
  double norm = sqrt(dot(length, v, v));
  for (int64_t i = 0; i < length; i++) v[i] /= norm;
}

static void project(int64_t length, const double *v, int64_t count, double *vectors) {
  for (int64_t j = 0; j < count; j++)
    subtract(length, dot(length, v, vectors + j * length), v, vectors + j * length);
}

const rnn_orthogonal_functions RNN_KERNELS(rnn_orthogonal) = {normalise, project};
