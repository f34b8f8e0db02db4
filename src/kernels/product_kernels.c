/*
** product_kernels.c - the inner loop of matrix products of float64 and int64.
**
** Four rows by two vectors at a time: the sums stay in registers while the panel stays in the
** cache.
*/
#include "kernels/product_kernels.h"

enum { ROWS = 4, LANES = RNN_WIDTH / 2, VECTORS = 2, STEP = VECTORS * LANES };

#define DEFINE_PRODUCT(NAME, T)                                                             \
  typedef T NAME##_v __attribute__((vector_size(4 * RNN_WIDTH)));                           \
  typedef T NAME##_load __attribute__((vector_size(4 * RNN_WIDTH), aligned(8), may_alias)); \
  /* rows × STEP of c, from column `first` of the panel on */                              \
  RNN_INLINE void NAME##_tile(const rnn_product_job *j, int64_t row, int64_t first,         \
                              const int rows) {                                             \
    const T *a = (const T *)j->a + row * j->a_row, *panel = (const T *)j->panel + first;    \
    NAME##_v sums[ROWS][VECTORS] = {0};                                                     \
    for (int64_t k = 0; k < j->depth; k++)                                                  \
      for (int r = 0; r < rows; r++)                                                        \
        for (int v = 0; v < VECTORS; v++)                                                   \
          sums[r][v] += a[r * j->a_row + k * j->a_column] *                                 \
                        *(const NAME##_load *)(panel + k * RNN_PANEL_COLUMNS + v * LANES);  \
    T *c = (T *)j->c + row * j->c_row + first * j->c_column;                                \
    int64_t left = j->columns - first, columns = left < STEP ? left : STEP;                 \
    for (int r = 0; r < rows; r++)                                                          \
      for (int64_t i = 0; i < columns; i++) {                                               \
        T *to = c + r * j->c_row + i * j->c_column;                                         \
        *to = sums[r][i / LANES][i % LANES] + (j->add ? *to : 0);                           \
      }                                                                                     \
  }                                                                                         \
  static void NAME(const rnn_product_job *j) {                                              \
    for (int64_t first = 0; first < j->columns; first += STEP) {                            \
      int64_t row = 0;                                                                      \
      for (; row + ROWS <= j->rows; row += ROWS) NAME##_tile(j, row, first, ROWS);          \
      for (; row < j->rows; row++) NAME##_tile(j, row, first, 1);                           \
    }                                                                                       \
  }

DEFINE_PRODUCT(product_float64, double)
DEFINE_PRODUCT(product_int64, uint64_t)

const rnn_product_functions RNN_KERNELS(rnn_product) = {product_float64, product_int64};
