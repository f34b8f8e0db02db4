/*
** layer_inputs.c - what a layer is called on: one tensor, a list of them, initial states, a mask
*/
#include "bind/layer_inputs.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "bind/mask.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tensor.h"

/* ---- gathering ---------------------------------------------------------------------------------------- */

static bool is_symbolic(lua_State *L, int index) {
  if (!lua_istable(L, index) || !luaL_getmetafield(L, index, "__symbolic")) return false;
  lua_pop(L, 1);
  return true;
}

static bool is_object(lua_State *L, int index) {
  if (!lua_istable(L, index) || !lua_getmetatable(L, index)) return false;
  lua_pop(L, 1);
  return true;
}

/* Whether a value is a list of inputs, not nested numbers: it holds tensors, or the layer takes nothing less. */
static bool is_list(lua_State *L, int index, const rnn_layer_type *type) {
  if (!lua_istable(L, index) || is_object(L, index)) return false;
  if (type && type->min_inputs > 1) return true;
  lua_rawgeti(L, index, 1);
  bool tensor = is_symbolic(L, -1) || rnn_lua_test_tensor(L, -1) != NULL;
  lua_pop(L, 1);
  if (type == NULL || type->max_inputs > 1) return tensor;
  lua_rawgeti(L, index, 1);
  bool symbolic = is_symbolic(L, -1); /* a list of tensors may be one tensor's rows, as elsewhere */
  lua_pop(L, 1);
  return symbolic;
}

static void add_one(lua_State *L, rnn_lua_call *call) {
  if (call->count == RNN_MAX_PORTS)
    rnn_lua_error(L, "%s: at most %d inputs are supported", call->title, RNN_MAX_PORTS);
  call->symbolic = call->symbolic || is_symbolic(L, -1);
  call->count++;
}

static void add(lua_State *L, rnn_lua_call *call, int index, const rnn_layer_type *type) {
  if (!is_list(L, index, type)) {
    lua_pushvalue(L, index);
    add_one(L, call);
    return;
  }
  for (lua_Integer i = 1, n = luaL_len(L, index); i <= n; i++) {
    lua_geti(L, index, i);
    add_one(L, call);
  }
}

static bool is_input(lua_State *L, int index) {
  return is_symbolic(L, index) || (!lua_isnone(L, index) && rnn_lua_test_tensor(L, index) != NULL);
}

/* layer(query, value): inputs one after the other, as Keras' MultiHeadAttention takes them, become the list at 2 */
static void gather_inputs(lua_State *L, const rnn_lua_call *call) {
  int last = 2;
  while (is_input(L, last + 1)) last++;
  if (last == 2) return;
  if (rnn_layer_vtable(call->layer)->max_inputs <= 1)
    rnn_lua_error(L, "%s: takes one input, got %d", call->title, last - 1);
  lua_createtable(L, last - 1, 0);
  for (int i = 2; i <= last; i++) {
    lua_pushvalue(L, i);
    lua_rawseti(L, -2, i - 1);
  }
  lua_replace(L, 2);
  for (; last > 2; last--) lua_remove(L, last);
}

void rnn_lua_read_call(lua_State *L, rnn_lua_call *call) {
  static const char *const names[] = {"training", "mask", "initial_state", NULL};
  static const char *const of_cells[] = {"states", "training", "mask", NULL}; /* as Keras calls cells */
  rnn_layer *layer = rnn_lua_check_layer(L, 1);
  bool cell = rnn_layer_vtable(layer)->flags & RNN_LAYER_CELL;
  *call = (rnn_lua_call){.layer = layer, .training = 3, .mask = 4, .initial_state = 5, .first = 6};
  if (cell) call->initial_state = 3, call->training = 4, call->mask = 5;
  snprintf(call->title, sizeof call->title, "%s (%s)", layer->name, layer->component->type->name);
  if (lua_isnoneornil(L, 2)) rnn_lua_error(L, "%s: expected a tensor, got nothing", call->title);
  gather_inputs(L, call);
  rnn_lua_options(L, call->title, 3, cell ? of_cells : names);
  luaL_checkstack(L, 5 * RNN_MAX_PORTS, NULL);
  add(L, call, 2, rnn_layer_vtable(layer));
  if (lua_isnil(L, call->initial_state)) return;
  if (rnn_layer_vtable(layer)->max_inputs <= 1)
    rnn_lua_error(L, "%s: takes no initial_state", call->title);
  add(L, call, call->initial_state, NULL);
}

/* ---- ports --------------------------------------------------------------------------------------------- */

static void to_port(lua_State *L, int index, const char *title, rnn_port *port) {
  bool plain_table = lua_istable(L, index) && !luaL_getmetafield(L, index, "__name");
  if (!plain_table && rnn_lua_test_tensor(L, index) == NULL)
    rnn_lua_error(L, "%s: expected a tensor or nested tables, got %s", title, rnn_lua_describe(L, index));
  const rnn_tensor *t = rnn_lua_to_float32(L, index); /* pushes what holds the numbers */
  *port = (rnn_port){.shape = rnn_tensor_shape(t), .data = t->data};
}

void rnn_lua_input_ports(lua_State *L, const rnn_lua_call *call, rnn_port *ports) {
  for (int i = 0; i < call->count; i++) to_port(L, call->first + i, call->title, &ports[i]);
}

/* pushes the mask given for input i, or nil */
static void push_given_mask(lua_State *L, const rnn_lua_call *call, int i) {
  int type = lua_istable(L, call->mask) ? lua_geti(L, call->mask, i + 1) : LUA_TNIL;
  bool list = type == LUA_TUSERDATA || (call->count > 1 && lua_istable(L, call->mask));
  if (list) return;
  if (lua_istable(L, call->mask)) lua_pop(L, 1);
  if (i == 0) lua_pushvalue(L, call->mask);
  else lua_pushnil(L);
}

void rnn_lua_input_masks(lua_State *L, const rnn_lua_call *call, rnn_port *ports) {
  bool takes = rnn_layer_vtable(call->layer)->flags & RNN_LAYER_TAKES_MASK, given = !lua_isnil(L, call->mask);
  if (given && !takes) rnn_lua_error(L, "%s: takes no mask", call->title);
  for (int i = 0; i < call->count; i++) {
    const rnn_tensor *mask;
    if (given) {
      push_given_mask(L, call, i);
      mask = rnn_lua_to_mask(L, call->title, &ports[i].shape);
    } else {
      mask = rnn_lua_push_mask(L, call->first + i);
    }
    ports[i].mask = mask && takes ? mask->data : NULL;
  }
}
