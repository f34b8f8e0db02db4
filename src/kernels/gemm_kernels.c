/*
** gemm_kernels.c - C = start + op(A) op(B), blocked for registers.
**
** C is cut in blocks of a few rows by a few vectors of columns, each summed over k in registers. B is read where it
** lies, or, where a block's columns do not lie side by side or many rows read them, from a zero-padded panel on the
** stack; a packed B is all panels. After the register blocking of Goto and van de Geijn, "Anatomy of
** High-Performance Matrix Multiplication".
*/
#include "kernels/gemm.h"

#include <string.h>

#define WIDTH RNN_WIDTH
#define ROWS (RNN_WIDTH == 16 ? 8 : 6) /* of a block, with two vectors; AVX-512 has twice the registers */
#define MOST_ROWS 8
#define WIDE 8                         /* vectors of a block of one row: as many sums run side by side */
#define PANEL (2 * WIDTH)
#define DEPTH 256    /* of a panel: 2 vectors × 256 floats stay in the first-level cache */
#define MANY_ROWS 9 /* of A: from here on copying B into panels pays, unless B is one panel already */

typedef rnn_v_unaligned vector;

/* Most matrices that are copied are small and narrow; vectorised loops would cost more than they save. */
#define COPIES __attribute__((optimize("no-tree-vectorize,no-tree-loop-distribute-patterns")))

/* A block's operands: element (i, p) of op(A) is a[i·row + p·step], vector v of row p of B is at
** b + v·b_vector + p·b_row. */
typedef struct operands {
  const float *a;
  int64_t row, step;
  const float *b;
  int64_t b_row, b_vector;
  int64_t depth;
} operands;

/* rows of what a block's sums start from and of where they go; start NULL: from 0 */
typedef struct target {
  const float *start;
  int64_t start_stride;
  float *c;
  int64_t ldc;
} target;

/* a loop that is unrolled, so that what it counts through may lie in registers */
#define EACH(i, count) _Pragma("GCC unroll 8") for (int i = 0; i < (count); i++)

/* Inlined with constant rows and vectors, so that the sums lie in registers. */
RNN_INLINE void sum_block(const int rows, const int vectors, const operands *o, vector sums[MOST_ROWS][WIDE]) {
  const float *a = o->a, *b = o->b;
  const int64_t row = o->row, step = o->step, b_row = o->b_row, b_vector = o->b_vector;
  EACH(i, rows)
    EACH(v, vectors) sums[i][v] = (vector){0};
  for (int64_t p = o->depth; p > 0; p--, a += step, b += b_row) {
    vector columns[WIDE];
    EACH(v, vectors) columns[v] = *(const vector *)(b + v * b_vector);
    EACH(i, rows) {
      float x = a[i * row];
      EACH(v, vectors) sums[i][v] += x * columns[v];
    }
  }
}

/* a vector of a row of C, of which n numbers are there */
RNN_INLINE void store_vector(vector sums, int64_t n, const float *start, float *c) {
  if (n >= WIDTH) {
    if (start) sums += *(const vector *)start;
    *(vector *)c = sums;
    return;
  }
  if (start) sums += rnn_v_load_first(start, n);
  rnn_v_store_first(c, sums, n);
}

/* the last vector of a block may stick out: `columns` count */
RNN_INLINE void store_block(const int rows, const int vectors, int64_t columns, vector sums[MOST_ROWS][WIDE],
                            const target *t) {
  int64_t last = columns - (vectors - 1) * WIDTH;
  EACH(i, rows) {
    const float *start = t->start ? t->start + i * t->start_stride : NULL;
    float *c = t->c + i * t->ldc;
    EACH(v, vectors) store_vector(sums[i][v], v + 1 < vectors ? WIDTH : last, start ? start + v * WIDTH : NULL, c + v * WIDTH);
  }
}

#define BLOCK(R, V)                                                                                         \
  static void block_##R##_##V(int64_t columns, const operands *o, const target *t) {                        \
    vector sums[MOST_ROWS][WIDE];                                                                           \
    sum_block(R, V, o, sums);                                                                               \
    store_block(R, V, columns, sums, t);                                                                    \
  }
BLOCK(1, 1) BLOCK(2, 1) BLOCK(3, 1) BLOCK(4, 1) BLOCK(5, 1) BLOCK(6, 1)
BLOCK(1, 2) BLOCK(2, 2) BLOCK(3, 2) BLOCK(4, 2) BLOCK(5, 2) BLOCK(6, 2)
BLOCK(1, 4) BLOCK(2, 4) BLOCK(1, 8)
#if RNN_WIDTH == 16
BLOCK(7, 1) BLOCK(8, 1) BLOCK(7, 2) BLOCK(8, 2) BLOCK(3, 4) BLOCK(4, 4)
#else
#define block_7_1 NULL
#define block_8_1 NULL
#define block_7_2 NULL
#define block_8_2 NULL
#define block_3_4 NULL
#define block_4_4 NULL
#endif

