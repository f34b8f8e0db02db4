/*
** matmul.c - products of matrices and of stacks of them.
**
** float32 goes to the host's sgemm; float64 and int64 to loops of our own, a panel of b at a time;
** bool is computed in int64.
*/
#include "core/matmul.h"

#include <string.h>

#include "core/alloc.h"
#include "core/host.h"
#include "core/view.h"
#include "kernels/product_kernels.h"

enum { ROWS_AT_ONCE = 4096 }; /* between two looks for Ctrl-C */

static rnn_status no_memory(rnn_context *cx) {
  return rnn_fail(cx, RNN_NO_MEMORY, "not enough memory");
}

/* ---- operands -------------------------------------------------------------------------------- */

/* a tensor with memory of its own */
typedef struct operand {
  rnn_tensor tensor;
  void *memory; /* NULL: it lies elsewhere */
} operand;

static rnn_status make_operand(rnn_context *cx, operand *o, rnn_dtype dtype,
                               const rnn_tensor *like) {
  size_t bytes = (size_t)rnn_tensor_size(like) * rnn_dtype_size(dtype);
  o->memory = rnn_malloc_aligned(bytes);
  if (o->memory == NULL) return no_memory(cx);
  rnn_tensor_describe(&o->tensor, dtype, like->ndim, like->shape, o->memory);
  return RNN_OK;
}

/* what sgemm takes: one of the two axes without gaps, rows that do not overlap */
static bool fits_gemm(const rnn_tensor *t) {
  const int64_t *shape = t->shape + t->ndim - 2, *strides = t->strides + t->ndim - 2;
  return (strides[1] == 1 && strides[0] >= shape[1]) || (strides[0] == 1 && strides[1] >= shape[0]);
}

static rnn_status take_operand(rnn_context *cx, operand *o, const rnn_tensor *t, rnn_dtype dtype) {
  o->tensor = *t;
  o->memory = NULL;
  if (t->dtype == dtype && (dtype != RNN_FLOAT32 || fits_gemm(t))) return RNN_OK;
  rnn_try(make_operand(cx, o, dtype, t));
  return rnn_tensor_assign(cx, &o->tensor, t);
}

/* ---- one product of two matrices ------------------------------------------------------------- */

static rnn_status multiply_float32(rnn_context *cx, const rnn_tensor *to, const rnn_tensor *a,
                                   const rnn_tensor *b) {
  bool ta = a->strides[1] != 1 || a->strides[0] < a->shape[1];
  bool tb = b->strides[1] != 1 || b->strides[0] < b->shape[1];
  return rnn_sgemm(cx, ta, tb, a->shape[0], b->shape[1], a->shape[1], a->data,
                   a->strides[ta ? 1 : 0], b->data, b->strides[tb ? 1 : 0], 0, to->data,
                   to->strides[0]);
}

/* panel = b[k .. k+depth, column .. column+columns], the rest of its columns 0 */
static void fill_panel(uint64_t *panel, const rnn_tensor *b, int64_t k, int64_t depth,
                       int64_t column, int64_t columns) {
  memset(panel, 0, sizeof(uint64_t) * (size_t)(depth * RNN_PANEL_COLUMNS));
  const uint64_t *from = rnn_tensor_at(b, k * b->strides[0] + column * b->strides[1]);
  for (int64_t i = 0; i < depth; i++)
    for (int64_t j = 0; j < columns; j++)
      panel[i * RNN_PANEL_COLUMNS + j] = from[i * b->strides[0] + j * b->strides[1]];
}

static rnn_status multiply_panel(rnn_context *cx, const rnn_tensor *to, const rnn_tensor *a,
                                 rnn_product_job job, int64_t k, int64_t column) {
  const rnn_product_functions *f = RNN_PICK(rnn_cpu_level(), rnn_product);
  for (int64_t row = 0; row < a->shape[0]; row += ROWS_AT_ONCE) {
    int64_t left = a->shape[0] - row;
    job.rows = left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE;
    job.a = rnn_tensor_at(a, row * a->strides[0] + k * a->strides[1]);
    job.c = rnn_tensor_at(to, row * to->strides[0] + column * to->strides[1]);
    (a->dtype == RNN_FLOAT64 ? f->float64 : f->int64)(&job);
    if (cx->host->interrupted(cx)) return RNN_INTERRUPTED;
  }
  return RNN_OK;
}

