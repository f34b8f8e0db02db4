/*
** layer.c - layers as Lua objects.
**
** One layer has one userdata, so that `model.layers[1] == layer`. Here are its life and its methods;
** layer_fields.c has the fields, layer_call.c the call on tensors.
*/
#include "bind/layer.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/arguments.h"
#include "bind/class.h"
#include "bind/component.h"
#include "bind/config.h"
#include "bind/hooks.h"
#include "bind/layer_parts.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tensor.h"
#include "bind/values.h"
#include "bind/weights.h"
#include "core/component.h"
#include "core/states.h"

/* ---- life ----------------------------------------------------------------------------------------- */

typedef struct box {
  rnn_layer *layer; /* holds a reference */
} box;

static box *push_box(lua_State *L) {
  box *b = lua_newuserdatauv(L, sizeof *b, 0);
  b->layer = NULL;
  luaL_setmetatable(L, RNN_LUA_LAYER);
  return b;
}

/* input_shape or input_dim with an unknown batch in front; ndim -1: neither was given */
static rnn_shape given_input(lua_State *L, const char *type, const rnn_lua_common *common) {
  rnn_shape sample = common->input_shape;
  if (common->input_dim != RNN_NIL_INTEGER) {
    if (sample.ndim >= 0)
      rnn_lua_error(L, "%s: give 'input_shape' or 'input_dim', not both", type);
    sample = (rnn_shape){1, {common->input_dim}};
  }
  if (sample.ndim >= RNN_MAX_DIMS)
    rnn_lua_error(L, "%s: argument 'input_shape' has %d extents, at most %d are supported", type,
                  sample.ndim, RNN_MAX_DIMS - 1);
  rnn_shape input = {.ndim = sample.ndim < 0 ? -1 : sample.ndim + 1, .dim = {RNN_UNKNOWN}};
  for (int i = 0; i < sample.ndim; i++) input.dim[i + 1] = sample.dim[i];
  return input;
}

void rnn_lua_new_layer(lua_State *L, const rnn_type *type, int first) {
  int top = lua_gettop(L);
  const void *shared;
  rnn_component *component = rnn_lua_construct(L, type, first, &shared); /* both live above top */
  const rnn_lua_common *common = shared;
  rnn_shape input = given_input(L, type->name, common);
  box *b = push_box(L);
  if (common->name && strlen(common->name) >= sizeof b->layer->name)
    rnn_lua_error(L, "%s: argument 'name' is longer than %d bytes", type->name,
                  (int)sizeof b->layer->name - 1);
  b->layer = rnn_layer_new(rnn_main_context(), component, common->name); /* counts default names */
  if (b->layer == NULL) rnn_lua_check(L, RNN_NO_MEMORY);
  b->layer->trainable = common->trainable;
  b->layer->given_input = input;
  lua_replace(L, top + 1); /* the layer alone stays */
  lua_settop(L, top + 1);
}

void rnn_lua_new_function(lua_State *L, const rnn_type *type, int first) {
  int top = lua_gettop(L);
  const void *common;
  rnn_component *component = rnn_lua_construct(L, type, first, &common); /* both live above top */
  box *b = push_box(L);
  b->layer = rnn_layer_new(rnn_main_context(), component, type->name);
  if (b->layer == NULL) rnn_lua_check(L, RNN_NO_MEMORY);
  lua_replace(L, top + 1);
  lua_settop(L, top + 1);
}

