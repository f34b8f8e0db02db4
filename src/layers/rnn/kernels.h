/* kernels.h - loops over the padded rows of one timestep; each is compiled for every CPU level */
#ifndef RNN_RNN_KERNELS_H
#define RNN_RNN_KERNELS_H

#include "rnnlua_math.h"

/* ---- rows in general ------------------------------------------------------------------------------- */

/* One row of sums, of n columns: start + from[0] weights[0] + from[1] weights[1], where from[i] has depth[i] numbers and
** the rows of both matrices are `ld` apart. */
typedef struct rnn_row_sum {
  int64_t n, ld;
  const float *start;
  int64_t depth[2];
  const float *from[2], *weights[2];
  float *to;
} rnn_row_sum;

typedef struct rnn_row_functions {
  void (*multiply)(const rnn_row_sum *r);
  /* to += from; n numbers a row, any number of them */
  void (*add)(int64_t rows, int64_t n, const float *from, int64_t from_stride, float *to, int64_t to_stride);
  /* to += a · b; n is a multiple of the vector's width */
  void (*add_product)(int64_t n, const float *a, const float *b, float *to);
  /* sum += the sum of rows of x, each of `width` numbers, a multiple of the vector's width */
  void (*sum)(int64_t rows, int64_t width, const float *x, float *sum);
} rnn_row_functions;
RNN_DECLARE_KERNELS(rnn_row_functions, rnn_row_kernels)

/* ---- LSTM -------------------------------------------------------------------------------------------- */

/* Sequences of one timestep: gates and slopes in four slots each, i f c o; c, its squashed value, dh and dc, of `width`
** numbers, side by side; h and the c of the step before, with a stride. */
typedef struct rnn_lstm_rows {
  int64_t rows, width, h_stride, before_stride;
  const float *before; /* c of the step before */
  float *gates, *c, *squashed, *h;
  float *slopes, *dh, *dc;
} rnn_lstm_rows;

typedef struct rnn_lstm_functions {
  /* tanh and sigmoid, all in one; gates hold sums */
  void (*forward)(const rnn_lstm_rows *r);
  void (*backward)(const rnn_lstm_rows *r);
  /* for other activations: c = f · before + i · g; h = o · squashed */
  void (*mix)(const rnn_lstm_rows *r);
  void (*output)(const rnn_lstm_rows *r);
  /* slopes by gate o and, in slot c, by squashed; then, with that by c in slot c, slopes by gates i f c, and dc */
  void (*output_back)(const rnn_lstm_rows *r);
  void (*mix_back)(const rnn_lstm_rows *r);
} rnn_lstm_functions;
RNN_DECLARE_KERNELS(rnn_lstm_functions, rnn_lstm_kernels)

/* ---- GRU --------------------------------------------------------------------------------------------- */

/* The same for GRU: slots h z r and one more, see gru.c; h, before and dropped have one stride. */
typedef struct rnn_gru_rows {
  int64_t rows, width, h_stride;
  const float *before;  /* h of the step before */
  const float *dropped; /* the same as the candidate sees it */
  float *sums, *gates, *h;
  float *slopes, *dh;
} rnn_gru_rows;

typedef struct rnn_gru_functions {
  /* tanh and sigmoid, reset after the product, all in one; gates hold sums */
  void (*forward)(const rnn_gru_rows *r);
  void (*backward)(const rnn_gru_rows *r);
  /* for the rest: h = z · before + (1 - z) · candidate */
  void (*blend)(const rnn_gru_rows *r);
  /* slopes by gates h and z, and dh = dh · z */
  void (*blend_back)(const rnn_gru_rows *r);
  /* sums of h += r · inner;  slopes by r and by inner */
  void (*reset_after)(const rnn_gru_rows *r);
  void (*reset_after_back)(const rnn_gru_rows *r);
  /* slot 3 of gates = r · dropped;  with the slope by that in slot 3: slope by r, and its share of `dropped` there */
  void (*reset_before)(const rnn_gru_rows *r);
  void (*reset_before_back)(const rnn_gru_rows *r);
} rnn_gru_functions;
RNN_DECLARE_KERNELS(rnn_gru_functions, rnn_gru_kernels)

#endif
