/* batch_norm.h - loops of BatchNormalization over columns of rows × columns, 64 at a time */
#ifndef RNN_LAYERS_BATCH_NORM_H
#define RNN_LAYERS_BATCH_NORM_H

#include "rnnlua.h"
#include "rnnlua_math.h"

#define RNN_BATCH_COLUMNS 64

/* what each column has: `size` numbers of each, one behind another */
typedef struct rnn_batch_moments {
  float *mean, *inverse, *count; /* inverse: 1 / sqrt(variance + epsilon) */
} rnn_batch_moments;

typedef struct rnn_batch_rows {
  int64_t rows, columns;
  double epsilon;
  const uint8_t *mask; /* of element (r, c): mask[r / mask_rows * mask_step + c * mask_column]; NULL: none */
  int64_t mask_rows, mask_step, mask_column;
  rnn_batch_moments moments;
  float *moving_mean, *moving_variance; /* updated; or NULL */
  float momentum, rest;                 /* rest: 1 - momentum */
  bool inference;                       /* the moments are given: they do not depend on x */
  const float *gamma, *beta, *x;
  float *y; /* backward: dy */
  float *d_gamma, *d_beta, *dx;
} rnn_batch_rows;

/* all for columns first to last-1 */
typedef struct rnn_batch_functions {
  void (*measure)(const rnn_batch_rows *rows, int64_t first, int64_t last);
  void (*forward)(const rnn_batch_rows *rows, int64_t first, int64_t last);
  void (*backward)(const rnn_batch_rows *rows, int64_t first, int64_t last);
} rnn_batch_functions;

RNN_DECLARE_KERNELS(rnn_batch_functions, rnn_batch)

#endif
