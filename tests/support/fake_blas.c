/*
** fake_blas.c - a matrix library as OpenBLAS is built in three ways, for tests: FAKE_PARALLEL=0 serial, 1 with threads,
** 2 with OpenMP; FAKE_CORE names the processor that its kernels are for. Its products are those of ones, and wrong in a thread that would use more threads than itself.
*/
#include <stdlib.h>

int openblas_get_parallel(void);
const char *openblas_get_corename(void);
void openblas_set_num_threads(int count);
void omp_set_num_threads(int count);
void cblas_sgemm(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a, int lda,
                 const float *b, int ldb, float beta, float *c, int ldc);

static int threads = 2;
static _Thread_local int threads_here = 2;

int openblas_get_parallel(void) {
  const char *given = getenv("FAKE_PARALLEL");
  return given ? atoi(given) : 1;
}

const char *openblas_get_corename(void) {
  const char *given = getenv("FAKE_CORE");
  return given ? given : "Zen";
}

void openblas_set_num_threads(int count) { threads = threads_here = count; }

void omp_set_num_threads(int count) { threads_here = count; }

void cblas_sgemm(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a, int lda,
                 const float *b, int ldb, float beta, float *c, int ldc) {
  (void)order, (void)transpose_a, (void)transpose_b, (void)a, (void)lda, (void)b, (void)ldb;
  int used = openblas_get_parallel() == 2 ? threads_here : threads;
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++)
      c[(long)i * ldc + j] = (beta != 0 ? beta * c[(long)i * ldc + j] : 0) + (used == 1 ? alpha * (float)k : 0);
}
