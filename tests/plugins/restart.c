/*
** restart.c - a wrapper as a stranger would write it: Restart runs a recurrent layer over the input twice, the
** second time from the states that the first has left, and gives the second output. So gradients must go through
** states handed in and states returned.
*/
#undef RNN_BUILTIN
#include "rnnlua.h"

#include <stdlib.h>
#include <string.h>

#define STATES 2

typedef struct restart {
  const rnn_component *layer;
} restart;

static const rnn_arg args[] = {{"layer", RNN_ARG_COMPONENT, offsetof(restart, layer), NULL, NULL, RNN_LAYER,
                                "a layer with return_state = true"}};

static const rnn_layer_type *type_of(const void *self) {
  return (const rnn_layer_type *)((const restart *)self)->layer->type;
}
static void *inner(const void *self) { return ((const restart *)self)->layer->self; }

static rnn_status shapes(rnn_context *cx, const void *self, int count, const rnn_shape *inputs, int *outputs,
                         rnn_shape *shape) {
  rnn_shape made[RNN_MAX_PORTS];
  rnn_try(type_of(self)->shapes(cx, inner(self), count, inputs, outputs, made));
  if (*outputs < 2 || *outputs > 1 + STATES) return rnn_fail(cx, RNN_INVALID, "the layer must return its states");
  *outputs = 1;
  *shape = made[0];
  return RNN_OK;
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int count, const rnn_shape *inputs) {
  return type_of(self)->build(cx, inner(self), layer, count, inputs);
}

typedef struct pass {
  rnn_call call;
  rnn_port inputs[1 + STATES], outputs[1 + STATES];
} pass;

typedef struct record {
  pass passes[2];
  float *memory; /* saved and scratch of either, data and gradients of what lies between, and the second dx */
} record;

static int64_t size_of(const rnn_port *port) { return (rnn_size(&port->shape) + 15) / 16 * 16; }

static rnn_status plan_pass(rnn_context *cx, const void *self, const rnn_call *outer, pass *p, int inputs) {
  rnn_shape in[1 + STATES], out[RNN_MAX_PORTS];
  int outputs = 1;
  for (int i = 0; i < inputs; i++) in[i] = p->inputs[i].shape;
  rnn_try(type_of(self)->shapes(cx, inner(self), inputs, in, &outputs, out));
  for (int i = 0; i < outputs; i++) p->outputs[i].shape = out[i];
  p->call = (rnn_call){.size = sizeof p->call, .input_count = inputs, .output_count = outputs,
                       .weight_count = outer->weight_count, .inputs = p->inputs, .outputs = p->outputs,
                       .training = outer->training, .keeps = outer->keeps};
  return type_of(self)->plan(cx, inner(self), &p->call);
}

/* hands out `numbers` of the memory; counts them where there is none yet */
static float *take(record *r, int64_t *used, int64_t numbers) {
  *used += (numbers + 15) / 16 * 16;
  return r->memory ? r->memory + *used - (numbers + 15) / 16 * 16 : NULL;
}

static int64_t lay_out(record *r) {
  int64_t used = 0;
  for (int k = 0; k < 2; k++) {
    pass *p = &r->passes[k];
    p->call.saved = take(r, &used, p->call.saved_size);
    p->call.scratch = take(r, &used, p->call.scratch_size);
    for (int i = 0; i < p->call.output_count; i++) {
      p->outputs[i].data = take(r, &used, size_of(&p->outputs[i]));
      p->outputs[i].gradient = take(r, &used, size_of(&p->outputs[i]));
    }
  }
  for (int i = 1; i < r->passes[0].call.output_count; i++) r->passes[1].inputs[i] = r->passes[0].outputs[i];
  r->passes[1].inputs[0].gradient = take(r, &used, size_of(&r->passes[0].inputs[0]));
  return used;
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  record *r = call->memory = calloc(1, sizeof *r);
  if (r == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "not enough memory");
  r->passes[0].inputs[0].shape = r->passes[1].inputs[0].shape = call->inputs->shape;
  rnn_try(plan_pass(cx, self, call, &r->passes[0], 1));
  for (int i = 1; i < r->passes[0].call.output_count; i++) r->passes[1].inputs[i] = r->passes[0].outputs[i];
  rnn_try(plan_pass(cx, self, call, &r->passes[1], r->passes[0].call.output_count));
  r->memory = aligned_alloc(64, sizeof(float) * (size_t)lay_out(r));
  if (r->memory == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "not enough memory");
  lay_out(r);
  return RNN_OK;
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  record *r = call->memory;
  for (int k = 0; k < 2; k++) {
    r->passes[k].call.weights = call->weights;
    r->passes[k].call.weight_gradients = call->weight_gradients;
    r->passes[k].inputs[0].data = call->inputs->data;
    r->passes[k].inputs[0].mask = call->inputs->mask;
    rnn_try(type_of(self)->forward(cx, inner(self), &r->passes[k].call));
  }
  memcpy(call->outputs->data, r->passes[1].outputs->data, sizeof(float) * (size_t)rnn_size(&call->outputs->shape));
  return RNN_OK;
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  record *r = call->memory;
  pass *first = &r->passes[0], *second = &r->passes[1];
  size_t bytes = sizeof(float) * (size_t)rnn_size(&call->outputs->shape);
  memcpy(second->outputs->gradient, call->outputs->gradient, bytes);
  memset(first->outputs->gradient, 0, bytes);
  for (int i = 1; i < second->call.output_count; i++) second->outputs[i].gradient = NULL;
  first->inputs->gradient = call->inputs->gradient;
  rnn_try(type_of(self)->backward(cx, inner(self), &second->call));
  rnn_try(type_of(self)->backward(cx, inner(self), &first->call));
  if (call->inputs->gradient)
    rnn_add_rows(1, rnn_size(&call->inputs->shape), second->inputs->gradient, call->inputs->gradient);
  return RNN_OK;
}

static void forget(const void *self, rnn_call *call) {
  record *r = call->memory;
  for (int k = 0; k < 2; k++) {
    rnn_call *own = &r->passes[k].call;
    if (type_of(self)->forget && own->memory) type_of(self)->forget(inner(self), own);
  }
  free(r->memory);
  free(r);
}

static const rnn_layer_type type = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Restart"), .doc = "a recurrent layer, twice",
             RNN_ARGUMENTS(args, restart), .positional = 1},
    .flags = RNN_LAYER_TAKES_MASK,
    .shapes = shapes,
    .build = build,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .forget = forget};

static const rnn_type *const types[] = {&type.type};
RNN_PLUGIN(restart, "1.0", "a wrapper, for tests of states", types)
