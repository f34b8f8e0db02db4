/* gate.h - activations over the padded rows of one timestep, without a call a row where their loops are known */
#ifndef RNN_GATE_H
#define RNN_GATE_H

#include "rnnlua_math.h"

/* The activations known to these loops: those whose derivative is a function of the output alone. */
typedef enum rnn_fused_activation {
  RNN_FUSED_LINEAR,
  RNN_FUSED_TANH,
  RNN_FUSED_SIGMOID,
  RNN_FUSED_RELU,
  RNN_NOT_FUSED
} rnn_fused_activation;

typedef struct rnn_gate {
  const rnn_component *activation; /* NULL is linear */
  rnn_fused_activation fused;
} rnn_gate;

/* what an activation is, by its registered name and arguments */
rnn_gate rnn_gate_of(rnn_context *cx, const rnn_component *activation);

/* whether backward reads what the activation was applied to */
bool rnn_gate_reads_sums(const rnn_gate *gate);

/* Rows of `width` numbers, whole vectors of the CPU level, of which `units` count; arrays have a stride each. */
typedef struct rnn_padded {
  int64_t count, units, width;
} rnn_padded;

/* y = f(x); y may be x */
rnn_status rnn_gate_forward(rnn_context *cx, const rnn_gate *gate, const rnn_padded *rows, const float *x,
                            int64_t x_stride, float *y, int64_t y_stride);
/* dx = dy · f'; dx may be dy */
rnn_status rnn_gate_backward(rnn_context *cx, const rnn_gate *gate, const rnn_padded *rows, const float *x,
                             int64_t x_stride, const float *y, int64_t y_stride, const float *dy, int64_t dy_stride, float *dx,
                             int64_t dx_stride);

typedef struct rnn_gate_functions {
  void (*forward[RNN_NOT_FUSED])(int64_t rows, int64_t width, const float *x, int64_t x_stride, float *y,
                                 int64_t y_stride);
  void (*backward[RNN_NOT_FUSED])(int64_t rows, int64_t width, const float *y, int64_t stride,
                                  const float *dy, int64_t dy_stride, float *dx, int64_t dx_stride);
} rnn_gate_functions;

RNN_DECLARE_KERNELS(rnn_gate_functions, rnn_gate_kernels)

#endif