/* by rows - 1 and the power of 2 of vectors */
static void (*const blocks[MOST_ROWS][4])(int64_t columns, const operands *o, const target *t) = {
    {block_1_1, block_1_2, block_1_4, block_1_8}, {block_2_1, block_2_2, block_2_4}, {block_3_1, block_3_2, block_3_4},
    {block_4_1, block_4_2, block_4_4}, {block_5_1, block_5_2}, {block_6_1, block_6_2}, {block_7_1, block_7_2},
    {block_8_1, block_8_2}};

/* the power of 2 of vectors in a block: as many as fill the registers; one vector may stick out, more may not */
static int block_width(int64_t rows, int64_t columns) {
  int power = rows <= 4 && blocks[rows - 1][2] ? (rows == 1 ? 3 : 2) : 1;
  while (power > 0 && ((int64_t)WIDTH << power) - columns >= WIDTH) power--;
  return power;
}

/* A strip of C as wide as a block, all m rows, which are shared out evenly among `left` blocks; the first has `rows`.
** (Here and below the structs are changed where they lie: copies of what was just written by parts would wait for it.) */
static void multiply_strip(int64_t m, int64_t left, int64_t rows, int64_t columns, int power, operands *o, target *t) {
  const float *a = o->a, *start = t->start;
  float *c = t->c;
  for (;;) {
    blocks[rows - 1][power](columns, o, t);
    if (--left == 0) break;
    m -= rows;
    o->a += rows * o->row;
    t->c += rows * t->ldc;
    if (t->start) t->start += rows * t->start_stride;
    rows = (m + left - 1) / left;
  }
  o->a = a, t->start = start, t->c = c;
}

/* All of C, strip by strip, so that the columns of B that a strip reads stay in the first-level cache. */
static void multiply(int64_t m, int64_t n, operands *o, target *t) {
  int64_t left = (m + ROWS - 1) / ROWS, rows = left == 1 ? m : (m + left - 1) / left;
  for (;;) {
    int power = block_width(rows, n);
    int64_t wide = (int64_t)WIDTH << power;
    multiply_strip(m, left, rows, n < wide ? n : wide, power, o, t);
    n -= wide;
    if (n <= 0) return;
    o->b += o->b_vector << power;
    t->c += wide;
    if (t->start) t->start += wide;
  }
}

/* ---- a packed right side ----------------------------------------------------------------------------------- */

static void packed(const rnn_product *job) {
  int64_t b_vector = job->b->rows * WIDTH;
  const float *b = job->b->data + job->column / WIDTH * b_vector + job->row * WIDTH;
  operands o = {job->a, job->lda, 1, b, WIDTH, b_vector, job->k};
  target t = {job->start, job->start_stride, job->c, job->ldc};
  multiply(job->m, job->n, &o, &t);
}

/* `depth` rows of one vector of columns, of which n are there */
static COPIES void pack_vector(int64_t n, int64_t depth, const float *from, int64_t row, int64_t step, float *to) {
  if (step == 1) {
    for (int64_t p = 0; p < depth; p++) *(vector *)(to + p * WIDTH) = rnn_v_load_first(from + p * row, n);
    return;
  }
  for (int64_t p = 0; p < depth; p++, to += WIDTH, from += row) {
    *(vector *)to = (vector){0};
    for (int64_t i = 0; i < n; i++) to[i] = from[i * step];
  }
}

static void pack(const rnn_packed *packed_b, int64_t first_row, int64_t first_column, bool transpose, int64_t rows,
                 int64_t columns, const float *from, int64_t ld) {
  int64_t row = transpose ? 1 : ld, step = transpose ? ld : 1, b_vector = packed_b->rows * WIDTH;
  float *to = packed_b->data + first_column / WIDTH * b_vector + first_row * WIDTH;
  for (int64_t j = 0; j < columns; j += WIDTH, to += b_vector, from += WIDTH * step)
    pack_vector(columns - j < WIDTH ? columns - j : WIDTH, rows, from, row, step, to);
}

/* ---- any two matrices ---------------------------------------------------------------------------------------- */

