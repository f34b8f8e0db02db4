/* vector_kernels.c - tanh, sigmoid and exp over arrays; the arithmetic is rnnlua_math.h's */
#include "kernels/vector.h"

/* The last, partial vector is copied into a whole one and takes the same path through the loop. */
#define OVER_ARRAY(NAME, F)                                                \
  static void NAME(int64_t n, const float *x, float *y) {                  \
    for (int64_t i = 0; i < n; i += RNN_WIDTH) {                           \
      size_t left = n - i < RNN_WIDTH ? (size_t)(n - i) : RNN_WIDTH;       \
      rnn_v v = {0};                                                       \
      if (left == RNN_WIDTH) v = rnn_v_load(x + i);                        \
      else __builtin_memcpy(&v, x + i, left * sizeof(float));              \
      v = F(v);                                                            \
      if (left == RNN_WIDTH) rnn_v_store(y + i, v);                        \
      else __builtin_memcpy(y + i, &v, left * sizeof(float));              \
    }                                                                      \
  }

OVER_ARRAY(tanh_over, rnn_v_tanh)
OVER_ARRAY(sigmoid_over, rnn_v_sigmoid)
OVER_ARRAY(exp_over, rnn_v_exp)

const rnn_vector_functions RNN_KERNELS(rnn_vector) = {tanh_over, sigmoid_over, exp_over};
