/* lying_flag.c - a layer whose gradient is wrong where its optional `twice` is switched on, which `rnnlua plugins check` is
** to find */
#include "rnnlua.h"

typedef struct flagged {
  bool twice, once;
} flagged;

static const rnn_arg args[] = {
    {"twice", RNN_ARG_BOOLEAN, .offset = offsetof(flagged, twice), .fallback = "false", .doc = "2 x"},
    {"once", RNN_ARG_BOOLEAN, .offset = offsetof(flagged, once), .fallback = "true", .doc = "x"},
};

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs, int *output_count,
                         rnn_shape *outputs) {
  (void)cx, (void)self, (void)input_count, (void)output_count;
  *outputs = *inputs;
  return RNN_OK;
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  const flagged *f = self;
  for (int64_t i = 0; i < rnn_size(&call->inputs[0].shape); i++)
    call->outputs[0].data[i] = call->inputs[0].data[i] * (f->twice ? 2 : 1);
  return RNN_OK;
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  for (int64_t i = 0; call->inputs[0].gradient && i < rnn_size(&call->inputs[0].shape); i++)
    call->inputs[0].gradient[i] = call->outputs[0].gradient[i];
  return RNN_OK;
}

static const rnn_layer_type flag = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "LyingFlag"), .doc = "x or 2 x", .self_size = sizeof(flagged), .args = args,
             .arg_count = 2},
    .shapes = shapes, .forward = forward, .backward = backward};

static const rnn_type *const types[] = {&flag.type};
RNN_PLUGIN(lying_flag, "1.0", "layers that do not do what they say", types)
