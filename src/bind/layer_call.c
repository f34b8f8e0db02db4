/*
** layer_call.c - a layer called: on tensors it computes at once, on symbolic ones it gives symbolic ones
*/
#include "bind/hooks.h"
#include "bind/layer.h"
#include "bind/layer_inputs.h"
#include "bind/layer_parts.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tensor.h"
#include "bind/values.h"

/* hands the call to lua/rnnlua/symbolic.lua, which is there where a symbolic tensor is */
static int call_on_symbols(lua_State *L, const rnn_lua_call *call) {
  int top = lua_gettop(L);
  rnn_lua_push_hook(L, "symbolic_call");
  lua_pushvalue(L, 1);
  lua_createtable(L, call->count, 0);
  for (int i = 0; i < call->count; i++) {
    lua_pushvalue(L, call->first + i);
    lua_rawseti(L, -2, i + 1);
  }
  lua_pushvalue(L, call->training);
  lua_pushvalue(L, call->mask);
  lua_call(L, 4, LUA_MULTRET);
  return lua_gettop(L) - top;
}

int rnn_lua_call_layer(lua_State *L) {
  rnn_context *cx = rnn_main_context();
  rnn_lua_call call;
  rnn_port inputs[RNN_MAX_PORTS], outputs[RNN_MAX_PORTS];
  rnn_shape in[RNN_MAX_PORTS], out[RNN_MAX_PORTS];
  int count;
  rnn_lua_read_call(L, &call);
  bool training = rnn_lua_option_boolean(L, call.title, "training", call.training, false);
  if (call.symbolic) return call_on_symbols(L, &call);
  rnn_lua_input_ports(L, &call, inputs);
  for (int i = 0; i < call.count; i++) in[i] = inputs[i].shape;
  rnn_lua_check(L, rnn_layer_shapes(cx, call.layer, call.count, in, &count, out));
  for (int i = 0; i < count; i++) {
    rnn_tensor *t = rnn_lua_new_tensor(L, RNN_FLOAT32, out[i].ndim, out[i].dim);
    outputs[i] = (rnn_port){.shape = out[i], .data = t->data};
  }
  rnn_lua_check(L, rnn_layer_call(cx, call.layer, call.count, inputs, count, outputs, training));
  return count;
}

/* core.build_layer(layer, {shape, …}): builds it if need be for inputs of these shapes, the batch in front; returns
** the list of shapes of its outputs */
static int build_layer(lua_State *L) {
  rnn_context *cx = rnn_main_context();
  rnn_layer *layer = rnn_lua_check_layer(L, 1);
  rnn_shape in[RNN_MAX_PORTS], out[RNN_MAX_PORTS];
  int count, inputs = (int)luaL_len(L, 2);
  if (inputs > RNN_MAX_PORTS) rnn_lua_error(L, "%s: at most %d inputs", layer->name, RNN_MAX_PORTS);
  for (int i = 0; i < inputs; i++) {
    lua_geti(L, 2, i + 1);
    rnn_lua_to_shape(L, lua_gettop(L), &in[i], layer->name, "input_shape");
    lua_pop(L, 1);
  }
  rnn_lua_check(L, rnn_layer_build(cx, layer, inputs, in));
  rnn_lua_check(L, rnn_layer_shapes(cx, layer, inputs, in, &count, out));
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    rnn_lua_push_shape(L, out[i].ndim, out[i].dim);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static const luaL_Reg functions[] = {{"build_layer", build_layer}, {NULL, NULL}};

void rnn_open_layer_call(lua_State *L) { luaL_setfuncs(L, functions, 0); }
