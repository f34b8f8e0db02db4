/*
** products.c - the host's products beside loops in double, the oracle of tests/test_products.lua.
**
** rl.plugins.products.sgemm(sizes), sizes being m n k, whether A and B come transposed, beta, and how many numbers the
** rows of all three are longer than they need be, returns the largest difference, and how many numbers between the
** rows of C were written to.
** rl.plugins.products.compare(sizes), sizes being m n k, the row and the vector of columns of the packed matrix where
** the product's part begins, whether B comes transposed, and what the sums start from (0: nothing, 1: one row, 2: C),
** returns the largest difference and how many numbers of C are other bits when rows are multiplied one by one.
*/
#include <math.h>
#include <string.h>

#include "rnnlua.h"

enum { M, N, K, ROW, VECTOR, TRANSPOSE, START, SIZES };
enum { NO_START, ONE_ROW, ITSELF };

typedef struct memory {
  float *a, *b, *packed, *start, *c, *single;
} memory;

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs, int *output_count,
                         rnn_shape *outputs) {
  (void)self, (void)input_count, (void)output_count;
  if (inputs->ndim != 1 || inputs->dim[0] != SIZES) return rnn_fail(cx, RNN_INVALID, "expected %d sizes", SIZES);
  outputs[0] = (rnn_shape){1, {2}};
  return RNN_OK;
}

static float *numbers(rnn_context *cx, uint64_t key, int64_t n) {
  float *made = cx->host->allocate(cx, sizeof(float) * (size_t)(n > 0 ? n : 1));
  if (made && key) cx->host->random_normal(key, 0, n, made);
  return made;
}

/* C = start + A B by the definition */
static double off(const float *x, const memory *z, const float *b, int64_t i, int64_t j) {
  bool transposed = x[TRANSPOSE] != 0;
  int64_t n = (int64_t)x[N], k = (int64_t)x[K];
  double sum = x[START] == ONE_ROW ? z->start[j] : x[START] == ITSELF ? z->start[i * n + j] : 0;
  for (int64_t p = 0; p < k; p++) sum += (double)z->a[i * k + p] * (double)(transposed ? b[j * k + p] : b[p * n + j]);
  return fabs(sum - (double)z->c[i * n + j]);
}

static void compare(rnn_context *cx, const float *x, const memory *z, float *result) {
  int64_t m = (int64_t)x[M], n = (int64_t)x[N], k = (int64_t)x[K], vector = 4 << cx->host->cpu_level;
  int64_t row = (int64_t)x[ROW], column = (int64_t)x[VECTOR] * vector;
  rnn_packed packed = {z->packed, row + k + 1, column + (n + vector - 1) / vector * vector};
  cx->host->pack(&packed, row, column, x[TRANSPOSE] != 0, k, n, z->b, x[TRANSPOSE] != 0 ? k : n);
  memcpy(z->c, z->start, sizeof(float) * (size_t)(m * n));
  memcpy(z->single, z->start, sizeof(float) * (size_t)(m * n));
  rnn_product all = {.m = m, .n = n, .k = k, .a = z->a, .lda = k, .b = &packed, .row = row, .column = column,
                     .start = x[START] == ONE_ROW ? z->start : x[START] == ITSELF ? z->c : NULL,
                     .start_stride = x[START] == ITSELF ? n : 0, .c = z->c, .ldc = n};
  cx->host->multiply_packed(&all);
  for (int64_t i = 0; i < m; i++) {
    rnn_product one = all;
    one.m = 1, one.a = z->a + i * k, one.c = z->single + i * n;
    if (x[START] == ITSELF) one.start = one.c;
    cx->host->multiply_packed(&one);
  }
  for (int64_t i = 0; i < m * n; i++) {
    result[0] = fmaxf(result[0], (float)off(x, z, z->b, i / n, i % n));
    result[1] += memcmp(&z->c[i], &z->single[i], sizeof(float)) != 0;
  }
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)self;
  const float *x = call->inputs->data;
  int64_t m = (int64_t)x[M], n = (int64_t)x[N], k = (int64_t)x[K], room = 4 << cx->host->cpu_level;
  int64_t columns = n + (int64_t)(x[VECTOR] + 1) * room;
  memory z = {numbers(cx, 1, m * k), numbers(cx, 2, n * k), numbers(cx, 3, ((int64_t)x[ROW] + k + 1) * columns),
              numbers(cx, 4, m * n), numbers(cx, 0, m * n), numbers(cx, 0, m * n)};
  float *result = call->outputs->data;
  result[0] = result[1] = 0;
  bool complete = z.a && z.b && z.packed && z.start && z.c && z.single;
  if (complete) compare(cx, x, &z, result);
  float *const all[] = {z.a, z.b, z.packed, z.start, z.c, z.single};
  for (int i = 0; i < 6; i++) cx->host->release(all[i]);
  return complete ? RNN_OK : RNN_NO_MEMORY;
}

