/*
** bidirectional.c - Bidirectional: a recurrent layer forwards and a copy of it backwards, their outputs merged
** (Schuster and Paliwal 1997; keras/src/layers/rnn/bidirectional.py)
**
** Any layer type will do that has arguments go_backwards and return_sequences, of Keras' meaning; return_state,
** stateful and zero_output_for_mask are heeded where it has them. The wrapper works on copies of its own.
*/
#include "layers/rnn/bidirectional.h"
#include "layers/rnn/rnn.h"
#include "layers/rnn/steps_mask.h"
#include "layers/rnn/subcall.h"

#define FIELD(NAME) offsetof(rnn_bidirectional_self, NAME)
static const rnn_arg args[] = {
    {"layer", RNN_ARG_COMPONENT, FIELD(layer), NULL, NULL, RNN_LAYER,
     "a layer with arguments go_backwards and return_sequences, as LSTM(3)"},
    {"merge_mode", RNN_ARG_STRING, FIELD(merge_mode), "concat", "concat|sum|mul|ave|none", 0,
     "how the two outputs become one; none: there are two outputs"},
    {"backward_layer", RNN_ARG_COMPONENT, FIELD(backward_layer), "nil", NULL, RNN_LAYER,
     "the layer that goes backwards; nil: a copy of `layer`"},
};

/* ---- construction ------------------------------------------------------------------------------------------ */

static rnn_status check_layer(rnn_context *cx, const rnn_component *layer, const char *argument) {
  static const char *const needed[] = {"go_backwards", "return_sequences"};
  for (int i = 0; i < 2; i++)
    if (cx->host->argument(layer, needed[i], RNN_ARG_BOOLEAN) == NULL)
      return rnn_fail(cx, RNN_INVALID,
                      "Bidirectional: argument '%s' must be a layer with an argument '%s', got %s", argument,
                      needed[i], layer->type->name);
  return RNN_OK;
}

static rnn_status check_pair(rnn_context *cx, const rnn_component *forwards, const rnn_component *backwards) {
  static const char *const equal[] = {"stateful", "return_sequences", "return_state"};
  for (int i = 0; i < 3; i++)
    if (rnn_layer_says(cx, forwards, equal[i]) != rnn_layer_says(cx, backwards, equal[i]))
      return rnn_fail(cx, RNN_INVALID, "Bidirectional: 'layer' and 'backward_layer' must have the same '%s'",
                      equal[i]);
  if (rnn_layer_says(cx, forwards, "go_backwards") == rnn_layer_says(cx, backwards, "go_backwards"))
    return rnn_fail(cx, RNN_INVALID,
                    "Bidirectional: one of the two layers must go backwards, got go_backwards=%s for both",
                    rnn_layer_says(cx, forwards, "go_backwards") ? "true" : "false");
  return RNN_OK;
}

/* A copy of a layer with up to two of its arguments changed: go_backwards, where `turn` is set, and
** zero_output_for_mask, where it has that and returns sequences. NULL: fail was called. */
static const rnn_component *copy_side(rnn_context *cx, const rnn_component *layer, bool turn) {
  const rnn_component *copy = cx->host->copy(cx, layer, turn ? "go_backwards" : NULL, 1);
  if (copy == NULL || cx->host->argument(copy, "zero_output_for_mask", RNN_ARG_BOOLEAN) == NULL) return copy;
  const rnn_component *second =
      cx->host->copy(cx, copy, "zero_output_for_mask", rnn_layer_says(cx, copy, "return_sequences"));
  cx->host->drop(copy);
  return second;
}

static rnn_status make_sides(rnn_context *cx, rnn_bidirectional_self *b) {
  const rnn_component *backwards = b->backward_layer ? b->backward_layer : b->layer;
  b->sides[RNN_FORWARD] = copy_side(cx, b->layer, false);
  b->sides[RNN_BACKWARD] = b->sides[RNN_FORWARD] ? copy_side(cx, backwards, b->backward_layer == NULL) : NULL;
  if (b->sides[RNN_BACKWARD] == NULL) return RNN_INVALID; /* the message is the host's or the layer's */
  return check_pair(cx, b->sides[RNN_FORWARD], b->sides[RNN_BACKWARD]);
}

static int count_states(const rnn_component *side) {
  const rnn_layer_type *type = (const rnn_layer_type *)side->type;
  rnn_shape x = {3, {RNN_UNKNOWN, RNN_UNKNOWN, RNN_UNKNOWN}}, shapes[RNN_MAX_PORTS];
  return type->states ? type->states(side->self, &x, shapes) : 0;
}

/* what is carried from call to call, the host has room for */
static rnn_status check_states(rnn_context *cx, const rnn_bidirectional_self *b) {
  int total = count_states(b->sides[RNN_FORWARD]) + count_states(b->sides[RNN_BACKWARD]);
  if (total <= RNN_MAX_PORTS || !rnn_layer_says(cx, b->layer, "stateful")) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, "Bidirectional: at most %d states of stateful layers are supported, got %d",
                  RNN_MAX_PORTS, total);
}

static void release(void *self) {
  rnn_bidirectional_self *b = self;
  for (int i = 0; i < RNN_SIDES; i++) b->host->drop(b->sides[i]);
}

