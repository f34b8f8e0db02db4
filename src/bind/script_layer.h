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
  int state_count; /* of a cell: script_cell.c */
  int64_t state_size[RNN_MAX_PORTS];
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

/* ---- a call ------------------------------------------------------------------------------------------- */

typedef struct rnn_script_layer_call {
  rnn_script_call script_call;
  rnn_call *call;
  uint8_t *mask; /* of compute_mask: where it goes, and whether there is one */
  bool any;
} rnn_script_layer_call;

/* call->memory: what a call keeps from forward to backward */
typedef struct rnn_script_memory {
  int pullback; /* reference */
} rnn_script_memory;
void rnn_script_drop_pullback(rnn_script_memory *memory);

enum { RNN_SCRIPT_WEIGHTS = 2, RNN_SCRIPT_FIRST = 3 }; /* stack of a call: the weights, then what it pushes */

/* Pushes a copy of a port's numbers (or others of that shape); of several ports as a list. */
void rnn_script_push_port(lua_State *L, const rnn_port *port, const float *numbers);
void rnn_script_push_ports(lua_State *L, int count, const rnn_port *ports);

/* Each pushes what the script gets: a tensor, or a list where the layer may have several inputs; {training =, mask =}; the
** list of the tensors that add_weight gave, into which it copies the layer's weights. */
void rnn_script_push_inputs(lua_State *L, const rnn_script_layer_call *call);
void rnn_script_push_options(lua_State *L, const rnn_script_layer_call *call);
void rnn_script_push_weights(lua_State *L, const rnn_script_layer_call *call);

/* ---- slots of the vtable ------------------------------------------------------------------------------- */

rnn_status rnn_script_layer_shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                                   int *output_count, rnn_shape *outputs);
rnn_status rnn_script_layer_build(rnn_context *cx, void *self, rnn_layer *layer, int input_count,
                                  const rnn_shape *inputs);
rnn_status rnn_script_layer_forward(rnn_context *cx, const void *self, rnn_call *call);
rnn_status rnn_script_layer_backward(rnn_context *cx, const void *self, rnn_call *call);
rnn_status rnn_script_layer_mask(rnn_context *cx, const void *self, const rnn_call *call, uint8_t *mask,
                                 bool *any);
void rnn_script_layer_forget(const void *self, rnn_call *call);

/* of a cell: what its state_size says, once self has its object; slots */
rnn_status rnn_script_read_states(rnn_context *cx, const rnn_script *s);
rnn_status rnn_script_cell_shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                                  int *output_count, rnn_shape *outputs);
int rnn_script_cell_states(const void *self, const rnn_shape *input, rnn_shape *shapes);

/* core.add_weight, for lua/rnnlua/script.lua */
int rnn_script_add_weight(lua_State *L);

#endif
