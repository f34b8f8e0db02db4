/* vector.h - tanh, sigmoid and exp over arrays, one table a CPU level */
#ifndef RNN_VECTOR_H
#define RNN_VECTOR_H

#include "rnnlua_math.h"

typedef struct rnn_vector_functions {
  /* y[i] = f(x[i]), i < n; y may be x. The same bits wherever in the array an x stands. */
  void (*tanh)(int64_t n, const float *x, float *y);
  void (*sigmoid)(int64_t n, const float *x, float *y);
  void (*exp)(int64_t n, const float *x, float *y);
} rnn_vector_functions;

RNN_DECLARE_KERNELS(rnn_vector_functions, rnn_vector)

#endif
