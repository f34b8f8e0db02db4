/*
** twin.c - layers that compute with the weights of another and carry states of their own.
**
** A layer hands on states only if its argument `stateful` says so (rnnlua.h), and what its build wrote into self is not
** to be made anew, so that a twin has self as it is, but for that argument.
*/
#include "core/twin.h"

#include "core/alloc.h"
#include "core/component.h"
#include "core/states.h"

rnn_layer *rnn_layer_carrying(rnn_context *cx, rnn_layer *layer) {
  rnn_layer_retain(layer);
  if (rnn_layer_vtable(layer)->states == NULL) return layer;
  rnn_layer *twin = rnn_malloc(sizeof *twin);
  rnn_component *component = twin ? rnn_component_twin(cx, layer->component, "stateful", true) : NULL;
  if (component == NULL) {
    if (twin == NULL) rnn_fail(cx, RNN_NO_MEMORY, "%s: not enough memory", layer->name);
    rnn_free(twin);
    rnn_layer_release(layer);
    return NULL;
  }
  *twin = *layer;
  twin->references = 1;
  twin->component = component;
  twin->stateful = true;
  twin->twin_of = layer;
  twin->state_batch = 0;
  for (int i = 0; i < RNN_MAX_PORTS; i++) twin->states[0][i] = twin->states[1][i] = NULL;
  return twin;
}

void rnn_twin_free(rnn_layer *twin) {
  rnn_states_free(twin);
  rnn_free(twin->component);
  rnn_layer_release(twin->twin_of);
  rnn_free(twin);
}
