/*
** layer_record.c - calls of layers that a tape records.
**
** The record is {"layer", {run, inputs, addresses of weights}, outputs}; its rule calls core.layer_gradients.
*/
#include "bind/layer_record.h"

#include <string.h>

#include "bind/class.h"
#include "bind/raise.h"
#include "bind/tape.h"
#include "bind/tensor.h"
#include "bind/weight_view.h"

#define RUN "rnnlua.run"

bool rnn_lua_records_call(lua_State *L, const rnn_layer *layer, int first, int count) {
  if (rnn_recording == NULL) return false;
  for (int i = 0; i < count; i++) {
    const rnn_tensor *t = rnn_lua_test_tensor(L, first + i);
    if (t && rnn_tape_watches(t)) return true;
  }
  for (int i = 0; i < layer->weight_count; i++)
    if (!layer->weights[i].fixed) return true;
  return !layer->built; /* weights are still to come */
}

rnn_run *rnn_lua_push_run(lua_State *L, rnn_layer *layer) {
  rnn_run *run = lua_newuserdatauv(L, sizeof *run, 1);
  *run = (rnn_run){0};
  luaL_setmetatable(L, RUN);
  rnn_layer_retain(run->layer = layer);
  return run;
}

static int collect(lua_State *L) {
  rnn_run *run = luaL_checkudata(L, 1, RUN);
  if (run->layer == NULL) return 0;
  rnn_run_close(run);
  rnn_layer_release(run->layer);
  run->layer = NULL;
  return 0;
}

/* pushes a table of the values in `count` slots from `first` on */
static void push_slots(lua_State *L, int first, int count) {
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    lua_pushvalue(L, first + i);
    lua_rawseti(L, -2, i + 1);
  }
}

/* Pushes a list of the addresses of the run's weights, by which their gradients are found; false for those that are
** never trained. */
static void push_addresses(lua_State *L, const rnn_run *run) {
  const rnn_layer *layer = run->layer;
  lua_createtable(L, layer->weight_count, 0);
  for (int i = 0; i < layer->weight_count; i++) {
    rnn_tensor weight = rnn_lua_weight_tensor(&layer->weights[i]);
    rnn_tape_note(L, &weight);
    if (layer->weights[i].fixed) lua_pushboolean(L, false);
    else lua_pushlightuserdata(L, weight.data);
    lua_rawseti(L, -2, i + 1);
  }
}

void rnn_lua_record_call(lua_State *L, int run_index, int first, int outputs) {
  rnn_run *run = luaL_checkudata(L, run_index, RUN);
  lua_setiuservalue(L, run_index, 1);
  lua_createtable(L, 3, 1);
  lua_pushvalue(L, run_index);
  lua_rawseti(L, -2, 1);
  push_slots(L, first, run->call.input_count);
  lua_rawseti(L, -2, 2);
  push_addresses(L, run);
  lua_rawseti(L, -2, 3);
  lua_pushinteger(L, 3);
  lua_setfield(L, -2, "n");
  push_slots(L, outputs, run->call.output_count);
  rnn_tape_record(L, "layer");
}

/* ---- backward ----------------------------------------------------------------------------------------- */

/* Pushes a new tensor of that shape, zeros, whose numbers *data becomes. */
static void push_zeros(lua_State *L, const rnn_shape *shape, float **data) {
  const rnn_tensor *t = rnn_lua_new_tensor(L, RNN_FLOAT32, shape->ndim, shape->dim);
  memset(t->data, 0, sizeof(float) * (size_t)rnn_tensor_size(t));
  *data = t->data;
}

/* The gradients of outputs in the table at 2, copied: backward may write over them. */
static void set_output_gradients(lua_State *L, rnn_run *run) {
  luaL_checkstack(L, RNN_MAX_PORTS + 4, NULL);
  for (int i = 0; i < run->call.output_count; i++) {
    push_zeros(L, &run->outputs[i].shape, &run->outputs[i].gradient); /* stays on the stack */
    lua_rawgeti(L, 2, i + 1);
    const rnn_tensor *g = rnn_lua_test_tensor(L, -1);
    if (g) rnn_lua_copy(L, rnn_lua_test_tensor(L, -2), g);
    lua_pop(L, 1);
  }
}

/* whether the i-th entry (from 0) of the list at index is true */
static bool is_wanted(lua_State *L, int index, int i) {
  lua_rawgeti(L, index, i + 1);
  bool wanted = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return wanted;
}

/* core.layer_gradients(run, {gradients of outputs}, {wanted inputs}, {wanted weights}): two lists of gradients, with
** false for those not wanted */
static int gradients(lua_State *L) {
  rnn_run *run = luaL_checkudata(L, 1, RUN);
  lua_settop(L, 4);
  rnn_lua_check_alive(L, run->layer, "layer");
  set_output_gradients(L, run);
  int inputs = lua_gettop(L) + 1;
  lua_createtable(L, run->call.input_count, 0);
  for (int i = 0; i < run->call.input_count; i++) {
    run->inputs[i].gradient = NULL;
    if (is_wanted(L, 3, i)) push_zeros(L, &run->inputs[i].shape, &run->inputs[i].gradient);
    else lua_pushboolean(L, false);
    lua_rawseti(L, inputs, i + 1);
  }
  lua_createtable(L, run->call.weight_count, 0);
  for (int i = 0; i < run->call.weight_count; i++) {
    run->weight_gradients[i] = NULL;
    if (is_wanted(L, 4, i)) push_zeros(L, &run->layer->weights[i].shape, &run->weight_gradients[i]);
    else lua_pushboolean(L, false);
    lua_rawseti(L, inputs + 1, i + 1);
  }
  rnn_lua_check(L, rnn_run_backward(rnn_main_context(), run));
  return 2;
}

static const luaL_Reg metamethods[] = {{"__gc", collect}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"layer_gradients", gradients}, {NULL, NULL}};

void rnn_open_layer_record(lua_State *L) {
  rnn_lua_new_class(L, RUN, "call", metamethods, NULL);
  luaL_setfuncs(L, functions, 0);
}
