/* gemm.h - matrix products of float32 */
#ifndef RNN_GEMM_H
#define RNN_GEMM_H

#include "rnnlua.h"

/* The host's sgemm (rnnlua.h): small products by our own kernels at once, larger ones in tiles of C over
** the threads, by CBLAS where there is one. Kernel and tiles depend on the sizes alone. Between tiles Ctrl-C
** is looked for: RNN_INTERRUPTED leaves C unspecified. */
rnn_status rnn_gemm(rnn_context *cx, bool transpose_a, bool transpose_b, int64_t m, int64_t n,
                    int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb, float beta,
                    float *c, int64_t ldc);

/* the host's pack and multiply_packed, always by our own kernels */
void rnn_pack(const rnn_packed *to, int64_t row, int64_t column, bool transpose, int64_t rows, int64_t columns,
              const float *from, int64_t ld);
void rnn_multiply_packed(const rnn_product *job);

#endif
