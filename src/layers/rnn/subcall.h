/*
** subcall.h - the call of a layer inside another layer's, for wrappers.
**
** The wrapper keeps it in its call's memory: made in plan(), pointed at the memory of each pass by
** rnn_subcall_bind, forgotten in forget(). The inner layer's weights are among the wrapper's, from first_weight on.
*/
#ifndef RNN_SUBCALL_H
#define RNN_SUBCALL_H

#include "rnnlua.h"

typedef struct rnn_subcall {
  const rnn_component *component; /* the inner layer */
  int first_weight, first_state;
  uint64_t stream; /* tells random streams of inner layers apart */
  rnn_call call;
  rnn_port inputs[RNN_MAX_PORTS], outputs[RNN_MAX_PORTS];
} rnn_subcall;

static inline const rnn_layer_type *rnn_subcall_type(const rnn_subcall *sub) {
  return (const rnn_layer_type *)sub->component->type;
}

/* a boolean among a layer's arguments; false where it has none of that name */
bool rnn_layer_says(const rnn_context *cx, const rnn_component *layer, const char *name);

/* The inner layer's shapes(), once its number of inputs is known to be right. */
rnn_status rnn_inner_shapes(rnn_context *cx, const rnn_component *layer, int input_count,
                            const rnn_shape *inputs, int *output_count, rnn_shape *outputs);

/* Whether inputs of shape `got` fit the weights that a layer has built for `built`, ndim 0 if it wasn't built: of types
** whose weights hang on more than the last axis, all extents from axis `from` on must be as they were. */
rnn_status rnn_inner_fits(rnn_context *cx, const rnn_component *layer, const rnn_shape *built, const rnn_shape *got,
                          int from);

/* Sets `sub` up for inputs of these shapes, inside of `outer`, and plans it: sub->call.saved_size and scratch_size
** are what it needs. `sub` is all zeros at first. */
rnn_status rnn_subcall_plan(rnn_context *cx, rnn_subcall *sub, const rnn_call *outer, int input_count,
                            const rnn_shape *inputs);

/* Before forward and backward: hands over weights, states, a random stream and memory; data, gradients and masks of
** ports are the wrapper's to set. */
void rnn_subcall_bind(rnn_context *cx, rnn_subcall *sub, const rnn_call *outer, float *saved, float *scratch);

/* adds what the inner call adds to the loss to the outer call's penalty */
rnn_status rnn_subcall_forward(rnn_context *cx, rnn_subcall *sub, rnn_call *outer);
rnn_status rnn_subcall_backward(rnn_context *cx, rnn_subcall *sub);
void rnn_subcall_forget(rnn_subcall *sub);

#endif
