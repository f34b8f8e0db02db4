/*
** bidirectional.c - Bidirectional: a recurrent layer forwards and a copy of it backwards, their outputs merged
** (Schuster and Paliwal 1997; keras/src/layers/rnn/bidirectional.py)
**
** Any layer type will do that has arguments go_backwards and return_sequences, of Keras' meaning; return_state,
** stateful and zero_output_for_mask are heeded where it has them. The wrapper works on copies of its own.
*/
#include <string.h>

#include "layers/rnn/merge.h"
#include "layers/rnn/rnn.h"
#include "layers/rnn/subcall.h"

enum { FORWARD, BACKWARD, SIDES };

typedef struct bidirectional {
  const rnn_component *layer, *backward_layer;
  const char *merge_mode;
  /* no arguments */
  const rnn_component *sides[SIDES]; /* the copies; given back in release() */
  rnn_merge merge;
  bool sequences;
  int weights[SIDES]; /* how many each has, from build on */
  const rnn_host *host;
} bidirectional;

#define FIELD(NAME) offsetof(bidirectional, NAME)
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
  const rnn_component *const *penalty = cx->host->argument(layer, "activity_regularizer", RNN_ARG_COMPONENT);
  if (penalty && *penalty && !(((const rnn_layer_type *)layer->type)->flags & RNN_LAYER_UNPENALIZED))
    return rnn_fail(cx, RNN_INVALID,
                    "Bidirectional: argument '%s': activity_regularizer is not supported in a wrapped layer; put "
                    "Activation{\"linear\", activity_regularizer=…} behind", argument);
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

static rnn_status make_sides(rnn_context *cx, bidirectional *b) {
  const rnn_component *backwards = b->backward_layer ? b->backward_layer : b->layer;
  b->sides[FORWARD] = copy_side(cx, b->layer, false);
  b->sides[BACKWARD] = b->sides[FORWARD] ? copy_side(cx, backwards, b->backward_layer == NULL) : NULL;
  if (b->sides[BACKWARD] == NULL) return RNN_NO_MEMORY;
  return check_pair(cx, b->sides[FORWARD], b->sides[BACKWARD]);
}

static void release(void *self) {
  bidirectional *b = self;
  for (int i = 0; i < SIDES; i++) b->host->drop(b->sides[i]);
}

static rnn_status check(rnn_context *cx, void *self) {
  bidirectional *b = self;
  rnn_try(check_layer(cx, b->layer, "layer"));
  if (b->backward_layer) rnn_try(check_layer(cx, b->backward_layer, "backward_layer"));
  b->merge = rnn_merge_of(b->merge_mode);
  b->sequences = rnn_layer_says(cx, b->layer, "return_sequences");
  b->host = cx->host;
  rnn_status status = make_sides(cx, b);
  if (status != RNN_OK) release(b);
  return status;
}

/* ---- shapes and weights --------------------------------------------------------------------------------------- */

/* Inputs are x, the initial states of the one side, those of the other; fills in those of a side. */
static rnn_status inputs_of(rnn_context *cx, int side, int input_count, const rnn_shape *inputs, int *count,
                            rnn_shape *own) {
  int states = (input_count - 1) / SIDES;
  if ((input_count - 1) % SIDES)
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
  const bidirectional *b = self;
  rnn_shape own[RNN_MAX_PORTS], made[SIDES][RNN_MAX_PORTS];
  int made_count[SIDES], count, total = 0;
  for (int side = 0; side < SIDES; side++) {
    rnn_try(inputs_of(cx, side, input_count, inputs, &count, own));
    rnn_try(rnn_inner_shapes(cx, b->sides[side], count, own, &made_count[side], made[side]));
  }
  if (made_count[FORWARD] + made_count[BACKWARD] > RNN_MAX_PORTS)
    return rnn_fail(cx, RNN_INVALID, "at most %d outputs are supported, got %d", RNN_MAX_PORTS,
                    made_count[FORWARD] + made_count[BACKWARD]);
  rnn_try(rnn_merged_shape(cx, b->merge, &made[FORWARD][0], &made[BACKWARD][0], &outputs[total++]));
  if (b->merge == RNN_MERGE_NONE) outputs[total++] = made[BACKWARD][0];
  for (int side = 0; side < SIDES; side++)
    for (int i = 1; i < made_count[side]; i++) outputs[total++] = made[side][i];
  *output_count = total;
  return RNN_OK;
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count,
                        const rnn_shape *inputs) {
  bidirectional *b = self;
  rnn_shape own[RNN_MAX_PORTS];
  for (int side = 0; side < SIDES; side++) {
    const rnn_layer_type *type = (const rnn_layer_type *)b->sides[side]->type;
    int count, before = cx->host->weight_count(layer);
    rnn_try(inputs_of(cx, side, input_count, inputs, &count, own));
    if (type->build) rnn_try(type->build(cx, b->sides[side]->self, layer, count, own));
    b->weights[side] = cx->host->weight_count(layer) - before;
  }
  return RNN_OK;
}

