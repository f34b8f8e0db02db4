/*
** script_backward.c - backward of layers written in Lua: by the tape of the forward call, or by the script's
** backward(self, x, y, dy, options) -> dx, {name = gradient of that weight, …}.
*/
#include <string.h>

#include "bind/exchange.h"
#include "bind/options.h"
#include "bind/script_layer.h"
#include "bind/tensor.h"

static const float *gradient_on_top(lua_State *L, const rnn_shape *shape, const char *of, int number) {
  if (lua_isnil(L, -1))
    luaL_error(L, "backward: expected the gradient of %s %d, got nil", of, number);
  return rnn_lua_shaped_result(L, shape);
}

/* to += the tensor on top */
static void add_gradient(lua_State *L, int number, const rnn_tensor *weight, float *to) {
  rnn_shape shape = rnn_tensor_shape(weight);
  const float *from = gradient_on_top(L, &shape, "weight", number);
  int64_t size = rnn_size(&shape);
  for (int64_t i = 0; i < size; i++) to[i] += from[i];
}

static void take_input_gradient(lua_State *L, const rnn_port *port, int number) {
  const float *from = gradient_on_top(L, &port->shape, "input", number);
  memcpy(port->gradient, from, sizeof(float) * (size_t)rnn_size(&port->shape));
}

/* the gradients of outputs: one tensor, or a list */
static void push_output_gradients(lua_State *L, const rnn_call *call, bool list) {
  if (list) lua_createtable(L, call->output_count, 0);
  for (int i = 0; i < call->output_count; i++) {
    const rnn_port *port = &call->outputs[i];
    rnn_script_push_port(L, port, port->gradient ? port->gradient : port->data);
    rnn_tensor *t = lua_touserdata(L, -1);
    if (port->gradient == NULL) memset(t->data, 0, sizeof(float) * (size_t)rnn_tensor_size(t));
    if (list) lua_rawseti(L, -2, i + 1);
  }
}

/* pushes the i-th tensor of the list at RNN_SCRIPT_WEIGHTS */
static const rnn_tensor *push_weight(lua_State *L, int i) {
  lua_rawgeti(L, RNN_SCRIPT_WEIGHTS, i + 1);
  return lua_touserdata(L, -1);
}

static int recorded_backward(lua_State *L) {
  const rnn_script_layer_call *c = rnn_script_opened(L);
  const rnn_call *call = c->call;
  rnn_script_memory *m = call->memory;
  rnn_script_push_weights(L, c);
  lua_rawgeti(L, LUA_REGISTRYINDEX, m->pullback);
  push_output_gradients(L, call, true);
  lua_pushvalue(L, RNN_SCRIPT_WEIGHTS);
  lua_call(L, 2, 2); /* gradients of inputs, and of weights */
  int of_weights = lua_gettop(L), of_inputs = of_weights - 1;
  for (int i = 0; i < call->input_count; i++, lua_settop(L, of_weights)) {
    if (call->inputs[i].gradient == NULL) continue;
    lua_rawgeti(L, of_inputs, i + 1);
    take_input_gradient(L, &call->inputs[i], i + 1);
  }
  for (int i = 0; i < call->weight_count; i++, lua_settop(L, of_weights)) {
    if (call->weight_gradients[i] == NULL) continue;
    const rnn_tensor *weight = push_weight(L, i);
    lua_rawgeti(L, of_weights, i + 1);
    add_gradient(L, i + 1, weight, call->weight_gradients[i]);
  }
  return 0;
}

/* pushes the gradient of weight i from the table at `table`: under its name, or its number */
static void push_named(lua_State *L, const rnn_script_layer *l, int table, int i) {
  if (!lua_istable(L, table))
    luaL_error(L, "backward: expected a table of the weights' gradients, by name, as second value, got %s",
               rnn_lua_describe(L, table));
  lua_rawgeti(L, LUA_REGISTRYINDEX, l->record);
  lua_rawgeti(L, -1, RNN_RECORD_NAMES);
  lua_rawgeti(L, -1, i + 1);
  if (lua_gettable(L, table) == LUA_TNIL) lua_rawgeti(L, table, i + 1);
}

static void take_explicit(lua_State *L, const rnn_script_layer_call *c, int dx, int weights) {
  const rnn_call *call = c->call;
  bool several = c->script_call.script->spec->several;
  int top = lua_gettop(L);
  for (int i = 0; i < call->input_count; i++, lua_settop(L, top)) {
    if (call->inputs[i].gradient == NULL) continue;
    if (several && lua_istable(L, dx))
      lua_geti(L, dx, i + 1);
    else
      lua_pushvalue(L, dx);
    take_input_gradient(L, &call->inputs[i], i + 1);
  }
  for (int i = 0; i < call->weight_count; i++, lua_settop(L, top)) {
    if (call->weight_gradients[i] == NULL) continue;
    const rnn_tensor *weight = push_weight(L, i);
    push_named(L, rnn_script_layer_of(c->script_call.script), weights, i);
    add_gradient(L, i + 1, weight, call->weight_gradients[i]);
  }
}

static int explicit_backward(lua_State *L) {
  const rnn_script_layer_call *c = rnn_script_opened(L);
  const rnn_call *call = c->call;
  rnn_script_push_weights(L, c);
  rnn_script_push(L, c->script_call.script, RNN_SCRIPT_BACKWARD);
  rnn_script_push_object(L, c->script_call.script);
  rnn_script_push_inputs(L, c);
  if (call->output_count == 1)
    rnn_script_push_port(L, call->outputs, call->outputs->data);
  else
    rnn_script_push_ports(L, call->output_count, call->outputs);
  push_output_gradients(L, call, call->output_count != 1);
  rnn_script_push_options(L, c);
  lua_call(L, 5, 2);
  take_explicit(L, c, RNN_SCRIPT_FIRST, RNN_SCRIPT_FIRST + 1);
  return 0;
}

rnn_status rnn_script_layer_backward(rnn_context *cx, const void *self, rnn_call *call) {
  rnn_script_layer_call c = {.script_call = {rnn_script_of(self)}, .call = call};
  if (rnn_script_has(c.script_call.script, RNN_SCRIPT_BACKWARD))
    return rnn_script_run(cx, explicit_backward, &c.script_call);
  rnn_script_memory *m = call->memory;
  if (m == NULL || m->pullback == LUA_NOREF)
    return rnn_fail(cx, RNN_INVALID, "backward without a forward call that keeps for it");
  rnn_status status = rnn_script_run(cx, recorded_backward, &c.script_call);
  rnn_script_drop_pullback(m);
  return status;
}
