/*
** backward.c - a recurrent layer's backward pass: each thread takes its rows of the batch back through time, leaving
** the slopes, the gradient by the sums; the gradients of the weights and the input are then one product each over
** batch × time.
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
  float *slopes = rnn_at(u, u->slopes, u->row, first, s);
  for (int64_t b = 0; b < rows; b++) clear(slopes + b * u->q.time * u->row, u->row);
  return RNN_OK;
}

/* what of the slopes of a step goes to the state before, through gates of mask k of dropout */
static rnn_status recur_back(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  const rnn_sequence *q = &u->q;
  const rnn_cell *cell = u->cell;
  const float *slopes = rnn_at(u, u->slopes, u->row, first, s) + cell->recurrent_at * q->width;
  float *dh = u->dstates[0] + first * q->width, *masked = u->masked + first * q->width;
  bool adds = cell->carries || u->mask;
  int parts = u->recurrent_masks > 1 ? cell->recurrent_gates : 1;
  int64_t depth = (parts > 1 ? 0 : cell->recurrent_gates - 1) * q->width + q->units;
  for (int k = 0; k < parts; k++) {
    int64_t place = parts > 1 ? (cell->recurrent_slot[k] - cell->recurrent_at) * q->width : 0;
    bool drops = u->recurrent_masks > 0;
    rnn_try(rnn_sgemm(u->cx, false, false, rows, q->width, depth, slopes + place, q->time * u->row,
                      u->recurrent + place * q->width, q->width, adds && !drops ? 1 : 0, drops ? masked : dh,
                      q->width));
    if (!drops) continue;
    if (k == 0 && !adds) clear(dh, rows * q->width);
    RNN_PICK(u->cx->host->cpu_level, rnn_row_kernels)
        ->add_product(rows * q->width, masked, u->recurrent_factors + (k * q->batch + first) * q->width, dh);
  }
  return RNN_OK;
}

