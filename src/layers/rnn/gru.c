/*
** gru.c - GRU (Cho et al. 2014; keras/src/layers/rnn/gru.py)
**
** With σ the recurrent activation:
**   z = σ(x W + b + h(s-1) U)     r likewise, with its own weights
**   reset_after:  candidate = activation(x W + b + r (h(s-1) U + b'))
**   otherwise:    candidate = activation(x W + b + (r h(s-1)) U)
**   h(s) = z h(s-1) + (1 - z) candidate
** Keras' gates are z r h. Slots are h z r and a fourth: with reset_after it holds h(s-1) U + b' of the candidate, so
** that x W fills the first three slots and h U the last three, each by one product; otherwise
** r h(s-1).
*/
#include "layers/rnn/arguments.h"
#include "layers/rnn/kernels.h"
#include "layers/rnn/steps_mask.h"

enum { CANDIDATE, UPDATE, RESET, EXTRA };

static rnn_gru_rows rows_of(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  rnn_gru_rows r = {.rows = rows, .width = u->q.width, .h_stride = u->q.span};
  r.before = rnn_h_before(u, first, s);
  r.sums = rnn_sums(u, first, s);
  r.gates = rnn_at(u, u->gates, u->row, first, s);
  r.h = rnn_h_after(u, first, s);
  return r;
}

static rnn_gru_rows rows_back(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  rnn_gru_rows r = rows_of(u, first, rows, s);
  r.slopes = rnn_at(u, u->slopes, u->row, first, s);
  r.dh = u->dstates[0] + first * r.width;
  return r;
}

static const rnn_gru_functions *loops(const rnn_recurrence *u) {
  return RNN_PICK(u->cx->host->cpu_level, rnn_gru_kernels);
}

static rnn_status activate(const rnn_recurrence *u, const rnn_gru_rows *r, int slot) {
  const rnn_gate *gate = slot == CANDIDATE ? &u->layer->gate : &u->layer->recurrent_gate;
  rnn_padded each = {r->rows, u->q.units, u->q.width};
  int64_t at = slot * r->width;
  return rnn_gate_forward(u->cx, gate, &each, r->sums + at, u->row, r->gates + at, u->row);
}

static rnn_status differentiate(const rnn_recurrence *u, const rnn_gru_rows *r, int slot) {
  const rnn_gate *gate = slot == CANDIDATE ? &u->layer->gate : &u->layer->recurrent_gate;
  rnn_padded each = {r->rows, u->q.units, u->q.width};
  int64_t at = slot * r->width;
  return rnn_gate_backward(u->cx, gate, &each, r->sums + at, u->row, r->gates + at, u->row, r->slopes + at,
                           u->row, r->slopes + at, u->row);
}

/* ---- reset_after ------------------------------------------------------------------------------------------ */

/* the usual activations, for which there is one loop for all */
static bool is_fused(const rnn_recurrent *r) {
  return r->gate.fused == RNN_FUSED_TANH && r->recurrent_gate.fused == RNN_FUSED_SIGMOID;
}

static rnn_status step_after(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  rnn_gru_rows r = rows_of(u, first, rows, s);
  if (is_fused(u->layer)) {
    loops(u)->forward(&r);
    return RNN_OK;
  }
  rnn_try(activate(u, &r, UPDATE));
  rnn_try(activate(u, &r, RESET));
  loops(u)->reset_after(&r);
  rnn_try(activate(u, &r, CANDIDATE));
  loops(u)->blend(&r);
  return RNN_OK;
}

static rnn_status step_back_after(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  rnn_gru_rows r = rows_back(u, first, rows, s);
  if (is_fused(u->layer)) {
    loops(u)->backward(&r);
    return RNN_OK;
  }
  loops(u)->blend_back(&r);
  rnn_try(differentiate(u, &r, CANDIDATE));
  rnn_try(differentiate(u, &r, UPDATE));
  loops(u)->reset_after_back(&r);
  return differentiate(u, &r, RESET);
}

