/*
** network.c - graphs as Lua objects: core.network{ inputs =, calls =, outputs = }
**
** What Lua calls a network is a graph (model/graph.h) in C, with room to compute in.
** Lua modules describe a model in tables and get an object that knows shapes and computes predictions.
** Tensors are numbered from 1 here.
*/
#include "bind/network.h"

#include <lauxlib.h>

#include "bind/class.h"
#include "bind/layer.h"
#include "bind/open.h"
#include "bind/raise.h"
#include "bind/take_arrays.h"
#include "bind/tensor.h"
#include "core/context.h"
#include "model/predict.h"

#define NETWORK "rnnlua.network"

typedef struct network {
  rnn_graph *graph;
  rnn_workspace predicting, training; /* for predict, and for forward with training = true */
} network;

static network *check_network(lua_State *L, int index) {
  network *n = luaL_checkudata(L, index, NETWORK);
  rnn_lua_check_alive(L, n->graph, "model");
  return n;
}

rnn_graph *rnn_lua_check_network(lua_State *L, int index) { return check_network(L, index)->graph; }

static int collect(lua_State *L) {
  network *n = luaL_checkudata(L, 1, NETWORK);
  rnn_workspace_clear(&n->predicting);
  rnn_workspace_clear(&n->training);
  rnn_graph_free(n->graph);
  n->graph = NULL;
  return 0;
}

/* ---- building ----------------------------------------------------------------------------------------- */

/* extents of a list such as {4, 1}, behind a batch axis; -1 is an extent not known */
static rnn_shape check_input_shape(lua_State *L, int index) {
  rnn_shape shape = {1, {RNN_UNKNOWN}};
  int count = (int)luaL_len(L, index);
  if (count >= RNN_MAX_DIMS)
    rnn_lua_error(L, "Input: at most %d axes, got %d", RNN_MAX_DIMS - 1, count);
  for (int i = 1; i <= count; i++) {
    lua_geti(L, index, i);
    shape.dim[shape.ndim++] = luaL_checkinteger(L, -1);
    lua_pop(L, 1);
  }
  return shape;
}

/* Raises where a step of building failed; the layers are then as they were. */
static void check_step(lua_State *L, rnn_graph *graph, rnn_status status) {
  if (status != RNN_OK) rnn_graph_abandon(graph);
  rnn_lua_check(L, status);
}

