/* gemm.h - matrix products by our own loops: for products too small to be worth a call to BLAS, for those whose
** right side is packed once and used often, and for all of them where there is no BLAS */
#ifndef RNN_GEMM_KERNELS_H
#define RNN_GEMM_KERNELS_H

#include "rnnlua_math.h"

/* as in rnnlua.h; one thread, no allocation */
typedef struct rnn_gemm_functions {
  void (*gemm)(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float *a,
               int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc);
  void (*pack)(const rnn_packed *to, int64_t row, int64_t column, bool transpose, int64_t rows, int64_t columns,
               const float *from, int64_t ld);
  void (*packed)(const rnn_product *product);
} rnn_gemm_functions;

RNN_DECLARE_KERNELS(rnn_gemm_functions, rnn_gemm_kernels)

#endif
