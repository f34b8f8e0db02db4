/* activations_kernels.c - the activations whose loops matter for speed, in vectors */
#include "activations/activations.h"

/*
** y[i] = EXPRESSION, of vectors named a (and b, from the second array), for n elements. The last,
** partial vector is copied into a whole one, so that every element gets the same bits wherever it
** stands. y may be either array.
*/
#define MAP(A, B, Y, EXPRESSION)                                          \
  for (int64_t i = 0; i < n; i += RNN_WIDTH) {                            \
    size_t left = n - i < RNN_WIDTH ? (size_t)(n - i) : RNN_WIDTH;        \
    rnn_v a = load((A) + i, left, 0), b = load((B) + i, left, 0);         \
    (void)b;                                                              \
    store((Y) + i, left, EXPRESSION);                                     \
  }

/* the first `left` of p; the rest is `filler` */
RNN_INLINE rnn_v load(const float *p, size_t left, float filler) {
  if (left == RNN_WIDTH) return rnn_v_load(p);
  rnn_v v = rnn_v_all(filler);
  __builtin_memcpy(&v, p, left * sizeof(float));
  return v;
}

RNN_INLINE void store(float *p, size_t left, rnn_v v) {
  if (left == RNN_WIDTH) rnn_v_store(p, v);
  else __builtin_memcpy(p, &v, left * sizeof(float));
}

/* NaN stays NaN */
static void relu(int64_t n, const float *x, float *y) { MAP(x, x, y, rnn_v_at_least(a, 0.0f)) }

static void relu_backward(int64_t n, const float *y, const float *dy, float *dx) {
  MAP(y, dy, dx, rnn_v_select(a > 0.0f, b, (rnn_v){0}))
}

static void tanh_backward(int64_t n, const float *y, const float *dy, float *dx) {
  MAP(y, dy, dx, b * (1.0f - a * a))
}

static void sigmoid_backward(int64_t n, const float *y, const float *dy, float *dx) {
  MAP(y, dy, dx, b * a * (1.0f - a))
}

static void silu(int64_t n, const float *x, float *y) { MAP(x, x, y, a * rnn_v_sigmoid(a)) }

RNN_INLINE rnn_v silu_slope(rnn_v x) {
  rnn_v s = rnn_v_sigmoid(x);
  return s * (1.0f + x * (1.0f - s));
}

static void silu_backward(int64_t n, const float *x, const float *dy, float *dx) {
  MAP(x, dy, dx, b * silu_slope(a))
}

static float largest(int64_t n, const float *x) {
  rnn_v most = rnn_v_all(-__builtin_inff());
  for (int64_t i = 0; i < n; i += RNN_WIDTH) {
    size_t left = n - i < RNN_WIDTH ? (size_t)(n - i) : RNN_WIDTH;
    rnn_v v = load(x + i, left, -__builtin_inff());
    most = rnn_v_select(v > most, v, most);
  }
  float result = most[0];
  for (int i = 1; i < RNN_WIDTH; i++) result = most[i] > result ? most[i] : result;
  return result;
}

static float sum_of(rnn_v v) {
  float sum = 0;
  for (int i = 0; i < RNN_WIDTH; i++) sum += v[i];
  return sum;
}

/* exp(x - max x), divided by its sum */
static void softmax_row(int64_t n, const float *x, float *y) {
  float shift = largest(n, x);
  rnn_v total = {0};
  for (int64_t i = 0; i < n; i += RNN_WIDTH) {
    size_t left = n - i < RNN_WIDTH ? (size_t)(n - i) : RNN_WIDTH;
    rnn_v e = rnn_v_exp(load(x + i, left, -__builtin_inff()) - shift);
    if (left < RNN_WIDTH) e = load((const float *)&e, left, 0); /* -inf - -inf would be NaN */
    total += e;
    store(y + i, left, e);
  }
  float sum = sum_of(total);
  MAP(y, y, y, a / sum)
}

static void softmax(int64_t rows, int64_t columns, const float *x, float *y) {
  for (int64_t r = 0; r < rows; r++) softmax_row(columns, x + r * columns, y + r * columns);
}

/* dx = y (dy - sum of dy y) */
static void softmax_row_backward(int64_t n, const float *y, const float *dy, float *dx) {
  rnn_v total = {0};
  for (int64_t i = 0; i < n; i += RNN_WIDTH) {
    size_t left = n - i < RNN_WIDTH ? (size_t)(n - i) : RNN_WIDTH;
    total += load(y + i, left, 0) * load(dy + i, left, 0);
  }
  float dot = sum_of(total);
  MAP(y, dy, dx, a * (b - dot))
}

static void softmax_backward(int64_t rows, int64_t columns, const float *y, const float *dy,
                             float *dx) {
  for (int64_t r = 0; r < rows; r++)
    softmax_row_backward(columns, y + r * columns, dy + r * columns, dx + r * columns);
}

const rnn_activation_functions RNN_KERNELS(rnn_activation) = {
    relu, relu_backward, tanh_backward, sigmoid_backward, silu, silu_backward,
    softmax, softmax_backward};
