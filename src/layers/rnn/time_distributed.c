/*
** time_distributed.c - TimeDistributed: a layer applied to each timestep (keras/src/layers/rnn/time_distributed.py)
**
** A batch of sequences is to the inner layer one large batch of timesteps, so that nothing is copied.
*/
#include "layers/rnn/rnn.h"
#include "layers/rnn/subcall.h"

typedef struct time_distributed {
  const rnn_component *layer;
  rnn_shape built; /* no argument: what the layer was built for */
} time_distributed;

static const rnn_arg args[] = {{"layer", RNN_ARG_COMPONENT, offsetof(time_distributed, layer), NULL, NULL, RNN_LAYER,
                                "what is applied to each timestep, as Dense(3)"}};

/* (batch, time, …) -> (batch · time, …) */
static rnn_shape folded(const rnn_shape *shape) {
  rnn_shape to = {.ndim = shape->ndim - 1};
  bool known = shape->dim[0] != RNN_UNKNOWN && shape->dim[1] != RNN_UNKNOWN;
  to.dim[0] = known ? shape->dim[0] * shape->dim[1] : RNN_UNKNOWN;
  for (int i = 1; i < to.ndim; i++) to.dim[i] = shape->dim[i + 1];
  return to;
}

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  if (inputs->ndim < 3) {
    char got[RNN_SHAPE_TEXT];
    return rnn_fail(cx, RNN_INVALID, "expected (batch, timesteps, …, features), got %s",
                    cx->host->shape_text(got, inputs->ndim, inputs->dim));
  }
  rnn_shape step = folded(inputs), made[RNN_MAX_PORTS];
  const rnn_component *layer = ((const time_distributed *)self)->layer;
  rnn_try(rnn_inner_shapes(cx, layer, input_count, &step, output_count, made));
  if (*output_count != 1 || made->ndim < 1 || made->ndim >= RNN_MAX_DIMS || made->dim[0] != step.dim[0])
    return rnn_fail(cx, RNN_INVALID, "%s cannot be applied to each timestep: it does not give one output a row",
                    layer->type->name);
  *outputs = (rnn_shape){made->ndim + 1, {inputs->dim[0], inputs->dim[1]}};
  for (int i = 1; i < made->ndim; i++) outputs->dim[i + 1] = made->dim[i];
  return RNN_OK;
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count,
                        const rnn_shape *inputs) {
  const rnn_component *inner = ((const time_distributed *)self)->layer;
  const rnn_layer_type *type = (const rnn_layer_type *)inner->type;
  rnn_shape step = ((time_distributed *)self)->built = folded(inputs);
  return type->build ? type->build(cx, inner->self, layer, input_count, &step) : RNN_OK;
}

typedef struct record {
  rnn_subcall sub;
  const rnn_host *host;
} record;

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  if (call->memory == NULL) call->memory = cx->host->allocate(cx, sizeof(record));
  record *r = call->memory;
  if (r == NULL) return RNN_NO_MEMORY;
  r->host = cx->host;
  r->sub.component = ((const time_distributed *)self)->layer;
  r->sub.call.weight_count = call->weight_count;
  rnn_shape step = folded(&call->inputs->shape);
  rnn_try(rnn_inner_fits(cx, r->sub.component, &((const time_distributed *)self)->built, &step, 1));
  rnn_try(rnn_subcall_plan(cx, &r->sub, call, 1, &step));
  call->saved_size = r->sub.call.saved_size;
  call->scratch_size = r->sub.call.scratch_size;
  return RNN_OK;
}

static rnn_subcall *bind(rnn_context *cx, rnn_call *call) {
  rnn_subcall *sub = &((record *)call->memory)->sub;
  rnn_subcall_bind(cx, sub, call, call->saved, call->scratch);
  sub->inputs->data = call->inputs->data;
  sub->inputs->gradient = call->inputs->gradient;
  sub->outputs->data = call->outputs->data;
  sub->outputs->gradient = call->outputs->gradient;
  return sub;
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)self;
  return rnn_subcall_forward(cx, bind(cx, call), call);
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)self;
  return rnn_subcall_backward(cx, bind(cx, call));
}

static void forget(const void *self, rnn_call *call) {
  (void)self;
  record *r = call->memory;
  rnn_subcall_forget(&r->sub);
  r->host->release(r);
}

const rnn_layer_type rnn_time_distributed = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "TimeDistributed"),
             .doc = "TimeDistributed: a layer applied to each timestep, with the same weights.\n"
                    "(batch, timesteps, …) -> (batch, timesteps, what the layer makes of …). Weights: the layer's.",
             RNN_ARGUMENTS(args, time_distributed),
             .positional = 1},
    .flags = RNN_LAYER_TAKES_MASK | RNN_LAYER_PASSES_MASK | RNN_LAYER_RANDOM,
    .shapes = shapes,
    .build = build,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .forget = forget};
