/*
** blas.c - CBLAS from a library of the system's, opened when first needed.
**
** The threads are ours, so the library is told to use one. OpenBLAS' serial build is passed over: it
** gave wrong results when two threads called it at once.
*/
#include "core/blas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const char *const candidates[] = {"libopenblas.so.0", "libopenblas.so", "libblis.so.4",
                                         "libmkl_rt.so", "libcblas.so.3", NULL};
static const char *name = "not opened yet";
static rnn_cblas_sgemm found;

static bool serial_openblas(void *library) {
  const char *(*config)(void);
  *(void **)&config = dlsym(library, "openblas_get_config");
  int (*parallel)(void);
  *(void **)&parallel = dlsym(library, "openblas_get_parallel");
  return config && parallel && parallel() == 0;
}

static bool try_library(const char *file) {
  void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return false;
  *(void **)&found = dlsym(library, "cblas_sgemm");
  if (found == NULL || serial_openblas(library)) {
    found = NULL;
    dlclose(library);
    return false;
  }
  void (*set_threads)(int);
  *(void **)&set_threads = dlsym(library, "openblas_set_num_threads");
  if (set_threads) set_threads(1);
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
  setenv("OPENBLAS_NUM_THREADS", "1", 0); /* or it starts threads while being opened */
  for (int i = 0; candidates[i] && found == NULL; i++) try_library(candidates[i]);
}

rnn_cblas_sgemm rnn_blas(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT; /* a product inside a tile may be the first large one */
  pthread_once(&once, open_library);
  return found;
}

const char *rnn_blas_name(void) { return name; }
