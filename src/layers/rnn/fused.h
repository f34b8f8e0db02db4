/* fused.h - activations over the padded rows of one timestep, without a call a row */
#ifndef RNN_FUSED_H
#define RNN_FUSED_H

#include "rnnlua_math.h"

/* The activations known to these loops: those whose derivative is a function of the output alone. */
typedef enum rnn_fused_activation {
  RNN_FUSED_LINEAR,
  RNN_FUSED_TANH,
  RNN_FUSED_SIGMOID,
  RNN_FUSED_RELU,
  RNN_NOT_FUSED
} rnn_fused_activation;

/* what an activation component is to them, by its registered name and arguments; NULL is linear */
rnn_fused_activation rnn_fused_of(rnn_context *cx, const rnn_component *activation);

/* Each row has `width` numbers, whole vectors of the CPU level; the next one begins `stride` numbers on. */
typedef struct rnn_fused_functions {
  void (*forward[RNN_NOT_FUSED])(int64_t rows, int64_t width, int64_t stride, float *x); /* in place */
  /* dy becomes dy · f', where y is what forward gave */
  void (*backward[RNN_NOT_FUSED])(int64_t rows, int64_t width, int64_t stride, const float *y,
                                  float *dy);
} rnn_fused_functions;

RNN_DECLARE_KERNELS(rnn_fused_functions, rnn_fused)

#endif
