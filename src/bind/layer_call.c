/* layer_call.c - a layer called on tensors computes at once; a tape records that */
#include <stdio.h>
#include <string.h>

#include "bind/layer.h"
#include "bind/layer_parts.h"
#include "bind/layer_record.h"
#include "bind/mask.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tensor.h"
#include "core/run.h"

/* The stack of a call: the layer, its inputs as given, the options; then the inputs again, one a slot as given, and their
** masks, as float32, and what is made for the call. */
enum { LAYER = 1, GIVEN, TRAINING, MASK };

static void check_input(lua_State *L, int index, const char *title) {
  bool plain_table = lua_istable(L, index) && !luaL_getmetafield(L, index, "__name");
  if (!plain_table && rnn_lua_test_tensor(L, index) == NULL)
    rnn_lua_error(L, "%s: expected a tensor or nested tables, got %s", title,
                  rnn_lua_describe(L, index));
}

/* Pushes the inputs: one tensor, or a list of them for a layer that takes several. */
static int push_inputs(lua_State *L, const rnn_layer *layer, const char *title) {
  bool list = rnn_layer_vtable(layer)->max_inputs > 1 && lua_istable(L, GIVEN);
  lua_Integer count = list ? luaL_len(L, GIVEN) : 1;
  if (count > RNN_MAX_PORTS)
    rnn_lua_error(L, "%s: at most %d inputs are supported, got %I", title, RNN_MAX_PORTS,
                  (LUAI_UACINT)count);
  for (int i = 0; i < (int)count; i++) {
    if (list) lua_geti(L, GIVEN, i + 1);
    else lua_pushvalue(L, GIVEN);
    check_input(L, lua_gettop(L), title);
  }
  return (int)count;
}

/* Pushes the inputs in slots `first` .. as float32, and points the ports at them. */
static void set_ports(lua_State *L, int first, int count, rnn_port *ports) {
  for (int i = 0; i < count; i++) {
    const rnn_tensor *t = rnn_lua_to_float32(L, first + i);
    ports[i] = (rnn_port){.shape = {.ndim = t->ndim}, .data = t->data};
    memcpy(ports[i].shape.dim, t->shape, sizeof *t->shape * (size_t)t->ndim);
  }
}

/* Pushes the masks of the inputs: those given as argument, else those that came with the tensors. A layer that does not
** understand them is not shown them. */
static void push_masks(lua_State *L, const rnn_layer *layer, int first, int count, const char *title,
                       rnn_port *ports) {
  bool takes = rnn_layer_vtable(layer)->flags & RNN_LAYER_TAKES_MASK;
  lua_Integer given = !lua_istable(L, MASK) ? 0 : lua_geti(L, MASK, 1) == LUA_TUSERDATA || count > 1;
  lua_settop(L, lua_gettop(L) - lua_istable(L, MASK));
  for (int i = 0; i < count; i++) {
    const rnn_tensor *mask;
    if (given) lua_geti(L, MASK, i + 1);
    else if (i == 0) lua_pushvalue(L, MASK);
    else lua_pushnil(L);
    mask = lua_isnil(L, -1) ? NULL : rnn_lua_to_mask(L, title, &ports[i].shape);
    if (mask == NULL && lua_isnil(L, MASK)) {
      lua_pop(L, 1);
      mask = rnn_lua_push_mask(L, first + i);
    }
    ports[i].mask = mask && takes ? mask->data : NULL;
  }
}

/* Pushes the tensors that the call will write. */
static void push_outputs(lua_State *L, int count, const rnn_shape *shapes, rnn_port *ports) {
  for (int i = 0; i < count; i++) {
    rnn_tensor *t = rnn_lua_new_tensor(L, RNN_FLOAT32, shapes[i].ndim, shapes[i].dim);
    ports[i] = (rnn_port){.shape = shapes[i], .data = t->data};
  }
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

static rnn_status compute(rnn_context *cx, rnn_run *run, bool training, bool keeps, uint8_t *mask, bool *any) {
  rnn_try(rnn_run_open(cx, run, training, keeps));
  rnn_try(rnn_run_forward(cx, run));
  if (mask == NULL) return RNN_OK;
  *any = true;
  return rnn_layer_vtable(run->layer)->mask(cx, run->layer->component->self, &run->call, mask, any);
}

/* An Input only stands first in a Sequential: models aren't built by calling layers yet. */
static void refuse_input(lua_State *L, const char *title) {
  if (lua_type(L, 2) != LUA_TTABLE || luaL_getmetafield(L, 2, "__name") != LUA_TSTRING) return;
  if (strcmp(lua_tostring(L, -1), "Input") == 0)
    rnn_lua_error(L, "%s: called on an Input: functional models are not supported yet", title);
  lua_pop(L, 1);
}

/* Runs the layer on tensors; the stack is as said above. */
static int call_on_tensors(lua_State *L, rnn_layer *layer, const char *title) {
  rnn_context *cx = rnn_main_context();
  rnn_shape in[RNN_MAX_PORTS], out[RNN_MAX_PORTS];
  bool training = rnn_lua_option_boolean(L, title, "training", TRAINING, false), any;
  luaL_checkstack(L, 6 * RNN_MAX_PORTS, NULL);
  int first = lua_gettop(L) + 1, output_count, input_count = push_inputs(L, layer, title);
  bool keeps = rnn_lua_records_call(L, layer, first, input_count);
  rnn_run once = {.layer = layer}, *run = keeps ? rnn_lua_push_run(L, layer) : &once;
  int run_index = lua_gettop(L), made = run_index + 1;
  set_ports(L, first, input_count, run->inputs);
  for (int i = 0; i < input_count; i++) in[i] = run->inputs[i].shape;
  rnn_lua_check(L, rnn_layer_shapes(cx, layer, input_count, in, &output_count, out));
  int masks = lua_gettop(L) + 1;
  push_masks(L, layer, first, input_count, title, run->inputs);
  int outputs = lua_gettop(L) + 1;
  push_outputs(L, output_count, out, run->outputs);
  run->call.input_count = input_count;
  run->call.output_count = output_count;
  uint8_t *mask = push_output_mask(L, layer, masks, run->outputs);
  rnn_status status = compute(cx, run, training, keeps, mask, &any);
  if (!keeps) rnn_run_close(run);
  rnn_lua_check(L, status);
  if (!lua_isnil(L, -1) && (mask == NULL || any)) rnn_lua_set_mask(L, outputs);
  lua_settop(L, outputs + output_count - 1);
  if (keeps) {
    lua_createtable(L, lua_gettop(L) - made + 1, 0); /* what the ports point to */
    for (int i = made; i < outputs + output_count; i++) {
      lua_pushvalue(L, i);
      lua_rawseti(L, -2, i - made + 1);
    }
    rnn_lua_record_call(L, run_index, first, outputs);
  }
  return output_count;
}

int rnn_lua_call_layer(lua_State *L) {
  static const char *const names[] = {"training", "mask", NULL};
  rnn_layer *layer = rnn_lua_check_layer(L, LAYER);
  char title[160];
  snprintf(title, sizeof title, "%s (%s)", layer->name, layer->component->type->name);
  if (lua_isnoneornil(L, GIVEN)) return rnn_lua_error(L, "%s: expected a tensor, got nothing", title);
  refuse_input(L, title);
  rnn_lua_options(L, title, TRAINING, names);
  return call_on_tensors(L, layer, title);
}
