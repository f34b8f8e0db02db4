/*
** careless.c - a layer whose author did not look: what it asks of the host is wrong in the way that the environment
** variable CARELESS names; without it all is well. What the host is to refuse, and to say why.
*/
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "rnnlua.h"

static bool is(const char *how) {
  const char *wanted = getenv("CARELESS");
  return wanted && strcmp(wanted, how) == 0;
}

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs, int *output_count,
                         rnn_shape *outputs) {
  (void)cx, (void)self, (void)input_count, (void)output_count;
  *outputs = *inputs;
  return RNN_OK;
}

/* four that are each possible, but together have more bytes than can be counted */
static rnn_status add_huge(rnn_context *cx, rnn_layer *layer) {
  rnn_weight_spec huge = {.name = "huge", .shape = {2, {(int64_t)1 << 30, (int64_t)1 << 30}}};
  for (int i = 0; i < 4; i++) rnn_try(rnn_add_weight(cx, layer, &huge));
  return RNN_OK;
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count, const rnn_shape *inputs) {
  (void)self, (void)input_count;
  rnn_weight_spec spec = {.name = "kernel", .shape = {2, {rnn_columns(inputs), 2}}};
  if (is("unknown")) spec.shape = (rnn_shape){2, {RNN_UNKNOWN, RNN_UNKNOWN}};
  if (is("negative")) spec.shape = (rnn_shape){2, {2, -3}};
  if (is("axes")) spec.shape.ndim = RNN_MAX_DIMS + 1;
  if (is("no_axes")) spec.shape.ndim = -1;
  if (is("nameless")) spec.name = NULL;
  if (is("empty")) spec.name = "";
  if (is("huge")) rnn_try(add_huge(cx, layer));
  return rnn_add_weight(cx, layer, &spec);
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  if (is("saved")) call->saved_size = -100;
  if (is("scratch")) call->scratch_size = -1;
  if (is("saved_huge")) call->saved_size = INT64_MAX;
  if (is("scratch_huge")) call->scratch_size = ((int64_t)1 << 62) + 16; /* 64 bytes, where bytes overflow */
  if (is("many")) call->saved_size = ((int64_t)1 << 57) - 16;
  return RNN_OK;
}

static rnn_status pass(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  memset(call->saved, 0, sizeof(float) * (size_t)call->saved_size);
  memset(call->scratch, 0, sizeof(float) * (size_t)call->scratch_size);
  memcpy(call->outputs[0].data, call->inputs[0].data, sizeof(float) * (size_t)rnn_size(&call->inputs[0].shape));
  return RNN_OK;
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  if (call->inputs[0].gradient)
    memcpy(call->inputs[0].gradient, call->outputs[0].gradient, sizeof(float) * (size_t)rnn_size(&call->inputs[0].shape));
  return RNN_OK;
}

static const rnn_layer_type careless = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Careless"), .doc = "x"},
    .shapes = shapes, .build = build, .plan = plan, .forward = pass, .backward = backward};

static const rnn_type *const types[] = {&careless.type};
RNN_PLUGIN(careless, "1.0", "a layer whose author did not look", types)
