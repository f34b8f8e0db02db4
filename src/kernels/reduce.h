/* reduce.h - many elements into one: sum, mean, max, argmax, … */
#ifndef RNN_REDUCE_KERNELS_H
#define RNN_REDUCE_KERNELS_H

#include "kernels/loop.h"
#include "rnnlua_math.h"

typedef enum rnn_reduction {
  RNN_SUM, RNN_PROD, RNN_MAX, RNN_MIN, RNN_ANY, RNN_ALL, RNN_ARGMAX, RNN_ARGMIN,
  RNN_SQUARES, /* sum of (x - center)^2 */
  RNN_REDUCTION_COUNT
} rnn_reduction;

/* What has been gathered so far for one element of the result. */
typedef struct rnn_gathered {
  union {
    double real;     /* of float32 and float64 */
    int64_t integer; /* of int64 and bool */
  } value;
  union {
    double center;    /* RNN_SQUARES: set by the caller */
    int64_t position; /* RNN_ARGMAX, RNN_ARGMIN: of value; -1 before the first element */
  } of;
} rnn_gathered;

#define RNN_FOLD_KEPT 256 /* the most elements that a fold gathers side by side */

/* x is kept × reduced elements with these strides (in elements); row j goes into gathered[j]. Its first element
** has the position `first` among all that are reduced. Sums of float32 are gathered in double. */
typedef void (*rnn_fold)(int64_t kept, int64_t kept_stride, int64_t reduced, int64_t reduced_stride,
                         int64_t first, const void *x, rnn_gathered *gathered);

typedef struct rnn_reduce_functions {
  rnn_fold folds[RNN_REDUCTION_COUNT][RNN_DTYPE_COUNT];
} rnn_reduce_functions;

RNN_DECLARE_KERNELS(rnn_reduce_functions, rnn_reduce)

#endif
