/* bidirectional_call.c - a call of Bidirectional: two sub-calls, their outputs merged, gradients split */
#include <string.h>

#include "layers/rnn/bidirectional.h"
#include "layers/rnn/steps_mask.h"
#include "layers/rnn/subcall.h"

/* What a call keeps: its two sub-calls. In saved lie what they save and their first outputs; in scratch theirs, used
** in turn, and in backward the gradients by those outputs and by the input, one for each side. */
typedef struct record {
  rnn_subcall sides[RNN_SIDES];
  const rnn_host *host;
} record;

static int64_t padded(int64_t numbers) { return (numbers + 15) & ~(int64_t)15; }

static rnn_status plan_side(rnn_context *cx, const rnn_bidirectional_self *b, int side, rnn_subcall *sub, rnn_call *call) {
  rnn_shape inputs[RNN_MAX_PORTS], own[RNN_MAX_PORTS];
  int count;
  for (int i = 0; i < call->input_count; i++) inputs[i] = call->inputs[i].shape;
  rnn_try(rnn_side_inputs(cx, side, call->input_count, inputs, &count, own));
  rnn_try(rnn_inner_fits(cx, b->sides[side], &b->built, inputs, 2));
  sub->component = b->sides[side];
  sub->stream = (uint64_t)side;
  sub->first_weight = side == RNN_FORWARD ? 0 : b->weights[RNN_FORWARD];
  sub->call.weight_count = b->weights[side];
  return rnn_subcall_plan(cx, sub, call, count, own);
}

