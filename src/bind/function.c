/*
** function.c - plain functions of plugins, called from Lua.
**
** A function is a layer without weights, and its call is one of a layer made for it: what holds of calls of layers
** (conversion, shapes, recording for gradients) holds of functions.
*/
#include "bind/function.h"

#include <lauxlib.h>

#include "bind/layer.h"
#include "bind/layer_parts.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tensor.h"

/* Whether the value can be nothing but data: a tensor, or an object that stands for one. */
static bool is_data(lua_State *L, int index) {
  if (rnn_lua_test_tensor(L, index)) return true;
  return lua_istable(L, index) && lua_getmetatable(L, index) && (lua_pop(L, 1), true);
}

/* nested tables, or a number where one has to be */
static bool can_be_data(lua_State *L, int index) {
  return is_data(L, index) || lua_isnumber(L, index) || (lua_istable(L, index) && lua_rawlen(L, index) > 0);
}

/* how many of the values from 2 on are inputs: those that the function needs, and of those it may have the tensors */
static int count_inputs(lua_State *L, const rnn_function_type *type) {
  int most = type->max_inputs > 0 ? type->max_inputs : 1, least = type->min_inputs > 0 ? type->min_inputs : 1;
  int count = 0;
  while (count < least && can_be_data(L, 2 + count)) count++;
  while (count >= least && count < most && is_data(L, 2 + count)) count++;
  if (count < least)
    rnn_lua_error(L, "%s: input %d: expected a tensor or nested tables, got %s", type->type.name, count + 1,
                  lua_isnone(L, 2 + count) ? "nothing" : rnn_lua_describe(L, 2 + count));
  return count;
}

/* brings the inputs at 2 and above into slot 2: one as it is, several in a list */
static void gather_inputs(lua_State *L, int count, bool several) {
  lua_settop(L, 1 + count);
  if (!several) return;
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    lua_pushvalue(L, 2 + i);
    lua_rawseti(L, -2, i + 1);
  }
  lua_replace(L, 2);
  lua_settop(L, 2);
}

int rnn_lua_call_function(lua_State *L, const rnn_type *type) {
  const rnn_function_type *function = (const rnn_function_type *)type;
  int count = count_inputs(L, function);
  rnn_lua_new_function(L, type, 2 + count);
  lua_replace(L, 1);
  gather_inputs(L, count, function->max_inputs > 1);
  return rnn_lua_call_layer(L);
}
