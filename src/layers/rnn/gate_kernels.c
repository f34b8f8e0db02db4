/* gate_kernels.c - activations over padded rows; formulas as in src/activations */
#include "layers/rnn/gate.h"

#define FORWARD(NAME, VALUE)                                                                         \
  static void NAME(int64_t rows, int64_t width, const float *px, int64_t x_stride, float *py,        \
                   int64_t y_stride) {                                                               \
    for (int64_t r = 0; r < rows; r++, px += x_stride, py += y_stride)                               \
      for (int64_t i = 0; i < width; i += RNN_WIDTH) {                                               \
        rnn_v x = rnn_v_load(px + i);                                                                \
        rnn_v_store(py + i, VALUE);                                                                  \
      }                                                                                              \
  }
#define BACKWARD(NAME, SLOPE)                                                                        \
  static void NAME(int64_t rows, int64_t width, const float *py, int64_t stride, const float *pdy,   \
                   int64_t dy_stride, float *pdx, int64_t dx_stride) {                               \
    for (int64_t r = 0; r < rows; r++, py += stride, pdy += dy_stride, pdx += dx_stride)             \
      for (int64_t i = 0; i < width; i += RNN_WIDTH) {                                               \
        rnn_v y = rnn_v_load(py + i), dy = rnn_v_load(pdy + i);                                      \
        rnn_v_store(pdx + i, SLOPE);                                                                 \
      }                                                                                              \
  }

FORWARD(linear_forward, x)
FORWARD(tanh_forward, rnn_v_tanh(x))
FORWARD(sigmoid_forward, rnn_v_sigmoid(x))
FORWARD(relu_forward, rnn_v_at_least(x, 0.0f))
BACKWARD(linear_backward, ((void)y, dy))
BACKWARD(tanh_backward, dy * (1.0f - y * y))
BACKWARD(sigmoid_backward, dy * (y * (1.0f - y)))
BACKWARD(relu_backward, dy * rnn_v_select(y > 0.0f, rnn_v_all(1.0f), rnn_v_all(0.0f)))

const rnn_gate_functions RNN_KERNELS(rnn_gate_kernels) = {
    .forward = {linear_forward, tanh_forward, sigmoid_forward, relu_forward},
    .backward = {linear_backward, tanh_backward, sigmoid_backward, relu_backward},
};
