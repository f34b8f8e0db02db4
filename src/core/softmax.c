/*
** softmax.c - exp(x) / sum exp(x) along an axis.
**
** The largest element is subtracted first, so that exp cannot overflow and the sum is at least 1. Lines of
** any stride pass through a buffer a piece at a time, so that an element has the same bits wherever it lies.
*/
#include "core/softmax.h"

#include <math.h>

#include "core/host.h"
#include "core/rows.h"
#include "kernels/elementwise.h"
#include "kernels/reduce.h"

#define PIECE 256
#define LOOK (1 << 18) /* elements between two looks for Ctrl-C */

typedef struct loops {
  rnn_context *cx;
  rnn_fold largest, sum;
  rnn_loop divide;
} loops;

static void exp32(int64_t n, float *x) { rnn_host_table()->vector_exp(n, x, x); }

static void exp64(int64_t n, double *x) {
  for (int64_t i = 0; i < n; i++) x[i] = exp(x[i]);
}

#define SOFTMAX_LINE(NAME, T, EXP)                                                              \
  static void NAME(const loops *use, int64_t n, const T *x, int64_t sx, T *y, int64_t sy) {     \
    rnn_gathered largest = {.value.real = -INFINITY}, sum = {.value.real = 0};                  \
    use->largest(1, 0, n, sx, 0, x, &largest);                                                  \
    const T top = (T)largest.value.real;                                                        \
    for (int64_t first = 0; first < n; first += PIECE) {                                        \
      if (first % LOOK == 0 && rnn_context_interrupted(use->cx)) return;                        \
      int64_t length = n - first < PIECE ? n - first : PIECE;                                   \
      T piece[PIECE];                                                                           \
      for (int64_t i = 0; i < length; i++) piece[i] = x[(first + i) * sx] - top;                \
      EXP(length, piece);                                                                       \
      use->sum(1, 0, length, 1, 0, piece, &sum);                                                \
      for (int64_t i = 0; i < length; i++) y[(first + i) * sy] = piece[i];                      \
    }                                                                                           \
    T total = (T)sum.value.real;                                                                \
    use->divide(n, (void *[]){y, y, &total}, (int64_t[]){sy, sy, 0});                           \
  }
SOFTMAX_LINE(line32, float, exp32)
SOFTMAX_LINE(line64, double, exp64)

static loops pick_loops(rnn_context *cx, rnn_dtype dtype) {
  const rnn_reduce_functions *reduce = RNN_PICK(rnn_cpu_level(), rnn_reduce);
  return (loops){cx, reduce->folds[RNN_MAX][dtype], reduce->folds[RNN_SUM][dtype],
                 RNN_PICK(rnn_cpu_level(), rnn_elementwise)->loops[RNN_DIV][dtype]};
}

rnn_status rnn_tensor_softmax(rnn_context *cx, const rnn_tensor *x, int axis, const rnn_tensor *y) {
  const int64_t n = x->shape[axis], sx = x->strides[axis], sy = y->strides[axis];
  if (rnn_tensor_size(x) == 0) return RNN_OK;
  rnn_tensor first_x = *x, first_y = *y; /* the first elements of all lines */
  rnn_tensor_select(&first_x, axis, 0);
  rnn_tensor_select(&first_y, axis, 0);
  const loops use = pick_loops(cx, x->dtype);
  const int64_t lines = rnn_tensor_size(&first_x);
  for (int64_t i = 0, since = 0; i < lines; i++) {
    rnn_tensor from, to;
    rnn_tensor_row(&first_x, first_x.ndim, i, &from);
    rnn_tensor_row(&first_y, first_y.ndim, i, &to);
    if (x->dtype == RNN_FLOAT32) line32(&use, n, from.data, sx, to.data, sy);
    else line64(&use, n, from.data, sx, to.data, sy);
    since += n;
    if (since < LOOK) continue;
    if (rnn_context_interrupted(cx)) return RNN_INTERRUPTED;
    since = 0;
  }
  return RNN_OK;
}
