/*
** old_minor.c - a plugin as ABI 0.1 made it: its vtables end before the slots of 0.2.
**
** Behind the end of each lies what must never be read: a host that did would call address 1.
*/
#include <string.h>

#include "rnnlua.h"

static rnn_status same(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs, int *output_count,
                       rnn_shape *outputs) {
  (void)cx, (void)self, (void)input_count, (void)output_count;
  *outputs = *inputs;
  return RNN_OK;
}

static rnn_status negate(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  int64_t size = rnn_size(&call->inputs[0].shape);
  for (int64_t i = 0; i < size; i++) call->outputs[0].data[i] = -call->inputs[0].data[i];
  return RNN_OK;
}

static rnn_status negate_back(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  int64_t size = rnn_size(&call->inputs[0].shape);
  for (int64_t i = 0; call->inputs[0].gradient && i < size; i++)
    call->inputs[0].gradient[i] = -call->outputs[0].gradient[i];
  return RNN_OK;
}

static rnn_status descend(rnn_context *cx, const void *self, const rnn_update *u) {
  (void)cx, (void)self;
  for (int64_t i = 0; i < u->count; i++) u->weights[i] -= u->learning_rate * u->gradients[i];
  return RNN_OK;
}

typedef struct old_optimizer {
  rnn_optimizer_common common;
} old_optimizer;

static const rnn_arg args[] = {RNN_OPTIMIZER_RATE_ARG(old_optimizer, "0.01"), RNN_OPTIMIZER_ARGS(old_optimizer, "nil")};

#define NEVER ((void (*)(const void *, rnn_call *))1)

static const rnn_layer_type layer = {
    .type = {.size = offsetof(rnn_layer_type, min_inputs), .kind = RNN_LAYER, .name = "Negate", .doc = "-x"},
    .shapes = same, .forward = negate, .backward = negate_back, .min_inputs = 7, .forget = NEVER};

static const rnn_optimizer_type optimizer = {
    .type = {.size = offsetof(rnn_optimizer_type, flags), .kind = RNN_OPTIMIZER, .name = "Descent", .args = args,
             .arg_count = 5, .self_size = sizeof(old_optimizer)},
    .update = descend, .flags = ~0u};

static rnn_status init(rnn_context *cx, rnn_registration *registration) {
  rnn_try(rnn_register(cx, registration, &layer.type));
  return rnn_register(cx, registration, &optimizer.type);
}

extern RNN_PLUGIN_SYMBOL(old_minor);
RNN_PLUGIN_SYMBOL(old_minor) = {sizeof(rnn_plugin), 0, 1, sizeof(void *), "old_minor", "0.1", "as ABI 0.1 had it",
                                NULL, init};
