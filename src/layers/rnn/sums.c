/*
** sums.c - the sums of a step, bias + x W + h U: x and h lie side by side and the kernels one above the other, so
** that where both go to the same slots one product does.
*/
#include <string.h>

#include "layers/rnn/kernels.h"
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

static void sum_packed(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
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
}

/* a gate, or all of them side by side: to = start + x W + h U, of weights as they are; either may be left out */
static void sum_gates(const rnn_recurrence *u, const float *start, const float *joint, int gate, int gates,
                      bool with_x, bool with_h, float *to) {
  int64_t units = u->q.units;
  rnn_row_sum r = {gates * units, u->cell->gates * units, start,
                   {with_x ? u->q.features : 0, with_h ? units : 0}, {joint, joint + u->q.features},
                   {u->call->weights[RNN_KERNEL] + gate * units, u->call->weights[RNN_RECURRENT_KERNEL] + gate * units},
                   to};
  RNN_PICK(u->cx->host->cpu_level, rnn_row_kernels)->multiply(&r);
}

static void sum_row(const rnn_recurrence *u, const float *joint, bool recurs, float *sums) {
  const rnn_cell *cell = u->cell;
  int64_t width = u->q.width;
  if (cell->one_product && rnn_lie_in_order(u, cell->input_slot, cell->gates)) {
    sum_gates(u, u->bias, joint, 0, cell->gates, true, recurs, sums);
    return;
  }
  memcpy(sums, u->bias, sizeof(float) * (size_t)u->row);
  for (int g = 0; g < cell->gates; g++) {
    float *x_sums = sums + cell->input_slot[g] * width, *h_sums = sums + cell->recurrent_slot[g] * width;
    sum_gates(u, x_sums, joint, g, 1, true, false, x_sums);
    if (recurs && g < cell->recurrent_gates) sum_gates(u, h_sums, joint, g, 1, false, true, h_sums);
  }
}

static void sum_directly(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  bool recurs = s > 0 || u->has_initial;
  for (int64_t b = first; b < first + rows; b++)
    sum_row(u, rnn_at(u, u->joint, u->q.span, b, s), recurs, rnn_sums(u, b, s));
}

void rnn_sum_up(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  (u->direct ? sum_directly : sum_packed)(u, first, rows, s);
}