/* ---- sgemm ------------------------------------------------------------------------------------------------- */

enum { TRANSPOSE_A = ROW, TRANSPOSE_B, BETA, PADDING };

static double at(const float *x, int64_t ld, bool transposed, int64_t i, int64_t j) {
  return (double)(transposed ? x[j * ld + i] : x[i * ld + j]);
}

static void check_sgemm(rnn_context *cx, const float *x, const memory *z, float *result) {
  int64_t m = (int64_t)x[M], n = (int64_t)x[N], k = (int64_t)x[K], padding = (int64_t)x[PADDING], ldc = n + padding;
  bool ta = x[TRANSPOSE_A] != 0, tb = x[TRANSPOSE_B] != 0;
  int64_t lda = (ta ? m : k) + padding, ldb = (tb ? k : n) + padding;
  memcpy(z->c, z->start, sizeof(float) * (size_t)(m * ldc));
  if (rnn_sgemm(cx, ta, tb, m, n, k, z->a, lda, z->b, ldb, x[BETA], z->c, ldc) != RNN_OK) result[0] = INFINITY;
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < ldc; j++) {
      double want = j < n ? (double)x[BETA] * (double)z->start[i * ldc + j] : (double)z->start[i * ldc + j];
      for (int64_t p = 0; j < n && p < k; p++) want += at(z->a, lda, ta, i, p) * at(z->b, ldb, tb, p, j);
      double difference = fabs(want - (double)z->c[i * ldc + j]);
      if (j < n) result[0] = fmaxf(result[0], (float)difference);
      else result[1] += difference != 0;
    }
}

static rnn_status sgemm(rnn_context *cx, const void *self, rnn_call *call) {
  (void)self;
  const float *x = call->inputs->data;
  int64_t m = (int64_t)x[M], n = (int64_t)x[N], k = (int64_t)x[K], padding = (int64_t)x[PADDING];
  memory z = {.a = numbers(cx, 1, (m + padding) * (k + padding)), .b = numbers(cx, 2, (n + padding) * (k + padding)),
              .start = numbers(cx, 4, m * (n + padding)), .c = numbers(cx, 0, m * (n + padding))};
  float *result = call->outputs->data;
  result[0] = result[1] = 0;
  bool complete = z.a && z.b && z.start && z.c;
  if (complete) check_sgemm(cx, x, &z, result);
  float *const all[] = {z.a, z.b, z.start, z.c};
  for (int i = 0; i < 4; i++) cx->host->release(all[i]);
  return complete ? RNN_OK : RNN_NO_MEMORY;
}

static const rnn_function_type sgemm_type = {
    .type = {.size = sizeof(rnn_function_type), .kind = RNN_FUNCTION, .name = "sgemm", .doc = "see above"},
    .flags = RNN_LAYER_MAIN_THREAD, .shapes = shapes, .forward = sgemm};

static const rnn_function_type compare_type = {
    .type = {.size = sizeof(rnn_function_type), .kind = RNN_FUNCTION, .name = "compare", .doc = "see above"},
    .flags = RNN_LAYER_MAIN_THREAD, .shapes = shapes, .forward = forward};

static const rnn_type *const types[] = {&compare_type.type, &sgemm_type.type};
RNN_PLUGIN(products, "1.0", "products beside an oracle", types)
