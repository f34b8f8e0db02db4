/* subcall.c - the call of a layer inside another layer's */
#include "layers/rnn/subcall.h"

bool rnn_layer_says(const rnn_context *cx, const rnn_component *layer, const char *name) {
  const bool *field = cx->host->argument(layer, name, RNN_ARG_BOOLEAN);
  return field && *field;
}

rnn_status rnn_inner_shapes(rnn_context *cx, const rnn_component *layer, int input_count,
                            const rnn_shape *inputs, int *output_count, rnn_shape *outputs) {
  const rnn_layer_type *type = (const rnn_layer_type *)layer->type;
  int most = type->max_inputs > 0 ? type->max_inputs : 1, least = type->min_inputs > 0 ? type->min_inputs : 1;
  if (input_count < least || input_count > most)
    return rnn_fail(cx, RNN_INVALID, "%s takes %d to %d inputs, got %d", layer->type->name, least, most,
                    input_count);
  *output_count = 1;
  return type->shapes(cx, layer->self, input_count, inputs, output_count, outputs);
}

rnn_status rnn_inner_fits(rnn_context *cx, const rnn_component *layer, const rnn_shape *built, const rnn_shape *got,
                          int from) {
  if (built->ndim == 0 || !(((const rnn_layer_type *)layer->type)->flags & RNN_LAYER_BUILDS_ANEW)) return RNN_OK;
  bool same = built->ndim == got->ndim;
  for (int i = from; same && i < got->ndim; i++) same = built->dim[i] == got->dim[i];
  if (same) return RNN_OK;
  char before[RNN_SHAPE_TEXT], now[RNN_SHAPE_TEXT];
  return rnn_fail(cx, RNN_INVALID, "%s was built for inputs of shape %s, got %s", layer->type->name,
                  cx->host->shape_text(before, built->ndim, built->dim),
                  cx->host->shape_text(now, got->ndim, got->dim));
}

rnn_status rnn_subcall_plan(rnn_context *cx, rnn_subcall *sub, const rnn_call *outer, int input_count,
                            const rnn_shape *inputs) {
  const rnn_layer_type *type = rnn_subcall_type(sub);
  rnn_shape shapes[RNN_MAX_PORTS];
  int output_count;
  rnn_try(rnn_inner_shapes(cx, sub->component, input_count, inputs, &output_count, shapes));
  for (int i = 0; i < input_count; i++) sub->inputs[i] = (rnn_port){.shape = inputs[i]};
  for (int i = 0; i < output_count; i++) sub->outputs[i] = (rnn_port){.shape = shapes[i]};
  rnn_call *call = &sub->call;
  *call = (rnn_call){.size = sizeof *call,
                     .input_count = input_count,
                     .output_count = output_count,
                     .inputs = sub->inputs,
                     .outputs = sub->outputs,
                     .weight_count = call->weight_count,
                     .weights = outer->weights + sub->first_weight,
                     .weight_gradients = outer->weight_gradients ? outer->weight_gradients + sub->first_weight : NULL,
                     .training = outer->training,
                     .keeps = outer->keeps,
                     .memory = call->memory};
  if (type->states) call->state_count = type->states(sub->component->self, inputs, shapes);
  return type->plan ? type->plan(cx, sub->component->self, call) : RNN_OK;
}

void rnn_subcall_bind(rnn_context *cx, rnn_subcall *sub, const rnn_call *outer, float *saved, float *scratch) {
  static float *nothing[RNN_MAX_PORTS];
  rnn_call *call = &sub->call;
  call->weights = outer->weights + sub->first_weight;
  call->weight_gradients = outer->weight_gradients ? outer->weight_gradients + sub->first_weight : NULL;
  call->fixed_weights = outer->fixed_weights ? outer->fixed_weights + sub->first_weight : NULL;
  call->frozen = outer->frozen;
  bool has_room = sub->first_state + call->state_count <= RNN_MAX_PORTS; /* else no call carries its states */
  call->states = outer->states && has_room ? outer->states + sub->first_state : (const float *const *)nothing;
  call->new_states = outer->new_states && has_room ? outer->new_states + sub->first_state : nothing;
  call->key = cx->host->mix_key(outer->key, sub->stream);
  call->saved = saved;
  call->scratch = scratch;
}

rnn_status rnn_subcall_forward(rnn_context *cx, rnn_subcall *sub, rnn_call *outer) {
  sub->call.penalty = 0;
  rnn_try(rnn_subcall_type(sub)->forward(cx, sub->component->self, &sub->call));
  outer->penalty += sub->call.penalty;
  return RNN_OK;
}

rnn_status rnn_subcall_backward(rnn_context *cx, rnn_subcall *sub) {
  return rnn_subcall_type(sub)->backward(cx, sub->component->self, &sub->call);
}

void rnn_subcall_forget(rnn_subcall *sub) {
  if (sub->component == NULL || sub->call.memory == NULL) return;
  const rnn_layer_type *type = rnn_subcall_type(sub);
  if (type->forget) type->forget(sub->component->self, &sub->call);
  sub->call.memory = NULL;
}
