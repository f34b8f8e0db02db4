/*
** conv1d.c - Conv1D: activation(convolution over timesteps + b) (keras/src/layers/convolutional/conv1d.py).
**
** The windows are laid out as rows (batch · windows, kernel_size · channels), one group of channels at a time, so that
** a convolution is one product with the kernel, and its gradients are two.
*/
#include <string.h>

#include "layers/steps.h"

typedef struct conv1d {
  int64_t filters, kernel_size, strides, dilation_rate, groups;
  const char *padding, *data_format;
  const rnn_component *activation;
  bool use_bias;
  const rnn_component *kernel_initializer, *bias_initializer;
  const rnn_component *kernel_regularizer, *bias_regularizer, *activity_regularizer;
  const rnn_component *kernel_constraint, *bias_constraint;
} conv1d;

enum { KERNEL, BIAS };

#define FIELD(NAME) offsetof(conv1d, NAME)
#define COUNT(NAME, FALLBACK, DOC) {#NAME, RNN_ARG_INTEGER, FIELD(NAME), FALLBACK, "[1, 1e9]", 0, DOC}
#define HELD(NAME, FALLBACK, KIND, DOC) {#NAME, RNN_ARG_COMPONENT, FIELD(NAME), FALLBACK, NULL, KIND, DOC}
static const rnn_arg args[] = {
    COUNT(filters, NULL, "size of the last output axis"),
    COUNT(kernel_size, NULL, "timesteps of a window"),
    COUNT(strides, "1", "timesteps from a window to the next"),
    {"padding", RNN_ARG_STRING, FIELD(padding), "valid", "valid|same|causal", 0,
     "valid: whole windows alone; same: zeros at both ends; causal: zeros in front"},
    RNN_CHANNELS_LAST_ARG(conv1d),
    COUNT(dilation_rate, "1", "timesteps between those of a window"),
    COUNT(groups, "1", "groups of channels that are convolved each by itself"),
    HELD(activation, "nil", RNN_ACTIVATION, "applied to the output; nil: none"),
    {"use_bias", RNN_ARG_BOOLEAN, FIELD(use_bias), "true", NULL, 0, "whether to add a bias"},
    HELD(kernel_initializer, "glorot_uniform", RNN_INITIALIZER,
         "fills the kernel, (kernel_size, channels / groups, filters)"),
    HELD(bias_initializer, "zeros", RNN_INITIALIZER, "fills the bias, (filters,)"),
    HELD(kernel_regularizer, "nil", RNN_REGULARIZER, "penalty on the kernel"),
    HELD(bias_regularizer, "nil", RNN_REGULARIZER, "penalty on the bias"),
    HELD(activity_regularizer, "nil", RNN_REGULARIZER, "penalty on the output, divided by the batch size"),
    HELD(kernel_constraint, "nil", RNN_CONSTRAINT, "projection of the kernel after each update"),
    HELD(bias_constraint, "nil", RNN_CONSTRAINT, "projection of the bias after each update"),
};

static rnn_status check(rnn_context *cx, void *self) {
  const conv1d *c = self;
  if (c->filters % c->groups != 0)
    return rnn_fail(cx, RNN_INVALID, "Conv1D: argument 'filters' must be a multiple of 'groups' (%lld), got %lld",
                    (long long)c->groups, (long long)c->filters);
  if (c->strides > 1 && c->dilation_rate > 1)
    return rnn_fail(cx, RNN_INVALID, "Conv1D: 'strides' and 'dilation_rate' can't both be above 1, got %lld and "
                    "%lld", (long long)c->strides, (long long)c->dilation_rate);
  return RNN_OK;
}

