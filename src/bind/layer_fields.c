/* layer_fields.c - what a layer's fields are: declared arguments, weights by name, and those listed here */
#include <string.h>

#include "bind/config.h"
#include "bind/hooks.h"
#include "bind/layer.h"
#include "bind/layer_parts.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tensor.h"
#include "bind/weight_view.h"
#include "bind/weights.h"
#include "core/component.h"
#include "core/suggest.h"

static const char *const fields[] = {"name", "class_name", "kind", "trainable", "built", "dtype",
                                     "weights", "trainable_weights", "non_trainable_weights",
                                     "variables", "trainable_variables", "non_trainable_variables",
                                     "input_shape", "output_shape", "input", "output", NULL};
#define STATE_SIZE "state_size" /* of cells */

/* pushes one shape, or a list of several; nil where there is none yet */
static void push_shapes(lua_State *L, int count, const rnn_shape *shapes) {
  if (count == 1) {
    rnn_lua_push_shape(L, shapes->ndim, shapes->dim);
    return;
  }
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    rnn_lua_push_shape(L, shapes[i].ndim, shapes[i].dim);
    lua_rawseti(L, -2, i + 1);
  }
}

static void push_input_shape(lua_State *L, const rnn_layer *layer) {
  if (layer->built)
    push_shapes(L, layer->input_count, layer->inputs);
  else if (layer->given_input.ndim >= 0)
    push_shapes(L, 1, &layer->given_input);
  else
    lua_pushnil(L);
}

/* layer.input, layer.output: symbolic tensors, which a Lua module keeps */
static bool push_symbolic(lua_State *L, const rnn_layer *layer, const char *key) {
  if (strcmp(key, "input") != 0 && strcmp(key, "output") != 0) return false;
  if (!rnn_lua_push_hook(L, "layer_field"))
    rnn_lua_error(L, "%s: there is no '%s' before the layer is called on a symbolic tensor, as rl.Input gives",
                  rnn_lua_push_title(L, layer), key);
  lua_pushvalue(L, 1);
  lua_pushstring(L, key);
  lua_call(L, 2, 1);
  return true;
}

static bool is_one_of(const char *key, const char *name, const char *other) {
  return strcmp(key, name) == 0 || strcmp(key, other) == 0;
}

static bool push_weight_list(lua_State *L, rnn_layer *layer, const char *key) {
  rnn_lua_which which = RNN_ALL_WEIGHTS;
  if (is_one_of(key, "trainable_weights", "trainable_variables"))
    which = RNN_TRAINABLE;
  else if (is_one_of(key, "non_trainable_weights", "non_trainable_variables"))
    which = RNN_NON_TRAINABLE;
  else if (!is_one_of(key, "weights", "variables"))
    return false;
  rnn_lua_push_weights(L, &layer, 1, which, false);
  return true;
}

static bool push_field(lua_State *L, const rnn_layer *layer, const char *key) {
  if (strcmp(key, "name") == 0)
    lua_pushstring(L, layer->name);
  else if (strcmp(key, "class_name") == 0)
    lua_pushstring(L, layer->component->type->name);
  else if (strcmp(key, "kind") == 0)
    lua_pushliteral(L, "layer");
  else if (strcmp(key, "trainable") == 0)
    lua_pushboolean(L, layer->trainable);
  else if (strcmp(key, "built") == 0)
    lua_pushboolean(L, layer->built);
  else if (strcmp(key, "dtype") == 0)
    lua_pushliteral(L, "float32");
  else if (strcmp(key, "input_shape") == 0)
    push_input_shape(L, layer);
  else if (strcmp(key, "output_shape") != 0)
    return false;
  else if (layer->built)
    push_shapes(L, layer->output_count, layer->outputs);
  else
    lua_pushnil(L);
  return true;
}

static bool push_method(lua_State *L, const char *key) {
  for (const luaL_Reg *m = rnn_lua_layer_methods; m->name; m++) {
    if (strcmp(m->name, key) != 0) continue;
    lua_pushcfunction(L, m->func);
    return true;
  }
  return false;
}

