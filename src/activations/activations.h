/* activations.h - what the files of this room share; the types are listed in activations.c */
#ifndef RNN_ACTIVATIONS_H
#define RNN_ACTIVATIONS_H

#include "rnnlua_math.h"

#define ACTIVATION(NAME) RNN_TYPE(rnn_activation_type, RNN_ACTIVATION, NAME)

/*
** Defines NAME_forward and NAME_backward as loops over two functions of one element, written just
** before:
**   static float NAME(const SELF *self, float x)                       y
**   static float NAME_slope(const SELF *self, float x, float y)        dy / dx
** READS says which of x and y the second one looks at; the other is handed to it as 0.
*/
#define ELEMENTWISE(NAME, SELF, READS)                                                 \
  static rnn_status NAME##_forward(rnn_context *cx, const void *self, int64_t rows,    \
                                   int64_t columns, const float *x, float *y) {        \
    (void)cx;                                                                          \
    const SELF *arguments = self;                                                      \
    for (int64_t i = 0; i < rows * columns; i++) y[i] = NAME(arguments, x[i]);         \
    return RNN_OK;                                                                     \
  }                                                                                    \
  static rnn_status NAME##_backward(rnn_context *cx, const void *self, int64_t rows,   \
                                    int64_t columns, const float *x, const float *y,   \
                                    const float *dy, float *dx) {                      \
    (void)cx;                                                                          \
    const SELF *arguments = self;                                                      \
    for (int64_t i = 0; i < rows * columns; i++)                                       \
      dx[i] = dy[i] * NAME##_slope(arguments, (READS) & RNN_READS_INPUT ? x[i] : 0.0f, \
                                   (READS) & RNN_READS_OUTPUT ? y[i] : 0.0f);          \
    return RNN_OK;                                                                     \
  }

/* for the many without arguments */
typedef struct no_arguments no_arguments;

/* the loops that matter for speed, compiled once a CPU level; n elements, or rows × columns */
typedef struct rnn_activation_functions {
  void (*relu)(int64_t n, const float *x, float *y);
  void (*relu_backward)(int64_t n, const float *y, const float *dy, float *dx);
  void (*tanh_backward)(int64_t n, const float *y, const float *dy, float *dx);
  void (*sigmoid_backward)(int64_t n, const float *y, const float *dy, float *dx);
  void (*silu)(int64_t n, const float *x, float *y);
  void (*silu_backward)(int64_t n, const float *x, const float *dy, float *dx);
  void (*softmax)(int64_t rows, int64_t columns, const float *x, float *y);
  void (*softmax_backward)(int64_t rows, int64_t columns, const float *y, const float *dy,
                           float *dx);
} rnn_activation_functions;

RNN_DECLARE_KERNELS(rnn_activation_functions, rnn_activation)

/* 1 / (1 + exp(-x)), for one element */
float rnn_logistic(float x);

extern const rnn_activation_type rnn_linear, rnn_relu, rnn_relu6, rnn_leaky_relu, rnn_hard_sigmoid,
    rnn_hard_tanh, rnn_hard_silu;
extern const rnn_activation_type rnn_tanh, rnn_tanh_shrink, rnn_sigmoid, rnn_log_sigmoid,
    rnn_exponential;
extern const rnn_activation_type rnn_softplus, rnn_softsign, rnn_squareplus, rnn_elu, rnn_selu,
    rnn_celu;
extern const rnn_activation_type rnn_silu, rnn_gelu, rnn_mish;
extern const rnn_activation_type rnn_softmax, rnn_log_softmax, rnn_sparsemax;
extern const rnn_activation_type rnn_soft_shrink, rnn_hard_shrink, rnn_threshold, rnn_sparse_plus,
    rnn_sparse_sigmoid;

#endif
