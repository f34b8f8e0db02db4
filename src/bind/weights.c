/* weights.c - weights of layers as tensors: views, copies, and setting them all or not at all */
#include "bind/weights.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/layer.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tape.h"
#include "bind/tensor.h"
#include "bind/weight_view.h"

static void push_copy(lua_State *L, const rnn_weight *weight) {
  rnn_tensor *copy = rnn_lua_new_tensor(L, RNN_FLOAT32, weight->shape.ndim, weight->shape.dim);
  rnn_tensor own = rnn_lua_weight_tensor(weight);
  rnn_lua_copy(L, copy, &own);
}

static bool wanted(const rnn_layer *layer, const rnn_weight *weight, rnn_lua_which which) {
  return which == RNN_ALL_WEIGHTS || (which == RNN_TRAINABLE) == rnn_is_trained(layer, weight);
}

void rnn_lua_push_weights(lua_State *L, rnn_layer *const *layers, int count, rnn_lua_which which,
                          bool copies) {
  lua_Integer n = 0;
  lua_newtable(L);
  for (int i = 0; i < count; i++) {
    for (int k = 0; k < layers[i]->weight_count; k++) {
      const rnn_weight *weight = &layers[i]->weights[k];
      if (!wanted(layers[i], weight, which)) continue;
      if (copies)
        push_copy(L, weight);
      else
        rnn_lua_push_weight(L, weight);
      lua_rawseti(L, -2, ++n);
    }
  }
}

/* ---- setting ------------------------------------------------------------------------------------- */

static void check_list(lua_State *L, int index, const char *who, rnn_layer *const *layers,
                       int count) {
  int expected = 0;
  bool built = true;
  for (int i = 0; i < count; i++) {
    expected += layers[i]->weight_count;
    built = built && layers[i]->built;
  }
  if (!lua_istable(L, index))
    rnn_lua_error(L, "%s: set_weights expected a list of tensors, got %s", who,
                  rnn_lua_describe(L, index));
  if (!built)
    rnn_lua_error(L, "%s: has no weights before it is built; call build(input_shape) first", who);
  int got = (int)luaL_len(L, index);
  if (got != expected)
    rnn_lua_error(L, "%s: set_weights expected %d tensor%s, got %d", who, expected,
                  expected == 1 ? "" : "s", got);
}

/* pushes the tensor at list[k], made to float32 and of the weight's shape */
static void push_fitting(lua_State *L, int index, int k, const char *who, const rnn_layer *layer,
                         const rnn_weight *weight) {
  lua_geti(L, index, k);
  const char *what = lua_pushfstring(L, "weight %d, '%s' of layer %s", k, weight->name, layer->name);
  lua_insert(L, -2);
  const rnn_tensor *t = rnn_lua_read_tensor(L, -1, RNN_FLOAT32, who, what);
  bool fits = t->ndim == weight->shape.ndim &&
              memcmp(t->shape, weight->shape.dim, sizeof *t->shape * (size_t)t->ndim) == 0;
  if (fits) {
    lua_rotate(L, -3, 1);
    lua_pop(L, 2);
    return;
  }
  char expected[RNN_SHAPE_TEXT], got[RNN_SHAPE_TEXT];
  rnn_shape_text(expected, weight->shape.ndim, weight->shape.dim);
  rnn_shape_text(got, t->ndim, t->shape);
  rnn_lua_error(L, "%s: %s, expected shape %s, got %s", who, what, expected, got);
}

