/* check.c - the check of one part of a plugin, for lua/rnnlua/plugins */
#include "bind/check.h"

#include <lauxlib.h>

#include "bind/component.h"
#include "bind/layer.h"
#include "bind/raise.h"
#include "bind/registry.h"
#include "bind/tensor.h"
#include "bind/trampoline.h"
#include "core/alloc.h"
#include "core/check.h"
#include "core/component.h"
#include "core/context.h"
#include "core/trial.h"

static int seed(lua_State *L) {
  rnn_lua_seed(L, 1);
  return 0;
}

static rnn_status reseed(rnn_context *cx) { return rnn_lua_protect(cx, NULL, seed, NULL); }

static void push_shapes(lua_State *L, int count, const rnn_shape *shapes) {
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    rnn_lua_push_shape(L, shapes[i].ndim, shapes[i].dim);
    lua_rawseti(L, -2, i + 1);
  }
}

static rnn_status run(rnn_context *cx, const rnn_component *component, rnn_checked_shapes *used) {
  rnn_kind kind = component->type->kind;
  if (kind == RNN_LAYER || kind == RNN_FUNCTION) return rnn_check_layer(cx, component, used);
  return rnn_check_component(cx, component);
}

/* Blocks that are out after a copy of the component was checked, from its first use to its last. */
static long live_after_use(lua_State *L, const rnn_component *component) {
  rnn_context *cx = rnn_main_context();
  rnn_checked_shapes used;
  rnn_component *copy = rnn_component_copy(cx, component);
  if (copy && rnn_component_finish(cx, copy) == RNN_OK) run(cx, copy, &used);
  rnn_component_release(copy);
  lua_gc(L, LUA_GCCOLLECT, 0);
  lua_gc(L, LUA_GCCOLLECT, 0);
  return rnn_live_allocations();
}

/* By how much each use makes them more; what is made once, at the first use, is no leak. */
static long leaks(lua_State *L, const rnn_component *component) {
  long first = live_after_use(L, component), second = live_after_use(L, component);
  long third = live_after_use(L, component);
  return second > first && third > second ? third - second : 0;
}

static const rnn_component *to_component(lua_State *L, int index) {
  const rnn_layer *layer = rnn_lua_test_layer(L, index);
  const rnn_component *component = layer ? layer->component : rnn_lua_test_component(L, index);
  luaL_argcheck(L, component != NULL, index, "component or layer expected");
  return component;
}

/* core.check(component or layer): true, and of a layer {inputs = {shapes}, outputs =, indices = boolean}; nil and what
** is wrong */
static int check(lua_State *L) {
  rnn_context *cx = rnn_main_context();
  const rnn_component *component = to_component(L, 1);
  rnn_checked_shapes used = {0};
  if (run(cx, component, &used) != RNN_OK) {
    lua_pushnil(L);
    lua_pushstring(L, rnn_message(cx));
    return 2;
  }
  long lost = leaks(L, component);
  if (lost > 0) {
    lua_pushnil(L);
    lua_pushfstring(L, "leaks memory: %d blocks more at each use (release, forget or backward give back too little)",
                    (int)lost);
    return 2;
  }
  lua_pushboolean(L, 1);
  if (used.input_count == 0) return 1;
  lua_createtable(L, 0, 3);
  push_shapes(L, used.input_count, used.inputs);
  lua_setfield(L, -2, "inputs");
  push_shapes(L, used.output_count, used.outputs);
  lua_setfield(L, -2, "outputs");
  lua_pushboolean(L, used.indices);
  lua_setfield(L, -2, "indices");
  return 2;
}

/* core.make_function(type object, …): the component of a plain function with these arguments, for check */
static int make_function(lua_State *L) {
  const rnn_type *type = rnn_lua_test_type(L, 1);
  luaL_argcheck(L, type != NULL && type->kind == RNN_FUNCTION, 1, "function expected");
  rnn_lua_new_function(L, type, 2);
  return 1;
}

static const luaL_Reg functions[] = {{"check", check}, {"make_function", make_function}, {NULL, NULL}};

void rnn_open_check(lua_State *L) {
  rnn_trial_set_reseed(reseed);
  luaL_setfuncs(L, functions, 0);
}
