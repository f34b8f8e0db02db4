/*
** relu.c - the layer Relu: y = factor * scale * x, with a trained scale for each feature.
*/
#include <rnnlua.h>

/* The arguments of the constructor: the host fills this in from the table below. */
typedef struct arguments {
  double factor;
  const rnn_component *initializer;
} arguments;

static const rnn_arg args[] = {
    {"factor", RNN_ARG_NUMBER, offsetof(arguments, factor), "1", "(0, inf)", 0, "multiplies everything"},
    {"initializer", RNN_ARG_COMPONENT, offsetof(arguments, initializer), "ones", NULL, RNN_INITIALIZER,
     "fills the scales at first"},
};

/* The output's shape from the input's; an extent may be RNN_UNKNOWN. */
static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)self, (void)input_count, (void)output_count; /* one of each */
  if (inputs[0].ndim < 2)
    return rnn_fail(cx, RNN_INVALID, "expected (batch, ..., features), got %d axes", inputs[0].ndim);
  if (inputs[0].dim[inputs[0].ndim - 1] == RNN_UNKNOWN)
    return rnn_fail(cx, RNN_INVALID, "expected a known number of features, got None");
  outputs[0] = inputs[0];
  return RNN_OK;
}

/* Declares the weights; in calls they come in this order. */
static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count, const rnn_shape *inputs) {
  (void)input_count;
  const arguments *a = self;
  rnn_weight_spec scale = {.name = "scale", .shape = {1, {rnn_columns(&inputs[0])}}, .initializer = a->initializer};
  return rnn_add_weight(cx, layer, &scale);
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  const arguments *a = self;
  const float *x = call->inputs[0].data, *scale = call->weights[0];
  int64_t rows = rnn_rows(&call->inputs[0].shape), columns = rnn_columns(&call->inputs[0].shape);
  float *y = call->outputs[0].data;
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < columns; c++) y[r * columns + c] = (float)a->factor * scale[c] * x[r * columns + c];
  return RNN_OK;
}

/* From the gradient of the output: that of the weights, which is added to what is there, and that of the input, which
** is written. Either may not be wanted: NULL. */
static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  const arguments *a = self;
  const float *x = call->inputs[0].data, *scale = call->weights[0], *dy = call->outputs[0].gradient;
  int64_t rows = rnn_rows(&call->inputs[0].shape), columns = rnn_columns(&call->inputs[0].shape);
  float *dx = call->inputs[0].gradient, *d_scale = call->weight_gradients[0];
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < columns; c++) {
      int64_t i = r * columns + c;
      if (d_scale) d_scale[c] += (float)a->factor * x[i] * dy[i];
      if (dx) dx[i] = (float)a->factor * scale[c] * dy[i];
    }
  return RNN_OK;
}

static const rnn_layer_type layer = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Relu"),
             .doc = "y = factor * scale * x, with a trained scale for each feature",
             RNN_ARGUMENTS(args, arguments), .positional = 1},
    .flags = RNN_LAYER_PASSES_MASK,
    .shapes = shapes,
    .build = build,
    .forward = forward,
    .backward = backward};

static const rnn_type *const types[] = {&layer.type};
RNN_PLUGIN(relu, "0.1", "the layer Relu", types)
