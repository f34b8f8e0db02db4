/*
** gemm_kernels.c - C = beta C + op(A) op(B), blocked for registers.
**
** C is cut in blocks of ROWS × (1 or 2 vectors), each summed over k in registers. B is read in place
** where a block's columns lie side by side, else through a small zero-padded panel on the stack. After
** the register blocking of Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication".
*/
#include "kernels/gemm.h"

#include <string.h>

#if RNN_LEVEL_INDEX == 2
#define WIDTH 16
#elif RNN_LEVEL_INDEX == 1
#define WIDTH 8
#else
#define WIDTH 4
#endif
#define ROWS 6
#define PANEL (2 * WIDTH)
#define DEPTH 256 /* of a panel: 2 vectors × 256 floats stay in the first-level cache */

typedef float vector __attribute__((vector_size(WIDTH * sizeof(float)), aligned(4), may_alias));

/* Sums `rows` × `vectors` of the product into acc; element (i, p) of op(A) is a[i·row + p·step]. Inlined
** with constant rows and vectors, so that acc lies in registers. */
static inline __attribute__((always_inline)) void sum_block(int rows, int vectors, int64_t depth,
                                                            const float *a, int64_t row,
                                                            int64_t step, const float *b,
                                                            int64_t ldb, vector acc[ROWS][2]) {
  for (int i = 0; i < rows; i++)
    for (int v = 0; v < vectors; v++) acc[i][v] = (vector){0};
  for (int64_t p = 0; p < depth; p++, a += step, b += ldb) {
    vector b0 = *(const vector *)b;
    vector b1 = *(const vector *)(vectors > 1 ? b + WIDTH : b);
    for (int i = 0; i < rows; i++) {
      float x = a[i * row];
      acc[i][0] += x * b0;
      if (vectors > 1) acc[i][1] += x * b1;
    }
  }
}

static inline __attribute__((always_inline)) void store_block(int rows, int vectors,
                                                              int64_t columns, vector acc[ROWS][2],
                                                              float beta, float *c, int64_t ldc) {
  for (int i = 0; i < rows; i++, c += ldc) {
    if (columns == vectors * WIDTH) {
      for (int v = 0; v < vectors; v++) {
        vector *to = (vector *)(c + v * WIDTH);
        if (beta != 0) acc[i][v] += *to * beta;
        *to = acc[i][v];
      }
    } else {
      float sums[PANEL] = {0};
      memcpy(sums, acc[i], sizeof(vector) * (size_t)vectors);
      for (int64_t j = 0; j < columns; j++) c[j] = beta != 0 ? beta * c[j] + sums[j] : sums[j];
    }
  }
}

#define BLOCK(R, V)                                    \
  {                                                    \
    vector acc[ROWS][2];                               \
    sum_block(R, V, depth, a, row, step, b, ldb, acc); \
    store_block(R, V, columns, acc, beta, c, ldc);     \
    return;                                            \
  }
#define BLOCKS(NAME, V)                                                                             \
  static void NAME(int64_t rows, int64_t columns, int64_t depth, const float *a, int64_t row,      \
                   int64_t step, const float *b, int64_t ldb, float beta, float *c, int64_t ldc) { \
    switch (rows) {                                                                                \
      case 1: BLOCK(1, V)                                                                          \
      case 2: BLOCK(2, V)                                                                          \
      case 3: BLOCK(3, V)                                                                          \
      case 4: BLOCK(4, V)                                                                          \
      case 5: BLOCK(5, V)                                                                          \
      default: BLOCK(6, V)                                                                         \
    }                                                                                              \
  }
BLOCKS(one_vector, 1)
BLOCKS(two_vectors, 2)

/* Row p of the panel, `width` numbers, is op(B)[p, 0 .. columns-1] with zeros behind. Most panels are small and
** narrow, for which vectorised copying loops cost more than they save. */
__attribute__((optimize("no-tree-vectorize,no-tree-loop-distribute-patterns"))) static void fill_panel(
    int64_t columns, int64_t width, int64_t depth, const float *b, int64_t row, int64_t step,
    float *panel) {
  for (int64_t p = 0; p < depth; p++, panel += width) {
    *(vector *)(panel + width - WIDTH) = (vector){0};
    for (int64_t j = 0; j < columns; j++) panel[j] = b[p * row + j * step];
  }
}

/* C has one column: each number is the sum of a row of op(A) times b */
static void multiply_column(int64_t m, int64_t k, const float *a, int64_t row, int64_t step,
                            const float *b, int64_t b_step, float beta, float *c, int64_t ldc) {
  for (int64_t i = 0; i < m; i++, a += row) {
    float sum = 0;
    for (int64_t p = 0; p < k; p++) sum += a[p * step] * b[p * b_step];
    c[i * ldc] = beta != 0 ? beta * c[i * ldc] + sum : sum;
  }
}

/* columns j .. j+columns-1 of C, at most a panel, from `depth` terms */
static void multiply_columns(int64_t m, int64_t columns, int64_t depth, const float *a, int64_t row,
                             int64_t step, const float *b, int64_t ldb, float beta, float *c,
                             int64_t ldc) {
  for (int64_t i = 0; i < m; i += ROWS)
    (columns <= WIDTH ? one_vector : two_vectors)(m - i < ROWS ? m - i : ROWS, columns, depth,
                                                  a + i * row, row, step, b, ldb, beta,
                                                  c + i * ldc, ldc);
}

static void gemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float *a,
                 int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc) {
  float panel[DEPTH * PANEL] __attribute__((aligned(64)));
  int64_t row = transpose_a ? 1 : lda, step = transpose_a ? lda : 1;
  int64_t b_row = transpose_b ? 1 : ldb, b_step = transpose_b ? ldb : 1;
  if (n == 1) {
    multiply_column(m, k, a, row, step, b, b_row, beta, c, ldc);
    return;
  }
  for (int64_t p = 0; p < k || p == 0; p += DEPTH, beta = 1) {
    int64_t depth = k - p < DEPTH ? k - p : DEPTH;
    for (int64_t j = 0; j < n; j += PANEL) {
      int64_t columns = n - j < PANEL ? n - j : PANEL, width = columns <= WIDTH ? WIDTH : PANEL;
      const float *from = b + p * b_row + j * b_step;
      bool in_place = !transpose_b && columns == width;
      if (!in_place) fill_panel(columns, width, depth, from, b_row, b_step, panel);
      multiply_columns(m, columns, depth, a + p * step, row, step, in_place ? from : panel,
                       in_place ? ldb : width, beta, c + j, ldc);
    }
  }
}

const rnn_gemm_functions RNN_KERNELS(rnn_gemm_kernels) = {gemm};
