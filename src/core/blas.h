/* blas.h - CBLAS from a library of the system's, opened when first needed */
#ifndef RNN_BLAS_H
#define RNN_BLAS_H

#include <stdbool.h>

/* cblas_sgemm's own signature; enumerations passed as int */
typedef void (*rnn_cblas_sgemm)(int order, int transpose_a, int transpose_b, int m, int n, int k,
                                float alpha, const float *a, int lda, const float *b, int ldb,
                                float beta, float *c, int ldc);

/* NULL where no usable library was found; looked for once. RNNLUA_BLAS names one (a file or a soname), or
** "none". */
rnn_cblas_sgemm rnn_blas(void);

/* What rnn_blas found: its soname, "none", or "not opened yet" (asking does not open it). */
const char *rnn_blas_name(void);

#endif
