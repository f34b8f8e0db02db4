/*
** forward.c - a recurrent layer's forward pass: each thread takes its rows of the batch through time. The sums of a
** step are made, and made into gates and states, while they lie in the cache.
*/
#include <string.h>

#include "layers/rnn/rnn.h"

/* ---- before the first step ------------------------------------------------------------------------------ */

/* state i before the first step: from the inputs behind the first, from the call before, or NULL for zeros */
static const float *initial_state(const rnn_recurrence *u, int i) {
  if (!u->has_initial) return NULL;
  return u->call->input_count > 1 ? u->call->inputs[1 + i].data : u->call->states[i];
}

/* rows of units into padded ones, `stride` apart */
static void pad_rows(const rnn_recurrence *u, int64_t first, int64_t rows, const float *from, float *to,
                     int64_t stride) {
  int64_t units = u->q.units;
  for (int64_t b = first; b < first + rows; b++, to += stride) {
    memset(to, 0, sizeof(float) * (size_t)u->q.width);
    if (from) memcpy(to, from + b * units, sizeof(float) * (size_t)units);
  }
}

static void start_states(rnn_recurrence *u, int64_t first, int64_t rows) {
  const rnn_sequence *q = &u->q;
  pad_rows(u, first, rows, initial_state(u, 0), rnn_h_before(u, first, 0), q->span);
  if (u->cell->states > 1 && u->has_initial)
    pad_rows(u, first, rows, initial_state(u, 1), u->initial + first * q->width, q->width);
  for (int64_t b = first; b < first + rows; b++) u->begun[b] = u->mask == NULL;
}

/* ---- one step -------------------------------------------------------------------------------------------- */

static void copy_rows(int64_t rows, int64_t n, const float *from, int64_t from_stride, float *to, int64_t to_stride) {
  for (int64_t b = 0; b < rows; b++, from += from_stride, to += to_stride) {
    if (n == 1) /* a signal: calls would cost more than they copy */
      *to = *from;
    else
      memcpy(to, from, sizeof(float) * (size_t)n);
  }
}

static void take_input(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  const rnn_sequence *q = &u->q;
  const float *x = u->call->inputs->data + (first * q->time + rnn_time(q, s)) * q->features;
  copy_rows(rows, q->features, x, q->time * q->features, rnn_at(u, u->joint, q->span, first, s), q->span);
}

/* masked steps leave the states as they are */
static rnn_status carry(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  int64_t width = u->q.width, span = u->q.span, stride;
  copy_rows(rows, width, rnn_h_before(u, first, s), span, rnn_h_after(u, first, s), span);
  if (u->cell->states < 2) return RNN_OK;
  const float *c = rnn_c_before(u, first, s, &stride);
  copy_rows(rows, width, c, stride, rnn_at(u, u->cells, width, first, s), width);
  return RNN_OK;
}

/* The output of a masked step is 0 if the layer wants that, or if no step went before; else that of the step before,
** which is the state carried on. */
static bool gives_zero(const rnn_recurrence *u, int64_t b, int64_t s) {
  bool skip = rnn_skips(u, b, s);
  if (!skip) u->begun[b] = 1;
  return skip && (u->layer->zero_output_for_mask || u->begun[b] == 0);
}

static void write_output(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  const rnn_sequence *q = &u->q;
  bool all = u->layer->return_sequences, wanted = all || s == q->time - 1;
  size_t bytes = sizeof(float) * (size_t)q->units;
  const float *h = rnn_h_after(u, first, s);
  float *out = u->call->outputs->data + (all ? first * q->time + s : first) * q->units;
  if (!wanted && !u->mask) return;
  for (int64_t b = first; b < first + rows; b++, h += q->span, out += (all ? q->time : 1) * q->units) {
    bool zero = gives_zero(u, b, s);
    if (!wanted) continue;
    if (zero)
      memset(out, 0, bytes);
    else
      memcpy(out, h, bytes);
  }
}

/* ---- after the last step -------------------------------------------------------------------------------------- */

/* the last states, (batch, units) */
static void write_state(rnn_recurrence *u, int i, int64_t first, int64_t rows, float *to) {
  const rnn_sequence *q = &u->q;
  if (to == NULL) return;
  const float *from = i == 0 ? rnn_h_before(u, first, q->time) : rnn_at(u, u->cells, q->width, first, q->time - 1);
  copy_rows(rows, q->units, from, i == 0 ? q->span : q->width, to + first * q->units, q->units);
}

static void write_states(rnn_recurrence *u, int64_t first, int64_t rows) {
  const rnn_call *call = u->call;
  for (int i = 0; i < u->cell->states; i++) {
    if (u->layer->return_state) write_state(u, i, first, rows, call->outputs[1 + i].data);
    if (call->new_states) write_state(u, i, first, rows, call->new_states[i]);
  }
}

static rnn_status forward_rows(rnn_recurrence *u, int64_t first, int64_t rows) {
  start_states(u, first, rows);
  for (int64_t s = 0; s < u->q.time; s++) {
    if (u->cx->host->interrupted(u->cx)) return RNN_INTERRUPTED;
    take_input(u, first, rows, s);
    rnn_sum_up(u, first, rows, s);
    rnn_try(rnn_by_mask(u, first, rows, s, u->cell->step, carry));
    write_output(u, first, rows, s);
  }
  write_states(u, first, rows);
  return RNN_OK;
}

rnn_status rnn_recurrent_forward(rnn_context *cx, const void *self, rnn_call *call) {
  rnn_recurrence *u = rnn_start_run(cx, self, call, false);
  if (u->input_masks || u->recurrent_masks) rnn_draw_factors(u);
  rnn_pack_weights(u);
  return rnn_run_tiles(u, forward_rows);
}
