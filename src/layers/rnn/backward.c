/*
** backward.c - a recurrent layer's backward pass: each thread takes its rows of the batch back through time, leaving
** the slopes, the gradient by the sums; the gradient of the weights is then one product over batch × time.
*/
#include <string.h>

#include "layers/rnn/kernels.h"
#include "layers/rnn/rnn.h"

static void clear(float *to, int64_t n) { memset(to, 0, sizeof(float) * (size_t)n); }

/* ---- back through time -------------------------------------------------------------------------------------- */

/* the gradient by the states after the last step: what came for states returned, or 0 */
static void start_dstates(rnn_recurrence *u, int64_t first, int64_t rows) {
  const rnn_sequence *q = &u->q;
  for (int i = 0; i < u->cell->states; i++) {
    const float *from = u->layer->return_state ? u->call->outputs[1 + i].gradient : NULL;
    float *to = u->dstates[i] + first * q->width;
    clear(to, rows * q->width);
    for (int64_t b = 0; from && b < rows; b++)
      memcpy(to + b * q->width, from + (first + b) * q->units, sizeof(float) * (size_t)q->units);
  }
  if (u->mask) clear(u->pending + first * q->width, rows * q->width);
}

/* Where there is a mask, the gradient of an output goes to the output that it repeats. */
static void pass_pending(rnn_recurrence *u, int64_t b, int64_t s) {
  int64_t width = u->q.width;
  float *pending = u->pending + b * width;
  bool skip = rnn_skips(u, b, s);
  if (skip && !u->layer->zero_output_for_mask) return;
  if (!skip) rnn_add_rows(1, width, pending, u->dstates[0] + b * width);
  clear(pending, width);
}

/* adds the gradient by the output of a step to that by its state */
static void take_output_gradient(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  const rnn_sequence *q = &u->q;
  const float *dy = u->call->outputs->gradient;
  bool all = u->layer->return_sequences;
  if (dy && (all || s == q->time - 1)) {
    int64_t from = all ? q->time : 1;
    dy += (first * from + (all ? s : 0)) * q->units;
    RNN_PICK(u->cx->host->cpu_level, rnn_row_kernels)
        ->add(rows, q->units, dy, from * q->units, (u->mask ? u->pending : u->dstates[0]) + first * q->width,
              q->width);
  }
  for (int64_t b = first; u->mask && b < first + rows; b++) pass_pending(u, b, s);
}

/* steps that were run; where what the kernel sends back is added to dstates, nothing else is to be in them */
static rnn_status step_back(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  rnn_try(u->cell->step_back(u, first, rows, s));
  if (u->mask && !u->cell->carries) clear(u->dstates[0] + first * u->q.width, rows * u->q.width);
  return RNN_OK;
}

/* masked steps: the gradient passes by */
static rnn_status carry_back(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  clear(rnn_at(u, u->slopes, u->row, first, s), rows * u->row);
  return RNN_OK;
}

/* C (rows × columns) = start + the slopes of `gates` slots from column `place` on, times columns of the transposes */
static void send_back(const rnn_recurrence *u, int64_t rows, const float *slopes, int64_t place, int gates,
                      int64_t column, int64_t columns, const float *start, float *c, int64_t ldc) {
  u->cx->host->multiply_packed(&(rnn_product){
    .m = rows, .n = columns, .k = (gates - 1) * u->q.width + u->q.units, .a = slopes + place, .lda = u->row,
    .b = &u->weights, .row = place, .column = column, .start = start, .start_stride = ldc, .c = c, .ldc = ldc});
}

/* what of the slopes of a step goes to the state before, through gates of mask k of dropout */
static void recur_back(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  const rnn_sequence *q = &u->q;
  const rnn_cell *cell = u->cell;
  const float *slopes = rnn_at(u, u->slopes, u->row, first, s);
  float *dh = u->dstates[0] + first * q->width, *masked = rnn_masked_place(u, first);
  bool adds = cell->carries || u->mask;
  if (u->recurrent_masks == 0) {
    send_back(u, rows, slopes, cell->recurrent_at * q->width, cell->recurrent_gates, 0, q->width, adds ? dh : NULL, dh,
              q->width);
    return;
  }
  if (!adds) clear(dh, rows * q->width);
  for (int k = 0; k < cell->recurrent_gates; k++) {
    send_back(u, rows, slopes, cell->recurrent_slot[k] * q->width, 1, 0, q->width, NULL, masked, q->width);
    RNN_PICK(u->cx->host->cpu_level, rnn_row_kernels)
        ->add_product(rows * q->width, masked, u->recurrent_factors + (k * q->batch + first) * q->width, dh);
  }
}

/* the gradient by the input of a step */
static void write_input_gradient(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  const rnn_sequence *q = &u->q;
  const rnn_cell *cell = u->cell;
  const float *slopes = rnn_at(u, u->slopes, u->row, first, s);
  float *dx = u->call->inputs->gradient + (first * q->time + rnn_time(q, s)) * q->features;
  int64_t stride = q->time * q->features;
  bool drops = u->input_masks > 0;
  float *to = drops ? rnn_masked_place(u, first) : dx;
  for (int k = 0; k < u->parts; k++) {
    bool adds = !drops && k > 0;
    send_back(u, rows, slopes, rnn_column(u, cell->input_slot, cell->input_at, k), u->parts > 1 ? 1 : cell->gates,
              q->width, q->features, adds ? dx : NULL, to, drops ? q->features : stride);
    if (drops) rnn_mask_input_gradient(u, k, first, rows, to, k > 0, dx, stride);
  }
}