/* Row p of the panel, `width` numbers, is op(B)[p, 0 .. columns-1] with zeros behind. */
static COPIES void fill_panel(int64_t columns, int64_t width, int64_t depth, const float *b, int64_t row, int64_t step,
                              float *panel) {
  if (step == 1) {
    int64_t last = width - WIDTH;
    for (int64_t p = 0; p < depth; p++, panel += width, b += row) {
      if (last > 0) *(vector *)panel = *(const vector *)b;
      *(vector *)(panel + last) = rnn_v_load_first(b + last, columns - last);
    }
    return;
  }
  for (int64_t p = 0; p < depth; p++, panel += width) {
    *(vector *)(panel + width - WIDTH) = (vector){0};
    for (int64_t j = 0; j < columns; j++) panel[j] = b[p * row + j * step];
  }
}

/* by halves: as few sums as may be wait for others */
static float sum_of(vector v) {
  for (int half = WIDTH / 2; half > 0; half /= 2)
    EACH(i, half) v[i] += v[i + half];
  return v[0];
}

/* Σ a[p] · b[p], as four sums of vectors */
static float dot_side_by_side(int64_t k, const float *a, const float *b) {
  vector sums[4] = {{0}};
  int64_t p = 0;
  for (; p + 4 * WIDTH <= k; p += 4 * WIDTH)
    EACH(v, 4) sums[v] += *(const vector *)(a + p + v * WIDTH) * *(const vector *)(b + p + v * WIDTH);
  for (; p + WIDTH <= k; p += WIDTH) sums[0] += *(const vector *)(a + p) * *(const vector *)(b + p);
  if (p < k) sums[1] += rnn_v_load_first(a + p, k - p) * rnn_v_load_first(b + p, k - p);
  return sum_of(sums[0] + sums[1] + (sums[2] + sums[3]));
}

/* Σ a[p·a_step] · b[p·b_step] */
static float dot(int64_t k, const float *a, int64_t a_step, const float *b, int64_t b_step) {
  if (a_step == 1 && b_step == 1) return dot_side_by_side(k, a, b);
  float sum = 0;
  for (int64_t p = 0; p < k; p++) sum += a[p * a_step] * b[p * b_step];
  return sum;
}

/* `depth` terms of all of C; o->b is where B's row for the first of them starts */
static void multiply_layer(int64_t m, int64_t n, const operands *o, const target *t) {
  float panel[DEPTH * PANEL] __attribute__((aligned(64)));
  bool side_by_side = o->b_vector == WIDTH, few = m < MANY_ROWS || (n <= PANEL && o->b_row <= PANEL);
  int64_t in_place = side_by_side && few ? n / WIDTH * WIDTH : 0;
  if (in_place > 0) {
    operands all = {o->a, o->row, o->step, o->b, o->b_row, o->b_vector, o->depth};
    target to = {t->start, t->start_stride, t->c, t->ldc};
    multiply(m, in_place, &all, &to);
  }
  for (int64_t j = in_place; j < n; j += PANEL) {
    int64_t columns = n - j < PANEL ? n - j : PANEL, width = columns <= WIDTH ? WIDTH : PANEL;
    int64_t b_step = o->b_vector / WIDTH;
    fill_panel(columns, width, o->depth, o->b + j * b_step, o->b_row, b_step, panel);
    operands from = {o->a, o->row, o->step, panel, width, WIDTH, o->depth};
    target to = {t->start ? t->start + j : NULL, t->start_stride, t->c + j, t->ldc};
    multiply(m, columns, &from, &to);
  }
}

static void gemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float *a,
                 int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc) {
  int64_t row = transpose_a ? 1 : lda, step = transpose_a ? lda : 1;
  int64_t b_row = transpose_b ? 1 : ldb, b_step = transpose_b ? ldb : 1;
  if (n == 1 && m > 1 && transpose_a && ldc == 1) { /* the row C^T = B^T A */
    gemm(!transpose_b, false, 1, m, k, b, ldb, a, lda, beta, c, m);
    return;
  }
  for (int64_t i = 0; n == 1 && i < m; i++)
    c[i * ldc] = (beta != 0 ? c[i * ldc] : 0) + dot(k, a + i * row, step, b, b_row);
  if (n == 1) return;
  target t = {beta != 0 ? c : NULL, ldc, c, ldc};
  for (int64_t p = 0; p < k || p == 0; p += DEPTH, t.start = c) {
    operands o = {a + p * step, row, step, b + p * b_row, b_row, WIDTH * b_step, k - p < DEPTH ? k - p : DEPTH};
    multiply_layer(m, n, &o, &t);
  }
}

const rnn_gemm_functions RNN_KERNELS(rnn_gemm_kernels) = {gemm, pack, packed};
