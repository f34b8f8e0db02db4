/* row_kernels.c - sums and products of rows */
#include "layers/rnn/kernels.h"

static void add(int64_t rows, int64_t n, const float *from, int64_t from_stride, float *restrict to,
                int64_t to_stride) {
  for (int64_t r = 0; r < rows; r++, from += from_stride, to += to_stride) {
    int64_t i = 0;
    for (; i + RNN_WIDTH <= n; i += RNN_WIDTH)
      rnn_v_store(to + i, rnn_v_load(to + i) + rnn_v_load(from + i));
    if (i < n) rnn_v_store_first(to + i, rnn_v_load_first(to + i, n - i) + rnn_v_load_first(from + i, n - i), n - i);
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

/* columns j .. of one row, `vectors` of them; inlined with a constant, so that they lie in registers */
RNN_INLINE void multiply_block(const rnn_row_sum *r, int64_t j, const int vectors) {
  rnn_v sums[8];
#pragma GCC unroll 8
  for (int v = 0; v < vectors; v++) sums[v] = rnn_v_load(r->start + j + v * RNN_WIDTH);
  for (int side = 0; side < 2; side++) {
    const float *weights = r->weights[side] + j;
    for (int64_t p = 0; p < r->depth[side]; p++, weights += r->ld) {
      float x = r->from[side][p];
#pragma GCC unroll 8
      for (int v = 0; v < vectors; v++) sums[v] += x * rnn_v_load(weights + v * RNN_WIDTH);
    }
  }
#pragma GCC unroll 8
  for (int v = 0; v < vectors; v++) rnn_v_store(r->to + j + v * RNN_WIDTH, sums[v]);
}

static void multiply(const rnn_row_sum *r) {
  int64_t j = 0;
  for (; j + 8 * RNN_WIDTH <= r->n; j += 8 * RNN_WIDTH) multiply_block(r, j, 8);
  if (j + 4 * RNN_WIDTH <= r->n) multiply_block(r, j, 4), j += 4 * RNN_WIDTH;
  for (; j + RNN_WIDTH <= r->n; j += RNN_WIDTH) multiply_block(r, j, 1);
  for (; j < r->n; j++) {
    float sum = r->start[j];
    for (int side = 0; side < 2; side++)
      for (int64_t p = 0; p < r->depth[side]; p++) sum += r->from[side][p] * r->weights[side][p * r->ld + j];
    r->to[j] = sum;
  }
}

const rnn_row_functions RNN_KERNELS(rnn_row_kernels) = {.multiply = multiply, .add = add, .add_product = add_product, .sum = sum};
