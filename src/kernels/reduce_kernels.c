/*
** reduce_kernels.c - many elements into one: sum, mean, max, argmax, …
**
** A row is gathered in LANES independent numbers, which are put together at its end: the compiler makes
** vectors of them, rounding errors grow more slowly, and the bits are the same at every CPU level. Where
** the kept axis is the dense one, rows are gathered side by side instead.
*/
#include "kernels/reduce.h"

#include <math.h>

#define LANES 16

/* NAME: GATHERED is the field of value; START a lane's first number; STEP changes the lane g by the element
** x; JOIN the lane g by another one, x. Where center is used it is that of the row. */
#define FOLD(NAME, T, G, FIELD, START, STEP, JOIN)                                                    \
  static void NAME(int64_t kept, int64_t kept_stride, int64_t reduced, int64_t reduced_stride,        \
                   int64_t first, const void *x_, rnn_gathered *gathered) {                           \
    const T *rows = x_;                                                                               \
    (void)first;                                                                                      \
if (kept > 1 && (kept_stride == 1 || reduced < LANES)) { /* side by side */                       \
      G beside[RNN_FOLD_KEPT];                                                                        \
      double centers[RNN_FOLD_KEPT];                                                                  \
      for (int64_t j = 0; j < kept; j++) {                                                            \
        beside[j] = (G)gathered[j].value.FIELD;                                                       \
        centers[j] = gathered[j].of.center;                                                           \
      }                                                                                               \
      for (int64_t i = 0; i < reduced; i++) {                                                         \
        const T *row = rows + i * reduced_stride;                                                     \
        for (int64_t j = 0; j < kept; j++) {                                                          \
          const G x = (G)row[kept_stride == 1 ? j : j * kept_stride];                                 \
          const double center = centers[j];                                                           \
          G g = beside[j];                                                                            \
          (void)center;                                                                               \
          STEP;                                                                                       \
          beside[j] = g;                                                                              \
        }                                                                                             \
      }                                                                                               \
      for (int64_t j = 0; j < kept; j++) gathered[j].value.FIELD = beside[j];                         \
      return;                                                                                         \
    }                                                                                                 \
    for (int64_t j = 0; j < kept; j++) {                                                              \
      const T *row = rows + j * kept_stride;                                                          \
      const double center = gathered[j].of.center;                                                    \
      G lanes[LANES];                                                                                 \
      int64_t i = 0;                                                                                  \
      (void)center;                                                                                   \
      for (int k = 0; k < LANES; k++) lanes[k] = START;                                               \
      for (; i + LANES <= reduced; i += LANES)                                                        \
        for (int k = 0; k < LANES; k++) {                                                             \
          const G x = (G)row[reduced_stride == 1 ? i + k : (i + k) * reduced_stride];                 \
          G g = lanes[k];                                                                             \
          STEP;                                                                                       \
          lanes[k] = g;                                                                               \
        }                                                                                             \
      for (int k = 0; i < reduced; i++, k++) {                                                        \
        const G x = (G)row[i * reduced_stride];                                                       \
        G g = lanes[k];                                                                               \
        STEP;                                                                                         \
        lanes[k] = g;                                                                                 \
      }                                                                                               \
      for (int width = LANES / 2; width > 0; width /= 2)                                              \
        for (int k = 0; k < width; k++) {                                                             \
          const G x = lanes[k + width];                                                               \
          G g = lanes[k];                                                                             \
          JOIN;                                                                                       \
          lanes[k] = g;                                                                               \
        }                                                                                             \
      const G x = lanes[0];                                                                           \
      G g = (G)gathered[j].value.FIELD;                                                               \
      JOIN;                                                                                           \
      gathered[j].value.FIELD = g;                                                                    \
    }                                                                                                 \
  }