static rnn_status multiply_64(rnn_context *cx, const rnn_tensor *to, const rnn_tensor *a,
                              const rnn_tensor *b, uint64_t *panel) {
  rnn_product_job job = {
      .a_row = a->strides[0], .a_column = a->strides[1], .c_row = to->strides[0],
      .c_column = to->strides[1], .panel = panel};
  for (int64_t column = 0; column < b->shape[1]; column += RNN_PANEL_COLUMNS) {
    int64_t columns = b->shape[1] - column;
    job.columns = columns < RNN_PANEL_COLUMNS ? columns : RNN_PANEL_COLUMNS;
    for (int64_t k = 0; k < b->shape[0]; k += RNN_PANEL_DEPTH) {
      int64_t depth = b->shape[0] - k;
      job.depth = depth < RNN_PANEL_DEPTH ? depth : RNN_PANEL_DEPTH;
      job.add = k > 0;
      fill_panel(panel, b, k, job.depth, column, job.columns);
      rnn_try(multiply_panel(cx, to, a, job, k, column));
    }
  }
  return RNN_OK;
}

/* ---- stacks of matrices ---------------------------------------------------------------------- */

/* Where all of a stack meets one matrix the stack is one tall matrix. */
static void flatten_stack(rnn_tensor *to, rnn_tensor *a, const rnn_tensor *b) {
  if (a->ndim <= 2 || b->ndim > 2 || a->ndim != to->ndim) return;
  rnn_tensor tall = *a;
  int64_t shape[2] = {rnn_tensor_size(a) / a->shape[a->ndim - 1], a->shape[a->ndim - 1]};
  if (!rnn_tensor_reshape(&tall, 2, shape) || (a->dtype == RNN_FLOAT32 && !fits_gemm(&tall)))
    return;
  *a = tall;
  rnn_tensor_reshape(to, 2, (int64_t[]){shape[0], to->shape[to->ndim - 1]});
}

/* Along the first axis, until matrices are left. */
static rnn_status multiply(rnn_context *cx, rnn_tensor to, rnn_tensor a, rnn_tensor b,
                           void *panel) {
  if (to.ndim == 2 && to.dtype == RNN_FLOAT32) return multiply_float32(cx, &to, &a, &b);
  if (to.ndim == 2) return multiply_64(cx, &to, &a, &b, panel);
  bool has_a = a.ndim == to.ndim, has_b = b.ndim == to.ndim;
  for (int64_t i = 0; i < to.shape[0]; i++) {
    rnn_tensor c = to, left = a, right = b;
    rnn_tensor_select(&c, 0, i);
    if (has_a) rnn_tensor_select(&left, 0, a.shape[0] == 1 ? 0 : i);
    if (has_b) rnn_tensor_select(&right, 0, b.shape[0] == 1 ? 0 : i);
    rnn_try(multiply(cx, c, left, right, panel));
    if (i % 64 == 63 && cx->host->interrupted(cx)) return RNN_INTERRUPTED;
  }
  return RNN_OK;
}

static rnn_status multiply_as(rnn_context *cx, const rnn_tensor *to, const rnn_tensor *a,
                              const rnn_tensor *b) {
  operand left = {.memory = NULL}, right = {.memory = NULL};
  rnn_tensor target = *to;
  void *panel = NULL;
  rnn_status status = take_operand(cx, &left, a, to->dtype);
  if (status == RNN_OK) status = take_operand(cx, &right, b, to->dtype);
  if (status == RNN_OK && to->dtype != RNN_FLOAT32) {
    panel = rnn_malloc_aligned(sizeof(uint64_t) * RNN_PANEL_COLUMNS * RNN_PANEL_DEPTH);
    if (panel == NULL) status = no_memory(cx);
  }
  if (status == RNN_OK) {
    flatten_stack(&target, &left.tensor, &right.tensor);
    status = multiply(cx, target, left.tensor, right.tensor, panel);
  }
  rnn_free_aligned(panel);
  rnn_free_aligned(right.memory);
  rnn_free_aligned(left.memory);
  return status;
}

rnn_status rnn_matmul(rnn_context *cx, const rnn_tensor *to, const rnn_tensor *a,
                      const rnn_tensor *b) {
  if (rnn_tensor_size(to) == 0) return RNN_OK;
  if (a->shape[a->ndim - 1] == 0) { /* sums of nothing */
    memset(to->data, 0, (size_t)rnn_tensor_size(to) * rnn_dtype_size(to->dtype));
    return RNN_OK;
  }
  if (to->dtype != RNN_BOOL) return multiply_as(cx, to, a, b);
  operand counts;
  rnn_try(make_operand(cx, &counts, RNN_INT64, to));
  rnn_status status = multiply_as(cx, &counts.tensor, a, b);
  if (status == RNN_OK) status = rnn_tensor_assign(cx, to, &counts.tensor);
  rnn_free_aligned(counts.memory);
  return status;
}
