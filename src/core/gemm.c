/*
** gemm.c - matrix products of float32: picks kernel and tiles, or multiplies with what was packed before.
**
** Our own kernels were measured to be as fast as OpenBLAS 0.3.21 or faster up to some ten million multiply-adds with
** AVX2, so that small models never open a library; with AVX-512 none is opened (core/blas.c). Tiles are large, because each one's copies of both sides
** cost (18 % of a training step of 784-512-512-10 with tiles of a million multiply-adds), but not so large that there
** is nothing to share, or that Ctrl-C waits.
*/
#include "core/gemm.h"

#include "core/blas.h"
#include "core/host.h"
#include "core/parallel.h"
#include "kernels/gemm.h"

#define SMALL 32768      /* multiply-adds that one thread does before another would have begun */
#define LARGE 16000000   /* multiply-adds from which on BLAS is called */
#define TILE_EXTENT 256  /* rows and columns of a tile, at most */
#define TILE_MULTIPLE 16 /* tiles are multiples of this, but for the last */
#define FEW_TILES 4      /* fewer are halved, so that threads find something to do, */
#define TILE_WORK 250000 /* unless they come to this many multiply-adds; */
#define SLOW 1000000000  /* and so are tiles of more than this many: some 20 ms */

typedef struct product {
  rnn_context *cx;
  bool transpose_a, transpose_b;
  int64_t m, n, k, lda, ldb, ldc;
  const float *a, *b;
  float *c, beta;
  rnn_cblas_sgemm blas; /* NULL: our own kernels */
  int64_t tile_m, tile_n, tiles_across;
} product;

static const rnn_gemm_functions *own_kernels(void) { return RNN_PICK(rnn_cpu_level(), rnn_gemm_kernels); }

static void multiply(const product *p, int64_t m, int64_t n, const float *a, const float *b,
                     float *c) {
  enum { ROW_MAJOR = 101, AS_IS = 111, TRANSPOSED = 112 };
  if (p->blas)
    p->blas(ROW_MAJOR, p->transpose_a ? TRANSPOSED : AS_IS, p->transpose_b ? TRANSPOSED : AS_IS,
            (int)m, (int)n, (int)p->k, 1.0f, a, (int)p->lda, b, (int)p->ldb, p->beta, c,
            (int)p->ldc);
  else
    own_kernels()->gemm(p->transpose_a, p->transpose_b, m, n, p->k, a, p->lda, b, p->ldb, p->beta, c, p->ldc);
}

static void multiply_tile(void *data, int64_t tile) {
  const product *p = data;
  if (rnn_context_interrupted(p->cx)) return;
  int64_t i = tile / p->tiles_across * p->tile_m, j = tile % p->tiles_across * p->tile_n;
  int64_t m = p->m - i < p->tile_m ? p->m - i : p->tile_m;
  int64_t n = p->n - j < p->tile_n ? p->n - j : p->tile_n;
  multiply(p, m, n, p->a + (p->transpose_a ? i : i * p->lda),
           p->b + (p->transpose_b ? j * p->ldb : j), p->c + i * p->ldc + j);
}

static int64_t count(int64_t all, int64_t extent) { return (all + extent - 1) / extent; }

static int64_t at_most(int64_t most, int64_t x) { return x < most ? x : most; }

static bool halves(const product *p) {
  double work = (double)p->tile_m * (double)p->tile_n * (double)p->k;
  bool few = count(p->m, p->tile_m) * count(p->n, p->tile_n) < FEW_TILES;
  return (work > SLOW || (few && work > TILE_WORK)) && p->tile_m + p->tile_n > 2 * TILE_MULTIPLE;
}

/* a function of the shape alone: the same bits at any number of threads */
static void choose_tiles(product *p) {
  p->tile_m = at_most(TILE_EXTENT, p->m);
  p->tile_n = at_most(TILE_EXTENT, p->n);
  while (halves(p)) {
    int64_t *longer = p->tile_n > p->tile_m ? &p->tile_n : &p->tile_m;
    *longer = count(*longer / 2, TILE_MULTIPLE) * TILE_MULTIPLE;
  }
}

static bool fits_int(const product *p) {
  return p->k <= INT32_MAX && p->lda <= INT32_MAX && p->ldb <= INT32_MAX && p->ldc <= INT32_MAX;
}

rnn_status rnn_gemm(rnn_context *cx, bool transpose_a, bool transpose_b, int64_t m, int64_t n,
                    int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb, float beta,
                    float *c, int64_t ldc) {
  if (m < 1 || n < 1) return RNN_OK;
  double work = (double)m * (double)n * (double)k;
  if (work <= SMALL) {
    own_kernels()->gemm(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, beta, c, ldc);
    return RNN_OK;
  }
  product p = {cx, transpose_a, transpose_b, m, n, k, lda, ldb, ldc, a, b, c, beta, NULL, 0, 0, 0};
  if (work >= LARGE && fits_int(&p)) p.blas = rnn_blas();
  choose_tiles(&p);
  p.tiles_across = count(n, p.tile_n);
  rnn_parallel_for(cx, count(m, p.tile_m) * p.tiles_across, multiply_tile, &p);
  return rnn_context_interrupted(cx) ? RNN_INTERRUPTED : RNN_OK;
}

void rnn_pack(const rnn_packed *to, int64_t row, int64_t column, bool transpose, int64_t rows, int64_t columns,
              const float *from, int64_t ld) {
  own_kernels()->pack(to, row, column, transpose, rows, columns, from, ld);
}

void rnn_multiply_packed(const rnn_product *job) {
  own_kernels()->packed(job);
}
