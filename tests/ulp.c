/*
** ulp.c - goes over floats, all 2^32 of them unless a stride is given, and compares tanh, sigmoid
** and exp of every CPU level that this machine has against the C library in double.
**
**   make check-ulp          some minutes       build/ulp 1009       every 1009th, a moment
**
** Prints the worst error of each; exit status 1 if one is above 4 ULP, or wrong at an infinity or
** NaN.
*/
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/vector.h"

enum { BATCH = 4096, FUNCTIONS = 3, LEVELS = 3 };

typedef struct worst {
  double error; /* in ULP */
  float at;
} worst;

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

static double (*const exact[FUNCTIONS])(double) = {tanh, sigmoid, exp};
static const char *const names[FUNCTIONS] = {"tanh", "sigmoid", "exp"};

static void compute(const rnn_vector_functions *level, int f, const float *x, float *y) {
  (f == 0 ? level->tanh : f == 1 ? level->sigmoid : level->exp)(BATCH, x, y);
}

/* distance in units of the last place of the float nearest to the exact value */
static double error_of(float got, double want) {
  if (isnan(want)) return isnan(got) ? 0 : INFINITY;
  float nearest = (float)want;
  if (got == nearest && signbit(got) == signbit(nearest)) return 0;
  if (isinf(nearest)) /* the largest float is one unit below where infinity begins */
    return isfinite(got) ? fabs((double)got - 0x1p128) / 0x1p104 : INFINITY;
  if (!isfinite(got)) return isinf(got) ? fabs(0x1p128 - want) / 0x1p104 : INFINITY;
  double unit = fabsf(nearest) < 0x1p-126f ? 0x1p-149 : ldexp(1, ilogbf(nearest) - 23);
  return fabs((double)got - want) / unit;
}

static void compare(const float *x, const float *y, const double *want, worst *w) {
  for (int i = 0; i < BATCH; i++) {
    double error = error_of(y[i], want[i]);
    if (error > w->error) *w = (worst){error, x[i]};
  }
}

static int find_levels(const rnn_vector_functions **levels) {
  int count = 0;
  levels[count++] = RNN_PICK(0, rnn_vector);
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    levels[count++] = RNN_PICK(1, rnn_vector);
  if (__builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    levels[count++] = RNN_PICK(2, rnn_vector);
#endif
  return count;
}

/* fills x with the floats whose bits are first, first + stride, …; past the last one, with NaN */
static void next_floats(uint64_t first, uint64_t stride, float *x) {
  for (int i = 0; i < BATCH; i++) {
    uint64_t bits = first + stride * (uint64_t)i;
    uint32_t pattern = bits <= UINT32_MAX ? (uint32_t)bits : UINT32_MAX;
    memcpy(&x[i], &pattern, sizeof x[i]);
  }
}

int main(int argc, char **argv) {
  uint64_t stride = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
  if (stride == 0) return fprintf(stderr, "usage: ulp [stride]\n"), 2;
  const rnn_vector_functions *levels[LEVELS];
  int level_count = find_levels(levels);
  worst found[LEVELS][FUNCTIONS] = {0};
  static float x[BATCH], y[BATCH];
  static double want[BATCH];
  for (uint64_t first = 0; first <= UINT32_MAX; first += stride * BATCH) {
    next_floats(first, stride, x);
    for (int f = 0; f < FUNCTIONS; f++) {
      for (int i = 0; i < BATCH; i++) want[i] = exact[f](x[i]);
      for (int l = 0; l < level_count; l++) {
        compute(levels[l], f, x, y);
        compare(x, y, want, &found[l][f]);
      }
    }
  }
  bool bad = false;
  for (int l = 0; l < level_count; l++)
    for (int f = 0; f < FUNCTIONS; f++) {
      bad = bad || found[l][f].error > 4;
      printf("level %d %-8s %6.3f ULP at %a\n", l, names[f], found[l][f].error, found[l][f].at);
    }
  return bad;
}