static rnn_status backward_rows(rnn_recurrence *u, int64_t first, int64_t rows) {
  start_dstates(u, first, rows);
  for (int64_t s = u->q.time - 1; s >= 0; s--) {
    take_output_gradient(u, first, rows, s);
    rnn_try(rnn_by_mask(u, first, rows, s, step_back, carry_back));
    if (s > 0 || u->has_initial) rnn_try(recur_back(u, first, rows, s));
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

/* gradient of the kernel: x^T slopes, and with a mask of dropout for each gate, gate by gate */
static rnn_status kernel_gradient(rnn_recurrence *u) {
  const rnn_sequence *q = &u->q;
  const rnn_cell *cell = u->cell;
  float *to = u->call->weight_gradients[RNN_KERNEL];
  if (to == NULL) return RNN_OK;
  int64_t rows = q->batch * q->time, packed = cell->gates * q->width;
  int parts = u->input_masks > 1 ? u->input_masks : 1;
  for (int k = 0; k < parts; k++) {
    int64_t place = parts > 1 ? (cell->input_slot[k] - cell->input_at) * q->width : 0;
    rnn_try(rnn_sgemm(u->cx, true, false, q->features, packed / parts, rows, rnn_masked_input(u, k), q->features,
                      u->slopes + cell->input_at * q->width + place, u->row, 0, u->gradient + place, packed));
  }
  rnn_add_gates(u, q->features, u->gradient, cell->input_slot, cell->input_at, 0, cell->gates, to);
  return RNN_OK;
}

/* The first steps' share of the gradient of the recurrent kernel, from the initial states; then the slopes of first
** steps are cleared. */
static rnn_status first_steps(rnn_recurrence *u, int64_t columns) {
  const rnn_sequence *q = &u->q;
  int64_t packed = u->cell->gates * q->width;
  float *slopes = rnn_at(u, u->slopes, u->row, 0, 0) + u->cell->recurrent_at * q->width;
  if (u->has_initial)
    rnn_try(rnn_sgemm(u->cx, true, false, q->units, columns, q->batch, u->initial, q->width, slopes,
                      q->time * u->row, 0, u->gradient, packed));
  for (int64_t b = 0; b < q->batch; b++) clear(slopes + b * q->time * u->row, columns);
  return RNN_OK;
}

/* dU = sum over steps of h(s-1)^T slopes(s). In memory the two are one row apart, so that one product over
** batch × time does, once the slopes of first steps, which follow no state, are out of the way. */
static rnn_status whole_gradient(rnn_recurrence *u) {
  const rnn_sequence *q = &u->q;
  int64_t packed = u->cell->gates * q->width, columns = u->cell->recurrent_gates * q->width;
  if (q->time < 2 && !u->has_initial) {
    for (int64_t r = 0; r < q->units; r++) clear(u->gradient + r * packed, columns);
    return RNN_OK;
  }
  rnn_try(first_steps(u, columns));
  const float *states = u->states[0] + (q->backwards ? q->width : 0);
  const float *slopes = u->slopes + u->cell->recurrent_at * q->width + (q->backwards ? 0 : u->row);
  return rnn_sgemm(u->cx, true, false, q->units, columns, q->batch * q->time - 1, states, q->width, slopes,
                   u->row, u->has_initial ? 1 : 0, u->gradient, packed);
}

/* the same where dropout acts on h(s-1), gate by gate */
static rnn_status dropped_gradient(rnn_recurrence *u) {
  const rnn_sequence *q = &u->q;
  const rnn_cell *cell = u->cell;
  int64_t packed = cell->gates * q->width, columns = cell->recurrent_gates * q->width;
  int parts = u->recurrent_masks > 1 ? cell->recurrent_gates : 1;
  for (int k = 0; k < parts; k++) {
    int64_t place = parts > 1 ? (cell->recurrent_slot[k] - cell->recurrent_at) * q->width : 0;
    for (int64_t b = 0; b < q->batch; b++)
      for (int64_t s = 0; s < q->time; s++) {
        int64_t stride;
        const float *h = rnn_before(u, 0, b, s, &stride);
        const float *factors = u->recurrent_factors + (k * q->batch + b) * q->width;
        float *to = rnn_at(u, u->masked, q->width, b, s);
        for (int64_t i = 0; i < q->width; i++) to[i] = h[i] * factors[i];
      }
    rnn_try(rnn_sgemm(u->cx, true, false, q->units, columns / parts, q->batch * q->time, u->masked, q->width,
                      u->slopes + cell->recurrent_at * q->width + place, u->row, 0, u->gradient + place, packed));
  }
  return RNN_OK;
}

/* comes after all that reads the slopes of first steps */
static rnn_status recurrent_gradient(rnn_recurrence *u) {
  const rnn_cell *cell = u->cell;
  float *to = u->call->weight_gradients[RNN_RECURRENT_KERNEL];
  if (to == NULL) return RNN_OK;
  if (cell->gradients) rnn_try(cell->gradients(u));
  rnn_try(u->recurrent_masks ? dropped_gradient(u) : whole_gradient(u));
  rnn_add_gates(u, u->q.units, u->gradient, cell->recurrent_slot, cell->recurrent_at, 0, cell->recurrent_gates,
                to);
  return RNN_OK;
}

static void bias_gradient(rnn_recurrence *u) {
  const rnn_sequence *q = &u->q;
  const rnn_cell *cell = u->cell;
  float *to = u->layer->use_bias ? u->call->weight_gradients[RNN_BIAS] : NULL;
  if (to == NULL) return;
  clear(u->gradient, u->row);
  RNN_PICK(u->cx->host->cpu_level, rnn_row_kernels)
      ->sum(q->batch * q->time, u->row, u->slopes, u->gradient);
  for (int64_t g = 0; g < cell->gates; g++) {
    rnn_add_rows(1, q->units, u->gradient + cell->input_slot[g] * q->width, to + g * q->units);
    if (cell->own_bias)
      rnn_add_rows(1, q->units, u->gradient + cell->recurrent_slot[g] * q->width,
                   to + (cell->gates + g) * q->units);
  }
}

static rnn_status input_gradient(rnn_recurrence *u) {
  const rnn_sequence *q = &u->q;
  const rnn_cell *cell = u->cell;
  float *dx = u->call->inputs->gradient;
  if (dx == NULL) return RNN_OK;
  int64_t rows = q->batch * q->time, packed = cell->gates * q->width;
  rnn_pack_gates(u, q->features, u->call->weights[RNN_KERNEL], cell->input_slot, cell->input_at, u->kernel);
  int parts = u->input_masks > 1 ? u->input_masks : 1;
  int64_t depth = (parts > 1 ? 0 : cell->gates - 1) * q->width + q->units;
  for (int k = 0; k < parts; k++) {
    int64_t place = parts > 1 ? (cell->input_slot[k] - cell->input_at) * q->width : 0;
    rnn_try(rnn_sgemm(u->cx, false, true, rows, q->features, depth, u->slopes + cell->input_at * q->width + place,
                      u->row, u->kernel + place, packed, 0, u->input_masks ? u->masked : dx, q->features));
    if (u->input_masks) rnn_mask_input_gradient(u, k, k > 0);
  }
  return RNN_OK;
}

rnn_status rnn_recurrent_backward(rnn_context *cx, const void *self, rnn_call *call) {
  rnn_recurrence u = rnn_start_run(cx, self, call, true);
  rnn_pack_transposed(&u, call->weights[RNN_RECURRENT_KERNEL], u.recurrent);
  rnn_try(rnn_run_tiles(&u, backward_rows));
  write_initial_gradients(&u);
  rnn_try(kernel_gradient(&u));
  bias_gradient(&u);
  rnn_try(input_gradient(&u));
  return recurrent_gradient(&u);
}