rnn_layer *rnn_lua_test_layer(lua_State *L, int index) {
  box *b = luaL_testudata(L, index, RNN_LUA_LAYER);
  if (b == NULL) return NULL;
  rnn_lua_check_alive(L, b->layer, "layer");
  return b->layer;
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

const char *rnn_lua_push_title(lua_State *L, const rnn_layer *layer) {
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
  rnn_lua_set_weights(L, 2, rnn_lua_push_title(L, layer), &layer, 1);
  return 0;
}

static int count_params(lua_State *L) {
  lua_pushinteger(L, rnn_layer_count_params(rnn_lua_check_layer(L, 1), false));
  return 1;
}

/* layer:reset_states([rows]): what a stateful layer carries becomes 0, for all sequences or for these */
static int reset_states(lua_State *L) {
  rnn_layer *layer = rnn_lua_check_layer(L, 1);
  lua_settop(L, 2);
  const char *title = rnn_lua_push_title(L, layer);
  if (lua_isnil(L, 2)) {
    rnn_lua_check(L, rnn_states_reset(rnn_main_context(), layer, 0, NULL));
    return 0;
  }
  if (!lua_istable(L, 2))
    return rnn_lua_error(L, "%s: reset_states expected a list of rows, got %s", title,
                         rnn_lua_describe(L, 2));
  lua_Integer count = luaL_len(L, 2);
  int64_t *rows = lua_newuserdatauv(L, sizeof *rows * (size_t)(count + 1), 0);
  for (lua_Integer i = 0; i < count; i++) {
    int whole;
    lua_geti(L, 2, i + 1);
    rows[i] = lua_tointegerx(L, -1, &whole) - 1;
    if (!whole) rnn_lua_error(L, "%s: reset_states: a row must be an integer, got %s", title,
                              rnn_lua_describe(L, -1));
    lua_pop(L, 1);
  }
  rnn_context *cx = rnn_main_context();
  rnn_lua_check(L, rnn_layer_named(cx, layer, rnn_states_reset(cx, layer, count, rows)));
  return 0;
}

/* the argument input_shape of build and compute_output_shape, the batch in front: {-1, 4, 1} */
static void to_input_shape(lua_State *L, const rnn_layer *layer, rnn_shape *shape) {
  lua_settop(L, 2);
  const char *title = rnn_lua_push_title(L, layer);
  rnn_lua_to_shape(L, 2, shape, title, "input_shape");
  for (int i = 0; i < shape->ndim; i++)
    if (shape->dim[i] < 0 && shape->dim[i] != RNN_UNKNOWN)
      rnn_lua_error(L, "%s: argument 'input_shape': extent %d must be >= 0, or -1 if unknown, got %I",
                    title, i + 1, (LUAI_UACINT)shape->dim[i]);
}

/* layer:build(input_shape) */
static int build(lua_State *L) {
  rnn_layer *layer = rnn_lua_check_layer(L, 1);
  rnn_shape shape;
  to_input_shape(L, layer, &shape);
  rnn_lua_check(L, rnn_layer_build(rnn_main_context(), layer, 1, &shape));
  return 0;
}

/* layer:adapt(data) (lua/rnnlua/adapting.lua) */
static int adapt(lua_State *L) {
  rnn_lua_check_layer(L, 1);
  if (!rnn_lua_push_hook(L, "adapt")) return rnn_lua_error(L, "adapt: require \"rnnlua\" first");
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, 0);
  return 0;
}

/* layer:compute_output_shape(input_shape) */
static int compute_output_shape(lua_State *L) {
  rnn_layer *layer = rnn_lua_check_layer(L, 1);
  rnn_shape input, outputs[RNN_MAX_PORTS];
  int count;
  to_input_shape(L, layer, &input);
  rnn_lua_check(L, rnn_layer_shapes(rnn_main_context(), layer, 1, &input, &count, outputs));
  for (int i = 0; i < count; i++) rnn_lua_push_shape(L, outputs[i].ndim, outputs[i].dim);
  return count;
}

const luaL_Reg rnn_lua_layer_methods[] = {{"get_config", get_config},
                                   {"get_weights", get_weights},
                                   {"set_weights", set_weights},
                                   {"count_params", count_params},
                                   {"build", build},
                                   {"adapt", adapt},
                                   {"reset_states", reset_states},
                                   {"compute_output_shape", compute_output_shape},
                                   {NULL, NULL}};

/* ---- the metatable ------------------------------------------------------------------------------------ */

/* <Dense units=1 name=dense> */
static int to_text(lua_State *L) {
  const rnn_layer *layer = rnn_lua_check_layer(L, 1);
  rnn_lua_push_text(L, layer->component);
  lua_pushfstring(L, "<%s name=%s>", lua_tostring(L, -1), layer->name);
  return 1;
}

/* core.reset_names(): default names start again at dense */
static int reset_names(lua_State *L) {
  (void)L;
  rnn_reset_names();
  return 0;
}

static const luaL_Reg metamethods[] = {{"__gc", collect},
                                       {"__index", rnn_lua_index_layer},
                                       {"__newindex", rnn_lua_assign_layer},
                                       {"__call", rnn_lua_call_layer},
                                       {"__tostring", to_text},
                                       {"__fields", rnn_lua_list_layer},
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

/* core.activity_regularizer(layer): the penalty on its output that is not left to the layer itself, or nil */
static int activity_regularizer(lua_State *L) {
  const rnn_component *regularizer = rnn_layer_activity_regularizer(rnn_lua_check_layer(L, 1));
  if (regularizer) rnn_lua_push_component(L, regularizer);
  else lua_pushnil(L);
  return 1;
}

static const luaL_Reg functions[] = {{"activity_regularizer", activity_regularizer},
                                     {"reset_names", reset_names},
                                     {"unique_name", unique_name},
                                     {"is_layer", is_layer},
                                     {NULL, NULL}};

void rnn_open_layer(lua_State *L) {
  rnn_lua_new_class(L, RNN_LUA_LAYER, "layer", metamethods, NULL);
  luaL_setfuncs(L, functions, 0);
}