rnn_status rnn_bidirectional_plan(rnn_context *cx, const void *self, rnn_call *call) {
  const rnn_bidirectional_self *b = self;
  if (call->memory == NULL) call->memory = cx->host->allocate(cx, sizeof(record));
  record *r = call->memory;
  if (r == NULL) return RNN_NO_MEMORY;
  r->host = cx->host;
  int64_t scratch = 0, gradients = 0;
  call->saved_size = 0;
  for (int side = 0; side < RNN_SIDES; side++) {
    rnn_subcall *sub = &r->sides[side];
    rnn_try(plan_side(cx, b, side, sub, call));
    int64_t output = padded(rnn_size(&sub->outputs->shape));
    call->saved_size += padded(sub->call.saved_size) + output;
    gradients += output;
    if (sub->call.scratch_size > scratch) scratch = sub->call.scratch_size;
  }
  r->sides[RNN_BACKWARD].first_state = r->sides[RNN_FORWARD].call.state_count;
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

static record *bind(rnn_context *cx, const rnn_bidirectional_self *b, rnn_call *call, bool backward) {
  record *r = call->memory;
  int64_t inner = 0;
  for (int side = 0; side < RNN_SIDES; side++)
    if (r->sides[side].call.scratch_size > inner) inner = r->sides[side].call.scratch_size;
  float *saved = call->saved, *scratch = call->scratch + padded(inner);
  int first_output = b->merge == RNN_MERGE_NONE ? 2 : 1;
  for (int side = 0; side < RNN_SIDES; side++) {
    rnn_subcall *sub = &r->sides[side];
    int64_t output = padded(rnn_size(&sub->outputs->shape));
    bool takes = rnn_subcall_type(sub)->flags & RNN_LAYER_TAKES_MASK;
    rnn_subcall_bind(cx, sub, call, saved, call->scratch);
    sub->inputs[0].data = call->inputs->data;
    sub->inputs[0].mask = takes ? rnn_steps_mask(call) : NULL;
    sub->call.mask_given = call->mask_given;
    sub->outputs[0].data = saved + padded(sub->call.saved_size);
    saved += padded(sub->call.saved_size) + output;
    bind_states(call, side, sub, first_output);
    first_output += sub->call.output_count - 1;
    if (!backward) continue;
    sub->outputs[0].gradient = scratch;
    scratch += output;
    sub->inputs[0].gradient = call->inputs->gradient && side == RNN_BACKWARD ? scratch : call->inputs->gradient;
  }
  return r;
}

/* The second input's gradient of a side that goes first is the outer's own; that of the other is added to it. */
static void add_input_gradients(const rnn_call *call, const record *r) {
  if (call->inputs->gradient)
    rnn_add_rows(1, rnn_size(&call->inputs->shape), r->sides[RNN_BACKWARD].inputs->gradient, call->inputs->gradient);
}

static rnn_pair pair_of(const rnn_bidirectional_self *b, const rnn_call *call, const record *r) {
  const rnn_port *forwards = r->sides[RNN_FORWARD].outputs, *backwards = r->sides[RNN_BACKWARD].outputs;
  return (rnn_pair){.merge = b->merge, .turned = b->sequences, .forwards = forwards, .backwards = backwards,
                    .first = &call->outputs[0], .second = &call->outputs[1]};
}

/* The penalty that a wrapped layer declares on its output, as the host applies it to others: added to *penalty, its
** derivative to the output's gradient, whichever is not NULL. */
static rnn_status penalize(rnn_context *cx, const rnn_subcall *sub, double *penalty, float *gradient) {
  const rnn_component *const *held =
      cx->host->argument(sub->component, "activity_regularizer", RNN_ARG_COMPONENT);
  if (held == NULL || *held == NULL || rnn_subcall_type(sub)->flags & RNN_LAYER_UNPENALIZED) return RNN_OK;
  const rnn_regularizer_type *type = (const rnn_regularizer_type *)(*held)->type;
  double sum = 0, batch = (double)sub->outputs->shape.dim[0];
  rnn_try(type->apply(cx, (*held)->self, &sub->outputs->shape, sub->outputs->data, (float)(1 / batch), &sum,
                      gradient));
  if (penalty) *penalty += sum / batch;
  return RNN_OK;
}

static rnn_status run_side(rnn_context *cx, rnn_subcall *sub, rnn_call *call) {
  rnn_try(rnn_subcall_forward(cx, sub, call));
  return penalize(cx, sub, &call->penalty, NULL);
}

static rnn_status run_side_back(rnn_context *cx, rnn_subcall *sub) {
  rnn_try(penalize(cx, sub, NULL, sub->outputs->gradient));
  return rnn_subcall_backward(cx, sub);
}

rnn_status rnn_bidirectional_forward(rnn_context *cx, const void *self, rnn_call *call) {
  record *r = bind(cx, self, call, false);
  for (int side = 0; side < RNN_SIDES; side++) rnn_try(run_side(cx, &r->sides[side], call));
  rnn_pair pair = pair_of(self, call, r);
  rnn_merge_pair(&pair);
  return RNN_OK;
}

rnn_status rnn_bidirectional_backward(rnn_context *cx, const void *self, rnn_call *call) {
  record *r = bind(cx, self, call, true);
  rnn_pair pair = pair_of(self, call, r);
  rnn_split_pair(&pair);
  for (int side = 0; side < RNN_SIDES; side++) rnn_try(run_side_back(cx, &r->sides[side]));
  add_input_gradients(call, r);
  return RNN_OK;
}

rnn_status rnn_bidirectional_mask(rnn_context *cx, const void *self, const rnn_call *call, uint8_t *to, bool *any) {
  (void)cx;
  const rnn_port *in = call->inputs;
  *any = ((const rnn_bidirectional_self *)self)->sequences && in->mask;
  if (*any) memcpy(to, in->mask, (size_t)(in->shape.dim[0] * in->shape.dim[1]));
  return RNN_OK;
}

void rnn_bidirectional_forget(const void *self, rnn_call *call) {
  (void)self;
  record *r = call->memory;
  for (int side = 0; side < RNN_SIDES; side++) rnn_subcall_forget(&r->sides[side]);
  r->host->release(r);
}
