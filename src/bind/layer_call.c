/*
** layer_call.c - a layer called: on tensors it computes at once, which a tape records; on symbolic ones it gives
** symbolic ones
*/
#include "bind/hooks.h"
#include "bind/layer.h"
#include "bind/layer_inputs.h"
#include "bind/layer_parts.h"
#include "bind/layer_record.h"
#include "bind/mask.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tensor.h"
#include "bind/values.h"
#include "core/context.h"
#include "core/run.h"

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

/* ---- on tensors ---------------------------------------------------------------------------------------- */

/* What a call on tensors makes: values in slots from `made` on. */
typedef struct computation {
  const rnn_lua_call *call;
  rnn_run once, *run; /* `once`, or one in a userdata where the call is recorded */
  bool recorded, training, mask_given;
  int made, masks, outputs; /* first slots */
  uint8_t *mask;            /* what the layer writes; NULL: it writes none */
  bool any;                 /* whether it has written one */
} computation;

/* Pushes the tensors that the call will write. */
static void push_outputs(lua_State *L, computation *c) {
  rnn_shape in[RNN_MAX_PORTS], out[RNN_MAX_PORTS];
  rnn_run *run = c->run;
  int count;
  for (int i = 0; i < c->call->count; i++) in[i] = run->inputs[i].shape;
  rnn_lua_check(L, rnn_layer_shapes(rnn_main_context(), c->call->layer, c->call->count, in, &count, out));
  for (int i = 0; i < count; i++) {
    rnn_tensor *t = rnn_lua_new_tensor(L, RNN_FLOAT32, out[i].ndim, out[i].dim);
    run->outputs[i] = (rnn_port){.shape = out[i], .data = t->data};
  }
  run->call.input_count = c->call->count;
  run->call.output_count = count;
}

/* Pushes room for the mask that the layer makes, or the one that it hands on, or nil. */
static uint8_t *push_output_mask(lua_State *L, const rnn_layer *layer, int first_mask, const rnn_port *output) {
  const rnn_layer_type *type = rnn_layer_vtable(layer);
  if (type->mask && output->shape.ndim >= 2)
    return rnn_lua_new_tensor(L, RNN_BOOL, 2, output->shape.dim)->data;
  if (type->flags & RNN_LAYER_PASSES_MASK) lua_pushvalue(L, first_mask);
  else lua_pushnil(L);
  return NULL;
}

static rnn_status compute(rnn_context *cx, computation *c) {
  rnn_run *run = c->run;
  run->call.mask_given = c->mask_given;
  rnn_try(rnn_run_open(cx, run, c->training, c->recorded));
  rnn_try(rnn_run_forward(cx, run));
  if (c->mask == NULL) return RNN_OK;
  c->any = true;
  return rnn_ask(cx, rnn_layer_vtable(run->layer)->mask(cx, run->layer->component->self, &run->call, c->mask, &c->any));
}

/* Leaves the mask on top with the first output, if there is one, and pops all above the outputs. */
static void leave_mask(lua_State *L, const computation *c) {
  if (!lua_isnil(L, -1) && (c->mask == NULL || c->any)) rnn_lua_set_mask(L, c->outputs);
  lua_settop(L, c->outputs + c->run->call.output_count - 1);
}

static void record(lua_State *L, const computation *c) {
  int end = lua_gettop(L) + 1;
  lua_createtable(L, end - c->made, 0); /* what the ports point to */
  for (int i = c->made; i < end; i++) {
    lua_pushvalue(L, i);
    lua_rawseti(L, -2, i - c->made + 1);
  }
  rnn_lua_record_call(L, c->made - 1, c->call->first, c->outputs);
}

static int call_on_tensors(lua_State *L, const rnn_lua_call *call) {
  computation c = {.call = call, .once = {.layer = call->layer}};
  c.training = rnn_lua_option_boolean(L, call->title, "training", call->training, false);
  luaL_checkstack(L, 6 * RNN_MAX_PORTS, NULL);
  c.mask_given = !lua_isnil(L, call->mask);
  c.recorded = rnn_lua_records_call(L, call->layer, call->first, call->count);
  c.run = c.recorded ? rnn_lua_push_run(L, call->layer) : &c.once;
  c.made = lua_gettop(L) + 1;
  rnn_lua_input_ports(L, call, c.run->inputs);
  c.masks = lua_gettop(L) + 1;
  rnn_lua_input_masks(L, call, c.run->inputs);
  c.outputs = lua_gettop(L) + 1;
  push_outputs(L, &c);
  c.mask = push_output_mask(L, call->layer, c.masks, c.run->outputs);
  rnn_status status = compute(rnn_main_context(), &c);
  if (!c.recorded) rnn_run_close(c.run);
  rnn_lua_check(L, status);
  leave_mask(L, &c);
  if (c.recorded) record(L, &c);
  return c.run->call.output_count;
}

int rnn_lua_call_layer(lua_State *L) {
  rnn_lua_call call;
  rnn_lua_read_call(L, &call);
  return call.symbolic ? call_on_symbols(L, &call) : call_on_tensors(L, &call);
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
