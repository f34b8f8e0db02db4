/*
** lying.c - a layer that does not do what it says, in the way that the environment variable LYING names; without it all
** is well. What `rnnlua plugins check` is to find.
*/
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rnnlua.h"

static bool lies(const char *how) {
  const char *wanted = getenv("LYING");
  return wanted && strcmp(wanted, how) == 0;
}

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs, int *output_count,
                         rnn_shape *outputs) {
  (void)cx, (void)self, (void)input_count, (void)output_count;
  *outputs = *inputs;
  if (lies("shape")) outputs->dim[outputs->ndim - 1] = -5;
  if (lies("axes")) outputs->ndim = 12;
  return RNN_OK;
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count, const rnn_shape *inputs) {
  (void)self, (void)input_count;
  rnn_weight_spec spec = {.name = "w", .shape = {1, {rnn_columns(inputs)}}};
  return rnn_add_weight(cx, layer, &spec);
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)self;
  if (lies("leak")) {
    call->memory = cx->host->allocate(cx, 100); /* no forget gives it back */
    if (call->memory == NULL) return RNN_NO_MEMORY;
  }
  call->saved_size = call->scratch_size = 4;
  return RNN_OK;
}

static void misbehave(rnn_call *call, int64_t size) {
  float *y = call->outputs[0].data;
  static float calls;
  if (lies("behind")) y[size] = 1;
  if (lies("before")) y[-1] = 1;
  if (lies("scratch")) call->scratch[4] = 1;
  if (lies("nan")) y[0] = NAN;
  if (lies("input")) call->inputs[0].data[0] += 1;
  if (lies("twice")) y[0] += calls++;
  if (lies("kept") && call->keeps) y[0] += 1;
  if (lies("crash")) raise(SIGSEGV);
  if (lies("exit")) exit(0);
  if (lies("hang")) sleep(100);
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  int64_t size = rnn_size(&call->inputs[0].shape), columns = rnn_columns(&call->inputs[0].shape);
  if (lies("noise")) printf("ok\tlayer\tLying\ndone\n");
  for (int64_t i = lies("unwritten"); i < size; i++)
    call->outputs[0].data[i] = call->inputs[0].data[i] * (1 + call->weights[0][i % columns]);
  misbehave(call, size);
  return RNN_OK;
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  int64_t size = rnn_size(&call->inputs[0].shape), columns = rnn_columns(&call->inputs[0].shape);
  const float *dy = call->outputs[0].gradient, *x = call->inputs[0].data;
  float *dx = call->inputs[0].gradient, *dw = call->weight_gradients[0], wrong = lies("gradient") ? 1.1f : 1;
  for (int64_t i = 0; i < size; i++) {
    if (dx) dx[i] = wrong * dy[i] * (1 + call->weights[0][i % columns]);
    if (dw && lies("overwritten")) dw[i % columns] = 0;
    if (dw) dw[i % columns] += dy[i] * x[i] * (lies("weight") ? -1.0f : 1.0f);
  }
  return RNN_OK;
}

static const rnn_layer_type lying = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Lying"), .doc = "x (1 + w)"},
    .shapes = shapes, .build = build, .plan = plan, .forward = forward, .backward = backward};

static const rnn_type *const types[] = {&lying.type};
RNN_PLUGIN(lying, "1.0", "a layer that does not do what it says", types)