static rnn_status check(rnn_context *cx, void *self) {
  rnn_bidirectional_self *b = self;
  rnn_try(check_layer(cx, b->layer, "layer"));
  if (b->backward_layer) rnn_try(check_layer(cx, b->backward_layer, "backward_layer"));
  b->merge = rnn_merge_of(b->merge_mode);
  b->sequences = rnn_layer_says(cx, b->layer, "return_sequences");
  b->host = cx->host;
  rnn_status status = make_sides(cx, b);
  if (status == RNN_OK) status = check_states(cx, b);
  if (status != RNN_OK) release(b);
  return status;
}

/* ---- shapes and weights --------------------------------------------------------------------------------------- */

rnn_status rnn_side_inputs(rnn_context *cx, int side, int input_count, const rnn_shape *inputs, int *count,
                            rnn_shape *own) {
  int states = (input_count - 1) / RNN_SIDES;
  if ((input_count - 1) % RNN_SIDES)
    return rnn_fail(cx, RNN_INVALID, "expected as many initial states for either direction, got %d in all",
                    input_count - 1);
  *count = 1 + states;
  own[0] = inputs[0];
  for (int i = 0; i < states; i++) own[1 + i] = inputs[1 + side * states + i];
  return RNN_OK;
}

/* Outputs are the merged one (or two), then the last states of the one side and those of the other. */
static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  const rnn_bidirectional_self *b = self;
  rnn_shape own[RNN_MAX_PORTS], made[RNN_SIDES][RNN_MAX_PORTS];
  int made_count[RNN_SIDES], count, total = 0;
  for (int side = 0; side < RNN_SIDES; side++) {
    rnn_try(rnn_side_inputs(cx, side, input_count, inputs, &count, own));
    rnn_try(rnn_inner_shapes(cx, b->sides[side], count, own, &made_count[side], made[side]));
  }
  if (made_count[RNN_FORWARD] + made_count[RNN_BACKWARD] > RNN_MAX_PORTS)
    return rnn_fail(cx, RNN_INVALID, "at most %d outputs are supported, got %d", RNN_MAX_PORTS,
                    made_count[RNN_FORWARD] + made_count[RNN_BACKWARD]);
  rnn_try(rnn_merged_shape(cx, b->merge, &made[RNN_FORWARD][0], &made[RNN_BACKWARD][0], &outputs[total++]));
  if (b->merge == RNN_MERGE_NONE) outputs[total++] = made[RNN_BACKWARD][0];
  for (int side = 0; side < RNN_SIDES; side++)
    for (int i = 1; i < made_count[side]; i++) outputs[total++] = made[side][i];
  *output_count = total;
  return RNN_OK;
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count,
                        const rnn_shape *inputs) {
  rnn_bidirectional_self *b = self;
  rnn_shape own[RNN_MAX_PORTS];
  b->built = inputs[0];
  for (int side = 0; side < RNN_SIDES; side++) {
    const rnn_layer_type *type = (const rnn_layer_type *)b->sides[side]->type;
    int count, before = cx->host->weight_count(layer);
    rnn_try(rnn_side_inputs(cx, side, input_count, inputs, &count, own));
    if (type->build) rnn_try(type->build(cx, b->sides[side]->self, layer, count, own));
    b->weights[side] = cx->host->weight_count(layer) - before;
  }
  return RNN_OK;
}

static int states(const void *self, const rnn_shape *input, rnn_shape *to) {
  const rnn_bidirectional_self *b = self;
  int total = 0;
  for (int side = 0; side < RNN_SIDES; side++) {
    const rnn_layer_type *type = (const rnn_layer_type *)b->sides[side]->type;
    rnn_shape own[RNN_MAX_PORTS];
    int count = type->states ? type->states(b->sides[side]->self, input, own) : 0;
    for (int i = 0; i < count && total < RNN_MAX_PORTS; i++) to[total++] = own[i];
  }
  return total;
}

const rnn_layer_type rnn_bidirectional = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Bidirectional"),
             .doc = "Bidirectional: a recurrent layer forwards, a copy of it backwards (Schuster and Paliwal 1997).\n"
                    "(batch, timesteps, features) -> what the layer gives, with twice the units where merge_mode is "
                    "concat;\nin sequences, outputs of masked timesteps are 0. Initial states of the forward and of "
                    "the backward layer may be further inputs;\nwhere the layer returns states, those of both are "
                    "further outputs. " RNN_STEPS_MASK_DOC " Weights: the forward layer's, then the other's.",
             RNN_ARGUMENTS(args, rnn_bidirectional_self),
             .positional = 2,
             .check = check,
             .release = release},
    .flags = RNN_LAYER_TAKES_MASK | RNN_LAYER_RANDOM,
    .max_inputs = RNN_MAX_PORTS,
    .shapes = shapes,
    .build = build,
    .plan = rnn_bidirectional_plan,
    .forward = rnn_bidirectional_forward,
    .backward = rnn_bidirectional_backward,
    .mask = rnn_bidirectional_mask,
    .states = states,
    .forget = rnn_bidirectional_forget};
