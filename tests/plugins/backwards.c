/*
** backwards.c - a sequence layer as a stranger would write it, with the two arguments that Bidirectional asks
** for and memory of its call's own.
**
** Total sums up the timesteps, each times a weight a feature.
*/
#include "rnnlua.h"

#include <stdlib.h>

typedef struct total_self {
  bool return_sequences, go_backwards;
} total_self;

static const rnn_arg args[] = {
    {"return_sequences", RNN_ARG_BOOLEAN, offsetof(total_self, return_sequences), "false", NULL, 0, "every step's sum"},
    {"go_backwards", RNN_ARG_BOOLEAN, offsetof(total_self, go_backwards), "false", NULL, 0, "from the last step on"}};

static rnn_status shapes(rnn_context *cx, const void *self, int count, const rnn_shape *inputs, int *outputs,
                         rnn_shape *shape) {
  (void)count, (void)outputs;
  if (inputs->ndim != 3) return rnn_fail(cx, RNN_INVALID, "expected 3 axes, got %d", inputs->ndim);
  *shape = *inputs;
  if (!((const total_self *)self)->return_sequences) *shape = (rnn_shape){2, {inputs->dim[0], inputs->dim[2]}};
  return RNN_OK;
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int count, const rnn_shape *inputs) {
  (void)self, (void)count;
  return rnn_add_weight(cx, layer, &(rnn_weight_spec){.name = "scale", .shape = {1, {inputs->dim[2]}}});
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)self;
  call->memory = malloc(8);
  return call->memory ? RNN_OK : rnn_fail(cx, RNN_NO_MEMORY, "not enough memory");
}

static void forget(const void *self, rnn_call *call) {
  (void)self;
  free(call->memory);
}

/* calls f for each step, in the layer's direction, with offsets of its numbers in the input and in the output */
static void each(const total_self *t, rnn_call *call, void (*f)(rnn_call *call, int64_t in, int64_t out, bool first)) {
  const rnn_shape *x = &call->inputs->shape;
  for (int64_t b = 0; b < x->dim[0]; b++)
    for (int64_t s = 0; s < x->dim[1]; s++) {
      int64_t time = t->go_backwards ? x->dim[1] - 1 - s : s;
      f(call, (b * x->dim[1] + time) * x->dim[2], (t->return_sequences ? b * x->dim[1] + s : b) * x->dim[2], s == 0);
    }
}

static void add(rnn_call *call, int64_t in, int64_t out, bool first) {
  int64_t n = call->inputs->shape.dim[2], whole = rnn_size(&call->outputs->shape) == rnn_size(&call->inputs->shape);
  for (int64_t i = 0; i < n; i++) {
    float before = first ? 0 : call->outputs->data[out + i - (whole ? n : 0)];
    call->outputs->data[out + i] = before + call->weights[0][i] * call->inputs->data[in + i];
  }
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  each(self, call, add);
  return RNN_OK;
}

/* what a step adds is in all outputs from there on */
static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  const total_self *t = self;
  const rnn_shape *x = &call->inputs->shape;
  int64_t time = x->dim[1], n = x->dim[2];
  for (int64_t b = 0; b < x->dim[0]; b++)
    for (int64_t i = 0; i < n; i++) {
      float sum = t->return_sequences ? 0 : call->outputs->gradient[b * n + i];
      for (int64_t s = time - 1; s >= 0; s--) {
        int64_t in = (b * time + (t->go_backwards ? time - 1 - s : s)) * n + i;
        if (t->return_sequences) sum += call->outputs->gradient[(b * time + s) * n + i];
        if (call->weight_gradients[0]) call->weight_gradients[0][i] += sum * call->inputs->data[in];
        if (call->inputs->gradient) call->inputs->gradient[in] = sum * call->weights[0][i];
      }
    }
  return RNN_OK;
}

static const rnn_layer_type total = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Total"), .doc = "sums up timesteps",
             RNN_ARGUMENTS(args, total_self)},
    .shapes = shapes,
    .build = build,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .forget = forget};

static const rnn_type *const types[] = {&total.type};
RNN_PLUGIN(backwards, "1.0", "a sequence layer for Bidirectional", types)