static const rnn_cell cell_after = {
    .gates = 3, .slots = 4, .states = 1, .input_slot = {UPDATE, RESET, CANDIDATE}, .recurrent_at = UPDATE,
    .recurrent_slot = {UPDATE, RESET, EXTRA}, .recurrent_gates = 3, .own_bias = true, .carries = true,
    .step = step_after, .step_back = step_back_after};

/* ---- reset before the product ------------------------------------------------------------------------------- */

enum { GATE_H = 2 }; /* Keras' number of the candidate, and its mask of dropout */

/* the mask of dropout on what the candidate sees */
static int mask_of(const rnn_recurrence *u) { return u->recurrent_masks > 1 ? GATE_H : 0; }

/* h(s-1) as the candidate sees it */
static const float *dropped(const rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  if (u->recurrent_masks == 0) return rnn_h_before(u, first, s);
  return rnn_masked_joint(u, mask_of(u), first, rows, s, rnn_masked_place(u, first)) + u->q.features;
}

/* sums += (r h) U, of the candidate */
static rnn_status add_candidate(const rnn_recurrence *u, const rnn_gru_rows *r) {
  const float *reset = r->gates + EXTRA * r->width;
  if (u->direct)
    return rnn_sgemm(u->cx, false, false, r->rows, u->q.units, u->q.units, reset, u->row,
                     u->call->weights[RNN_RECURRENT_KERNEL] + GATE_H * u->q.units, 3 * u->q.units, 1, r->sums, u->row);
  u->cx->host->multiply_packed(&(rnn_product){
    .m = r->rows, .n = r->width, .k = u->q.units, .a = reset, .lda = u->row, .b = &u->weights, .row = u->q.features,
    .column = EXTRA * r->width, .start = r->sums, .start_stride = u->row, .c = r->sums, .ldc = u->row});
  return RNN_OK;
}

static rnn_status step_before(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  rnn_gru_rows r = rows_of(u, first, rows, s);
  r.dropped = dropped(u, first, rows, s);
  rnn_try(activate(u, &r, UPDATE));
  rnn_try(activate(u, &r, RESET));
  loops(u)->reset_before(&r);
  rnn_try(add_candidate(u, &r));
  rnn_try(activate(u, &r, CANDIDATE));
  loops(u)->blend(&r);
  return RNN_OK;
}

/* dh += what came for r h(s-1), through the mask of dropout */
static void add_dropped(const rnn_recurrence *u, const rnn_gru_rows *r, int64_t first) {
  const rnn_row_functions *row = RNN_PICK(u->cx->host->cpu_level, rnn_row_kernels);
  const float *from = r->slopes + EXTRA * r->width;
  if (u->recurrent_masks == 0) {
    row->add(r->rows, r->width, from, u->row, r->dh, r->width);
    return;
  }
  const float *factors = u->recurrent_factors + (mask_of(u) * u->q.batch + first) * r->width;
  for (int64_t b = 0; b < r->rows; b++)
    row->add_product(r->width, from + b * u->row, factors + b * r->width, r->dh + b * r->width);
}

static rnn_status step_back_before(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  rnn_gru_rows r = rows_back(u, first, rows, s);
  r.dropped = dropped(u, first, rows, s);
  loops(u)->blend_back(&r);
  rnn_try(differentiate(u, &r, CANDIDATE));
  rnn_try(differentiate(u, &r, UPDATE));
  u->cx->host->multiply_packed(&(rnn_product){
    .m = rows, .n = r.width, .k = u->q.units, .a = r.slopes, .lda = u->row, .b = &u->weights, .row = EXTRA * r.width,
    .c = r.slopes + EXTRA * r.width, .ldc = u->row});
  loops(u)->reset_before_back(&r);
  add_dropped(u, &r, first);
  return differentiate(u, &r, RESET);
}

/* gradient of the candidate's columns of the recurrent kernel: (r h(s-1))^T slopes */
static rnn_status candidate_gradient(rnn_recurrence *u) {
  const rnn_sequence *q = &u->q;
  return rnn_sgemm(u->cx, true, false, q->units, q->width, q->batch * q->time, u->gates + EXTRA * q->width, u->row,
                   u->slopes, u->row, 0, u->gradient + q->features * u->row + EXTRA * q->width, u->row);
}

