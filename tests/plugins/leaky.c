/*
** leaky.c - a cell as a stranger would write it: h(s) = keep h(s-1) + (1 - keep) tanh(x(s) W), which RNN takes through
** sequences. It keeps the tanh for backward in saved, and uses scratch in backward.
*/
#undef RNN_BUILTIN
#include "rnnlua.h"

#include <math.h>

typedef struct leaky {
  int64_t units;
  double keep;
} leaky;

static const rnn_arg args[] = {
    {"units", RNN_ARG_INTEGER, offsetof(leaky, units), NULL, "[1, 1e6]", 0, "size of the state and the output"},
    {"keep", RNN_ARG_NUMBER, offsetof(leaky, keep), "0.5", "[0, 1]", 0, "share of the state that stays"},
};

static rnn_status shapes(rnn_context *cx, const void *self, int count, const rnn_shape *inputs, int *outputs,
                         rnn_shape *shape) {
  int64_t units = ((const leaky *)self)->units;
  if (inputs->ndim != 2 || inputs->dim[1] == RNN_UNKNOWN)
    return rnn_fail(cx, RNN_INVALID, "expected (batch, features), got %d axes", inputs->ndim);
  if (count > 1 && (inputs[1].ndim != 2 || inputs[1].dim[1] != units || inputs[1].dim[0] != inputs->dim[0]))
    return rnn_fail(cx, RNN_INVALID, "expected a state of shape (batch, %lld)", (long long)units);
  shape[0] = shape[1] = (rnn_shape){2, {inputs->dim[0], units}};
  *outputs = 2;
  return RNN_OK;
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int count, const rnn_shape *inputs) {
  (void)count;
  return rnn_add_weight(cx, layer, &(rnn_weight_spec){.name = "kernel",
                                                      .shape = {2, {inputs->dim[1], ((const leaky *)self)->units}}});
}

static int states(const void *self, const rnn_shape *input, rnn_shape *to) {
  *to = (rnn_shape){2, {input->dim[0], ((const leaky *)self)->units}};
  return 1;
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  call->saved_size = call->scratch_size = call->inputs->shape.dim[0] * ((const leaky *)self)->units;
  return RNN_OK;
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  const leaky *l = self;
  int64_t batch = call->inputs->shape.dim[0], features = call->inputs->shape.dim[1], size = batch * l->units;
  rnn_try(rnn_sgemm(cx, false, false, batch, l->units, features, call->inputs->data, features, call->weights[0], l->units,
                    0, call->saved, l->units));
  for (int64_t i = 0; i < size; i++) {
    call->saved[i] = tanhf(call->saved[i]);
    float before = call->input_count > 1 ? call->inputs[1].data[i] : 0;
    call->outputs[0].data[i] = call->outputs[1].data[i] = (float)l->keep * before + (float)(1 - l->keep) * call->saved[i];
  }
  return RNN_OK;
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  const leaky *l = self;
  int64_t batch = call->inputs->shape.dim[0], features = call->inputs->shape.dim[1], size = batch * l->units;
  const float *dy = call->outputs[0].gradient, *dh = call->outputs[1].gradient;
  for (int64_t i = 0; i < size; i++) {
    float sum = (dy ? dy[i] : 0) + (dh ? dh[i] : 0);
    call->scratch[i] = (float)(1 - l->keep) * sum * (1 - call->saved[i] * call->saved[i]);
    if (call->input_count > 1 && call->inputs[1].gradient) call->inputs[1].gradient[i] = (float)l->keep * sum;
  }
  if (call->weight_gradients[0])
    rnn_try(rnn_sgemm(cx, true, false, features, l->units, batch, call->inputs->data, features, call->scratch, l->units, 1,
                      call->weight_gradients[0], l->units));
  if (call->inputs->gradient == NULL) return RNN_OK;
  return rnn_sgemm(cx, false, true, batch, features, l->units, call->scratch, l->units, call->weights[0], l->units, 0,
                   call->inputs->gradient, features);
}

static const rnn_layer_type leaky_cell = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "LeakyCell"), .doc = "keep h + (1 - keep) tanh(x W)",
             RNN_ARGUMENTS(args, leaky), .positional = 2},
    .flags = RNN_LAYER_CELL,
    .max_inputs = 2,
    .shapes = shapes,
    .build = build,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .states = states};

static const rnn_type *const types[] = {&leaky_cell.type};
RNN_PLUGIN(leaky, "1.0", "a cell", types)
