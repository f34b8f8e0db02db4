/* layer.c - shapes, weights, masks and states of the recurrent layers */
#include <string.h>

#include "layers/rnn/rnn.h"

rnn_status rnn_recurrent_check(rnn_context *cx, rnn_recurrent *r, const rnn_cell *cell) {
  r->cell = cell;
  r->gate = rnn_gate_of(cx, r->activation);
  r->recurrent_gate = rnn_gate_of(cx, r->recurrent_activation);
  return RNN_OK;
}

rnn_status rnn_check_state(rnn_context *cx, const rnn_shape *x, int64_t units, const rnn_shape *state) {
  bool known = state->ndim == 2 && state->dim[0] >= 0 && x->dim[0] >= 0;
  if (state->ndim == 2 && state->dim[1] == units && (!known || state->dim[0] == x->dim[0])) return RNN_OK;
  char expected[RNN_SHAPE_TEXT], got[RNN_SHAPE_TEXT];
  return rnn_fail(cx, RNN_INVALID, "expected an initial state of shape %s, got %s",
                  cx->host->shape_text(expected, 2, (int64_t[]){x->dim[0], units}),
                  cx->host->shape_text(got, state->ndim, state->dim));
}

static rnn_status check_inputs(rnn_context *cx, const rnn_recurrent *r, int count, const rnn_shape *inputs) {
  if (inputs->ndim != 3) {
    char got[RNN_SHAPE_TEXT];
    return rnn_fail(cx, RNN_INVALID, "expected (batch, timesteps, features), got %s",
                    cx->host->shape_text(got, inputs->ndim, inputs->dim));
  }
  if (inputs->dim[1] == 0) return rnn_fail(cx, RNN_INVALID, "expected at least one timestep, got 0");
  if (inputs->dim[2] == RNN_UNKNOWN)
    return rnn_fail(cx, RNN_INVALID, "expected a known number of features, got None");
  if (count != 1 && count != 1 + r->cell->states)
    return rnn_fail(cx, RNN_INVALID, "expected 1 input, or %d with the initial state, got %d",
                    1 + r->cell->states, count);
  for (int i = 1; i < count; i++) rnn_try(rnn_check_state(cx, inputs, r->units, &inputs[i]));
  return RNN_OK;
}

rnn_status rnn_recurrent_shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                                int *output_count, rnn_shape *outputs) {
  const rnn_recurrent *r = self;
  rnn_try(check_inputs(cx, r, input_count, inputs));
  rnn_shape last = {2, {inputs->dim[0], r->units}};
  outputs[0] = r->return_sequences ? (rnn_shape){3, {inputs->dim[0], inputs->dim[1], r->units}} : last;
  for (int i = 0; r->return_state && i < r->cell->states; i++) outputs[(*output_count)++] = last;
  return RNN_OK;
}

rnn_status rnn_recurrent_build(rnn_context *cx, void *self, rnn_layer *layer, int input_count,
                               const rnn_shape *inputs) {
  (void)input_count;
  const rnn_recurrent *r = self;
  int64_t columns = r->cell->gates * r->units;
  rnn_try(rnn_add_weight(cx, layer, &(rnn_weight_spec){
    .name = "kernel",
    .shape = {2, {inputs->dim[2], columns}},
    .initializer = r->kernel_initializer,
    .regularizer = r->kernel_regularizer,
    .constraint = r->kernel_constraint,
  }));
  rnn_try(rnn_add_weight(cx, layer, &(rnn_weight_spec){
    .name = "recurrent_kernel",
    .shape = {2, {r->units, columns}},
    .initializer = r->recurrent_initializer,
    .regularizer = r->recurrent_regularizer,
    .constraint = r->recurrent_constraint,
  }));
  if (!r->use_bias) return RNN_OK;
  return rnn_add_weight(cx, layer, &(rnn_weight_spec){
    .name = "bias",
    .shape = r->cell->own_bias ? (rnn_shape){2, {2, columns}} : (rnn_shape){1, {columns}},
    .initializer = rnn_bias_initializer(r),
    .regularizer = r->bias_regularizer,
    .constraint = r->bias_constraint,
  });
}

/* As in Keras, the mask of a sequence that came out backwards is the input's as it is. */
rnn_status rnn_recurrent_mask(rnn_context *cx, const void *self, const rnn_call *call, uint8_t *mask,
                              bool *any) {
  (void)cx;
  const rnn_recurrent *r = self;
  const rnn_port *in = call->inputs;
  *any = r->return_sequences && in->mask;
  if (*any) memcpy(mask, in->mask, (size_t)(in->shape.dim[0] * in->shape.dim[1]));
  return RNN_OK;
}

int rnn_recurrent_states(const void *self, const rnn_shape *input, rnn_shape *shapes) {
  const rnn_recurrent *r = self;
  for (int i = 0; i < r->cell->states; i++) shapes[i] = (rnn_shape){2, {input->dim[0], r->units}};
  return r->cell->states;
}
