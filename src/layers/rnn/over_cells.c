/*
** over_cells.c - RNN: cells taken through time (keras/src/layers/rnn/rnn.py)
**
** Each cell becomes a layer of its own, a link of a chain: cells of ours the layer that they are a timestep of, with the
** layer's speed and bits, others a walk (walk.h). That layers follow each other, each over the whole sequence, gives
** the same as steps of which each goes through all cells, since masked steps are the same for all.
*/
#include <string.h>

#include "layers/rnn/arguments.h"
#include "layers/rnn/chain.h"
#include "layers/rnn/steps_mask.h"
#include "layers/rnn/walk.h"

typedef struct over_cells {
  rnn_recurrent as; /* of which only the arguments about sequences are used */
  rnn_components cell;
  /* no arguments: made by check() */
  rnn_chain chain;
  union rnn_link_self *selves;
} over_cells;

/* what a link is a layer of */
typedef union rnn_link_self {
  rnn_recurrent recurrent;
  rnn_walk walk;
} rnn_link_self;

static const rnn_arg args[] = {
    {"cell", RNN_ARG_COMPONENTS, offsetof(over_cells, cell), NULL, NULL, RNN_LAYER,
     "a cell, as LSTMCell(3), or several, of which each takes what the one before gives"},
    RNN_SEQUENCE_ARGS,
    RNN_MASK_ARG,
};

/* ---- construction ------------------------------------------------------------------------------------------- */

static bool is_ours(const rnn_component *cell) {
  return ((const rnn_layer_type *)cell->type)->forward == rnn_cell_forward;
}

/* the layer whose timestep a cell of ours is, with what it keeps for itself pointing where the cell's does */
static rnn_component recurrent_of(const over_cells *o, const rnn_component *cell, bool first, bool last,
                                  rnn_recurrent *self) {
  *self = *(const rnn_recurrent *)cell->self;
  self->return_sequences = !last || o->as.return_sequences;
  self->return_state = o->as.return_state;
  self->go_backwards = first && o->as.go_backwards;
  self->zero_output_for_mask = last && o->as.zero_output_for_mask;
  return (rnn_component){cell->type->data, self};
}

static rnn_component walk_of(const over_cells *o, const rnn_component *cell, bool first, bool last, rnn_walk *self) {
  *self = (rnn_walk){.cell = cell,
                     .states = rnn_count_states(cell),
                     .return_sequences = !last || o->as.return_sequences,
                     .return_state = o->as.return_state,
                     .go_backwards = first && o->as.go_backwards,
                     .zero_output_for_mask = last && o->as.zero_output_for_mask};
  return (rnn_component){&rnn_walk_type.type, self};
}

static void make_links(over_cells *o, const rnn_component *const *cells) {
  o->chain.turned = o->as.go_backwards;
  for (int i = 0; i < o->chain.count; i++) {
    rnn_link *link = &o->chain.links[i];
    bool first = i == 0, last = i + 1 == o->chain.count;
    link->layer = is_ours(cells[i]) ? recurrent_of(o, cells[i], first, last, &o->selves[i].recurrent)
                                    : walk_of(o, cells[i], first, last, &o->selves[i].walk);
    o->chain.states += link->states = rnn_count_states(cells[i]);
  }
}

static rnn_status check(rnn_context *cx, void *self) {
  over_cells *o = self;
  const rnn_component *cells[RNN_MAX_PORTS];
  rnn_try(rnn_check_cells(cx, "RNN", "cell", &o->cell));
  int count = rnn_flatten_cells(&o->cell, cells, RNN_MAX_PORTS);
  rnn_try(rnn_chain_make(cx, &o->chain, count));
  o->selves = cx->host->allocate(cx, sizeof *o->selves * (size_t)count);
  if (o->selves == NULL) {
    rnn_chain_release(&o->chain);
    return RNN_NO_MEMORY;
  }
  make_links(o, cells);
  return RNN_OK;
}

static void release(void *self) {
  over_cells *o = self;
  o->chain.host->release(o->selves);
  rnn_chain_release(&o->chain);
}

/* ---- slots ---------------------------------------------------------------------------------------------------- */

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  return rnn_chain_shapes(cx, &((const over_cells *)self)->chain, input_count, inputs, output_count, outputs);
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count, const rnn_shape *inputs) {
  (void)input_count;
  return rnn_chain_build(cx, &((over_cells *)self)->chain, layer, inputs);
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  return rnn_chain_plan(cx, &((const over_cells *)self)->chain, call);
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  return rnn_chain_forward(cx, &((const over_cells *)self)->chain, call);
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  return rnn_chain_backward(cx, &((const over_cells *)self)->chain, call);
}

static rnn_status mask(rnn_context *cx, const void *self, const rnn_call *call, uint8_t *to, bool *any) {
  return rnn_recurrent_mask(cx, &((const over_cells *)self)->as, call, to, any);
}

static int states(const void *self, const rnn_shape *input, rnn_shape *to) {
  return rnn_chain_states(&((const over_cells *)self)->chain, input, to);
}

static void forget(const void *self, rnn_call *call) {
  (void)self;
  rnn_chain_forget(call);
}

const rnn_layer_type rnn_over_cells = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "RNN"),
             .doc = "RNN: a cell, or several one behind the other, taken through the timesteps.\n"
                    "(batch, timesteps, features) -> (batch, units), or (batch, timesteps, units) with "
                    "return_sequences;\ninitial states, of the first cell, the second, …, may be further inputs; "
                    "return_state gives the last ones as further outputs. " RNN_STEPS_MASK_DOC "\nCells: SimpleRNNCell, LSTMCell, GRUCell, "
                    "StackedRNNCells, and those of plugins and of rl.register.layer{state_size=…}. Weights: the "
                    "first cell's, the second's, ….",
             RNN_ARGUMENTS(args, over_cells),
             .positional = 1,
             .check = check,
             .release = release},
    .flags = RNN_LAYER_TAKES_MASK | RNN_LAYER_RANDOM,
    .max_inputs = RNN_MAX_PORTS,
    .shapes = shapes,
    .build = build,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .mask = mask,
    .states = states,
    .forget = forget};
