/*
** script_build.c - build of a layer written in Lua, and add_weight.
**
** A weight that the script keeps in `self` is a tensor with memory of its own, into which each call copies the layer's
** weight (script_layer.c). So it is never left dangling, and what a script writes to it does not reach the layer.
*/
#include <string.h>

#include "bind/component.h"
#include "bind/raise.h"
#include "bind/script_layer.h"
#include "bind/tape.h"
#include "bind/tensor.h"
#include "bind/trampoline.h"
#include "bind/values.h"
#include "core/layer.h"

static rnn_script_building *current;

rnn_script_building *rnn_script_building_begin(rnn_script_building *building) {
  rnn_script_building *before = current;
  current = building;
  return before;
}

void rnn_script_building_end(rnn_script_building *before) { current = before; }

void rnn_script_new_record(lua_State *L, rnn_script_building *b) {
  lua_createtable(L, 3, 0);
  for (int i = RNN_RECORD_TENSORS; i <= RNN_RECORD_COMPONENTS; i++) {
    lua_newtable(L);
    lua_rawseti(L, -2, i);
  }
  lua_pushvalue(L, -1);
  b->record = luaL_ref(L, LUA_REGISTRYINDEX);
}

void rnn_script_push_shapes(lua_State *L, const rnn_script *s, int count, const rnn_shape *shapes) {
  if (!s->spec->several) {
    rnn_lua_push_shape(L, shapes->ndim, shapes->dim);
    return;
  }
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    rnn_lua_push_shape(L, shapes[i].ndim, shapes[i].dim);
    lua_rawseti(L, -2, i + 1);
  }
}

/* ---- add_weight ----------------------------------------------------------------------------------------- */

enum { SELF = 1, NAME, SHAPE, INITIALIZER, REGULARIZER, CONSTRAINT, TRAINABLE, WHO, RECORD };

/* list `field` of the record gets the value at index */
static void append(lua_State *L, int field, int index) {
  lua_rawgeti(L, RECORD, field);
  lua_pushvalue(L, index);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  lua_pop(L, 1);
}

/* the component at index, kept by the record; NULL where there is nil */
static const rnn_component *keep_component(lua_State *L, int index) {
  const rnn_component *component = rnn_lua_test_component(L, index);
  if (component) append(L, RNN_RECORD_COMPONENTS, index);
  return component;
}

static void read_shape(lua_State *L, const char *who, rnn_shape *shape) {
  rnn_lua_to_shape(L, SHAPE, shape, who, "shape");
  for (int i = 0; i < shape->ndim; i++)
    if (shape->dim[i] < 0)
      rnn_lua_error(L, "%s: argument 'shape': extent %d is not known; a weight's extents must be", who, i + 1);
}

/* add_weight(self, name, shape, initializer, regularizer, constraint, trainable) -> its tensor; arguments but the shape
** were looked at in Lua */
int rnn_script_add_weight(lua_State *L) {
  rnn_weight_spec spec = {.name = luaL_checkstring(L, NAME)};
  lua_settop(L, TRAINABLE);
  const char *who = lua_pushfstring(L, "add_weight '%s'", spec.name);
  if (current) lua_rawgeti(L, LUA_REGISTRYINDEX, current->object);
  if (current == NULL || !lua_rawequal(L, SELF, -1))
    return rnn_lua_error(L, "%s: weights are added while build runs, to its own self", who);
  read_shape(L, who, &spec.shape);
  lua_settop(L, WHO);
  lua_rawgeti(L, LUA_REGISTRYINDEX, current->record);
  spec.initializer = keep_component(L, INITIALIZER);
  spec.regularizer = keep_component(L, REGULARIZER);
  spec.constraint = keep_component(L, CONSTRAINT);
  spec.fixed = !lua_toboolean(L, TRAINABLE);
  rnn_tensor *t = rnn_lua_new_tensor(L, RNN_FLOAT32, spec.shape.ndim, spec.shape.dim);
  memset(t->data, 0, sizeof(float) * (size_t)rnn_tensor_size(t));
  t->watch = RNN_WATCHED_VARIABLE; /* its gradient is found by its address, whichever tape records */
  append(L, RNN_RECORD_TENSORS, lua_gettop(L));
  append(L, RNN_RECORD_NAMES, NAME);
  rnn_context *cx = rnn_main_context();
  if (current->layer) rnn_lua_check(L, rnn_add_weight(cx, current->layer, &spec));
  return 1;
}

