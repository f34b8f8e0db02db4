/* compare.c - whether whole tensors are equal or close */
#include "core/compare.h"

#include <math.h>

#include "core/walk.h"

/* p[3] is the tolerance: three numbers, the same for all elements */
static void close_loop(int64_t n, void *const *p, const int64_t *strides) {
  uint8_t *y = p[0];
  const double *a = p[1], *b = p[2], *tolerance = p[3];
  for (int64_t i = 0; i < n; i++, a += strides[1], b += strides[2]) {
    bool close = *a == *b || (tolerance[2] != 0 && *a != *a && *b != *b);
    if (!close && isfinite(*a) && isfinite(*b))
      close = fabs(*a - *b) <= tolerance[1] + tolerance[0] * fabs(*b);
    y[i * strides[0]] = close;
  }
}

rnn_status rnn_close(rnn_context *cx, const rnn_tensor *a, const rnn_tensor *b,
                     const rnn_tolerance *tolerance, const rnn_tensor *out) {
  double numbers[3] = {tolerance->relative, tolerance->absolute, tolerance->nan_equal};
  rnn_tensor given;
  rnn_tensor_describe(&given, RNN_FLOAT64, 0, NULL, numbers);
  return rnn_walk(cx, 4, (const rnn_tensor *[]){out, a, b, &given},
                  (rnn_dtype[]){RNN_BOOL, RNN_FLOAT64, RNN_FLOAT64, RNN_FLOAT64}, close_loop);
}
