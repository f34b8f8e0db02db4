/*
** run.h - one call of a layer outside of any model, with memory of its own.
**
** The caller fills in layer, call.input_count, call.output_count and the ports (shapes, data, masks), opens the run,
** goes forward, perhaps backward, and closes it, whatever failed on the way. A run that is all zero may be closed.
*/
#ifndef RNN_RUN_H
#define RNN_RUN_H

#include "core/layer.h"

typedef struct rnn_run {
  rnn_layer *layer;
  rnn_call call; /* its ports, weights and memory are those below */
  rnn_port inputs[RNN_MAX_PORTS], outputs[RNN_MAX_PORTS];
  const float **weights;
  rnn_block **blocks;       /* of a call that is kept: references to where its weights lie; else NULL */
  float **weight_gradients; /* as many; all NULL at first */
  float **fixed_weights;    /* as many; NULL but for those that forward may write */
  float *memory;            /* saved and scratch */
  float *states;            /* copies of what a stateful layer carried into a call that is kept */
  const float *state[RNN_MAX_PORTS];
  bool apart; /* call.states, new_states and state_count are the caller's; the layer's own stay as they are */
  bool is_planned;
  bool is_used; /* it has gone backward: what it saved may be lost */
} rnn_run;

/* Builds the layer if needed, plans the call and makes room. `keeps`: it will go backward, perhaps after other calls of
** the layer. */
rnn_status rnn_run_open(rnn_context *cx, rnn_run *run, bool training, bool keeps);

rnn_status rnn_run_forward(rnn_context *cx, rnn_run *run);

/* Where the outputs' gradients are set, and those of inputs and weights that are wanted (the latter zero or to be added
** to). May be called again: it then goes forward once more before. */
rnn_status rnn_run_backward(rnn_context *cx, rnn_run *run);

void rnn_run_close(rnn_run *run);

#endif