static const rnn_cell cell_before = {
    .gates = 3, .slots = 4, .states = 1, .input_slot = {UPDATE, RESET, CANDIDATE}, .recurrent_at = UPDATE,
    .recurrent_slot = {UPDATE, RESET, EXTRA}, .recurrent_gates = 2, .carries = true, .step = step_before,
    .step_back = step_back_before, .gradients = candidate_gradient};

/* ---- the layer ------------------------------------------------------------------------------------------------ */

static rnn_status check(rnn_context *cx, void *self) {
  rnn_recurrent *r = self;
  return rnn_recurrent_check(cx, r, r->reset_after ? &cell_after : &cell_before);
}

static const rnn_arg args[] = {
    RNN_UNITS_ARG,
    RNN_PART(activation, "tanh", RNN_ACTIVATION, "applied to the candidate; nil: none"),
    RNN_PART(recurrent_activation, "sigmoid", RNN_ACTIVATION, "applied to the other gates; nil: none"),
    RNN_FLAG(use_bias, "true", "whether to add a bias"),
    RNN_INITIALIZER_ARGS("3 units", "(2, 3 units), or (3 units,) without reset_after"),
    RNN_REGULARIZER_ARGS,
    RNN_PART(activity_regularizer, "nil", RNN_REGULARIZER, "penalty on the output, divided by the batch size"),
    RNN_CONSTRAINT_ARGS,
    RNN_DROPOUT_ARGS,
    RNN_SEED_ARG,
    RNN_SEQUENCE_ARGS,
    RNN_FLAG(reset_after, "true", "whether the reset gate comes after the product with the recurrent kernel"),
    RNN_MASK_ARG,
};

const rnn_layer_type rnn_gru = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "GRU"),
             .doc = "GRU: gated recurrent unit (Cho et al. 2014).\n"
                    "(batch, timesteps, features) -> (batch, units), or (batch, timesteps, units) with "
                    "return_sequences;\nan initial state, (batch, units), may be a second input; return_state gives "
                    "the last one as a second output. " RNN_STEPS_MASK_DOC "\nWeights, gates z r h: kernel (features, 3 units), "
                    "recurrent_kernel (units, 3 units), bias (2, 3 units), or (3 units,) without reset_after.",
             RNN_ARGUMENTS(args, rnn_recurrent),
             .positional = 4,
             .check = check},
    .flags = RNN_LAYER_TAKES_MASK | RNN_LAYER_RANDOM,
    .max_inputs = 2,
    RNN_RECURRENT_SLOTS};

/* ---- the cell ------------------------------------------------------------------------------------------------- */

static rnn_status check_cell(rnn_context *cx, void *self) {
  ((rnn_recurrent *)self)->return_state = true;
  return check(cx, self);
}

static const rnn_arg cell_args[] = {
    RNN_UNITS_ARG,
    RNN_PART(activation, "tanh", RNN_ACTIVATION, "applied to the candidate; nil: none"),
    RNN_PART(recurrent_activation, "sigmoid", RNN_ACTIVATION, "applied to the other gates; nil: none"),
    RNN_FLAG(use_bias, "true", "whether to add a bias"),
    RNN_INITIALIZER_ARGS("3 units", "(2, 3 units), or (3 units,) without reset_after"),
    RNN_REGULARIZER_ARGS,
    RNN_CONSTRAINT_ARGS,
    RNN_DROPOUT_ARGS,
    RNN_FLAG(reset_after, "true", "whether the reset gate comes after the product with the recurrent kernel"),
    RNN_SEED_ARG,
};

const rnn_layer_type rnn_gru_cell = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "GRUCell"),
             .doc = "GRUCell: one timestep of GRU, which RNN(GRUCell(units)) takes through a sequence.\n"
                    "{x, h}, (batch, features) and (batch, units) -> y and the new h, (batch, units). Weights: as GRU's.",
             RNN_ARGUMENTS(cell_args, rnn_recurrent),
             .positional = 4,
             .check = check_cell,
             .data = &rnn_gru},
    .max_inputs = 2,
    RNN_CELL_SLOTS};
