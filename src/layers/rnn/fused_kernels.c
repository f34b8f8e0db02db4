/* fused_kernels.c - activations over padded rows; formulas as in src/activations */
#include "layers/rnn/fused.h"

#define ROWS(NAME, PARAMETERS, BODY)                                                          \
  static void NAME(int64_t rows, int64_t width, int64_t stride, PARAMETERS) {                 \
    for (int64_t r = 0; r < rows; r++)                                                        \
      for (int64_t i = r * stride; i < r * stride + width; i += RNN_WIDTH) BODY;              \
  }
#define FORWARD(NAME, VALUE) ROWS(NAME, float *p, { \
    rnn_v x = rnn_v_load(p + i);                    \
    rnn_v_store(p + i, VALUE);                      \
  })
#define ARRAYS const float *py, float *pd
#define BACKWARD(NAME, SLOPE) ROWS(NAME, ARRAYS, {         \
    rnn_v y = rnn_v_load(py + i);                          \
    rnn_v_store(pd + i, rnn_v_load(pd + i) * (SLOPE));     \
  })

FORWARD(tanh_forward, rnn_v_tanh(x))
FORWARD(sigmoid_forward, rnn_v_sigmoid(x))
FORWARD(relu_forward, rnn_v_at_least(x, 0.0f))
BACKWARD(tanh_backward, 1.0f - y * y)
BACKWARD(sigmoid_backward, y * (1.0f - y))
BACKWARD(relu_backward, rnn_v_select(y > 0.0f, rnn_v_all(1.0f), rnn_v_all(0.0f)))

static void linear_forward(int64_t rows, int64_t width, int64_t stride, float *p) {
  (void)rows, (void)width, (void)stride, (void)p;
}
static void linear_backward(int64_t rows, int64_t width, int64_t stride, ARRAYS) {
  (void)rows, (void)width, (void)stride, (void)py, (void)pd;
}

const rnn_fused_functions RNN_KERNELS(rnn_fused) = {
    .forward = {linear_forward, tanh_forward, sigmoid_forward, relu_forward},
    .backward = {linear_backward, tanh_backward, sigmoid_backward, relu_backward},
};