static void add_inputs(lua_State *L, rnn_graph *graph) {
  lua_getfield(L, 1, "inputs");
  for (int i = 1; i <= (int)luaL_len(L, -1); i++) {
    lua_geti(L, -1, i);
    rnn_shape shape = check_input_shape(L, lua_gettop(L));
    rnn_lua_check(L, rnn_graph_add_input(rnn_main_context(), graph, &shape));
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

/* the list of tensor numbers on top, which it pops */
static int check_tensors(lua_State *L, const rnn_graph *graph, int tensors[RNN_MAX_PORTS]) {
  int count = (int)luaL_len(L, -1);
  if (count < 1 || count > RNN_MAX_PORTS)
    rnn_lua_error(L, "model: expected 1 to %d tensors, got %d", RNN_MAX_PORTS, count);
  for (int i = 0; i < count; i++) {
    lua_geti(L, -1, i + 1);
    tensors[i] = (int)luaL_checkinteger(L, -1) - 1;
    if (tensors[i] < 0 || tensors[i] >= graph->tensor_count)
      rnn_lua_error(L, "model: there is no tensor %d", tensors[i] + 1);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return count;
}

/* The tensors listed in the field of the table on top; where it is nil, what the call before gave, or the inputs of
** the model if there was none. */
static int tensors_of(lua_State *L, const rnn_graph *graph, const char *field, int tensors[RNN_MAX_PORTS]) {
  if (lua_getfield(L, -1, field) != LUA_TNIL) return check_tensors(L, graph, tensors);
  lua_pop(L, 1);
  const rnn_node *last = graph->node_count ? &graph->nodes[graph->node_count - 1] : NULL;
  int count = last ? last->output_count : graph->input_count;
  for (int i = 0; i < count; i++) tensors[i] = last ? last->outputs[i] : i;
  return count;
}

static void add_calls(lua_State *L, rnn_graph *graph) {
  lua_getfield(L, 1, "calls");
  for (int i = 1; i <= (int)luaL_len(L, -1); i++) {
    int inputs[RNN_MAX_PORTS];
    lua_geti(L, -1, i);
    int count = tensors_of(L, graph, "inputs", inputs);
    lua_getfield(L, -1, "layer");
    rnn_layer *layer = rnn_lua_check_layer(L, -1);
    check_step(L, graph, rnn_graph_add_call(rnn_main_context(), graph, layer, count, inputs));
    if (lua_getfield(L, -2, "training") != LUA_TNIL) rnn_graph_fix_mode(graph, lua_toboolean(L, -1));
    lua_pop(L, 3);
  }
  lua_pop(L, 1);
}

/* core.network{ inputs = {shape, …}, calls = {{layer=, inputs={tensor, …}, training=}, …}, outputs = {tensor, …} }
** Inputs of a call that are left out are what the call before gave, as are outputs. `training` fixes a call's mode. */
static int new_network(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  network *n = lua_newuserdatauv(L, sizeof *n, 0);
  *n = (network){0};
  luaL_setmetatable(L, NETWORK);
  n->graph = rnn_graph_new(rnn_main_context());
  if (n->graph == NULL) rnn_lua_check(L, RNN_NO_MEMORY);
  n->predicting.graph = n->training.graph = n->graph;
  n->training.training = true;
  add_inputs(L, n->graph);
  add_calls(L, n->graph);
  int outputs[RNN_MAX_PORTS];
  lua_pushvalue(L, 1);
  int count = tensors_of(L, n->graph, "outputs", outputs);
  check_step(L, n->graph, rnn_graph_set_outputs(rnn_main_context(), n->graph, count, outputs));
  check_step(L, n->graph, rnn_graph_flatten(rnn_main_context(), n->graph));
  lua_pop(L, 1);
  return 1;
}

/* net:outputs(): the numbers of the output tensors */
static int outputs_of(lua_State *L) {
  const rnn_graph *graph = rnn_lua_check_network(L, 1);
  lua_createtable(L, graph->output_count, 0);
  for (int i = 0; i < graph->output_count; i++) {
    lua_pushinteger(L, graph->outputs[i] + 1);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* net:shapes(): list of shapes, one a tensor; -1 where an extent isn't known */
static int shapes(lua_State *L) {
  const rnn_graph *graph = rnn_lua_check_network(L, 1);
  lua_createtable(L, graph->tensor_count, 0);
  for (int i = 0; i < graph->tensor_count; i++) {
    rnn_lua_push_shape(L, graph->shapes[i].ndim, graph->shapes[i].dim);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* ---- computing ----------------------------------------------------------------------------------------- */

/* Pushes a table of tensors for the outputs of these inputs; out[o] becomes the data of each. */
static void push_outputs(lua_State *L, network *n, const rnn_array *x, float **out) {
  const rnn_graph *graph = n->graph;
  rnn_shape in[RNN_MAX_PORTS];
  for (int i = 0; i < graph->input_count; i++) in[i] = x[i].shape;
  rnn_shape *all = lua_newuserdatauv(L, sizeof *all * (size_t)graph->tensor_count, 0);
  rnn_lua_check(L, rnn_graph_shapes(rnn_main_context(), graph, in, all));
  lua_createtable(L, graph->output_count, 0);
  for (int o = 0; o < graph->output_count; o++) {
    const rnn_shape *shape = &all[graph->outputs[o]];
    out[o] = rnn_lua_new_tensor(L, RNN_FLOAT32, shape->ndim, shape->dim)->data;
    lua_rawseti(L, -2, o + 1);
  }
}

/* lengths of the sequences of each input, from the table at 4 */
static void take_lengths(lua_State *L, int count, const rnn_array *x, rnn_array *lengths) {
  int given = rnn_lua_take_arrays(L, "lengths", 4, lengths); /* the table that it pushes keeps them alive */
  if (given != count) rnn_lua_error(L, "lengths: expected %d arrays, got %d", count, given);
  rnn_lua_check(L, rnn_check_lengths(rnn_main_context(), count, x, lengths));
}

/* arguments are at 1 to 4 */
static int compute(lua_State *L, network *n, rnn_workspace *workspace, lua_Integer batch_size) {
  rnn_context *cx = rnn_main_context();
  rnn_array x[RNN_MAX_PORTS], lengths[RNN_MAX_PORTS];
  float *out[RNN_MAX_PORTS];
  int count = rnn_lua_take_arrays(L, "x", 2, x);
  for (int i = 0; i < count; i++)
    if (x[i].data == NULL) rnn_lua_error(L, "x: expected data for input %d, got a boolean", i + 1);
  rnn_lua_check(L, rnn_check_inputs(cx, n->graph, count, x));
  bool limited = lua_istable(L, 4);
  if (limited) take_lengths(L, count, x, lengths);
  push_outputs(L, n, x, out);
  workspace->lengths = limited ? lengths : NULL;
  rnn_status status = rnn_predict(cx, workspace, count, x, batch_size, out);
  workspace->lengths = NULL;
  rnn_lua_check(L, status);
  return 1;
}

/* net:predict({x1, …}, batch_size [, {lengths or false, …}]): list of float32 tensors */
static int predict(lua_State *L) {
  network *n = check_network(L, 1);
  lua_Integer batch_size = luaL_checkinteger(L, 3);
  luaL_argcheck(L, batch_size > 0, 3, "must be positive");
  lua_settop(L, 4);
  return compute(L, n, &n->predicting, batch_size);
}

/* net:forward({x1, …}, training): list of float32 tensors, all samples as one batch */
static int forward(lua_State *L) {
  network *n = check_network(L, 1);
  bool is_training = lua_toboolean(L, 3);
  lua_settop(L, 3);
  lua_pushnil(L);
  return compute(L, n, is_training ? &n->training : &n->predicting, LUA_MAXINTEGER);
}

/* ---- predicting once more -------------------------------------------------------------------------------- */

/* the network of a model that has one input and one output; NULL: the value at 1 is no such model */
static network *single_network(lua_State *L) {
  if (!lua_istable(L, 1)) return NULL;
  lua_pushliteral(L, "_single");
  return lua_rawget(L, 1) == LUA_TUSERDATA ? check_network(L, -1) : NULL;
}

/* core.predict_again(model, who, x, batch_size): the output for x, where nothing is left to be checked: x is plain data
** of a shape that went through in one batch before. Nothing where that is not so. */
static int predict_again(lua_State *L) {
  lua_Integer batch_size = luaL_checkinteger(L, 4);
  const rnn_tensor *given = rnn_lua_test_tensor(L, 3);
  if (given && given->ndim > 0 && given->shape[0] > batch_size) return 0; /* before it is converted */
  network *n = single_network(L);
  const rnn_tensor *x = n ? rnn_lua_plain_data(L, 3, luaL_checkstring(L, 2), "x") : NULL;
  if (x == NULL || x->ndim == 0 || x->shape[0] > batch_size) return 0;
  rnn_array array = {rnn_tensor_shape(x), x->data};
  const rnn_plan *plan = rnn_workspace_find(&n->predicting, &array.shape);
  if (plan == NULL) return 0;
  rnn_shape shape = plan->shapes[n->graph->outputs[0]]; /* a finalizer may predict and replace the plan */
  float *out = rnn_lua_new_tensor(L, RNN_FLOAT32, shape.ndim, shape.dim)->data;
  rnn_lua_check(L, rnn_predict(rnn_main_context(), &n->predicting, 1, &array, batch_size, &out));
  return 1;
}

static const luaL_Reg methods[] = {{"shapes", shapes},
                                   {"outputs", outputs_of},
                                   {"predict", predict},
                                   {"forward", forward},
                                   {NULL, NULL}};
static const luaL_Reg metamethods[] = {{"__gc", collect}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"network", new_network}, {"predict_again", predict_again}, {NULL, NULL}};

void rnn_open_network(lua_State *L) {
  rnn_lua_new_class(L, NETWORK, "network", metamethods, methods);
  luaL_setfuncs(L, functions, 0);
}
