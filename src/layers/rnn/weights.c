/* weights.c - weights in packed rows by slots, and gradients back into weights by gates */
#include <string.h>

#include "layers/rnn/kernels.h"
#include "layers/rnn/rnn.h"

/* the bias of every slot; where a gate's two biases meet in one slot, their sum */
static void pack_bias(rnn_recurrence *u) {
  const rnn_cell *cell = u->cell;
  const rnn_sequence *q = &u->q;
  const float *bias = u->layer->use_bias ? u->call->weights[RNN_BIAS] : NULL;
  if (bias == NULL || q->width > q->units || cell->slots > cell->gates)
    memset(u->bias_room, 0, sizeof(float) * (size_t)u->row);
  for (int64_t g = 0; bias && g < cell->gates; g++)
    memcpy(u->bias_room + cell->input_slot[g] * q->width, bias + g * q->units, sizeof(float) * (size_t)q->units);
  for (int64_t g = 0; bias && cell->own_bias && g < cell->gates; g++)
    rnn_add_rows(1, q->units, bias + (cell->gates + g) * q->units, u->bias_room + cell->recurrent_slot[g] * q->width);
}

bool rnn_lie_in_order(const rnn_recurrence *u, const int *slot, int count) {
  if (u->q.width != u->q.units) return false;
  for (int g = 1; g < count; g++)
    if (slot[g] != slot[0] + g) return false;
  return true;
}

static void find_bias(rnn_recurrence *u) {
  const rnn_cell *cell = u->cell;
  bool as_it_is = u->layer->use_bias && cell->one_product && rnn_lie_in_order(u, cell->input_slot, cell->gates);
  u->bias = as_it_is ? u->call->weights[RNN_BIAS] : u->bias_room;
  if (!as_it_is) pack_bias(u);
}

void rnn_pack_weights(rnn_recurrence *u) {
  const rnn_sequence *q = &u->q;
  const rnn_cell *cell = u->cell;
  const rnn_host *host = u->cx->host;
  find_bias(u);
  for (int64_t g = 0; g < cell->gates && !u->direct; g++) {
    int64_t at = g * q->units, ld = cell->gates * q->units;
    host->pack(&u->weights, 0, cell->input_slot[g] * q->width, false, q->features, q->units,
               u->call->weights[RNN_KERNEL] + at, ld);
    host->pack(&u->weights, q->features, cell->recurrent_slot[g] * q->width, false, q->units, q->units,
               u->call->weights[RNN_RECURRENT_KERNEL] + at, ld);
  }
}

void rnn_pack_transposes(rnn_recurrence *u) {
  const rnn_sequence *q = &u->q;
  const rnn_cell *cell = u->cell;
  const rnn_host *host = u->cx->host;
  if (q->width > q->units) /* rows between gates, which meet slopes that are nobody's */
    memset(u->weights.data, 0, sizeof(float) * (size_t)(u->weights.rows * u->weights.columns));
  for (int64_t g = 0; g < cell->gates; g++) {
    int64_t at = g * q->units, ld = cell->gates * q->units;
    host->pack(&u->weights, cell->recurrent_slot[g] * q->width, 0, true, q->units, q->units,
               u->call->weights[RNN_RECURRENT_KERNEL] + at, ld);
    if (u->call->inputs->gradient)
      host->pack(&u->weights, cell->input_slot[g] * q->width, q->width, true, q->units, q->features,
                 u->call->weights[RNN_KERNEL] + at, ld);
  }
}

void rnn_add_gates(const rnn_recurrence *u, int64_t rows, const float *from, const int *slot, float *to) {
  int64_t units = u->q.units, gates = u->cell->gates;
  for (int64_t g = 0; g < gates; g++)
    RNN_PICK(u->cx->host->cpu_level, rnn_row_kernels)
        ->add(rows, units, from + slot[g] * u->q.width, u->row, to + g * units, gates * units);
}