static int states(const void *self, const rnn_shape *input, rnn_shape *to) {
  const bidirectional *b = self;
  int total = 0;
  for (int side = 0; side < SIDES; side++) {
    const rnn_layer_type *type = (const rnn_layer_type *)b->sides[side]->type;
    rnn_shape own[RNN_MAX_PORTS];
    int count = type->states ? type->states(b->sides[side]->self, input, own) : 0;
    for (int i = 0; i < count && total < RNN_MAX_PORTS; i++) to[total++] = own[i];
  }
  return total;
}

/* ---- a call ---------------------------------------------------------------------------------------------------- */

/* What a call keeps: its two sub-calls. In saved lie what they save and their first outputs; in scratch theirs, used
** in turn, and in backward the gradients by those outputs and by the input, one for each side. */
typedef struct record {
  rnn_subcall sides[SIDES];
  const rnn_host *host;
} record;

static int64_t padded(int64_t numbers) { return (numbers + 15) & ~(int64_t)15; }

static rnn_status plan_side(rnn_context *cx, const bidirectional *b, int side, rnn_subcall *sub, rnn_call *call) {
  rnn_shape inputs[RNN_MAX_PORTS], own[RNN_MAX_PORTS];
  int count;
  for (int i = 0; i < call->input_count; i++) inputs[i] = call->inputs[i].shape;
  rnn_try(inputs_of(cx, side, call->input_count, inputs, &count, own));
  sub->component = b->sides[side];
  sub->stream = (uint64_t)side;
  sub->first_weight = side == FORWARD ? 0 : b->weights[FORWARD];
  sub->call.weight_count = b->weights[side];
  return rnn_subcall_plan(cx, sub, call, count, own);
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  const bidirectional *b = self;
  if (call->memory == NULL) call->memory = cx->host->allocate(cx, sizeof(record));
  record *r = call->memory;
  if (r == NULL) return RNN_NO_MEMORY;
  r->host = cx->host;
  int64_t scratch = 0, gradients = 0;
  call->saved_size = 0;
  for (int side = 0; side < SIDES; side++) {
    rnn_subcall *sub = &r->sides[side];
    rnn_try(plan_side(cx, b, side, sub, call));
    int64_t output = padded(rnn_size(&sub->outputs->shape));
    call->saved_size += padded(sub->call.saved_size) + output;
    gradients += output;
    if (sub->call.scratch_size > scratch) scratch = sub->call.scratch_size;
  }
  r->sides[BACKWARD].first_state = r->sides[FORWARD].call.state_count;
  gradients += padded(rnn_size(&call->inputs->shape));
  call->scratch_size = padded(scratch) + (call->keeps ? gradients : 0);
  return RNN_OK;
}

/* points a sub-call's ports for states at the outer call's */
static void bind_states(const rnn_call *call, int side, rnn_subcall *sub, int first_output) {
  int first_input = 1 + side * (sub->call.input_count - 1);
  for (int i = 1; i < sub->call.input_count; i++) sub->inputs[i] = call->inputs[first_input + i - 1];
  for (int i = 1; i < sub->call.output_count; i++) sub->outputs[i] = call->outputs[first_output + i - 1];
}