static rnn_status backward_rows(rnn_recurrence *u, int64_t first, int64_t rows) {
  float *bias_sums = u->bias_sums + first / u->q.tile * u->row;
  const rnn_row_functions *row = RNN_PICK(u->cx->host->cpu_level, rnn_row_kernels);
  start_dstates(u, first, rows);
  clear(bias_sums, u->row);
  for (int64_t s = u->q.time - 1; s >= 0; s--) {
    if (u->cx->host->interrupted(u->cx)) return RNN_INTERRUPTED;
    take_output_gradient(u, first, rows, s);
    rnn_try(rnn_by_mask(u, first, rows, s, step_back, carry_back));
    row->sum(rows, u->row, rnn_at(u, u->slopes, u->row, first, s), bias_sums);
    if (s > 0 || u->has_initial) recur_back(u, first, rows, s);
    if (u->call->inputs->gradient) write_input_gradient(u, first, rows, s);
  }
  return RNN_OK;
}

static void write_initial_gradients(const rnn_recurrence *u) {
  const rnn_sequence *q = &u->q;
  for (int i = 0; i + 1 < u->call->input_count; i++) {
    float *to = u->call->inputs[1 + i].gradient;
    for (int64_t b = 0; to && b < q->batch; b++)
      memcpy(to + b * q->units, u->dstates[i] + b * q->width, sizeof(float) * (size_t)q->units);
  }
}

/* ---- weights ------------------------------------------------------------------------------------------------ */

/* x and h of all steps times factors of mask k, or as they are */
static const float *whole_joint(rnn_recurrence *u, int k) {
  const rnn_sequence *q = &u->q;
  for (int64_t s = 0; s < q->time; s++)
    if (rnn_masked_joint(u, k, 0, q->batch, s, u->masked + s * q->batch * q->span) == u->joint) break;
  return u->input_masks + u->recurrent_masks ? u->masked : u->joint;
}

/* rows from .. from+count-1 of the gradient of both kernels, one above the other: (x h)^T slopes */
static rnn_status kernel_rows(rnn_recurrence *u, const float *joint, int64_t from, int64_t count, int64_t column,
                              int64_t columns) {
  const rnn_sequence *q = &u->q;
  return rnn_sgemm(u->cx, true, false, count, columns, q->batch * q->time, joint + from, q->span, u->slopes + column,
                   u->row, 0, u->gradient + from * u->row + column, u->row);
}

static rnn_status kernel_gradients(rnn_recurrence *u) {
  const rnn_sequence *q = &u->q;
  const rnn_cell *cell = u->cell;
  float *to_kernel = u->call->weight_gradients[RNN_KERNEL];
  float *to_recurrent = u->call->weight_gradients[RNN_RECURRENT_KERNEL];
  for (int k = 0; k < u->parts && (to_kernel || to_recurrent); k++) {
    const float *joint = whole_joint(u, k);
    int64_t at_x = rnn_column(u, cell->input_slot, cell->input_at, k);
    int64_t x_columns = (u->parts > 1 ? 1 : cell->gates) * q->width;
    if (cell->one_product && to_kernel && to_recurrent) {
      rnn_try(kernel_rows(u, joint, 0, q->features + q->units, at_x, x_columns));
      continue;
    }
    int64_t at_h = rnn_column(u, cell->recurrent_slot, cell->recurrent_at, k);
    int64_t h_columns = (u->parts > 1 ? 1 : cell->recurrent_gates) * q->width;
    if (to_kernel) rnn_try(kernel_rows(u, joint, 0, q->features, at_x, x_columns));
    if (to_recurrent && k < cell->recurrent_gates)
      rnn_try(kernel_rows(u, joint, q->features, q->units, at_h, h_columns));
  }
  if (to_recurrent && cell->gradients) rnn_try(cell->gradients(u));
  if (to_kernel) rnn_add_gates(u, q->features, u->gradient, cell->input_slot, to_kernel);
  if (to_recurrent)
    rnn_add_gates(u, q->units, u->gradient + q->features * u->row, cell->recurrent_slot, to_recurrent);
  return RNN_OK;
}

static void bias_gradient(rnn_recurrence *u) {
  const rnn_sequence *q = &u->q;
  const rnn_cell *cell = u->cell;
  float *to = u->layer->use_bias ? u->call->weight_gradients[RNN_BIAS] : NULL;
  for (int64_t first = 0; to && first < q->batch; first += q->tile) {
    const float *sums = u->bias_sums + first / q->tile * u->row;
    for (int64_t g = 0; g < cell->gates; g++) {
      rnn_add_rows(1, q->units, sums + cell->input_slot[g] * q->width, to + g * q->units);
      if (cell->own_bias)
        rnn_add_rows(1, q->units, sums + cell->recurrent_slot[g] * q->width, to + (cell->gates + g) * q->units);
    }
  }
}

rnn_status rnn_recurrent_backward(rnn_context *cx, const void *self, rnn_call *call) {
  rnn_recurrence *u = rnn_start_run(cx, self, call, true);
  rnn_pack_transposes(u);
  rnn_try(rnn_run_tiles(u, backward_rows));
  write_initial_gradients(u);
  bias_gradient(u);
  return kernel_gradients(u);
}
