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

/* ---- activations written in Lua: one call for all rows ---------------------------------------------------- */

static bool is_slow_to_call(const rnn_gate *gate, const rnn_padded *rows) {
  return rows->count > 1 && (rnn_activation_flags(gate->activation) & RNN_MAIN_THREAD) != 0;
}

static void gather(const rnn_padded *rows, const float *from, int64_t stride, float *to) {
  for (int64_t r = 0; r < rows->count; r++, from += stride, to += rows->units)
    memcpy(to, from, sizeof(float) * (size_t)rows->units);
}

static void scatter(const rnn_padded *rows, const float *from, float *to, int64_t stride) {
  for (int64_t r = 0; r < rows->count; r++, from += rows->units, to += stride) {
    memcpy(to, from, sizeof(float) * (size_t)rows->units);
    clear_tail(rows, to);
  }
}

static rnn_status forward_together(rnn_context *cx, const rnn_gate *gate, const rnn_padded *rows, const float *x,
                                   int64_t x_stride, float *y, int64_t y_stride) {
  float *all = cx->host->allocate(cx, sizeof(float) * (size_t)(rows->count * rows->units));
  if (all == NULL) return RNN_NO_MEMORY;
  gather(rows, x, x_stride, all);
  rnn_status status = rnn_activate(cx, gate->activation, rows->count, rows->units, all, all);
  if (status == RNN_OK) scatter(rows, all, y, y_stride);
  cx->host->release(all);
  return status;
}

static rnn_status backward_together(rnn_context *cx, const rnn_gate *gate, const rnn_padded *rows, const float *x,
                                    int64_t x_stride, const float *y, int64_t y_stride, const float *dy, int64_t dy_stride, float *dx,
                                    int64_t dx_stride) {
  int64_t size = rows->count * rows->units;
  float *all = cx->host->allocate(cx, sizeof(float) * (size_t)(3 * size));
  if (all == NULL) return RNN_NO_MEMORY;
  gather(rows, x, x_stride, all);
  gather(rows, y, y_stride, all + size);
  gather(rows, dy, dy_stride, all + 2 * size);
  rnn_status status = rnn_activate_backward(cx, gate->activation, rows->count, rows->units, all, all + size,
                                            all + 2 * size, all + 2 * size);
  if (status == RNN_OK) scatter(rows, all + 2 * size, dx, dx_stride);
  cx->host->release(all);
  return status;
}

rnn_status rnn_gate_forward(rnn_context *cx, const rnn_gate *gate, const rnn_padded *rows, const float *x,
                            int64_t x_stride, float *y, int64_t y_stride) {
  if (gate->fused == RNN_FUSED_LINEAR && x == y) return RNN_OK;
  if (gate->fused != RNN_NOT_FUSED) {
    RNN_PICK(cx->host->cpu_level, rnn_gate_kernels)
        ->forward[gate->fused](rows->count, rows->width, x, x_stride, y, y_stride);
    return RNN_OK;
  }
  if (is_slow_to_call(gate, rows)) return forward_together(cx, gate, rows, x, x_stride, y, y_stride);
  for (int64_t r = 0; r < rows->count; r++, x += x_stride, y += y_stride) {
    rnn_try(rnn_activate(cx, gate->activation, 1, rows->units, x, y));
    clear_tail(rows, y);
  }
  return RNN_OK;
}

rnn_status rnn_gate_backward(rnn_context *cx, const rnn_gate *gate, const rnn_padded *rows, const float *x,
                             int64_t x_stride, const float *y, int64_t y_stride, const float *dy, int64_t dy_stride, float *dx,
                             int64_t dx_stride) {
  if (gate->fused != RNN_NOT_FUSED) {
    RNN_PICK(cx->host->cpu_level, rnn_gate_kernels)
        ->backward[gate->fused](rows->count, rows->width, y, y_stride, dy, dy_stride, dx, dx_stride);
    return RNN_OK;
  }
  if (is_slow_to_call(gate, rows))
    return backward_together(cx, gate, rows, x, x_stride, y, y_stride, dy, dy_stride, dx, dx_stride);
  for (int64_t r = 0; r < rows->count; r++, x += x_stride, y += y_stride, dy += dy_stride, dx += dx_stride) {
    rnn_try(rnn_activate_backward(cx, gate->activation, 1, rows->units, x, y, dy, dx));
    clear_tail(rows, dx);
  }
  return RNN_OK;
}