static rnn_window window_of(const conv1d *c, int64_t steps) {
  return rnn_window_over(steps, c->kernel_size, c->strides, c->dilation_rate, c->padding);
}

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  const conv1d *c = self;
  rnn_try(rnn_need_steps(cx, inputs));
  rnn_window w = window_of(c, inputs->dim[1]);
  if (inputs->dim[2] == RNN_UNKNOWN)
    return rnn_fail(cx, RNN_INVALID, "expected a known size of the last axis, got None");
  if (inputs->dim[2] % c->groups != 0)
    return rnn_fail(cx, RNN_INVALID, "expected a multiple of 'groups' (%lld) as size of the last axis, got %lld",
                    (long long)c->groups, (long long)inputs->dim[2]);
  if (inputs->dim[1] != RNN_UNKNOWN && w.out < 1)
    return rnn_fail(cx, RNN_INVALID, "expected at least %lld timesteps, that a window fits into, got %lld",
                    (long long)((c->kernel_size - 1) * c->dilation_rate + 1), (long long)inputs->dim[1]);
  *outputs = (rnn_shape){3, {inputs->dim[0], w.out, c->filters}};
  return RNN_OK;
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count,
                        const rnn_shape *inputs) {
  (void)input_count;
  const conv1d *c = self;
  rnn_try(rnn_add_weight(cx, layer, &(rnn_weight_spec){
    .name = "kernel",
    .shape = {3, {c->kernel_size, inputs->dim[2] / c->groups, c->filters}},
    .initializer = c->kernel_initializer,
    .regularizer = c->kernel_regularizer,
    .constraint = c->kernel_constraint,
  }));
  if (!c->use_bias) return RNN_OK;
  return rnn_add_weight(cx, layer, &(rnn_weight_spec){
    .name = "bias",
    .shape = {1, {c->filters}},
    .initializer = c->bias_initializer,
    .regularizer = c->bias_regularizer,
    .constraint = c->bias_constraint,
  });
}

/* ---- windows as rows ------------------------------------------------------------------------------- */

/* One group's channels, `width` of them, of every window: rows (batch · out, size · width). */
typedef struct layout {
  rnn_window window;
  int64_t batch, channels, width, first_channel;
  const float *x;
  float *rows, *dx;
} layout;

static layout layout_of(const conv1d *c, const rnn_call *call, int64_t group) {
  const rnn_shape *in = &call->inputs->shape;
  int64_t width = in->dim[2] / c->groups;
  return (layout){.window = window_of(c, in->dim[1]),
                  .batch = in->dim[0],
                  .channels = in->dim[2],
                  .width = width,
                  .first_channel = group * width,
                  .x = call->inputs->data,
                  .rows = call->scratch,
                  .dx = call->inputs->gradient};
}

static int64_t row_count(const layout *l) { return l->batch * l->window.out; }
static int64_t row_size(const layout *l) { return l->window.size * l->width; }

/* of one sequence */
static void lay_out(void *data, int64_t b) {
  const layout *l = data;
  const rnn_window *w = &l->window;
  size_t bytes = sizeof(float) * (size_t)l->width;
  float *row = l->rows + b * w->out * row_size(l);
  for (int64_t t = 0; t < w->out; t++)
    for (int64_t k = 0; k < w->size; k++, row += l->width) {
      int64_t step = rnn_window_step(w, t, k);
      if (step < 0 || step >= w->steps)
        memset(row, 0, bytes);
      else
        memcpy(row, l->x + (b * w->steps + step) * l->channels + l->first_channel, bytes);
    }
}

/* adds rows of gradients of one sequence to where their numbers came from */
static void add_back(void *data, int64_t b) {
  const layout *l = data;
  const rnn_window *w = &l->window;
  const float *row = l->rows + b * w->out * row_size(l);
  for (int64_t t = 0; t < w->out; t++)
    for (int64_t k = 0; k < w->size; k++, row += l->width) {
      int64_t step = rnn_window_step(w, t, k);
      if (step < 0 || step >= w->steps) continue;
      float *dx = l->dx + (b * w->steps + step) * l->channels + l->first_channel;
      for (int64_t i = 0; i < l->width; i++) dx[i] += row[i];
    }
}