#define FOLD_REAL(NAME, START, STEP, JOIN)                            \
  FOLD(NAME##_float32, float, double, real, START, STEP, JOIN)        \
  FOLD(NAME##_float64, double, double, real, START, STEP, JOIN)
/* the same where float32 needs no wider number */
#define FOLD_CHOICE(NAME, START, STEP, JOIN)                          \
  FOLD(NAME##_float32, float, float, real, START, STEP, JOIN)         \
  FOLD(NAME##_float64, double, double, real, START, STEP, JOIN)
#define FOLD_INTEGER(NAME, START, STEP, JOIN)                         \
  FOLD(NAME##_bool, uint8_t, int64_t, integer, START, STEP, JOIN)     \
  FOLD(NAME##_int64, int64_t, int64_t, integer, START, STEP, JOIN)

#define WRAPPED(OPERATOR) g = (int64_t)((uint64_t)g OPERATOR (uint64_t)x)
#define LARGER g = g >= x || g != g ? g : x /* NaN wins */
#define SMALLER g = g <= x || g != g ? g : x

FOLD_INTEGER(sum, 0, WRAPPED(+), WRAPPED(+))
FOLD_REAL(sum, 0, g += x, g += x)
FOLD_INTEGER(prod, 1, WRAPPED(*), WRAPPED(*))
FOLD_REAL(prod, 1, g *= x, g *= x)
FOLD_INTEGER(max, INT64_MIN, LARGER, LARGER)
FOLD_CHOICE(max, -INFINITY, LARGER, LARGER)
FOLD_INTEGER(min, INT64_MAX, SMALLER, SMALLER)
FOLD_CHOICE(min, INFINITY, SMALLER, SMALLER)
FOLD_INTEGER(any, 0, g |= x != 0, g |= x)
FOLD_CHOICE(any, 0, g = g != 0 || x != 0, g = g != 0 || x != 0)
FOLD_INTEGER(all, 1, g &= x != 0, g &= x)
FOLD_CHOICE(all, 1, g = g != 0 && x != 0, g = g != 0 && x != 0)
FOLD_REAL(squares, 0, g += (x - center) * (x - center), g += x)

/* The first of the largest (smallest) elements; the first NaN beats them, as in NumPy. Of a dense row whole
** blocks in which nothing is better are passed over, which the compiler turns into vectors. */
#define BLOCK 64
#define FIRST(NAME, T, FIELD, BETTER)                                                               \
  static void NAME(int64_t kept, int64_t kept_stride, int64_t reduced, int64_t reduced_stride,      \
                   int64_t first, const void *x_, rnn_gathered *gathered) {                         \
    for (int64_t j = 0; j < kept; j++) {                                                            \
      const T *row = (const T *)x_ + j * kept_stride;                                               \
      int64_t position = gathered[j].of.position;                                                   \
      T g = position < 0 ? row[0] : (T)gathered[j].value.FIELD;                                     \
      if (position < 0) position = first;                                                           \
      for (int64_t i = 0; i < reduced; i++) {                                                       \
        while (reduced_stride == 1 && i + BLOCK <= reduced) {                                       \
          int better = 0;                                                                           \
          for (int k = 0; k < BLOCK; k++) {                                                         \
            const T x = row[i + k];                                                                 \
            better |= (BETTER) | (x != x);                                                          \
          }                                                                                         \
          if (better) break;                                                                        \
          i += BLOCK;                                                                               \
        }                                                                                           \
        const int64_t end = i + BLOCK < reduced ? i + BLOCK : reduced;                              \
        for (; i < end; i++) {                                                                      \
          const T x = row[i * reduced_stride];                                                      \
          if (BETTER || (x != x && g == g)) {                                                       \
            g = x;                                                                                  \
            position = first + i;                                                                   \
          }                                                                                         \
        }                                                                                           \
        i--;                                                                                        \
      }                                                                                             \
      gathered[j].value.FIELD = g;                                                                  \
      gathered[j].of.position = position;                                                           \
    }                                                                                               \
  }
#define FIRST_ALL(NAME, BETTER)                    \
  FIRST(NAME##_bool, uint8_t, integer, BETTER)     \
  FIRST(NAME##_int64, int64_t, integer, BETTER)    \
  FIRST(NAME##_float32, float, real, BETTER)       \
  FIRST(NAME##_float64, double, real, BETTER)
FIRST_ALL(argmax, x > g)
FIRST_ALL(argmin, x < g)

#define ALL(NAME) {NAME##_bool, NAME##_int64, NAME##_float32, NAME##_float64}

const rnn_reduce_functions RNN_KERNELS(rnn_reduce) = {{
    [RNN_SUM] = ALL(sum),
    [RNN_PROD] = ALL(prod),
    [RNN_MAX] = ALL(max),
    [RNN_MIN] = ALL(min),
    [RNN_ANY] = ALL(any),
    [RNN_ALL] = ALL(all),
    [RNN_ARGMAX] = ALL(argmax),
    [RNN_ARGMIN] = ALL(argmin),
    [RNN_SQUARES] = {NULL, NULL, squares_float32, squares_float64},
}};
