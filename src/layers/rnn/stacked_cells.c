/* stacked_cells.c - StackedRNNCells: cells that are one cell (keras/src/layers/rnn/stacked_rnn_cells.py) */
#include "layers/rnn/rnn.h"
#include "layers/rnn/stacked_cells.h"

static const rnn_arg args[] = {{"cells", RNN_ARG_COMPONENTS, offsetof(rnn_stacked_self, cells), NULL, NULL, RNN_LAYER,
                                "cells, as LSTMCell(3), of which each takes what the one before gives"}};

static rnn_status check(rnn_context *cx, void *self) {
  rnn_stacked_self *s = self;
  rnn_try(rnn_check_cells(cx, "StackedRNNCells", "cells", &s->cells));
  rnn_try(rnn_chain_make(cx, &s->chain, (int)s->cells.count));
  for (int i = 0; i < s->chain.count; i++) {
    rnn_link *link = &s->chain.links[i];
    link->layer = *s->cells.items[i];
    s->chain.states += link->states = rnn_count_states(&link->layer);
  }
  return RNN_OK;
}

static void release(void *self) { rnn_chain_release(&((rnn_stacked_self *)self)->chain); }

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  return rnn_chain_shapes(cx, &((const rnn_stacked_self *)self)->chain, input_count, inputs, output_count, outputs);
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count, const rnn_shape *inputs) {
  (void)input_count;
  return rnn_chain_build(cx, &((rnn_stacked_self *)self)->chain, layer, inputs);
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  return rnn_chain_plan(cx, &((const rnn_stacked_self *)self)->chain, call);
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  return rnn_chain_forward(cx, &((const rnn_stacked_self *)self)->chain, call);
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  return rnn_chain_backward(cx, &((const rnn_stacked_self *)self)->chain, call);
}

static int states(const void *self, const rnn_shape *input, rnn_shape *to) {
  return rnn_chain_states(&((const rnn_stacked_self *)self)->chain, input, to);
}

static void forget(const void *self, rnn_call *call) {
  (void)self;
  rnn_chain_forget(call);
}

const rnn_layer_type rnn_stacked_cells = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "StackedRNNCells"),
             .doc = "StackedRNNCells: cells one behind the other as one cell, for RNN.\n"
                    "{x, states of the first cell, of the second, …} -> what the last cell gives, and the new states in "
                    "the same order. Weights: the first cell's, the second's, ….",
             RNN_ARGUMENTS(args, rnn_stacked_self),
             .positional = 1,
             .check = check,
             .release = release},
    .flags = RNN_LAYER_RANDOM | RNN_LAYER_CELL,
    .max_inputs = RNN_MAX_PORTS,
    .shapes = shapes,
    .build = build,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .states = states,
    .forget = forget};
