/*
** example.c - a plugin as a stranger would write it: includes rnnlua.h, links nothing.
**
** An activation `double_up` and a layer `Scale`, which multiplies the last axis by weights of its own and
** by a declared factor.
*/
#include "rnnlua.h"

/* ---- double_up: y = 2 x -------------------------------------------------------------------------- */

static rnn_status double_forward(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                                 const float *x, float *y) {
  (void)cx, (void)self;
  for (int64_t i = 0; i < rows * columns; i++) y[i] = 2 * x[i];
  return RNN_OK;
}

static rnn_status double_backward(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                                  const float *x, const float *y, const float *dy, float *dx) {
  (void)x, (void)y;
  return double_forward(cx, self, rows, columns, dy, dx);
}

static const rnn_activation_type double_up = {
    .type = {.size = sizeof(rnn_activation_type), .kind = RNN_ACTIVATION, .name = "double_up",
             .doc = "y = 2 x"},
    .forward = double_forward,
    .backward = double_backward};

/* ---- Scale: y = factor * scale * x ------------------------------------------------------------------ */

typedef struct scale_self {
  double factor;
  const rnn_component *initializer;
} scale_self;

static rnn_status scale_shapes(rnn_context *cx, const void *self, int input_count,
                               const rnn_shape *inputs, int *output_count, rnn_shape *outputs) {
  (void)self, (void)input_count, (void)output_count;
  if (inputs[0].ndim < 2)
    return rnn_fail(cx, RNN_INVALID, "expected (batch, ..., features), got %d axes", inputs[0].ndim);
  outputs[0] = inputs[0];
  return RNN_OK;
}

static rnn_status scale_build(rnn_context *cx, void *self, rnn_layer *layer, int input_count,
                              const rnn_shape *inputs) {
  (void)input_count;
  rnn_weight_spec spec = {.name = "scale", .shape = {1, {rnn_columns(&inputs[0])}},
                          .initializer = ((scale_self *)self)->initializer};
  return rnn_add_weight(cx, layer, &spec);
}

static rnn_status scale_forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  float factor = (float)((const scale_self *)self)->factor;
  int64_t columns = rnn_columns(&call->inputs[0].shape), size = rnn_size(&call->inputs[0].shape);
  for (int64_t i = 0; i < size; i++)
    call->outputs[0].data[i] = factor * call->weights[0][i % columns] * call->inputs[0].data[i];
  return RNN_OK;
}

static rnn_status scale_backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  float factor = (float)((const scale_self *)self)->factor;
  int64_t columns = rnn_columns(&call->inputs[0].shape), size = rnn_size(&call->inputs[0].shape);
  const float *dy = call->outputs[0].gradient, *x = call->inputs[0].data;
  for (int64_t i = 0; i < size; i++) {
    if (call->weight_gradients[0]) call->weight_gradients[0][i % columns] += factor * dy[i] * x[i];
    if (call->inputs[0].gradient)
      call->inputs[0].gradient[i] = factor * call->weights[0][i % columns] * dy[i];
  }
  return RNN_OK;
}

static const rnn_arg scale_args[] = {
    {"factor", RNN_ARG_NUMBER, offsetof(scale_self, factor), "1", "(0, 10]", 0, "multiplies everything"},
    {"initializer", RNN_ARG_COMPONENT, offsetof(scale_self, initializer), "ones", NULL,
     RNN_INITIALIZER, "fills the scales"}};

static const rnn_layer_type scale = {
    .type = {.size = sizeof(rnn_layer_type), .kind = RNN_LAYER, .name = "Scale",
             .doc = "y = factor * scale * x over the last axis", .args = scale_args, .arg_count = 2,
             .positional = 1, .self_size = sizeof(scale_self)},
    .shapes = scale_shapes,
    .build = scale_build,
    .forward = scale_forward,
    .backward = scale_backward};

static const rnn_type *const types[] = {&double_up.type, &scale.type};
RNN_PLUGIN(example, "1.2", "an activation and a layer, for tests", types)
