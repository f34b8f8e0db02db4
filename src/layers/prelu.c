/*
** prelu.c - PReLU: x where x > 0, alpha · x elsewhere, with a learned alpha for each element of a sample (He et al.
** 2015; keras/src/layers/activations/prelu.py). At 0 the derivative is 0, as Keras' two relus give.
*/
#include "layers/axes.h"
#include "layers/layers.h"

typedef struct prelu {
  const rnn_component *alpha_initializer, *alpha_regularizer, *alpha_constraint;
  rnn_numbers shared_axes;
} prelu;

#define FIELD(NAME) offsetof(prelu, NAME)
static const rnn_arg args[] = {
    {"alpha_initializer", RNN_ARG_COMPONENT, FIELD(alpha_initializer), "zeros", NULL, RNN_INITIALIZER,
     "fills alpha"},
    {"alpha_regularizer", RNN_ARG_COMPONENT, FIELD(alpha_regularizer), "nil", NULL, RNN_REGULARIZER,
     "penalty on alpha"},
    {"alpha_constraint", RNN_ARG_COMPONENT, FIELD(alpha_constraint), "nil", NULL, RNN_CONSTRAINT,
     "projection of alpha after each update"},
    {"shared_axes", RNN_ARG_NUMBERS, FIELD(shared_axes), "nil", NULL, 0,
     "axes along which alpha is the same, " RNN_AXIS_DOC},
};

static rnn_status check(rnn_context *cx, void *self) {
  return rnn_check_axes(cx, "PReLU", "shared_axes", &((const prelu *)self)->shared_axes);
}

static rnn_status read_shared(rnn_context *cx, const prelu *p, const rnn_shape *input, bool *shared) {
  for (int i = 0; i < input->ndim; i++) shared[i] = false;
  return p->shared_axes.count > 0 ? rnn_read_axes(cx, "shared_axes", &p->shared_axes, input, shared) : RNN_OK;
}

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  bool shared[RNN_MAX_DIMS];
  if (inputs->ndim < 1) return rnn_fail(cx, RNN_INVALID, "expected (batch, …), got 0 axes");
  rnn_try(read_shared(cx, self, inputs, shared));
  for (int i = 1; i < inputs->ndim; i++)
    if (inputs->dim[i] == RNN_UNKNOWN && !shared[i])
      return rnn_fail(cx, RNN_INVALID, "expected a known size of axis %d, or %d among 'shared_axes', got None",
                      i + 1, i + 1);
  *outputs = *inputs;
  return RNN_OK;
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count,
                        const rnn_shape *inputs) {
  (void)input_count;
  const prelu *p = self;
  bool shared[RNN_MAX_DIMS];
  rnn_try(read_shared(cx, p, inputs, shared));
  rnn_shape shape = {.ndim = inputs->ndim - 1};
  for (int i = 1; i < inputs->ndim; i++) shape.dim[i - 1] = shared[i] ? 1 : inputs->dim[i];
  return rnn_add_weight(cx, layer, &(rnn_weight_spec){
    .name = "alpha",
    .shape = shape,
    .initializer = p->alpha_initializer,
    .regularizer = p->alpha_regularizer,
    .constraint = p->alpha_constraint,
  });
}

/* where alpha of a sample's row of columns lies, and the step from column to column: 0 or 1 */
static int64_t alpha_of(const rnn_shape *input, const bool *shared, int64_t row) {
  int64_t at = 0, stride = shared[input->ndim - 1] ? 1 : rnn_columns(input);
  for (int i = input->ndim - 2; i >= 1; i--) {
    if (!shared[i]) {
      at += row % input->dim[i] * stride;
      stride *= input->dim[i];
    }
    row /= input->dim[i];
  }
  return at;
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  const rnn_shape *shape = &call->inputs->shape;
  bool shared[RNN_MAX_DIMS];
  rnn_try(read_shared(cx, self, shape, shared));
  int64_t rows = shape->ndim > 1 ? rnn_rows(shape) : 1, n = rnn_columns(shape);
  int64_t step = shape->ndim > 1 && !shared[shape->ndim - 1];
  const float *x = call->inputs->data;
  float *y = call->outputs->data;
  for (int64_t r = 0; r < rows; r++, x += n, y += n) {
    const float *alpha = call->weights[0] + (shape->ndim > 1 ? alpha_of(shape, shared, r) : 0);
    for (int64_t i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : alpha[i * step] * x[i];
  }
  return RNN_OK;
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  const rnn_shape *shape = &call->inputs->shape;
  bool shared[RNN_MAX_DIMS];
  rnn_try(read_shared(cx, self, shape, shared));
  int64_t rows = shape->ndim > 1 ? rnn_rows(shape) : 1, n = rnn_columns(shape);
  int64_t step = shape->ndim > 1 && !shared[shape->ndim - 1];
  float *d_alpha = call->weight_gradients[0];
  for (int64_t r = 0; r < rows; r++) {
    int64_t at = shape->ndim > 1 ? alpha_of(shape, shared, r) : 0;
    const float *x = call->inputs->data + r * n, *dy = call->outputs->gradient + r * n;
    const float *alpha = call->weights[0] + at;
    float *dx = call->inputs->gradient ? call->inputs->gradient + r * n : NULL;
    for (int64_t i = 0; d_alpha && i < n; i++) d_alpha[at + i * step] += x[i] < 0 ? x[i] * dy[i] : 0;
    for (int64_t i = 0; dx && i < n; i++) dx[i] = x[i] > 0 ? dy[i] : x[i] < 0 ? alpha[i * step] * dy[i] : 0;
  }
  return RNN_OK;
}

const rnn_layer_type rnn_prelu = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "PReLU"),
             .doc = "PReLU: x where x > 0, alpha · x elsewhere, alpha learned.\n(batch, …) -> the same shape; weight: "
                    "alpha, of a sample's shape, 1 along shared_axes. He et al. 2015.",
             RNN_ARGUMENTS(args, prelu),
             .check = check},
    .flags = RNN_LAYER_PASSES_MASK | RNN_LAYER_TAKES_MASK | RNN_LAYER_BUILDS_ANEW,
    .shapes = shapes,
    .build = build,
    .forward = forward,
    .backward = backward,
};
