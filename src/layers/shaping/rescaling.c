/* rescaling.c - Rescaling: x · scale + offset; Identity, which is that with 1 and 0 */
#include "layers/shaping/shaping.h"

typedef struct rescaling {
  double scale, offset;
} rescaling;

static const rnn_arg args[] = {
    {"scale", RNN_ARG_NUMBER, offsetof(rescaling, scale), NULL, NULL, 0, "factor"},
    {"offset", RNN_ARG_NUMBER, offsetof(rescaling, offset), "0.0", NULL, 0, "added to it"},
};

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)cx, (void)self, (void)input_count, (void)output_count;
  *outputs = *inputs;
  return RNN_OK;
}

static void scale(int64_t n, const float *x, float factor, float offset, float *y) {
  for (int64_t i = 0; i < n; i++) y[i] = x[i] * factor + offset;
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  const rescaling *r = self;
  scale(rnn_size(&call->inputs->shape), call->inputs->data, (float)r->scale, (float)r->offset, call->outputs->data);
  return RNN_OK;
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  const rescaling *r = self;
  if (call->inputs->gradient)
    scale(rnn_size(&call->inputs->shape), call->outputs->gradient, (float)r->scale, 0, call->inputs->gradient);
  return RNN_OK;
}

const rnn_layer_type rnn_rescaling = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Rescaling"),
             .doc = "Rescaling: x * scale + offset. Any shape -> the same shape.",
             RNN_ARGUMENTS(args, rescaling),
             .positional = 2},
    .flags = RNN_LAYER_TAKES_MASK | RNN_LAYER_PASSES_MASK,
    .shapes = shapes,
    .forward = forward,
    .backward = backward,
};

static rnn_status identity_forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  scale(rnn_size(&call->inputs->shape), call->inputs->data, 1, 0, call->outputs->data);
  return RNN_OK;
}

static rnn_status identity_backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  if (call->inputs->gradient)
    scale(rnn_size(&call->inputs->shape), call->outputs->gradient, 1, 0, call->inputs->gradient);
  return RNN_OK;
}

const rnn_layer_type rnn_identity_layer = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Identity"),
             .doc = "Identity: its input. Any shape -> the same shape."},
    .flags = RNN_LAYER_TAKES_MASK | RNN_LAYER_PASSES_MASK,
    .shapes = shapes,
    .forward = identity_forward,
    .backward = identity_backward,
};
