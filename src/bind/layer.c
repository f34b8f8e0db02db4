/*
** layer.c - layers as Lua objects.
**
** One layer has one userdata as long as somebody holds it, so that `model.layers[1] == layer`. Its
** fields are the declared arguments, its weights by name, and those listed below.
*/
#include "bind/layer.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "bind/arguments.h"
#include "bind/config.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tensor.h"
#include "bind/weights.h"
#include "core/component.h"
#include "core/suggest.h"

/* ---- identity ------------------------------------------------------------------------------------ */

typedef struct box {
  rnn_layer *layer; /* holds a reference */
} box;

static const char layers_key; /* registry[&layers_key]: lightuserdata of a layer -> its userdata, weak */

static box *push_box(lua_State *L) {
  box *b = lua_newuserdatauv(L, sizeof *b, 0);
  b->layer = NULL;
  luaL_setmetatable(L, RNN_LUA_LAYER);
  return b;
}

/* makes the userdata on top the one of its layer */
static void remember(lua_State *L, const rnn_layer *layer) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &layers_key);
  lua_pushvalue(L, -2);
  lua_rawsetp(L, -2, layer);
  lua_pop(L, 1);
}

void rnn_lua_push_layer(lua_State *L, rnn_layer *layer) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &layers_key);
  int found = lua_rawgetp(L, -1, layer);
  lua_remove(L, -2);
  if (found != LUA_TNIL) return;
  lua_pop(L, 1);
  box *b = push_box(L);
  rnn_layer_retain(layer);
  b->layer = layer;
  remember(L, layer);
}

static void set_given_input(lua_State *L, rnn_layer *layer, const rnn_lua_common *common) {
  const char *type = layer->component->type->name;
  rnn_shape sample = common->input_shape;
  if (common->input_dim != RNN_NIL_INTEGER) {
    if (sample.ndim >= 0)
      rnn_lua_error(L, "%s: give 'input_shape' or 'input_dim', not both", type);
    sample = (rnn_shape){1, {common->input_dim}};
  }
  if (sample.ndim >= RNN_MAX_DIMS)
    rnn_lua_error(L, "%s: argument 'input_shape' has %d extents, at most %d are supported", type,
                  sample.ndim, RNN_MAX_DIMS - 1);
  layer->given_input = (rnn_shape){.ndim = sample.ndim < 0 ? -1 : sample.ndim + 1,
                                   .dim = {RNN_UNKNOWN}};
  for (int i = 0; i < sample.ndim; i++) layer->given_input.dim[i + 1] = sample.dim[i];
}

void rnn_lua_new_layer(lua_State *L, const rnn_type *type, int first) {
  const rnn_lua_common *common;
  rnn_component *component = rnn_lua_construct(L, type, first, &common);
  box *b = push_box(L);
  if (common->name && strlen(common->name) >= sizeof b->layer->name)
    rnn_lua_error(L, "%s: argument 'name' is longer than %d bytes", type->name,
                  (int)sizeof b->layer->name - 1);
  b->layer = rnn_layer_new(rnn_main_context(), component, common->name);
  if (b->layer == NULL) rnn_lua_check(L, RNN_NO_MEMORY);
  b->layer->trainable = common->trainable;
  set_given_input(L, b->layer, common);
  remember(L, b->layer);
  lua_replace(L, -3);
  lua_pop(L, 1);
}

rnn_layer *rnn_lua_test_layer(lua_State *L, int index) {
  box *b = luaL_testudata(L, index, RNN_LUA_LAYER);
  return b ? b->layer : NULL;
}

rnn_layer *rnn_lua_check_layer(lua_State *L, int index) {
  rnn_layer *layer = rnn_lua_test_layer(L, index);
  if (layer == NULL) rnn_lua_error(L, "a layer expected, got %s", rnn_lua_describe(L, index));
  return layer;
}

static int collect(lua_State *L) {
  box *b = luaL_checkudata(L, 1, RNN_LUA_LAYER);
  rnn_layer_release(b->layer);
  b->layer = NULL;
  return 0;
}

/* pushes "dense (Dense)" */
static const char *push_title(lua_State *L, const rnn_layer *layer) {
  return lua_pushfstring(L, "%s (%s)", layer->name, layer->component->type->name);
}

/* ---- methods ----------------------------------------------------------------------------------------- */

/* layer:get_config(): what its constructor takes to make an equal layer, unbuilt */
static int get_config(lua_State *L) {
  const rnn_layer *layer = rnn_lua_check_layer(L, 1);
  rnn_lua_push_config(L, layer->component);
  lua_pushstring(L, layer->name);
  lua_setfield(L, -2, "name");
  lua_pushboolean(L, layer->trainable);
  lua_setfield(L, -2, "trainable");
  lua_pushliteral(L, "float32");
  lua_setfield(L, -2, "dtype");
  return 1;
}