/* a cell's state_size, as Keras has it: one number, or a list of several */
static bool push_state_size(lua_State *L, const rnn_layer *layer, const char *key) {
  const rnn_layer_type *type = rnn_layer_vtable(layer);
  if (!(type->flags & RNN_LAYER_CELL) || strcmp(key, STATE_SIZE) != 0) return false;
  rnn_shape x = {2, {RNN_UNKNOWN, RNN_UNKNOWN}}, shapes[RNN_MAX_PORTS];
  int count = type->states(layer->component->self, &x, shapes);
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    lua_pushinteger(L, rnn_columns(&shapes[i]));
    if (count == 1) return true;
    lua_rawseti(L, -2, i + 1);
  }
  return true;
}

/* a declared argument, or a weight by its name */
static bool push_own(lua_State *L, const rnn_layer *layer, const char *key) {
  int arg = rnn_arg_index(layer->component->type, key);
  if (arg >= 0) {
    rnn_lua_push_argument(L, layer->component, arg);
    return true;
  }
  for (int i = 0; i < layer->weight_count; i++) {
    if (strcmp(layer->weights[i].name, key) != 0) continue;
    rnn_lua_push_weight(L, &layer->weights[i]);
    return true;
  }
  return false;
}

/* calls f with every name that a layer's __index knows */
static void each_name(const rnn_layer *layer, void (*f)(void *data, const char *name), void *data) {
  const rnn_type *type = layer->component->type;
  for (int i = 0; i < type->arg_count; i++) f(data, type->args[i].name);
  for (int i = 0; i < layer->weight_count; i++) f(data, layer->weights[i].name);
  for (const char *const *name = fields; *name; name++) f(data, *name);
  if (rnn_layer_vtable(layer)->flags & RNN_LAYER_CELL) f(data, STATE_SIZE);
  for (const luaL_Reg *m = rnn_lua_layer_methods; m->name; m++) f(data, m->name);
}

static void offer(void *suggestion, const char *name) { rnn_suggest(suggestion, name); }

static int unknown_field(lua_State *L, const rnn_layer *layer, const char *key) {
  rnn_suggestion s = {.wrong = key};
  each_name(layer, offer, &s);
  if (s.best)
    return rnn_lua_error(L, "%s has no field '%s' (did you mean '%s'?)", rnn_lua_push_title(L, layer), key,
                         s.best);
  return rnn_lua_error(L, "%s has no field '%s'", rnn_lua_push_title(L, layer), key);
}

int rnn_lua_index_layer(lua_State *L) {
  rnn_layer *layer = rnn_lua_check_layer(L, 1);
  if (lua_type(L, 2) != LUA_TSTRING)
    return rnn_lua_error(L, "%s has no field %s", rnn_lua_push_title(L, layer), rnn_lua_describe(L, 2));
  const char *key = lua_tostring(L, 2);
  if (push_method(L, key) || push_field(L, layer, key) || push_own(L, layer, key) ||
      push_weight_list(L, layer, key) || push_state_size(L, layer, key) || push_symbolic(L, layer, key))
    return 1;
  return unknown_field(L, layer, key);
}

int rnn_lua_assign_layer(lua_State *L) {
  rnn_layer *layer = rnn_lua_check_layer(L, 1);
  const char *key = luaL_checkstring(L, 2);
  if (strcmp(key, "trainable") != 0)
    return rnn_lua_error(L, "%s: '%s' cannot be assigned; only 'trainable' can", rnn_lua_push_title(L, layer),
                         key);
  if (!lua_isboolean(L, 3))
    return rnn_lua_error(L, "%s: 'trainable' must be a boolean, got %s", rnn_lua_push_title(L, layer),
                         rnn_lua_describe(L, 3));
  layer->trainable = lua_toboolean(L, 3);
  return 0;
}

static void append(void *L, const char *name) {
  lua_pushstring(L, name);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

int rnn_lua_list_layer(lua_State *L) {
  const rnn_layer *layer = rnn_lua_check_layer(L, 1);
  lua_newtable(L);
  each_name(layer, append, L);
  return 1;
}
