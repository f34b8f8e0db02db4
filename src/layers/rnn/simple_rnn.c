/* simple_rnn.c - SimpleRNN: h(s) = activation(x(s) W + b + h(s-1) U)     (Elman 1990) */
#include "layers/rnn/arguments.h"
#include "layers/rnn/steps_mask.h"

static rnn_padded rows_of(const rnn_recurrence *u, int64_t count) {
  return (rnn_padded){count, u->q.units, u->q.width};
}

static rnn_status step(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  rnn_padded r = rows_of(u, rows);
  return rnn_gate_forward(u->cx, &u->layer->gate, &r, rnn_sums(u, first, s), u->row, rnn_h_after(u, first, s),
                          u->q.span);
}

static rnn_status step_back(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s) {
  int64_t width = u->q.width;
  rnn_padded r = rows_of(u, rows);
  return rnn_gate_backward(u->cx, &u->layer->gate, &r, rnn_sums(u, first, s), u->row, rnn_h_after(u, first, s),
                           u->q.span, u->dstates[0] + first * width, width, rnn_at(u, u->slopes, width, first, s),
                           width);
}

static const rnn_cell cell = {
    .gates = 1, .slots = 1, .states = 1, .recurrent_gates = 1, .one_product = true, .gates_are_h = true,
    .step = step, .step_back = step_back};

static rnn_status check(rnn_context *cx, void *self) { return rnn_recurrent_check(cx, self, &cell); }

static const rnn_arg args[] = {
    RNN_UNITS_ARG,
    RNN_PART(activation, "tanh", RNN_ACTIVATION, "applied at each step; nil: none"),
    RNN_FLAG(use_bias, "true", "whether to add a bias"),
    RNN_INITIALIZER_ARGS("units", "(units,)"),
    RNN_REGULARIZER_ARGS,
    RNN_PART(activity_regularizer, "nil", RNN_REGULARIZER,
             "not applied, as in Keras 3.15: put Activation{\"linear\", activity_regularizer=…} behind"),
    RNN_CONSTRAINT_ARGS,
    RNN_DROPOUT_ARGS,
    RNN_SEQUENCE_ARGS,
    RNN_SEED_ARG,
    RNN_MASK_ARG,
};

const rnn_layer_type rnn_simple_rnn = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "SimpleRNN"),
             .doc = "SimpleRNN: h = activation(x W + b + h U) at each timestep (Elman 1990).\n"
                    "(batch, timesteps, features) -> (batch, units), or (batch, timesteps, units) with "
                    "return_sequences;\nan initial state, (batch, units), may be a second input; return_state gives "
                    "the last one as a second output. " RNN_STEPS_MASK_DOC "\nWeights: kernel (features, units), recurrent_kernel (units, "
                    "units), bias (units,).",
             RNN_ARGUMENTS(args, rnn_recurrent),
             .positional = 3,
             .check = check},
    .flags = RNN_LAYER_UNPENALIZED | RNN_LAYER_TAKES_MASK | RNN_LAYER_RANDOM,
    .max_inputs = 2,
    RNN_RECURRENT_SLOTS};

/* ---- the cell ------------------------------------------------------------------------------------------------ */

static rnn_status check_cell(rnn_context *cx, void *self) {
  ((rnn_recurrent *)self)->return_state = true;
  return check(cx, self);
}

static const rnn_arg cell_args[] = {
    RNN_UNITS_ARG,
    RNN_PART(activation, "tanh", RNN_ACTIVATION, "applied at each step; nil: none"),
    RNN_FLAG(use_bias, "true", "whether to add a bias"),
    RNN_INITIALIZER_ARGS("units", "(units,)"),
    RNN_REGULARIZER_ARGS,
    RNN_CONSTRAINT_ARGS,
    RNN_DROPOUT_ARGS,
    RNN_SEED_ARG,
};

const rnn_layer_type rnn_simple_rnn_cell = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "SimpleRNNCell"),
             .doc = "SimpleRNNCell: one timestep of SimpleRNN, which RNN(SimpleRNNCell(units)) takes through a sequence.\n"
                    "{x, h}, (batch, features) and (batch, units) -> y and the new h, (batch, units). Weights: as "
                    "SimpleRNN's.",
             RNN_ARGUMENTS(cell_args, rnn_recurrent),
             .positional = 3,
             .check = check_cell,
             .data = &rnn_simple_rnn},
    .max_inputs = 2,
    RNN_CELL_SLOTS};