/* layer:get_weights(): a list of copies */
static int get_weights(lua_State *L) {
  rnn_layer *layer = rnn_lua_check_layer(L, 1);
  rnn_lua_push_weights(L, &layer, 1, RNN_ALL_WEIGHTS, true);
  return 1;
}

/* layer:set_weights(list) */
static int set_weights(lua_State *L) {
  rnn_layer *layer = rnn_lua_check_layer(L, 1);
  lua_settop(L, 2);
  rnn_lua_set_weights(L, 2, push_title(L, layer), &layer, 1);
  return 0;
}

static int count_params(lua_State *L) {
  lua_pushinteger(L, rnn_layer_count_params(rnn_lua_check_layer(L, 1), false));
  return 1;
}

/* layer:build(input_shape), the batch in front: {-1, 4, 1} */
static int build(lua_State *L) {
  rnn_layer *layer = rnn_lua_check_layer(L, 1);
  rnn_shape shape;
  lua_settop(L, 2);
  rnn_lua_to_shape(L, 2, &shape, push_title(L, layer), "input_shape");
  rnn_lua_check(L, rnn_layer_build(rnn_main_context(), layer, 1, &shape));
  return 0;
}

/* layer:compute_output_shape(input_shape) */
static int compute_output_shape(lua_State *L) {
  rnn_layer *layer = rnn_lua_check_layer(L, 1);
  rnn_shape input, outputs[RNN_MAX_PORTS];
  int count;
  lua_settop(L, 2);
  rnn_lua_to_shape(L, 2, &input, push_title(L, layer), "input_shape");
  rnn_lua_check(L, rnn_layer_shapes(rnn_main_context(), layer, 1, &input, &count, outputs));
  for (int i = 0; i < count; i++) rnn_lua_push_shape(L, outputs[i].ndim, outputs[i].dim);
  return count;
}

static const luaL_Reg methods[] = {{"get_config", get_config},
                                   {"get_weights", get_weights},
                                   {"set_weights", set_weights},
                                   {"count_params", count_params},
                                   {"build", build},
                                   {"compute_output_shape", compute_output_shape},
                                   {NULL, NULL}};

/* ---- calling on tensors --------------------------------------------------------------------------------- */

static void add_input(lua_State *L, int index, rnn_port *port) {
  const rnn_tensor *t = rnn_lua_to_float32(L, index); /* stays on the stack */
  *port = (rnn_port){.shape = {.ndim = t->ndim}, .data = t->data};
  memcpy(port->shape.dim, t->shape, sizeof *t->shape * (size_t)t->ndim);
}

/* one tensor, or a list of them for a layer that takes several */
static int to_inputs(lua_State *L, int index, const rnn_layer *layer, rnn_port *inputs) {
  if (rnn_layer_vtable(layer)->max_inputs <= 1 || !lua_istable(L, index)) {
    add_input(L, index, inputs);
    return 1;
  }
  lua_Integer count = luaL_len(L, index);
  if (count > RNN_MAX_PORTS)
    rnn_lua_error(L, "%s: at most %d inputs are supported, got %I", push_title(L, layer),
                  RNN_MAX_PORTS, (LUAI_UACINT)count);
  for (int i = 0; i < (int)count; i++) {
    lua_geti(L, index, i + 1);
    add_input(L, lua_gettop(L), &inputs[i]);
  }
  return (int)count;
}

/* layer(x [, {training=false}]): computes at once; as many values as the layer has outputs */
static int call(lua_State *L) {
  static const char *const names[] = {"training", NULL};
  rnn_context *cx = rnn_main_context();
  rnn_layer *layer = rnn_lua_check_layer(L, 1);
  char title[160];
  snprintf(title, sizeof title, "%s (%s)", layer->name, layer->component->type->name);
  if (lua_isnoneornil(L, 2)) return rnn_lua_error(L, "%s: expected a tensor, got nothing", title);
  rnn_lua_options(L, title, 3, names);
  bool training = rnn_lua_option_boolean(L, title, "training", 3, false);
  rnn_port inputs[RNN_MAX_PORTS], outputs[RNN_MAX_PORTS];
  rnn_shape in[RNN_MAX_PORTS], out[RNN_MAX_PORTS];
  luaL_checkstack(L, 4 * RNN_MAX_PORTS, NULL);
  int count, input_count = to_inputs(L, 2, layer, inputs);
  for (int i = 0; i < input_count; i++) in[i] = inputs[i].shape;
  rnn_lua_check(L, rnn_layer_shapes(cx, layer, input_count, in, &count, out));
  for (int i = 0; i < count; i++) {
    rnn_tensor *t = rnn_lua_new_tensor(L, RNN_FLOAT32, out[i].ndim, out[i].dim);
    outputs[i] = (rnn_port){.shape = out[i], .data = t->data};
  }
  rnn_lua_check(L, rnn_layer_call(cx, layer, input_count, inputs, count, outputs, training));
  return count;
}