/* ---- build ------------------------------------------------------------------------------------------------- */

static int count_weights(lua_State *L, int record) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, record);
  lua_rawgeti(L, -1, RNN_RECORD_TENSORS);
  int count = (int)lua_rawlen(L, -1);
  lua_pop(L, 2);
  return count;
}

/* Weights of two builds, for two layers that share this self, must be of the same shapes: each call copies its own
** into the tensors of the last build. */
static void check_same_weights(lua_State *L, int before, int after) {
  int count = count_weights(L, before);
  bool same = count == count_weights(L, after);
  lua_rawgeti(L, LUA_REGISTRYINDEX, before);
  lua_rawgeti(L, -1, RNN_RECORD_TENSORS);
  lua_rawgeti(L, LUA_REGISTRYINDEX, after);
  lua_rawgeti(L, -1, RNN_RECORD_TENSORS);
  for (int i = 1; same && i <= count; i++) {
    lua_rawgeti(L, -3, i);
    lua_rawgeti(L, -2, i);
    same = rnn_tensor_same_shape(rnn_lua_test_tensor(L, -2), rnn_lua_test_tensor(L, -1));
    lua_pop(L, 2);
  }
  lua_pop(L, 4);
  if (!same) luaL_error(L, "is used in two places, which need weights of different shapes: make two layers");
}

/* What the build of this self before left in use, by weights of the other side of a Bidirectional that are not even
** filled yet, stays as long as the new record; but not what that had kept for one before. */
static void keep_components(lua_State *L, int before, int after) {
  if (before == LUA_NOREF) return;
  lua_rawgeti(L, LUA_REGISTRYINDEX, after);
  lua_rawgeti(L, -1, RNN_RECORD_COMPONENTS);
  lua_rawgeti(L, LUA_REGISTRYINDEX, before);
  lua_rawgeti(L, -1, RNN_RECORD_COMPONENTS);
  if (lua_rawgeti(L, -1, 1) == LUA_TTABLE) { /* kept comes first: it is put there before build runs */
    lua_pushboolean(L, 0);
    lua_rawseti(L, -3, 1);
  }
  lua_pop(L, 1);
  lua_rawseti(L, -3, 1);
  lua_pop(L, 3);
}

/* The record stays as long as the layer, whatever is built with this self later. */
static void keep_for_layer(lua_State *L, const rnn_script_building *b) {
  if (b->layer == NULL) return;
  lua_rawgeti(L, LUA_REGISTRYINDEX, b->record);
  int kept = luaL_ref(L, LUA_REGISTRYINDEX);
  if (b->layer->forget) b->layer->forget(b->layer->kept);
  b->layer->forget = rnn_lua_forget;
  b->layer->kept = kept;
}

static int run_build(lua_State *L) {
  rnn_script_building *b = rnn_script_opened(L);
  const rnn_script *s = b->call.script;
  const rnn_script_layer *l = rnn_script_layer_of(s);
  rnn_script_new_record(L, b);
  if (l->built_for == b->layer && b->layer->weight_count > 0) keep_components(L, l->record, b->record);
  if (rnn_script_has(s, RNN_SCRIPT_BUILD)) {
    rnn_script_push(L, s, RNN_SCRIPT_BUILD);
    rnn_script_push_object(L, s);
    rnn_script_push_shapes(L, s, b->input_count, b->inputs);
    lua_call(L, 2, 0);
  }
  if (l->record != LUA_NOREF && l->built_for != b->layer) check_same_weights(L, l->record, b->record);
  keep_for_layer(L, b);
  b->input_count = count_weights(L, b->record);
  return 0;
}

rnn_status rnn_script_layer_build(rnn_context *cx, void *self, rnn_layer *layer, int input_count,
                                  const rnn_shape *inputs) {
  rnn_script *s = rnn_script_of(self);
  rnn_script_layer *l = rnn_script_layer_of(s);
  rnn_script_building b = {{s}, layer, s->object, LUA_NOREF, input_count, inputs};
  rnn_script_building *before = rnn_script_building_begin(&b);
  rnn_status status = rnn_script_run(cx, run_build, &b.call);
  rnn_script_building_end(before);
  rnn_lua_forget(l->record); /* a script whose build failed holds tensors of neither build for sure */
  l->record = status == RNN_OK ? b.record : LUA_NOREF;
  l->weight_count = status == RNN_OK ? b.input_count : 0;
  l->built_for = layer;
  if (status != RNN_OK) rnn_lua_forget(b.record);
  return status;
}
