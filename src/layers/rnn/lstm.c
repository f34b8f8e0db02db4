/*
** lstm.c - LSTM (Hochreiter and Schmidhuber 1997; keras/src/layers/rnn/lstm.py)
**
** With σ the recurrent activation and the sums of a gate being x W + b + h(s-1) U:
**   i = σ(sums)   f = σ(sums)   g = activation(sums)   o = σ(sums)
**   c(s) = f c(s-1) + i g       h(s) = o activation(c(s))
*/
#include "layers/rnn/arguments.h"
#include "layers/rnn/kernels.h"
#include "layers/rnn/steps_mask.h"

enum { IN, FORGET, CANDIDATE, OUT };

static rnn_lstm_rows rows_of(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  int64_t width = u->q.width;
  rnn_lstm_rows r = {.rows = rows, .width = width, .h_stride = u->q.span};
  r.before = rnn_c_before(u, first, s, &r.before_stride);
  r.gates = rnn_at(u, u->gates, u->row, first, s);
  r.h = rnn_h_after(u, first, s);
  r.c = rnn_at(u, u->cells, width, first, s);
  r.squashed = rnn_at(u, u->squashed, width, first, s);
  return r;
}

/* the usual activations, for which there is one loop for all */
static bool is_fused(const rnn_recurrent *r) {
  return r->gate.fused == RNN_FUSED_TANH && r->recurrent_gate.fused == RNN_FUSED_SIGMOID;
}

static const rnn_lstm_functions *loops(const rnn_recurrence *u) {
  return RNN_PICK(u->cx->host->cpu_level, rnn_lstm_kernels);
}

static const rnn_gate *gate_of(const rnn_recurrence *u, int slot) {
  return slot == CANDIDATE ? &u->layer->gate : &u->layer->recurrent_gate;
}

static rnn_status step(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  rnn_lstm_rows r = rows_of(u, first, rows, s);
  if (is_fused(u->layer)) {
    loops(u)->forward(&r);
    return RNN_OK;
  }
  rnn_padded each = {rows, u->q.units, u->q.width};
  const float *sums = rnn_sums(u, first, s);
  for (int slot = IN; slot <= OUT; slot++)
    rnn_try(rnn_gate_forward(u->cx, gate_of(u, slot), &each, sums + slot * r.width, u->row,
                             r.gates + slot * r.width, u->row));
  loops(u)->mix(&r);
  rnn_try(rnn_gate_forward(u->cx, &u->layer->gate, &each, r.c, r.width, r.squashed, r.width));
  loops(u)->output(&r);
  return RNN_OK;
}

static rnn_status step_back(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  rnn_lstm_rows r = rows_of(u, first, rows, s);
  r.slopes = rnn_at(u, u->slopes, u->row, first, s);
  r.dh = u->dstates[0] + first * r.width;
  r.dc = u->dstates[1] + first * r.width;
  if (is_fused(u->layer)) {
    loops(u)->backward(&r);
    return RNN_OK;
  }
  rnn_padded each = {rows, u->q.units, u->q.width};
  const float *sums = rnn_sums(u, first, s);
  float *by_candidate = r.slopes + CANDIDATE * r.width;
  loops(u)->output_back(&r);
  rnn_try(rnn_gate_backward(u->cx, &u->layer->gate, &each, r.c, r.width, r.squashed, r.width, by_candidate,
                            u->row, by_candidate, u->row));
  loops(u)->mix_back(&r);
  for (int slot = IN; slot <= OUT; slot++) {
    float *slopes = r.slopes + slot * r.width;
    rnn_try(rnn_gate_backward(u->cx, gate_of(u, slot), &each, sums + slot * r.width, u->row,
                              r.gates + slot * r.width, u->row, slopes, u->row, slopes, u->row));
  }
  return RNN_OK;
}

static const rnn_cell cell = {
    .gates = 4, .slots = 4, .states = 2, .input_slot = {0, 1, 2, 3}, .recurrent_slot = {0, 1, 2, 3},
    .recurrent_gates = 4, .one_product = true, .squashes = true, .step = step, .step_back = step_back};

/* ---- unit_forget_bias ---------------------------------------------------------------------------------- */

