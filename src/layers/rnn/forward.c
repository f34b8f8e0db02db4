/*
** forward.c - a recurrent layer's forward pass: one product projects the inputs of all timesteps, then each thread
** takes its rows of the batch through time, the recurrent product in place on what the projection left.
*/
#include <string.h>

#include "layers/rnn/rnn.h"

/* ---- before the first step ------------------------------------------------------------------------------ */

/* initial states, from the inputs behind the first or from the call before */
static void take_initial(rnn_recurrence *u) {
  const rnn_sequence *q = &u->q;
  for (int i = 0; i < u->cell->states; i++) {
    const float *from = u->call->input_count > 1 ? u->call->inputs[1 + i].data : u->call->states[i];
    float *to = u->initial + i * q->batch * q->width;
    memset(to, 0, sizeof(float) * (size_t)(q->batch * q->width));
    for (int64_t b = 0; from && b < q->batch; b++, from += q->units)
      memcpy(to + b * q->width, from, sizeof(float) * (size_t)q->units);
  }
}

/* the bias of every slot; where a gate's two biases meet in one slot, their sum */
static void pack_bias(rnn_recurrence *u) {
  const rnn_cell *cell = u->cell;
  const rnn_sequence *q = &u->q;
  memset(u->bias, 0, sizeof(float) * (size_t)u->row);
  if (!u->layer->use_bias) return;
  const float *bias = u->call->weights[RNN_BIAS];
  for (int64_t g = 0; g < cell->gates; g++) {
    rnn_add_rows(1, q->units, bias + g * q->units, u->bias + cell->input_slot[g] * q->width);
    if (cell->own_bias)
      rnn_add_rows(1, q->units, bias + (cell->gates + g) * q->units,
                   u->bias + cell->recurrent_slot[g] * q->width);
  }
}

/* sums = x W + b, for all timesteps at once; under dropout with a mask for each gate, gate by gate */
static rnn_status project(rnn_recurrence *u) {
  const rnn_sequence *q = &u->q;
  const rnn_cell *cell = u->cell;
  int64_t rows = q->batch * q->time, packed = cell->gates * q->width;
  bool filled = u->layer->use_bias || cell->slots > cell->gates;
  rnn_pack_gates(u, q->features, u->call->weights[RNN_KERNEL], cell->input_slot, cell->input_at, u->kernel);
  if (filled) {
    pack_bias(u);
    rnn_fill_rows(rows, u->row, u->bias, u->sums);
  }
  int parts = u->input_masks > 1 ? u->input_masks : 1;
  for (int k = 0; k < parts; k++) {
    int64_t place = parts > 1 ? (cell->input_slot[k] - cell->input_at) * q->width : 0;
    rnn_try(rnn_sgemm(u->cx, false, false, rows, packed / parts, q->features, rnn_masked_input(u, k), q->features,
                      u->kernel + place, packed, filled ? 1 : 0, u->sums + cell->input_at * q->width + place,
                      u->row));
  }
  return RNN_OK;
}

/* ---- through time ------------------------------------------------------------------------------------------ */

/* adds what comes from the state before to the sums of a step */
static rnn_status recur(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  const rnn_sequence *q = &u->q;
  const rnn_cell *cell = u->cell;
  float *sums = rnn_at(u, u->sums, u->row, first, s) + cell->recurrent_at * q->width;
  int parts = u->recurrent_masks > 1 ? cell->recurrent_gates : 1;
  for (int k = 0; k < parts; k++) {
    int64_t stride, place = parts > 1 ? (cell->recurrent_slot[k] - cell->recurrent_at) * q->width : 0;
    const float *h = rnn_masked_state(u, k, first, rows, s, &stride);
    rnn_try(rnn_sgemm(u->cx, false, false, rows, cell->recurrent_gates * q->width / parts, q->units, h, stride,
                      u->recurrent + place, cell->gates * q->width, 1, sums + place, q->time * u->row));
  }
  return RNN_OK;
}

/* masked steps leave the states as they are */
static rnn_status carry(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  int64_t width = u->q.width, stride;
  for (int i = 0; i < u->cell->states; i++) {
    const float *from = rnn_before(u, i, first, s, &stride);
    float *to = rnn_at(u, u->states[i], width, first, s);
    for (int64_t b = 0; b < rows; b++, from += stride, to += u->q.time * width)
      memcpy(to, from, sizeof(float) * (size_t)width);
  }
  return RNN_OK;
}

static rnn_status forward_rows(rnn_recurrence *u, int64_t first, int64_t rows) {
  for (int64_t s = 0; s < u->q.time; s++) {
    if (s > 0 || u->has_initial) rnn_try(recur(u, first, rows, s));
    rnn_try(rnn_by_mask(u, first, rows, s, u->cell->step, carry));
  }
  return RNN_OK;
}

/* ---- after the last step -------------------------------------------------------------------------------------- */

/* The output of a masked step is 0 if the layer wants that, or if no step went before; else that of the step before,
** which is the state carried on. */
static bool gives_zero(const rnn_recurrence *u, int64_t b, int64_t s, bool *begun) {
  bool skip = rnn_skips(u, b, s);
  *begun = *begun || !skip;
  return skip && (u->layer->zero_output_for_mask || !*begun);
}

static void write_output(rnn_recurrence *u) {
  const rnn_sequence *q = &u->q;
  size_t bytes = sizeof(float) * (size_t)q->units;
  float *out = u->call->outputs->data;
  int64_t wanted = u->layer->return_sequences ? 0 : q->time - 1;
  for (int64_t b = 0; b < q->batch; b++) {
    bool begun = u->mask == NULL;
    for (int64_t s = begun ? wanted : 0; s < q->time; s++) {
      bool zero = gives_zero(u, b, s, &begun);
      if (s < wanted) continue;
      if (zero)
        memset(out, 0, bytes);
      else
        memcpy(out, rnn_at(u, u->states[0], q->width, b, s), bytes);
      out += q->units;
    }
  }
}

/* the last states, (batch, units) */
static void write_state(rnn_recurrence *u, int i, float *to) {
  const rnn_sequence *q = &u->q;
  for (int64_t b = 0; to && b < q->batch; b++, to += q->units)
    memcpy(to, rnn_at(u, u->states[i], q->width, b, q->time - 1), sizeof(float) * (size_t)q->units);
}

rnn_status rnn_recurrent_forward(rnn_context *cx, const void *self, rnn_call *call) {
  rnn_recurrence u = rnn_start_run(cx, self, call, false);
  const rnn_cell *cell = u.cell;
  if (u.has_initial) take_initial(&u);
  if (u.input_masks || u.recurrent_masks) rnn_draw_factors(&u);
  rnn_pack_gates(&u, u.q.units, call->weights[RNN_RECURRENT_KERNEL], cell->recurrent_slot, cell->recurrent_at,
                 u.recurrent);
  rnn_try(project(&u));
  rnn_try(rnn_run_tiles(&u, forward_rows));
  write_output(&u);
  for (int i = 0; i < cell->states; i++) {
    if (u.layer->return_state) write_state(&u, i, call->outputs[1 + i].data);
    if (u.layer->stateful && call->new_states) write_state(&u, i, call->new_states[i]);
  }
  return RNN_OK;
}
