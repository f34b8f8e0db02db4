/* row_kernels.c - sums and products of rows */
#include "layers/rnn/kernels.h"

static void add(int64_t rows, int64_t n, const float *from, int64_t from_stride, float *restrict to,
                int64_t to_stride) {
  for (int64_t r = 0; r < rows; r++, from += from_stride, to += to_stride) {
    int64_t i = 0;
    for (; i + RNN_WIDTH <= n; i += RNN_WIDTH)
      rnn_v_store(to + i, rnn_v_load(to + i) + rnn_v_load(from + i));
    for (; i < n; i++) to[i] += from[i];
  }
}

static void add_product(int64_t n, const float *a, const float *b, float *to) {
  for (int64_t i = 0; i < n; i += RNN_WIDTH)
    rnn_v_store(to + i, rnn_v_load(to + i) + rnn_v_load(a + i) * rnn_v_load(b + i));
}

static void sum(int64_t rows, int64_t width, const float *x, float *total) {
  for (int64_t r = 0; r < rows; r++, x += width)
    for (int64_t i = 0; i < width; i += RNN_WIDTH)
      rnn_v_store(total + i, rnn_v_load(total + i) + rnn_v_load(x + i));
}

const rnn_row_functions RNN_KERNELS(rnn_row_kernels) = {.add = add, .add_product = add_product, .sum = sum};