/* ---- computing ---------------------------------------------------------------------------------------- */

/* backward needs the sums themselves only for an activation whose derivative is a function of them */
static bool keeps_sums(const conv1d *c) {
  return (rnn_activation_flags(c->activation) & RNN_READS_INPUT) != 0;
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  layout l = layout_of(self, call, 0);
  if (call->keeps && !call->wants_sums && keeps_sums(self)) call->saved_size = rnn_size(&call->outputs->shape);
  call->scratch_size = row_count(&l) * row_size(&l);
  return RNN_OK;
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  const conv1d *c = self;
  const rnn_port *out = call->outputs;
  int64_t rows = rnn_rows(&out->shape), part = c->filters / c->groups;
  float *sums = call->wants_sums ? call->sums : call->saved_size ? call->saved : out->data;
  if (c->use_bias) rnn_fill_rows(rows, c->filters, call->weights[BIAS], sums);
  for (int64_t g = 0; g < c->groups; g++) {
    layout l = layout_of(c, call, g);
    rnn_share_items(cx, l.batch, l.window.out * row_size(&l), lay_out, &l);
    rnn_try(rnn_sgemm(cx, false, false, rows, part, row_size(&l), l.rows, row_size(&l),
                      call->weights[KERNEL] + g * part, c->filters, c->use_bias, sums + g * part, c->filters));
  }
  return rnn_activate(cx, c->activation, rows, c->filters, sums, out->data);
}

/* of one group, from the gradient of its sums; rows hold the windows, then their gradient */
static rnn_status group_backward(rnn_context *cx, const conv1d *c, rnn_call *call, int64_t g) {
  layout l = layout_of(c, call, g);
  int64_t part = c->filters / c->groups, rows = row_count(&l), size = row_size(&l);
  const float *dz = call->outputs->gradient + g * part;
  if (call->weight_gradients[KERNEL]) {
    rnn_share_items(cx, l.batch, l.window.out * row_size(&l), lay_out, &l);
    rnn_try(rnn_sgemm(cx, true, false, size, part, rows, l.rows, size, dz, c->filters, 1,
                      call->weight_gradients[KERNEL] + g * part, c->filters));
  }
  if (l.dx == NULL) return RNN_OK;
  rnn_try(rnn_sgemm(cx, false, true, rows, size, part, dz, c->filters, call->weights[KERNEL] + g * part,
                    c->filters, 0, l.rows, size));
  rnn_share_items(cx, l.batch, l.window.out * size, add_back, &l);
  return RNN_OK;
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  const conv1d *c = self;
  const rnn_port *in = call->inputs, *out = call->outputs;
  int64_t rows = rnn_rows(&out->shape);
  float *dz = out->gradient;
  if (!call->wants_sums)
    rnn_try(rnn_activate_backward(cx, c->activation, rows, c->filters, call->saved, out->data, dz, dz));
  if (c->use_bias && call->weight_gradients[BIAS])
    rnn_add_rows(rows, c->filters, dz, call->weight_gradients[BIAS]);
  if (in->gradient) memset(in->gradient, 0, sizeof(float) * (size_t)rnn_size(&in->shape));
  for (int64_t g = 0; g < c->groups; g++) rnn_try(group_backward(cx, c, call, g));
  return RNN_OK;
}

const rnn_layer_type rnn_conv_1d = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Conv1D"),
             .aliases = "Convolution1D",
             .doc = "Conv1D: activation(convolution over timesteps + b).\n(batch, timesteps, channels) -> (batch, "
                    "windows, filters); weights: kernel (kernel_size, channels / groups, filters), bias (filters,).",
             RNN_ARGUMENTS(args, conv1d),
             .positional = 8,
             .check = check},
    .flags = RNN_LAYER_GIVES_SUMS | RNN_LAYER_BUILDS_ANEW,
    .shapes = shapes,
    .build = build,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
