/* layer.h - a layer as the host keeps it: a component, a name, and weights it owns, counted */
#ifndef RNN_LAYER_H
#define RNN_LAYER_H

#include "core/block.h"
#include "core/names.h"
#include "core/shape.h"
#include "rnnlua.h"

typedef struct rnn_weight {
  char name[32]; /* "kernel" */
  rnn_shape shape;
  const rnn_component *initializer, *regularizer, *constraint; /* kept alive by the layer's component */
  bool fixed;
  rnn_block *block; /* holds a reference */
  int64_t offset;   /* of the first number in the block */
} rnn_weight;

struct rnn_layer {
  int references;
  rnn_component *component; /* of kind RNN_LAYER */
  char name[64];            /* unique by default: dense, dense_1, … */
  bool trainable;
  bool built;
  bool stateful; /* its type has states, and its argument of that name is true */
  bool building; /* an initializer may be a Lua function, which may use the layer */
  uint64_t key, draws; /* its random streams, and how many of them were used */
  rnn_shape given_input; /* the argument input_shape, None for the batch in front; ndim -1: not given */
  int input_count, output_count; /* 0 until built */
  rnn_shape inputs[RNN_MAX_PORTS], outputs[RNN_MAX_PORTS]; /* as built, batch RNN_UNKNOWN */
  int weight_count;
  rnn_weight *weights;
  /* of a stateful layer (states.h): two buffers a state, of which the one on state_side is current */
  float *states[2][RNN_MAX_PORTS];
  int64_t state_row[RNN_MAX_PORTS]; /* numbers of one sequence */
  int64_t state_batch;              /* sequences; 0: holds none */
  bool state_side;
  /* gives back `kept`, what weights need beyond self: regularizers made by a script's build. NULL: there is nothing */
  void (*forget)(int kept);
  int kept;
};

static inline const rnn_layer_type *rnn_layer_vtable(const rnn_layer *layer) {
  return (const rnn_layer_type *)layer->component->type;
}
static inline bool rnn_is_trained(const rnn_layer *layer, const rnn_weight *weight) {
  return layer->trainable && !weight->fixed;
}
static inline float *rnn_weight_data(const rnn_weight *weight) {
  return rnn_block_data(weight->block) + weight->offset;
}

/* A new, unbuilt layer with one reference. Takes its own reference to component. `name` NULL: Keras'
** default name, made from the type's name and counted for each process ("simple_rnn_1"). */
rnn_layer *rnn_layer_new(rnn_context *cx, rnn_component *component, const char *name);
void rnn_layer_retain(rnn_layer *layer);
void rnn_layer_release(rnn_layer *layer);

/* Shapes of the outputs for these inputs (extents may be RNN_UNKNOWN); messages are prefixed with
** "simple_rnn (SimpleRNN): ". */
rnn_status rnn_layer_shapes(rnn_context *cx, const rnn_layer *layer, int input_count,
                            const rnn_shape *inputs, int *output_count, rnn_shape *outputs);

/* Makes the weights for inputs of these shapes and initialises them; once built, checks instead that the
** shapes fit. On error the layer stays unbuilt. */
rnn_status rnn_layer_build(rnn_context *cx, rnn_layer *layer, int input_count,
                           const rnn_shape *inputs);

/* Takes back a build nobody has used yet: the weights go, and the next build may be for other shapes. */
void rnn_layer_unbuild(rnn_layer *layer);

/* Puts "simple_rnn (SimpleRNN): " before the message of a failure in the layer's own code. */
rnn_status rnn_layer_named(rnn_context *cx, const rnn_layer *layer, rnn_status status);

/* The layer's forward and backward; where they may call back into Lua, their tiles stay on this thread. Messages
** have no prefix yet. */
rnn_status rnn_layer_forward(rnn_context *cx, const rnn_layer *layer, rnn_call *call);
rnn_status rnn_layer_backward(rnn_context *cx, const rnn_layer *layer, rnn_call *call);

/* The regularizer of the layer's output, whose penalty the host adds; NULL: none. */
const rnn_component *rnn_layer_activity_regularizer(const rnn_layer *layer);

int64_t rnn_layer_count_params(const rnn_layer *layer, bool trainable_only);

/* The key of a new random stream of the layer, for one call while training. */
uint64_t rnn_layer_draw(rnn_layer *layer);

/* The layer's plan(), which is optional; what it asks for is at least 0 and can be counted in bytes, with room around
** it. Messages have no prefix yet. */
rnn_status rnn_layer_plan(rnn_context *cx, const rnn_layer *layer, rnn_call *call);

/* The end of a call record that was planned: what the layer keeps with it is given back. */
void rnn_forget_call(const rnn_layer *layer, rnn_call *call);

#endif
