/* layer_inputs.h - what a layer is called on, from Lua values to ports */
#ifndef RNN_LAYER_INPUTS_H
#define RNN_LAYER_INPUTS_H

#include "bind/layer.h"

/* The arguments of a call, read from the stack: what the layer is called on at 2, then its options. */
typedef struct rnn_lua_call {
  rnn_layer *layer;
  char title[160]; /* "dense (Dense)" */
  int training, mask, initial_state; /* where these arguments lie */
  int first, count; /* the inputs, initial states behind them, lie from `first` on */
  bool symbolic;    /* one of them is a symbolic tensor */
} rnn_lua_call;

/* Reads and raises; pushes the inputs. */
void rnn_lua_read_call(lua_State *L, rnn_lua_call *call);

/* The inputs as ports with data, what holds it being pushed. */
void rnn_lua_input_ports(lua_State *L, const rnn_lua_call *call, rnn_port *ports);

/* Their masks: those given as argument (one, for the first input, or a list), else those that came with the tensors. A
** layer that does not understand them is not shown them. Pushes one value an input, the mask or nil. */
void rnn_lua_input_masks(lua_State *L, const rnn_lua_call *call, rnn_port *ports);

#endif