void rnn_lua_set_weights(lua_State *L, int index, const char *who, rnn_layer *const *layers,
                         int count) {
  index = lua_absindex(L, index);
  check_list(L, index, who, layers, count);
  int n = 0;
  lua_newtable(L); /* all are converted and checked before the first is written */
  for (int i = 0; i < count; i++) {
    for (int k = 0; k < layers[i]->weight_count; k++) {
      push_fitting(L, index, ++n, who, layers[i], &layers[i]->weights[k]);
      lua_rawseti(L, -2, n);
      rnn_tensor to = rnn_lua_weight_tensor(&layers[i]->weights[k]);
      rnn_tape_before_write(L, "set_weights", &to, 0);
    }
  }
  n = 0;
  for (int i = 0; i < count; i++) {
    for (int k = 0; k < layers[i]->weight_count; k++) {
      rnn_tensor to = rnn_lua_weight_tensor(&layers[i]->weights[k]);
      lua_rawgeti(L, -1, ++n);
      rnn_tensor_assign(NULL, &to, rnn_lua_test_tensor(L, -1)); /* all of them, whatever is pressed */
      lua_pop(L, 1);
    }
  }
  lua_pop(L, 1);
}

/* ---- of several layers, for models ------------------------------------------------------------------ */

/* Pushes memory that holds the layers of the list at index, and keeps them alive: a script's finalizer may
** take them off the list meanwhile. */
static rnn_layer **push_layers(lua_State *L, int index, int *count) {
  luaL_checktype(L, index, LUA_TTABLE);
  *count = (int)luaL_len(L, index);
  rnn_layer **layers = lua_newuserdatauv(L, sizeof *layers * (size_t)(*count + 1), 1);
  lua_createtable(L, *count, 0);
  for (int i = 0; i < *count; i++) {
    lua_geti(L, index, i + 1);
    layers[i] = rnn_lua_check_layer(L, -1);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setiuservalue(L, -2, 1);
  return layers;
}

/* core.get_weights(layers): a list of copies */
static int get_weights(lua_State *L) {
  int count;
  rnn_layer **layers = push_layers(L, 1, &count);
  rnn_lua_push_weights(L, layers, count, RNN_ALL_WEIGHTS, true);
  return 1;
}

/* core.weights(layers, "all" | "trainable" | "non_trainable"): a list of tensors that are the weights */
static int weights(lua_State *L) {
  static const char *const words[] = {"all", "trainable", "non_trainable", NULL};
  int which = luaL_checkoption(L, 2, "all", words), count;
  rnn_layer **layers = push_layers(L, 1, &count);
  rnn_lua_push_weights(L, layers, count, (rnn_lua_which)which, false);
  return 1;
}

/* core.set_weights(who, layers, list) */
static int set_weights(lua_State *L) {
  const char *who = luaL_checkstring(L, 1);
  int count;
  rnn_layer **layers = push_layers(L, 2, &count);
  rnn_lua_set_weights(L, 3, who, layers, count);
  return 0;
}

/* core.layer_streams(layers) -> two integers a layer: its random stream and how much of it was used */
static int layer_streams(lua_State *L) {
  int count;
  rnn_layer **layers = push_layers(L, 1, &count);
  luaL_checkstack(L, 2 * count, NULL);
  for (int i = 0; i < count; i++) {
    lua_pushinteger(L, (lua_Integer)layers[i]->key);
    lua_pushinteger(L, (lua_Integer)layers[i]->draws);
  }
  return 2 * count;
}

/* core.set_layer_streams(layers, integers as layer_streams gives them, …) */
static int set_layer_streams(lua_State *L) {
  int count, last = lua_gettop(L);
  rnn_layer **layers = push_layers(L, 1, &count);
  luaL_argcheck(L, last == 1 + 2 * count, 2, "two integers a layer expected");
  for (int i = 0; i < count; i++) {
    layers[i]->key = (uint64_t)luaL_checkinteger(L, 2 + 2 * i);
    layers[i]->draws = (uint64_t)luaL_checkinteger(L, 3 + 2 * i);
  }
  return 0;
}

static const luaL_Reg functions[] = {{"get_weights", get_weights},
                                     {"weights", weights},
                                     {"set_weights", set_weights},
                                     {"layer_streams", layer_streams},
                                     {"set_layer_streams", set_layer_streams},
                                     {NULL, NULL}};

void rnn_open_weights(lua_State *L) { luaL_setfuncs(L, functions, 0); }
