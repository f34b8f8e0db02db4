/* product_kernels.h - the inner loop of matrix products of float64 and int64 (float32: gemm) */
#ifndef RNN_PRODUCT_KERNELS_H
#define RNN_PRODUCT_KERNELS_H

#include "rnnlua_math.h"

#define RNN_PANEL_COLUMNS 16
#define RNN_PANEL_DEPTH 256

/* c (rows × columns) = a (rows × depth) · panel, added to c where `add`. The panel is depth ×
** RNN_PANEL_COLUMNS without gaps, columns beyond `columns` being anything; depth <=
** RNN_PANEL_DEPTH. Strides count elements. */
typedef struct rnn_product_job {
  int64_t rows, depth, columns;
  const void *a;
  int64_t a_row, a_column;
  const void *panel;
  void *c;
  int64_t c_row, c_column;
  bool add;
} rnn_product_job;

typedef struct rnn_product_functions {
  void (*float64)(const rnn_product_job *job);
  void (*int64)(const rnn_product_job *job); /* wraps round */
} rnn_product_functions;

RNN_DECLARE_KERNELS(rnn_product_functions, rnn_product)

#endif
