/* script_layer.h - what the files of layers written in Lua share */
#ifndef RNN_BIND_SCRIPT_LAYER_H
#define RNN_BIND_SCRIPT_LAYER_H

#include "bind/script.h"

#define RNN_SCRIPT_SHAPES 4 /* input shapes whose output shapes are remembered */

/* Output shapes found by trying: see script_shapes.c. */
typedef struct rnn_script_shapes {
  int input_count, output_count; /* 0 inputs: free */
  rnn_shape inputs[RNN_MAX_PORTS], outputs[RNN_MAX_PORTS];
} rnn_script_shapes;

/* The rest of a layer's rnn_script, its `extra`. */
typedef struct rnn_script_layer {
  int record;       /* reference: what build left, {weight tensors, their names, components in use}; LUA_NOREF */
  int weight_count; /* of it */
  const rnn_layer *built_for;
  int next_shapes; /* the place that is used again next */
  rnn_script_shapes shapes[RNN_SCRIPT_SHAPES];
} rnn_script_layer;

static inline rnn_script_layer *rnn_script_layer_of(const rnn_script *s) { return s->extra; }

/* fields of the record */
enum { RNN_RECORD_TENSORS = 1, RNN_RECORD_NAMES, RNN_RECORD_COMPONENTS };

/* A run of the script's build: while it lasts, the object's add_weight adds to `layer`, or to nothing where the
** layer is only tried. */
typedef struct rnn_script_building {
  rnn_script_call call;
  rnn_layer *layer; /* or NULL */
  int object;       /* reference */
  int record;       /* reference; LUA_NOREF at first */
  int input_count;
  const rnn_shape *inputs;
} rnn_script_building;

/* Begins it, and ends it: pairs, which may nest. */
rnn_script_building *rnn_script_building_begin(rnn_script_building *building);
void rnn_script_building_end(rnn_script_building *before);

/* Pushes a fresh record, which the building refers to from now on. */
void rnn_script_new_record(lua_State *L, rnn_script_building *building);

/* Pushes the shapes of inputs as scripts get them: one, or a list where the layer may have several. */
void rnn_script_push_shapes(lua_State *L, const rnn_script *s, int count, const rnn_shape *shapes);

rnn_status rnn_script_layer_shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                                   int *output_count, rnn_shape *outputs);
rnn_status rnn_script_layer_build(rnn_context *cx, void *self, rnn_layer *layer, int input_count,
                                  const rnn_shape *inputs);
rnn_status rnn_script_layer_forward(rnn_context *cx, const void *self, rnn_call *call);
rnn_status rnn_script_layer_backward(rnn_context *cx, const void *self, rnn_call *call);
rnn_status rnn_script_layer_mask(rnn_context *cx, const void *self, const rnn_call *call, uint8_t *mask,
                                 bool *any);
void rnn_script_layer_forget(const void *self, rnn_call *call);

/* core.add_weight, for lua/rnnlua/script.lua */
int rnn_script_add_weight(lua_State *L);

#endif
