/* variable.c - tensors that are variables: rl.Variable, v:assign(t), assign_add, assign_sub */
#include "bind/variable.h"

#include "bind/array.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tape.h"
#include "bind/tensor.h"

bool rnn_lua_push_variable_info(lua_State *L, int index) {
  if (rnn_lua_test_tensor(L, index) == NULL) return false;
  int type = lua_getiuservalue(L, index, RNN_VARIABLE_INFO); /* none: nil */
  if (type == LUA_TTABLE) return true;
  lua_pop(L, 1);
  return false;
}

bool rnn_lua_is_variable(lua_State *L, int index) {
  const rnn_tensor *t = rnn_lua_test_tensor(L, index);
  if (t == NULL || t->watch == RNN_WATCHED_VARIABLE) return t != NULL;
  bool has_info = rnn_lua_push_variable_info(L, index);
  if (has_info) lua_pop(L, 1);
  return has_info;
}

/* core.is_variable(value) */
static int is_variable(lua_State *L) {
  lua_pushboolean(L, rnn_lua_is_variable(L, 1));
  return 1;
}

/* core.variable_info(variable): what else is known of it, {name =, constraint =, regularizer =}; nil for other values */
static int variable_info(lua_State *L) {
  if (!rnn_lua_push_variable_info(L, 1)) lua_pushnil(L);
  return 1;
}

/* ---- making ------------------------------------------------------------------------------------------ */

static rnn_dtype variable_dtype(lua_State *L) {
  const rnn_tensor *given = rnn_lua_test_tensor(L, 1);
  rnn_dtype dtype = rnn_lua_check_dtype(L, "Variable", 4, given ? given->dtype : RNN_FLOAT32);
  if (dtype < RNN_FLOAT32)
    rnn_lua_error(L, "Variable: dtype must be float32 or float64, got %s (a variable is there to be trained)",
                  rnn_dtype_name(dtype));
  return dtype;
}

/* rl.Variable(value [, {trainable=true, name=, dtype=}]): a tensor of its own numbers that every tape watches. A tensor
** keeps its dtype, numbers and tables become float32. */
static int new_variable(lua_State *L) {
  static const char *const names[] = {"trainable", "name", "dtype", NULL};
  if (lua_isnoneornil(L, 1)) return rnn_lua_error(L, "Variable: a tensor, a table or a number expected, got nil");
  rnn_lua_options(L, "Variable", 2, names);
  bool trainable = rnn_lua_option_boolean(L, "Variable", "trainable", 2, true);
  if (!lua_isnil(L, 3) && lua_type(L, 3) != LUA_TSTRING) rnn_lua_option_error(L, "Variable", "name", "a string", 3);
  rnn_dtype dtype = variable_dtype(L);
  const rnn_tensor *from = rnn_lua_read_tensor(L, 1, (int)dtype, "Variable", "value");
  const rnn_tensor *own = rnn_lua_push_copy(L, from, dtype);
  rnn_tensor *variable = rnn_lua_push_view_with(L, lua_gettop(L), own, RNN_VARIABLE_VALUES);
  lua_createtable(L, 0, 1);
  lua_pushvalue(L, 3);
  lua_setfield(L, -2, "name");
  lua_setiuservalue(L, -2, RNN_VARIABLE_INFO);
  if (trainable) variable->watch = RNN_WATCHED_VARIABLE;
  return 1;
}

/* ---- assigning ---------------------------------------------------------------------------------------- */

static const rnn_tensor *check_variable(lua_State *L, const char *function) {
  const rnn_tensor *t = rnn_lua_check_tensor(L, function, 1);
  if (!rnn_lua_is_variable(L, 1))
    rnn_lua_error(L, "%s: a variable expected, got a tensor that is none (t:copy_from(u) writes into those)", function);
  rnn_tape_before_write(L, function, t, 2);
  return t;
}

/* writes the value on top, which must have the variable's shape */
static int write(lua_State *L, const char *function, const rnn_tensor *variable) {
  rnn_lua_to_tensor(L, -1, -1);
  const rnn_tensor *value = rnn_lua_test_tensor(L, -1);
  char expected[RNN_SHAPE_TEXT], got[RNN_SHAPE_TEXT];
  if (!rnn_tensor_same_shape(variable, value))
    return rnn_lua_error(L, "%s: the variable has shape %s, got a value of shape %s", function,
                         rnn_shape_text(expected, variable->ndim, variable->shape),
                         rnn_shape_text(got, value->ndim, value->shape));
  rnn_lua_assign(L, function, variable, lua_gettop(L));
  lua_settop(L, 1);
  return 1;
}

/* v:assign(value): the variable's numbers become these; returns it */
static int assign(lua_State *L) {
  rnn_lua_options(L, "assign", 3, (const char *[]){NULL});
  const rnn_tensor *variable = check_variable(L, "assign");
  lua_settop(L, 2);
  return write(L, "assign", variable);
}

static int assign_changed(lua_State *L, const char *function, int operation) {
  rnn_lua_options(L, function, 3, (const char *[]){NULL});
  const rnn_tensor *variable = check_variable(L, function);
  lua_settop(L, 2);
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 2);
  if (lua_istable(L, 2)) {
    rnn_lua_to_tensor(L, 2, -1);
    lua_replace(L, -2);
  }
  lua_arith(L, operation);
  return write(L, function, variable);
}

/* v:assign_add(value): v = v + value */
static int assign_add(lua_State *L) { return assign_changed(L, "assign_add", LUA_OPADD); }
/* v:assign_sub(value): v = v - value */
static int assign_sub(lua_State *L) { return assign_changed(L, "assign_sub", LUA_OPSUB); }

static const luaL_Reg functions[] = {{"is_variable", is_variable}, {"variable_info", variable_info}, {NULL, NULL}};
static const luaL_Reg methods[] = {
    {"assign", assign}, {"assign_add", assign_add}, {"assign_sub", assign_sub}, {NULL, NULL}};

void rnn_open_variable(lua_State *L) {
  luaL_setfuncs(L, functions, 0);
  rnn_lua_add_methods(L, methods);
  lua_getfield(L, -1, "tensor_creators"); /* no tape records it: it begins anew */
  rnn_lua_push_metatable(L);
  lua_pushcclosure(L, new_variable, 1);
  lua_setfield(L, -2, "Variable");
  lua_pop(L, 1);
}
