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

/* two vectors side by side, a cache line or more of each row, stay in registers */
static void sum(int64_t rows, int64_t width, const float *x, float *total) {
  for (int64_t i = 0; i < width; i += 2 * RNN_WIDTH) {
    int64_t second = i + RNN_WIDTH < width ? RNN_WIDTH : 0;
    rnn_v a = {0}, b = {0};
    const float *row = x + i;
    for (int64_t r = 0; r < rows; r++, row += width) {
      a += rnn_v_load(row);
      b += rnn_v_load(row + second);
    }
    rnn_v_store(total + i, rnn_v_load(total + i) + a);
    if (second) rnn_v_store(total + i + second, rnn_v_load(total + i + second) + b);
  }
}

const rnn_row_functions RNN_KERNELS(rnn_row_kernels) = {.add = add, .add_product = add_product, .sum = sum};
