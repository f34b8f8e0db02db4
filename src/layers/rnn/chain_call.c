/* chain_call.c - a call of layers one behind the other */
#include "layers/rnn/chain.h"
#include "layers/rnn/steps_mask.h"
#include "layers/rnn/subcall.h"

/* What a call keeps: the sub-calls. In saved lie what each of them saves and, but for the last, its first output; in
** front the mask of others than the first, where it is turned. In scratch lies theirs, used in turn, and in backward
** the gradients by those outputs. */
typedef struct record {
  const rnn_host *host;
  int count;
  rnn_subcall links[];
} record;

static int64_t padded(int64_t numbers) { return (numbers + 15) & ~(int64_t)15; }

static int64_t mask_size(const rnn_chain *chain, const rnn_call *call) {
  const rnn_shape *x = &call->inputs->shape;
  return chain->turned && chain->count > 1 ? padded((x->dim[0] * x->dim[1] + 3) / 4) : 0;
}

static record *open_record(rnn_context *cx, const rnn_chain *chain, rnn_call *call) {
  if (call->memory) return call->memory;
  record *r = cx->host->allocate(cx, sizeof *r + sizeof *r->links * (size_t)chain->count);
  if (r == NULL) return NULL;
  r->host = cx->host;
  r->count = chain->count;
  return call->memory = r;
}

static rnn_status plan_link(rnn_context *cx, const rnn_link *link, rnn_subcall *sub, const rnn_call *call,
                            const rnn_shape *x) {
  rnn_shape own[RNN_MAX_PORTS] = {*x};
  int count = call->input_count > 1 ? 1 + link->states : 1;
  for (int i = 1; i < count; i++) own[i] = call->inputs[sub->first_state + i].shape;
  rnn_try(rnn_inner_fits(cx, &link->layer, &link->built, x, x->ndim - 1));
  sub->component = &link->layer;
  sub->call.weight_count = link->weights;
  return rnn_subcall_plan(cx, sub, call, count, own);
}

rnn_status rnn_chain_plan(rnn_context *cx, const rnn_chain *chain, rnn_call *call) {
  record *r = open_record(cx, chain, call);
  if (r == NULL) return RNN_NO_MEMORY;
  int64_t scratch = 0, gradients = 0;
  int weights = 0, states = 0;
  call->saved_size = mask_size(chain, call);
  for (int i = 0; i < chain->count; i++) {
    rnn_subcall *sub = &r->links[i];
    sub->first_weight = weights;
    sub->first_state = states;
    sub->stream = (uint64_t)i;
    rnn_try(plan_link(cx, &chain->links[i], sub, call, i ? &sub[-1].outputs->shape : &call->inputs->shape));
    weights += chain->links[i].weights;
    states += chain->links[i].states;
    int64_t output = i + 1 < chain->count ? padded(rnn_size(&sub->outputs->shape)) : 0;
    call->saved_size += padded(sub->call.saved_size) + output;
    gradients += output;
    if (sub->call.scratch_size > scratch) scratch = sub->call.scratch_size;
  }
  call->scratch_size = padded(scratch) + (call->keeps ? gradients : 0);
  return RNN_OK;
}

/* ---- where everything lies ------------------------------------------------------------------------------------ */

static void bind_states(const rnn_call *call, rnn_subcall *sub, int first_output) {
  for (int i = 1; i < sub->call.input_count; i++) sub->inputs[i] = call->inputs[sub->first_state + i];
  for (int i = 1; i < sub->call.output_count; i++) sub->outputs[i] = call->outputs[first_output + i - 1];
}

/* the output of a link, which is the input of the next: the call's own, or in saved and scratch */
static void bind_output(const rnn_call *call, rnn_subcall *sub, bool last, float **saved, float **gradients) {
  int64_t size = padded(rnn_size(&sub->outputs->shape));
  if (last) {
    sub->outputs[0] = call->outputs[0];
    return;
  }
  sub->outputs[0].data = *saved;
  *saved += size;
  if (gradients == NULL) return;
  sub->outputs[0].gradient = *gradients;
  *gradients += size;
}

static void bind_input(const rnn_call *call, rnn_subcall *sub, bool first, const uint8_t *mask) {
  const rnn_port *from = first ? call->inputs : sub[-1].outputs;
  sub->inputs[0].data = from->data;
  sub->inputs[0].gradient = from->gradient;
  sub->inputs[0].mask = rnn_subcall_type(sub)->flags & RNN_LAYER_TAKES_MASK ? mask : NULL;
  sub->call.mask_given = true; /* as Keras takes states through all cells of a layer by one mask */
}

static const uint8_t *turn_mask(const rnn_call *call, uint8_t *to) {
  int64_t batch = call->inputs->shape.dim[0], time = call->inputs->shape.dim[1];
  const uint8_t *mask = rnn_steps_mask(call);
  if (mask == NULL) return NULL;
  for (int64_t b = 0; b < batch; b++)
    for (int64_t t = 0; t < time; t++) to[b * time + t] = mask[b * time + time - 1 - t];
  return to;
}

static record *bind(rnn_context *cx, const rnn_chain *chain, rnn_call *call, bool backward) {
  record *r = call->memory;
  int64_t inner = 0, mask = mask_size(chain, call);
  for (int i = 0; i < r->count; i++)
    if (r->links[i].call.scratch_size > inner) inner = r->links[i].call.scratch_size;
  const uint8_t *later = mask ? turn_mask(call, (uint8_t *)call->saved) : rnn_steps_mask(call);
  float *saved = call->saved + mask, *gradients = call->scratch + padded(inner);
  int first_output = 1;
  for (int i = 0; i < r->count; i++) {
    rnn_subcall *sub = &r->links[i];
    rnn_subcall_bind(cx, sub, call, saved, call->scratch);
    if (i == 0) sub->call.key = call->key; /* a chain of one layer is that layer, to the bit */
    saved += padded(sub->call.saved_size);
    bind_states(call, sub, first_output);
    first_output += sub->call.output_count - 1;
    bind_output(call, sub, i + 1 == r->count, &saved, backward ? &gradients : NULL);
    bind_input(call, sub, i == 0, i == 0 ? rnn_steps_mask(call) : later);
  }
  return r;
}

rnn_status rnn_chain_forward(rnn_context *cx, const rnn_chain *chain, rnn_call *call) {
  record *r = bind(cx, chain, call, false);
  for (int i = 0; i < r->count; i++) rnn_try(rnn_subcall_forward(cx, &r->links[i], call));
  return RNN_OK;
}

rnn_status rnn_chain_backward(rnn_context *cx, const rnn_chain *chain, rnn_call *call) {
  record *r = bind(cx, chain, call, true);
  for (int i = r->count - 1; i >= 0; i--) rnn_try(rnn_subcall_backward(cx, &r->links[i]));
  return RNN_OK;
}

void rnn_chain_forget(rnn_call *call) {
  record *r = call->memory;
  for (int i = 0; i < r->count; i++) rnn_subcall_forget(&r->links[i]);
  r->host->release(r);
}
