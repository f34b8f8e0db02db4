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

/* Fails without saying why, or with a number that is no status. */
#define GO_WRONG(WHERE)                                       \
  do {                                                        \
    if (is(WHERE)) return RNN_UNAVAILABLE;                    \
    if (is(WHERE "_odd")) return (rnn_status)77;              \
  } while (0)

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs, int *output_count,
                         rnn_shape *outputs) {
  (void)cx, (void)self, (void)input_count, (void)output_count;
  GO_WRONG("shapes");
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
  GO_WRONG("build");
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
  GO_WRONG("plan");
  if (is("saved")) call->saved_size = -100;
  if (is("scratch")) call->scratch_size = -1;
  if (is("saved_huge")) call->saved_size = INT64_MAX;
  if (is("scratch_huge")) call->scratch_size = ((int64_t)1 << 62) + 16; /* 64 bytes, where bytes overflow */
  if (is("many")) call->saved_size = ((int64_t)1 << 57) - 16;
  return RNN_OK;
}

static rnn_status pass(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  GO_WRONG("forward");
  memset(call->saved, 0, sizeof(float) * (size_t)call->saved_size);
  memset(call->scratch, 0, sizeof(float) * (size_t)call->scratch_size);
  memcpy(call->outputs[0].data, call->inputs[0].data, sizeof(float) * (size_t)rnn_size(&call->inputs[0].shape));
  return RNN_OK;
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  GO_WRONG("backward");
  if (call->inputs[0].gradient)
    memcpy(call->inputs[0].gradient, call->outputs[0].gradient, sizeof(float) * (size_t)rnn_size(&call->inputs[0].shape));
  return RNN_OK;
}

static rnn_status check(rnn_context *cx, void *self) {
  (void)cx, (void)self;
  GO_WRONG("check");
  return RNN_OK;
}

static const rnn_layer_type careless = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Careless"), .doc = "x", .check = check},
    .shapes = shapes, .build = build, .plan = plan, .forward = pass, .backward = backward};

static rnn_status compute(rnn_context *cx, const void *self, int64_t rows, int64_t columns, const float *y_true,
                          const float *y_pred, const float *weights, float *values, float *d_pred) {
  (void)cx, (void)self, (void)columns, (void)y_true, (void)y_pred, (void)weights, (void)d_pred;
  GO_WRONG("loss");
  for (int64_t r = 0; r < rows; r++) values[r] = 0;
  for (int64_t i = 0; d_pred && i < rows * columns; i++) d_pred[i] = 0;
  return RNN_OK;
}

static const rnn_loss_type loss = {
    .type = {RNN_TYPE(rnn_loss_type, RNN_LOSS, "CarelessLoss"), .doc = "0"}, .compute = compute};

static rnn_status init(rnn_context *cx, rnn_registration *registration) {
  GO_WRONG("init");
  rnn_try(rnn_register(cx, registration, &loss.type));
  return rnn_register(cx, registration, &careless.type);
}

extern RNN_PLUGIN_SYMBOL(careless);
RNN_PLUGIN_SYMBOL(careless) = {sizeof(rnn_plugin), RNN_ABI_MAJOR, RNN_ABI_MINOR, sizeof(void *), "careless", "1.0",
                               "a layer whose author did not look", NULL, init};
