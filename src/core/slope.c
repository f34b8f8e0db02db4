/* slope.c - derivatives by differences, to hold those of a component against */
#include "core/slope.h"

#include <math.h>

#define MOST_NUMBERS 40 /* of an array */

static bool agrees(double given, double left, double right) {
  double tolerance = 5e-3 * fmax(1, fabs(given));
  return given >= fmin(left, right) - tolerance && given <= fmax(left, right) + tolerance;
}

/* the slopes to either side of one number */
static rnn_status two_slopes(rnn_context *cx, const rnn_slope *slope, float *number, double *left, double *right) {
  float middle = *number, step = 0.01f * fmaxf(1, fabsf(middle));
  volatile float up = middle + step, down = middle - step; /* as they are in float32 */
  double above, below, here;
  rnn_status status = slope->value(cx, slope->owner, &here);
  *number = up;
  if (status == RNN_OK) status = slope->value(cx, slope->owner, &above);
  *number = down;
  if (status == RNN_OK) status = slope->value(cx, slope->owner, &below);
  *number = middle;
  if (status != RNN_OK) return status;
  *right = (above - here) / ((double)up - middle);
  *left = (here - below) / ((double)middle - down);
  return RNN_OK;
}

rnn_status rnn_compare_slopes(rnn_context *cx, const rnn_slope *slope, int64_t size, float *numbers,
                              const float *gradient, const char *what) {
  int64_t step = size / MOST_NUMBERS + 1;
  for (int64_t i = 0; i < size; i += step) {
    double left, right;
    rnn_try(two_slopes(cx, slope, &numbers[i], &left, &right));
    if (agrees(gradient[i], left, right)) continue;
    return rnn_fail(cx, RNN_INVALID, "the gradient of %s is wrong: number %lld has %.6g by backward, %.6g by differences",
                    what, (long long)i + 1, gradient[i], (left + right) / 2);
  }
  return RNN_OK;
}

void rnn_fill_even(rnn_context *cx, uint64_t key, float least, float most, int64_t n, float *out) {
  cx->host->random_uniform(key, 0, n, out);
  for (int64_t i = 0; i < n; i++) out[i] = least + (most - least) * out[i];
}
