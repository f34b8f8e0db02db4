/* dense.c - Dense: activation(x W + b) over the last axis */
#include "rnnlua.h"

typedef struct dense {
  int64_t units;
  const rnn_component *activation;
  bool use_bias;
  const rnn_component *kernel_initializer, *bias_initializer;
  const rnn_component *kernel_regularizer, *bias_regularizer, *activity_regularizer;
  const rnn_component *kernel_constraint, *bias_constraint;
} dense;

enum { KERNEL, BIAS };

#define FIELD(NAME) offsetof(dense, NAME)
static const rnn_arg args[] = {
    {"units", RNN_ARG_INTEGER, FIELD(units), NULL, "[1, 1e9]", 0, "size of the last output axis"},
    {"activation", RNN_ARG_COMPONENT, FIELD(activation), "nil", NULL, RNN_ACTIVATION,
     "applied to the output; nil: none"},
    {"use_bias", RNN_ARG_BOOLEAN, FIELD(use_bias), "true", NULL, 0, "whether to add a bias"},
    {"kernel_initializer", RNN_ARG_COMPONENT, FIELD(kernel_initializer), "glorot_uniform", NULL,
     RNN_INITIALIZER, "fills the kernel, (features, units)"},
    {"bias_initializer", RNN_ARG_COMPONENT, FIELD(bias_initializer), "zeros", NULL,
     RNN_INITIALIZER, "fills the bias, (units,)"},
    {"kernel_regularizer", RNN_ARG_COMPONENT, FIELD(kernel_regularizer), "nil", NULL,
     RNN_REGULARIZER, "penalty on the kernel"},
    {"bias_regularizer", RNN_ARG_COMPONENT, FIELD(bias_regularizer), "nil", NULL, RNN_REGULARIZER,
     "penalty on the bias"},
    {"activity_regularizer", RNN_ARG_COMPONENT, FIELD(activity_regularizer), "nil", NULL,
     RNN_REGULARIZER, "penalty on the output, divided by the batch size"},
    {"kernel_constraint", RNN_ARG_COMPONENT, FIELD(kernel_constraint), "nil", NULL, RNN_CONSTRAINT,
     "projection of the kernel after each update"},
    {"bias_constraint", RNN_ARG_COMPONENT, FIELD(bias_constraint), "nil", NULL, RNN_CONSTRAINT,
     "projection of the bias after each update"},
};

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  const dense *d = self;
  if (inputs->ndim < 2)
    return rnn_fail(cx, RNN_INVALID, "expected (batch, …, features), got %d axes", inputs->ndim);
  if (rnn_columns(inputs) == RNN_UNKNOWN)
    return rnn_fail(cx, RNN_INVALID, "expected a known size of the last axis, got None");
  *outputs = *inputs;
  outputs->dim[outputs->ndim - 1] = d->units;
  return RNN_OK;
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count,
                        const rnn_shape *inputs) {
  (void)input_count;
  const dense *d = self;
  rnn_try(rnn_add_weight(cx, layer, &(rnn_weight_spec){
    .name = "kernel",
    .shape = {2, {rnn_columns(inputs), d->units}},
    .initializer = d->kernel_initializer,
    .regularizer = d->kernel_regularizer,
    .constraint = d->kernel_constraint,
  }));
  if (!d->use_bias) return RNN_OK;
  return rnn_add_weight(cx, layer, &(rnn_weight_spec){
    .name = "bias",
    .shape = {1, {d->units}},
    .initializer = d->bias_initializer,
    .regularizer = d->bias_regularizer,
    .constraint = d->bias_constraint,
  });
}

/* backward needs x W + b itself only for an activation whose derivative is a function of it */
static bool keeps_sums(const dense *d) {
  return (rnn_activation_flags(d->activation) & RNN_READS_INPUT) != 0;
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  if (call->keeps && !call->wants_sums && keeps_sums(self))
    call->saved_size = rnn_size(&call->outputs->shape);
  return RNN_OK;
}

static rnn_status fill_bias(rnn_context *cx, int64_t rows, int64_t units, const float *bias, float *sums) {
  const int64_t most = 1 + (1 << 20) / units; /* rows between two looks for Ctrl-C */
  for (int64_t first = 0; first < rows; first += most) {
    rnn_fill_rows(rows - first < most ? rows - first : most, units, bias, sums + first * units);
    if (cx->host->interrupted(cx)) return RNN_INTERRUPTED;
  }
  return RNN_OK;
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  const dense *d = self;
  const rnn_port *in = call->inputs, *out = call->outputs;
  int64_t rows = rnn_rows(&in->shape), features = rnn_columns(&in->shape);
  float *sums = call->wants_sums ? call->sums : call->saved_size ? call->saved : out->data;
  if (d->use_bias) rnn_try(fill_bias(cx, rows, d->units, call->weights[BIAS], sums));
  rnn_try(rnn_sgemm(cx, false, false, rows, d->units, features, in->data, features,
                    call->weights[KERNEL], d->units, d->use_bias ? 1 : 0, sums, d->units));
  return rnn_activate(cx, d->activation, rows, d->units, sums, out->data);
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  const dense *d = self;
  const rnn_port *in = call->inputs, *out = call->outputs;
  int64_t rows = rnn_rows(&in->shape), features = rnn_columns(&in->shape);
  float *dz = out->gradient;
  if (!call->wants_sums)
    rnn_try(rnn_activate_backward(cx, d->activation, rows, d->units, call->saved, out->data, dz, dz));
  if (call->weight_gradients[KERNEL])
    rnn_try(rnn_sgemm(cx, true, false, features, d->units, rows, in->data, features, dz, d->units,
                      1, call->weight_gradients[KERNEL], d->units));
  if (d->use_bias && call->weight_gradients[BIAS])
    rnn_add_rows(rows, d->units, dz, call->weight_gradients[BIAS]);
  if (in->gradient == NULL) return RNN_OK;
  return rnn_sgemm(cx, false, true, rows, features, d->units, dz, d->units, call->weights[KERNEL],
                   d->units, 0, in->gradient, features);
}

const rnn_layer_type rnn_dense = {
    .type = {.size = sizeof(rnn_layer_type),
             .kind = RNN_LAYER,
             .name = "Dense",
             .doc = "Dense: activation(x W + b) over the last axis.\n"
                    "(batch, …, features) -> (batch, …, units); weights: kernel (features, units), "
                    "bias (units,).",
             .args = args,
             .arg_count = sizeof args / sizeof args[0],
             .positional = 3,
             .self_size = sizeof(dense)},
    .flags = RNN_LAYER_PASSES_MASK | RNN_LAYER_TAKES_MASK | RNN_LAYER_GIVES_SUMS,
    .shapes = shapes,
    .build = build,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};

static const rnn_type *const types[] = {&rnn_dense.type};

RNN_PLUGIN(dense, "1.0", "Dense", types)