/* ---- fields ------------------------------------------------------------------------------------------------- */

static const char *const fields[] = {"name", "class_name", "kind", "trainable", "built", "dtype",
                                     "weights", "trainable_weights", "non_trainable_weights",
                                     "input_shape", "output_shape", NULL};

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

static bool push_weight_list(lua_State *L, rnn_layer *layer, const char *key) {
  rnn_lua_which which = RNN_ALL_WEIGHTS;
  if (strcmp(key, "trainable_weights") == 0)
    which = RNN_TRAINABLE;
  else if (strcmp(key, "non_trainable_weights") == 0)
    which = RNN_NON_TRAINABLE;
  else if (strcmp(key, "weights") != 0)
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
  for (const luaL_Reg *m = methods; m->name; m++) {
    if (strcmp(m->name, key) != 0) continue;
    lua_pushcfunction(L, m->func);
    return true;
  }
  return false;
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
  for (const luaL_Reg *m = methods; m->name; m++) f(data, m->name);
}

static void offer(void *suggestion, const char *name) { rnn_suggest(suggestion, name); }

static int unknown_field(lua_State *L, const rnn_layer *layer, const char *key) {
  rnn_suggestion s = {.wrong = key};
  each_name(layer, offer, &s);
  if (s.best)
    return rnn_lua_error(L, "%s has no field '%s' (did you mean '%s'?)", push_title(L, layer), key,
                         s.best);
  return rnn_lua_error(L, "%s has no field '%s'", push_title(L, layer), key);
}

static int index_layer(lua_State *L) {
  rnn_layer *layer = rnn_lua_check_layer(L, 1);
  if (lua_type(L, 2) != LUA_TSTRING)
    return rnn_lua_error(L, "%s has no field %s", push_title(L, layer), rnn_lua_describe(L, 2));
  const char *key = lua_tostring(L, 2);
  if (push_method(L, key) || push_own(L, layer, key) || push_field(L, layer, key) ||
      push_weight_list(L, layer, key))
    return 1;
  return unknown_field(L, layer, key);
}

/* layer.trainable = false */
static int assign(lua_State *L) {
  rnn_layer *layer = rnn_lua_check_layer(L, 1);
  const char *key = luaL_checkstring(L, 2);
  if (strcmp(key, "trainable") != 0)
    return rnn_lua_error(L, "%s: '%s' cannot be assigned; only 'trainable' can", push_title(L, layer),
                         key);
  if (!lua_isboolean(L, 3))
    return rnn_lua_error(L, "%s: 'trainable' must be a boolean, got %s", push_title(L, layer),
                         rnn_lua_describe(L, 3));
  layer->trainable = lua_toboolean(L, 3);
  return 0;
}

/* <Dense units=1 name=dense> */
static int to_text(lua_State *L) {
  const rnn_layer *layer = rnn_lua_check_layer(L, 1);
  rnn_lua_push_text(L, layer->component);
  lua_pushfstring(L, "<%s name=%s>", lua_tostring(L, -1), layer->name);
  return 1;
}

static void append(void *L, const char *name) {
  lua_pushstring(L, name);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

static int list_fields(lua_State *L) {
  const rnn_layer *layer = rnn_lua_check_layer(L, 1);
  lua_newtable(L);
  each_name(layer, append, L);
  return 1;
}

/* core.reset_names(): default names start again at dense */
static int reset_names(lua_State *L) {
  (void)L;
  rnn_reset_names();
  return 0;
}

static const luaL_Reg metamethods[] = {{"__gc", collect},      {"__index", index_layer},
                                       {"__newindex", assign}, {"__call", call},
                                       {"__tostring", to_text}, {"__fields", list_fields},
                                       {NULL, NULL}};
/* core.unique_name(base): the next default name of that base, "dense_1" */
static int unique_name(lua_State *L) {
  char name[64];
  rnn_unique_name(luaL_checkstring(L, 1), name, sizeof name);
  lua_pushstring(L, name);
  return 1;
}

/* core.is_layer(value) */
static int is_layer(lua_State *L) {
  lua_pushboolean(L, rnn_lua_test_layer(L, 1) != NULL);
  return 1;
}

static const luaL_Reg functions[] = {{"reset_names", reset_names},
                                     {"unique_name", unique_name},
                                     {"is_layer", is_layer},
                                     {NULL, NULL}};

void rnn_open_layer(lua_State *L) {
  luaL_newmetatable(L, RNN_LUA_LAYER);
  luaL_setfuncs(L, metamethods, 0);
  lua_pushliteral(L, "layer"); /* what messages call it */
  lua_setfield(L, -2, "__name");
  lua_pop(L, 1);
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &layers_key);
  luaL_setfuncs(L, functions, 0);
}
