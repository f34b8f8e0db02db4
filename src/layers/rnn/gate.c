/* gate.c - which activations the fused loops know, and the way around them for others */
#include "layers/rnn/gate.h"

#include <string.h>

/* whether its arguments are the defaults, with which its name says what it is */
static bool is_plain(rnn_context *cx, const rnn_component *activation) {
  const rnn_type *type = activation->type;
  if (type->arg_count == 0) return true;
  const rnn_component *plain = cx->host->create(cx, RNN_ACTIVATION, type->name);
  bool same = plain && memcmp(plain->self, activation->self, type->self_size) == 0;
  cx->host->drop(plain);
  return same;
}

rnn_gate rnn_gate_of(rnn_context *cx, const rnn_component *activation) {
  static const char *const names[RNN_NOT_FUSED] = {"linear", "tanh", "sigmoid", "relu"};
  if (activation == NULL) return (rnn_gate){NULL, RNN_FUSED_LINEAR};
  for (int i = 0; i < RNN_NOT_FUSED; i++)
    if (strcmp(activation->type->name, names[i]) == 0 && is_plain(cx, activation))
      return (rnn_gate){activation, (rnn_fused_activation)i};
  return (rnn_gate){activation, RNN_NOT_FUSED};
}

bool rnn_gate_reads_sums(const rnn_gate *gate) {
  return gate->fused == RNN_NOT_FUSED &&
         (rnn_activation_flags(gate->activation) & RNN_READS_INPUT) != 0;
}

/* what lies behind the units of a row is to be numbers, of which products make zeros */
static void clear_tail(const rnn_padded *rows, float *row) {
  memset(row + rows->units, 0, sizeof(float) * (size_t)(rows->width - rows->units));
}

rnn_status rnn_gate_forward(rnn_context *cx, const rnn_gate *gate, const rnn_padded *rows, const float *x,
                            float *y, int64_t stride) {
  if (gate->fused == RNN_FUSED_LINEAR && x == y) return RNN_OK;
  if (gate->fused != RNN_NOT_FUSED) {
    RNN_PICK(cx->host->cpu_level, rnn_gate_kernels)
        ->forward[gate->fused](rows->count, rows->width, x, y, stride);
    return RNN_OK;
  }
  for (int64_t r = 0; r < rows->count; r++, x += stride, y += stride) {
    rnn_try(rnn_activate(cx, gate->activation, 1, rows->units, x, y));
    clear_tail(rows, y);
  }
  return RNN_OK;
}

rnn_status rnn_gate_backward(rnn_context *cx, const rnn_gate *gate, const rnn_padded *rows, const float *x,
                             const float *y, int64_t stride, const float *dy, int64_t dy_stride, float *dx,
                             int64_t dx_stride) {
  if (gate->fused != RNN_NOT_FUSED) {
    RNN_PICK(cx->host->cpu_level, rnn_gate_kernels)
        ->backward[gate->fused](rows->count, rows->width, y, stride, dy, dy_stride, dx, dx_stride);
    return RNN_OK;
  }
  for (int64_t r = 0; r < rows->count; r++, x += stride, y += stride, dy += dy_stride, dx += dx_stride) {
    rnn_try(rnn_activate_backward(cx, gate->activation, 1, rows->units, x, y, dy, dx));
    clear_tail(rows, dx);
  }
  return RNN_OK;
}
