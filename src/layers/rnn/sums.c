/*
** sums.c - the sums of a step, bias + x W + h U: x and h lie side by side and the kernels one above the other, so
** that where both go to the same slots one product does.
*/
#include <string.h>

#include "layers/rnn/rnn.h"

static void start_with_bias(const rnn_recurrence *u, int64_t rows, float *sums) {
  for (int64_t b = 0; b < rows; b++) memcpy(sums + b * u->row, u->bias, sizeof(float) * (size_t)u->row);
}

/* a product with packed weights: of the x's, the h's, or both */
typedef struct side {
  int64_t row, depth; /* of the weights */
  int64_t column, columns;
} side;

static void add_side(const rnn_recurrence *u, int64_t rows, const float *joint, const side *of, const float *start,
                     int64_t start_stride, float *sums) {
  u->cx->host->multiply_packed(&(rnn_product){
    .m = rows, .n = of->columns, .k = of->depth, .a = joint + of->row, .lda = u->q.span, .b = &u->weights,
    .row = of->row, .column = of->column, .start = start + of->column, .start_stride = start_stride,
    .c = sums + of->column, .ldc = u->row});
}

static rnn_status sum_packed(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  const rnn_sequence *q = &u->q;
  const rnn_cell *cell = u->cell;
  float *sums = rnn_sums(u, first, s);
  int64_t recurrent_depth = s > 0 || u->has_initial ? q->units : 0;
  if (!cell->one_product) start_with_bias(u, rows, sums);
  for (int k = 0; k < u->parts; k++) {
    const float *joint = rnn_masked_joint(u, k, first, rows, s, rnn_masked_place(u, first));
    side x = {0, q->features, rnn_column(u, cell->input_slot, cell->input_at, k),
              (u->parts > 1 ? 1 : cell->gates) * q->width};
    if (cell->one_product) {
      x.depth += recurrent_depth;
      add_side(u, rows, joint, &x, u->bias, 0, sums);
      continue;
    }
    add_side(u, rows, joint, &x, sums, u->row, sums);
    side h = {q->features, recurrent_depth, rnn_column(u, cell->recurrent_slot, cell->recurrent_at, k),
              (u->parts > 1 ? 1 : cell->recurrent_gates) * q->width};
    if (recurrent_depth > 0 && k < cell->recurrent_gates) add_side(u, rows, joint, &h, sums, u->row, sums);
  }
  return RNN_OK;
}

/* whether gates lie in slots as they do in the weights */
static bool lie_in_order(const rnn_recurrence *u, const int *slot, int count) {
  if (u->q.width != u->q.units) return false;
  for (int g = 1; g < count; g++)
    if (slot[g] != slot[0] + g) return false;
  return true;
}

/* sums += from times weights as they are, gate by gate or all gates at once */
static rnn_status add_direct(const rnn_recurrence *u, int64_t rows, const float *from, int64_t depth,
                             const float *weights, const int *slot, int gates, float *sums) {
  int64_t units = u->q.units, ld = u->cell->gates * units;
  int together = lie_in_order(u, slot, gates) ? gates : 1;
  for (int g = 0; g < gates; g += together)
    rnn_try(rnn_sgemm(u->cx, false, false, rows, together * units, depth, from, u->q.span, weights + g * units, ld, 1,
                      sums + slot[g] * u->q.width, u->row));
  return RNN_OK;
}

static rnn_status sum_directly(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  const rnn_sequence *q = &u->q;
  const rnn_cell *cell = u->cell;
  const float *joint = rnn_at(u, u->joint, q->span, first, s);
  float *sums = rnn_sums(u, first, s);
  start_with_bias(u, rows, sums);
  rnn_try(add_direct(u, rows, joint, q->features, u->call->weights[RNN_KERNEL], cell->input_slot, cell->gates, sums));
  if (s == 0 && !u->has_initial) return RNN_OK;
  return add_direct(u, rows, joint + q->features, q->units, u->call->weights[RNN_RECURRENT_KERNEL],
                    cell->recurrent_slot, cell->recurrent_gates, sums);
}

rnn_status rnn_sum_up(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  return (u->direct ? sum_directly : sum_packed)(u, first, rows, s);
}
