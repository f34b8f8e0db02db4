/*
** dropout.c - Dropout: while training, sets a share `rate` of the inputs to 0 and scales the others by
** 1 / (1 - rate) (inverted dropout; Srivastava et al. 2014, keras/src/layers/regularization/dropout.py)
*/
#include "layers/layers.h"

typedef struct dropout {
  double rate;
  rnn_shape noise_shape;
  int64_t seed;
} dropout;

static const rnn_arg args[] = {
    {"rate", RNN_ARG_NUMBER, offsetof(dropout, rate), NULL, "[0, 1]", 0, "share of inputs dropped"},
    {"noise_shape", RNN_ARG_SHAPE, offsetof(dropout, noise_shape), "nil", NULL, 0,
     "shape of the mask, which broadcasts to the input's; -1: as the input; nil: all as the input"},
    {"seed", RNN_ARG_INTEGER, offsetof(dropout, seed), "nil", NULL, 0,
     "fixes the masks drawn; nil: from rl.utils.set_random_seed"},
};

static rnn_status check(rnn_context *cx, void *self) {
  return rnn_check_noise_shape(cx, "Dropout", &((const dropout *)self)->noise_shape);
}

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  *outputs = *inputs;
  return rnn_fit_noise_shape(cx, &((const dropout *)self)->noise_shape, inputs);
}

static bool acts(const dropout *d, const rnn_call *call) { return call->training && d->rate > 0; }

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  if (acts(self, call)) call->saved_size = rnn_size(&call->inputs->shape); /* factors, 0 or 1/(1-rate) */
  return RNN_OK;
}

static void draw_factors(const dropout *d, rnn_context *cx, rnn_call *call) {
  int64_t n = rnn_size(&call->inputs->shape);
  float *factors = call->saved, keep = d->rate < 1 ? (float)(1 / (1 - d->rate)) : 0;
  rnn_draw_noise(cx, call->key, &d->noise_shape, &call->inputs->shape, factors);
  for (int64_t i = 0; i < n; i++) factors[i] = factors[i] >= (float)d->rate ? keep : 0;
}

static void multiply(int64_t n, const float *x, const float *factors, float *y) {
  for (int64_t i = 0; i < n; i++) y[i] = factors ? x[i] * factors[i] : x[i];
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  bool acting = acts(self, call);
  if (acting) draw_factors(self, cx, call);
  multiply(rnn_size(&call->inputs->shape), call->inputs->data, acting ? call->saved : NULL,
           call->outputs->data);
  return RNN_OK;
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  if (call->inputs->gradient)
    multiply(rnn_size(&call->inputs->shape), call->outputs->gradient,
             acts(self, call) ? call->saved : NULL, call->inputs->gradient);
  return RNN_OK;
}

const rnn_layer_type rnn_dropout = {
    .type = {.size = sizeof(rnn_layer_type),
             .kind = RNN_LAYER,
             .name = "Dropout",
             .doc = "Dropout: while training, drops a share `rate` of the inputs and scales the others "
                    "by 1 / (1 - rate).\nAny shape -> the same shape. Srivastava et al. 2014.",
             .args = args,
             .arg_count = sizeof args / sizeof args[0],
             .positional = 3,
             .self_size = sizeof(dropout),
             .check = check},
    .flags = RNN_LAYER_PASSES_MASK | RNN_LAYER_TAKES_MASK | RNN_LAYER_RANDOM,
    .shapes = shapes,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
