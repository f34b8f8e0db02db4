/* chain.c - layers one behind the other: shapes and weights */
#include "layers/rnn/chain.h"

#include "layers/rnn/subcall.h"

rnn_status rnn_chain_make(rnn_context *cx, rnn_chain *chain, int count) {
  chain->host = cx->host;
  chain->count = count;
  chain->links = cx->host->allocate(cx, sizeof *chain->links * (size_t)count);
  return chain->links ? RNN_OK : RNN_NO_MEMORY;
}

void rnn_chain_release(rnn_chain *chain) { chain->host->release(chain->links); }

/* the inputs of a link: x, and its states, if there are any, from *at on */
static int link_inputs(const rnn_link *link, int input_count, const rnn_shape *inputs, int *at, rnn_shape *own) {
  if (input_count == 1) return 1;
  for (int i = 0; i < link->states; i++) own[1 + i] = inputs[(*at)++];
  return 1 + link->states;
}

static rnn_status add_states(rnn_context *cx, int made_count, const rnn_shape *made, int *total, rnn_shape *outputs) {
  if (*total + made_count - 1 > RNN_MAX_PORTS)
    return rnn_fail(cx, RNN_INVALID, "at most %d outputs are supported, states among them", RNN_MAX_PORTS);
  for (int i = 1; i < made_count; i++) outputs[(*total)++] = made[i];
  return RNN_OK;
}

rnn_status rnn_chain_shapes(rnn_context *cx, const rnn_chain *chain, int input_count, const rnn_shape *inputs,
                            int *output_count, rnn_shape *outputs) {
  rnn_shape own[RNN_MAX_PORTS] = {inputs[0]}, made[RNN_MAX_PORTS];
  int at = 1, total = 1, made_count;
  if (input_count != 1 && input_count != 1 + chain->states)
    return rnn_fail(cx, RNN_INVALID, "expected 1 input, or %d with the initial states, got %d", 1 + chain->states,
                    input_count);
  for (int i = 0; i < chain->count; i++) {
    const rnn_link *link = &chain->links[i];
    int count = link_inputs(link, input_count, inputs, &at, own);
    rnn_try(rnn_inner_shapes(cx, &link->layer, count, own, &made_count, made));
    rnn_try(add_states(cx, made_count, made, &total, outputs));
    own[0] = made[0];
  }
  outputs[0] = own[0];
  *output_count = total;
  return RNN_OK;
}

rnn_status rnn_chain_build(rnn_context *cx, rnn_chain *chain, rnn_layer *layer, const rnn_shape *x) {
  rnn_shape own = *x, made[RNN_MAX_PORTS];
  int made_count;
  for (int i = 0; i < chain->count; i++) {
    rnn_link *link = &chain->links[i];
    const rnn_layer_type *type = (const rnn_layer_type *)link->layer.type;
    int before = cx->host->weight_count(layer);
    link->built = own;
    if (type->build) rnn_try(type->build(cx, link->layer.self, layer, 1, &own));
    link->weights = cx->host->weight_count(layer) - before;
    rnn_try(rnn_inner_shapes(cx, &link->layer, 1, &own, &made_count, made));
    own = made[0];
  }
  return RNN_OK;
}

int rnn_chain_states(const rnn_chain *chain, const rnn_shape *x, rnn_shape *shapes) {
  int total = 0;
  for (int i = 0; i < chain->count; i++) {
    const rnn_layer_type *type = (const rnn_layer_type *)chain->links[i].layer.type;
    if (type->states) total += type->states(chain->links[i].layer.self, x, shapes + total);
  }
  return total;
}
