/*
** cells.c - a call of SimpleRNNCell, LSTMCell or GRUCell: one timestep, which is to the engine of the layers a sequence of
** one, from the states given, whose last states are returned.
*/
#include "layers/rnn/rnn.h"

static rnn_shape lengthened(const rnn_shape *x) { return (rnn_shape){3, {x->dim[0], 1, x->dim[1]}}; }

rnn_status rnn_cell_shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                           int *output_count, rnn_shape *outputs) {
  const rnn_recurrent *r = self;
  int states = r->cell->states;
  char got[RNN_SHAPE_TEXT];
  if (inputs->ndim != 2)
    return rnn_fail(cx, RNN_INVALID, "expected one timestep, (batch, features), got %s",
                    cx->host->shape_text(got, inputs->ndim, inputs->dim));
  if (inputs->dim[1] == RNN_UNKNOWN)
    return rnn_fail(cx, RNN_INVALID, "expected a known number of features, got None");
  if (input_count != 1 && input_count != 1 + states)
    return rnn_fail(cx, RNN_INVALID, "expected x and %d state%s, got %d inputs", states, states == 1 ? "" : "s",
                    input_count);
  for (int i = 1; i < input_count; i++) rnn_try(rnn_check_state(cx, inputs, r->units, &inputs[i]));
  *output_count = 1 + states;
  for (int i = 0; i <= states; i++) outputs[i] = (rnn_shape){2, {inputs->dim[0], r->units}};
  return RNN_OK;
}

rnn_status rnn_cell_build(rnn_context *cx, void *self, rnn_layer *layer, int input_count, const rnn_shape *inputs) {
  (void)input_count;
  rnn_shape x = lengthened(inputs);
  return rnn_recurrent_build(cx, self, layer, 1, &x);
}

/* What a call keeps: itself as the engine sees it, with what that keeps. */
typedef struct record {
  const rnn_host *host;
  rnn_call call;
  rnn_port inputs[1 + RNN_MOST_STATES];
} record;

static rnn_call *lengthen(const rnn_call *call) {
  record *r = call->memory;
  void *kept = r->call.memory;
  r->call = *call;
  r->call.memory = kept;
  r->call.inputs = r->inputs;
  for (int i = 0; i < call->input_count; i++) r->inputs[i] = call->inputs[i];
  r->inputs->shape = lengthened(&call->inputs->shape);
  r->inputs->mask = NULL;
  return &r->call;
}

rnn_status rnn_cell_plan(rnn_context *cx, const void *self, rnn_call *call) {
  if (call->memory == NULL) call->memory = cx->host->allocate(cx, sizeof(record));
  record *r = call->memory;
  if (r == NULL) return RNN_NO_MEMORY;
  r->host = cx->host;
  rnn_try(rnn_recurrent_plan(cx, self, lengthen(call)));
  call->saved_size = r->call.saved_size;
  call->scratch_size = r->call.scratch_size;
  return RNN_OK;
}

rnn_status rnn_cell_forward(rnn_context *cx, const void *self, rnn_call *call) {
  return rnn_recurrent_forward(cx, self, lengthen(call));
}

rnn_status rnn_cell_backward(rnn_context *cx, const void *self, rnn_call *call) {
  return rnn_recurrent_backward(cx, self, lengthen(call));
}

void rnn_cell_forget(const void *self, rnn_call *call) {
  record *r = call->memory;
  rnn_recurrent_forget(self, &r->call);
  r->host->release(r);
}
