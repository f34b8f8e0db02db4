/*
** blas.c - CBLAS from a library of the system's, opened when first needed.
**
** The threads are ours, so the library is told to use one. OpenBLAS' serial build is passed over: it
** gave wrong results when two threads called it at once. Its OpenMP build asks OpenMP how many threads to
** use, which every thread must be told for itself: with two it split rows, and bits were others.
**
** Where there is AVX-512, our own kernels are faster than OpenBLAS 0.3.21 (a core of a Xeon of 2023, 512 x 512, measured:
** 160 GF/s; OpenBLAS told what processor it is 112, with its kernels for Skylake 98, by itself, not knowing it, 40), and a
** library is opened only if it is named.
*/
#include "core/blas.h"

#include "core/host.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const char *const candidates[] = {"libopenblas.so.0", "libopenblas.so", "libblis.so.4",
                                         "libmkl_rt.so", "libcblas.so.3", NULL};
static const char *name = "not opened yet";
static rnn_cblas_sgemm found, sgemm_of_openmp;
static void (*omp_set_num_threads)(int);

enum { NOT_OPENBLAS = -1, SERIAL, PTHREADS, OPENMP };

/* how OpenBLAS was built */
static int build_of(void *library) {
  int (*parallel)(void);
  *(void **)&parallel = dlsym(library, "openblas_get_parallel");
  return parallel ? parallel() : NOT_OPENBLAS;
}

static void sgemm_on_one_thread(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                                const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc) {
  static _Thread_local bool told;
  if (!told) omp_set_num_threads(1);
  told = true;
  sgemm_of_openmp(order, transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

/* false: this library cannot be kept to one thread */
static bool keep_to_one_thread(void *library, int build) {
  void (*set_threads)(int);
  *(void **)&set_threads = dlsym(library, "openblas_set_num_threads");
  if (set_threads) set_threads(1);
  if (build != OPENMP) return true;
  *(void **)&omp_set_num_threads = dlsym(library, "omp_set_num_threads"); /* of the runtime that it was linked to */
  sgemm_of_openmp = found;
  found = sgemm_on_one_thread;
  return omp_set_num_threads != NULL;
}

/* whether OpenBLAS has kernels for this processor; for those that it does not know it takes its oldest, with SSE3: a
** fifth of our own kernels' speed was measured */
static bool knows_processor(void *library) {
  char *(*core)(void);
  *(void **)&core = dlsym(library, "openblas_get_corename");
  return rnn_cpu_level() == RNN_BASELINE || core == NULL || strcmp(core(), "Prescott") != 0;
}

static bool try_library(const char *file) {
  void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return false;
  *(void **)&found = dlsym(library, "cblas_sgemm");
  int build = build_of(library);
  if (found == NULL || build == SERIAL || !knows_processor(library) || !keep_to_one_thread(library, build)) {
    found = NULL;
    dlclose(library);
    return false;
  }
  name = file;
  return true;
}

static void open_library(void) {
  const char *wanted = getenv("RNNLUA_BLAS");
  name = "none";
  if (wanted && *wanted) {
    if (strcmp(wanted, "none") != 0) try_library(wanted);
    return;
  }
  if (rnn_cpu_level() == RNN_V4) return;
  setenv("OPENBLAS_NUM_THREADS", "1", 0); /* or it starts threads while being opened */
  for (int i = 0; candidates[i] && found == NULL; i++) try_library(candidates[i]);
}

rnn_cblas_sgemm rnn_blas(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT; /* a product inside a tile may be the first large one */
  pthread_once(&once, open_library);
  return found;
}

const char *rnn_blas_name(void) { return name; }