static record *bind(rnn_context *cx, const bidirectional *b, rnn_call *call, bool backward) {
  record *r = call->memory;
  int64_t inner = 0;
  for (int side = 0; side < SIDES; side++)
    if (r->sides[side].call.scratch_size > inner) inner = r->sides[side].call.scratch_size;
  float *saved = call->saved, *scratch = call->scratch + padded(inner);
  int first_output = b->merge == RNN_MERGE_NONE ? 2 : 1;
  for (int side = 0; side < SIDES; side++) {
    rnn_subcall *sub = &r->sides[side];
    int64_t output = padded(rnn_size(&sub->outputs->shape));
    bool takes = rnn_subcall_type(sub)->flags & RNN_LAYER_TAKES_MASK;
    rnn_subcall_bind(cx, sub, call, saved, call->scratch);
    sub->inputs[0].data = call->inputs->data;
    sub->inputs[0].mask = takes ? call->inputs->mask : NULL;
    sub->outputs[0].data = saved + padded(sub->call.saved_size);
    saved += padded(sub->call.saved_size) + output;
    bind_states(call, side, sub, first_output);
    first_output += sub->call.output_count - 1;
    if (!backward) continue;
    sub->outputs[0].gradient = scratch;
    scratch += output;
    sub->inputs[0].gradient = call->inputs->gradient && side == BACKWARD ? scratch : call->inputs->gradient;
  }
  return r;
}

/* The second input's gradient of a side that goes first is the outer's own; that of the other is added to it. */
static void add_input_gradients(const rnn_call *call, const record *r) {
  if (call->inputs->gradient)
    rnn_add_rows(1, rnn_size(&call->inputs->shape), r->sides[BACKWARD].inputs->gradient, call->inputs->gradient);
}

static rnn_pair pair_of(const bidirectional *b, const rnn_call *call, const record *r) {
  const rnn_port *forwards = r->sides[FORWARD].outputs, *backwards = r->sides[BACKWARD].outputs;
  return (rnn_pair){.merge = b->merge, .turned = b->sequences, .forwards = forwards, .backwards = backwards,
                    .first = &call->outputs[0], .second = &call->outputs[1]};
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  record *r = bind(cx, self, call, false);
  for (int side = 0; side < SIDES; side++) rnn_try(rnn_subcall_forward(cx, &r->sides[side]));
  rnn_pair pair = pair_of(self, call, r);
  rnn_merge_pair(&pair);
  return RNN_OK;
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  record *r = bind(cx, self, call, true);
  rnn_pair pair = pair_of(self, call, r);
  rnn_split_pair(&pair);
  for (int side = 0; side < SIDES; side++) rnn_try(rnn_subcall_backward(cx, &r->sides[side]));
  add_input_gradients(call, r);
  return RNN_OK;
}

static rnn_status mask(rnn_context *cx, const void *self, const rnn_call *call, uint8_t *to, bool *any) {
  (void)cx;
  const rnn_port *in = call->inputs;
  *any = ((const bidirectional *)self)->sequences && in->mask;
  if (*any) memcpy(to, in->mask, (size_t)(in->shape.dim[0] * in->shape.dim[1]));
  return RNN_OK;
}

static void forget(const void *self, rnn_call *call) {
  (void)self;
  record *r = call->memory;
  for (int side = 0; side < SIDES; side++) rnn_subcall_forget(&r->sides[side]);
  r->host->release(r);
}

const rnn_layer_type rnn_bidirectional = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Bidirectional"),
             .doc = "Bidirectional: a recurrent layer forwards, a copy of it backwards (Schuster and Paliwal 1997).\n"
                    "(batch, timesteps, features) -> what the layer gives, with twice the units where merge_mode is "
                    "concat;\nin sequences, outputs of masked timesteps are 0. Initial states of the forward and of "
                    "the backward layer may be further inputs;\nwhere the layer returns states, those of both are "
                    "further outputs. Weights: the forward layer's, then the other's.",
             RNN_ARGUMENTS(args, bidirectional),
             .positional = 2,
             .check = check,
             .release = release},
    .flags = RNN_LAYER_TAKES_MASK | RNN_LAYER_RANDOM | RNN_LAYER_MAIN_THREAD,
    .max_inputs = RNN_MAX_PORTS,
    .shapes = shapes,
    .build = build,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .mask = mask,
    .states = states,
    .forget = forget};
