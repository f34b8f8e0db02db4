/*
** masks.c - layers that write and read masks, carry states, and keep memory with a call.
**
** Skip masks the timesteps whose first feature is negative; Count gives for each step how many steps that its mask
** lets through came so far, from earlier calls too where it is stateful.
*/
#include "rnnlua.h"

#include <stdlib.h>
#include <string.h>

static rnn_status same_shape(rnn_context *cx, const void *self, int count, const rnn_shape *inputs, int *outputs,
                             rnn_shape *shapes) {
  (void)self, (void)count, (void)outputs;
  if (inputs->ndim != 3) return rnn_fail(cx, RNN_INVALID, "expected 3 axes, got %d", inputs->ndim);
  *shapes = *inputs;
  return RNN_OK;
}

static size_t bytes(const rnn_call *call) {
  return sizeof(float) * (size_t)rnn_size(&call->outputs->shape);
}

static rnn_status copy(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  memcpy(call->outputs->data, call->inputs->data, bytes(call));
  return RNN_OK;
}

static rnn_status copy_back(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  if (call->inputs->gradient) memcpy(call->inputs->gradient, call->outputs->gradient, bytes(call));
  return RNN_OK;
}

static rnn_status skip_mask(rnn_context *cx, const void *self, const rnn_call *call, uint8_t *mask, bool *any) {
  (void)cx, (void)self, (void)any;
  const rnn_shape *shape = &call->inputs->shape;
  for (int64_t r = 0; r < rnn_rows(shape); r++) mask[r] = call->inputs->data[r * rnn_columns(shape)] >= 0;
  return RNN_OK;
}

static const rnn_layer_type skip = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Skip"), .doc = "masks steps whose first feature is negative"},
    .flags = RNN_LAYER_TAKES_MASK,
    .shapes = same_shape,
    .forward = copy,
    .backward = copy_back,
    .mask = skip_mask};

/* ---- Count ------------------------------------------------------------------------------------------- */

typedef struct count_self {
  bool stateful;
} count_self;

static const rnn_arg count_args[] = {{"stateful", RNN_ARG_BOOLEAN, offsetof(count_self, stateful), "false", NULL, 0,
                                      "whether to go on counting in the next call"}};

static int live_calls;

static rnn_status count_plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)self;
  call->memory = malloc(8);
  if (call->memory == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "not enough memory");
  live_calls++;
  return RNN_OK;
}

static void count_forget(const void *self, rnn_call *call) {
  (void)self;
  free(call->memory);
  live_calls--;
}

static int count_states(const void *self, const rnn_shape *input, rnn_shape *shapes) {
  (void)self;
  shapes[0] = (rnn_shape){2, {input->dim[0], 1}};
  return 1;
}

static rnn_status count_forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  const rnn_shape *shape = &call->inputs->shape;
  int64_t time = shape->dim[1], features = shape->dim[2];
  for (int64_t b = 0; b < shape->dim[0]; b++) {
    float count = call->states[0] ? call->states[0][b] : 0;
    for (int64_t t = 0; t < time; t++) {
      count += call->inputs->mask ? call->inputs->mask[b * time + t] : 1;
      for (int64_t f = 0; f < features; f++) call->outputs->data[(b * time + t) * features + f] = count;
    }
    if (call->new_states[0]) call->new_states[0][b] = count;
  }
  return RNN_OK;
}

static rnn_status count_backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  if (call->inputs->gradient) memset(call->inputs->gradient, 0, bytes(call));
  return RNN_OK;
}

static const rnn_layer_type count = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Count"), .doc = "counts steps",
             RNN_ARGUMENTS(count_args, count_self)},
    .flags = RNN_LAYER_TAKES_MASK | RNN_LAYER_PASSES_MASK,
    .shapes = same_shape,
    .plan = count_plan,
    .forward = count_forward,
    .backward = count_backward,
    .states = count_states,
    .forget = count_forget};

/* live(x): how many of Count's calls have memory; in every element */
static rnn_status live_forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  for (int64_t i = 0; i < rnn_size(&call->outputs->shape); i++) call->outputs->data[i] = (float)live_calls;
  return RNN_OK;
}

static const rnn_layer_type live = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Live"), .doc = "how many calls of Count have memory"},
    .shapes = same_shape,
    .forward = live_forward,
    .backward = count_backward};

static const rnn_type *const types[] = {&skip.type, &count.type, &live.type};
RNN_PLUGIN(masks, "1.0", "masks, states and memory of calls", types)