/* The bias is filled as in Keras: the slice of gate f with ones, what lies before and behind it by two calls of the
** initializer that was given. `self` is the layer's. */
static rnn_status fill_bias(rnn_context *cx, const void *self, const rnn_shape *shape, uint64_t key,
                            float *out) {
  (void)shape;
  const rnn_recurrent *r = self;
  const rnn_component *inner = r->bias_initializer;
  int64_t units = r->units;
  for (int64_t i = 0; i < units; i++) out[units + i] = 1;
  if (inner == NULL) return RNN_OK; /* the host's memory is zeros */
  const rnn_initializer_type *type = (const rnn_initializer_type *)inner->type;
  rnn_try(type->fill(cx, inner->self, &(rnn_shape){1, {units}}, cx->host->mix_key(key, 0), out));
  return type->fill(cx, inner->self, &(rnn_shape){1, {2 * units}}, cx->host->mix_key(key, 1), out + 2 * units);
}

static const rnn_initializer_type forget_bias = {
    .type = {RNN_TYPE(rnn_initializer_type, RNN_INITIALIZER, "ForgetBias"), .doc = "the bias of LSTM"},
    .fill = fill_bias};

static rnn_status check(rnn_context *cx, void *self) {
  rnn_recurrent *r = self;
  if (r->unit_forget_bias) r->bias_filler = (rnn_component){&forget_bias.type, self};
  return rnn_recurrent_check(cx, r, &cell);
}

static const rnn_arg args[] = {
    RNN_UNITS_ARG,
    RNN_PART(activation, "tanh", RNN_ACTIVATION, "applied to the candidate and the carry; nil: none"),
    RNN_PART(recurrent_activation, "sigmoid", RNN_ACTIVATION, "applied to the other gates; nil: none"),
    RNN_FLAG(use_bias, "true", "whether to add a bias"),
    RNN_INITIALIZER_ARGS("4 units", "(4 units,)"),
    RNN_FLAG(unit_forget_bias, "true", "whether the bias of the forget gate starts at 1"),
    RNN_REGULARIZER_ARGS,
    RNN_PART(activity_regularizer, "nil", RNN_REGULARIZER, "penalty on the output, divided by the batch size"),
    RNN_CONSTRAINT_ARGS,
    RNN_DROPOUT_ARGS,
    RNN_SEED_ARG,
    RNN_SEQUENCE_ARGS,
    RNN_MASK_ARG,
};

const rnn_layer_type rnn_lstm = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "LSTM"),
             .doc = "LSTM: long short-term memory (Hochreiter and Schmidhuber 1997).\n"
                    "(batch, timesteps, features) -> (batch, units), or (batch, timesteps, units) with "
                    "return_sequences;\ninitial states h and c, (batch, units), may be further inputs; return_state "
                    "gives the last ones as further outputs. " RNN_STEPS_MASK_DOC "\nWeights, gates i f c o: kernel (features, 4 units), "
                    "recurrent_kernel (units, 4 units), bias (4 units,).",
             RNN_ARGUMENTS(args, rnn_recurrent),
             .positional = 4,
             .check = check},
    .flags = RNN_LAYER_TAKES_MASK | RNN_LAYER_RANDOM,
    .max_inputs = 3,
    RNN_RECURRENT_SLOTS};

/* ---- the cell ------------------------------------------------------------------------------------------------ */

static rnn_status check_cell(rnn_context *cx, void *self) {
  ((rnn_recurrent *)self)->return_state = true;
  return check(cx, self);
}

static const rnn_arg cell_args[] = {
    RNN_UNITS_ARG,
    RNN_PART(activation, "tanh", RNN_ACTIVATION, "applied to the candidate and the carry; nil: none"),
    RNN_PART(recurrent_activation, "sigmoid", RNN_ACTIVATION, "applied to the other gates; nil: none"),
    RNN_FLAG(use_bias, "true", "whether to add a bias"),
    RNN_INITIALIZER_ARGS("4 units", "(4 units,)"),
    RNN_FLAG(unit_forget_bias, "true", "whether the bias of the forget gate starts at 1"),
    RNN_REGULARIZER_ARGS,
    RNN_CONSTRAINT_ARGS,
    RNN_DROPOUT_ARGS,
    RNN_SEED_ARG,
};

const rnn_layer_type rnn_lstm_cell = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "LSTMCell"),
             .doc = "LSTMCell: one timestep of LSTM, which RNN(LSTMCell(units)) takes through a sequence.\n"
                    "{x, h, c}, (batch, features) and (batch, units) -> y and the new h and c, (batch, units). Weights: as "
                    "LSTM's.",
             RNN_ARGUMENTS(cell_args, rnn_recurrent),
             .positional = 4,
             .check = check_cell,
             .data = &rnn_lstm},
    .max_inputs = 3,
    RNN_CELL_SLOTS};
