/*
** registry.c - types as Lua objects (`rl.layers.Dense`), and what they declare.
*/
#include "bind/registry.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/apply.h"
#include "bind/arguments.h"
#include "bind/component.h"
#include "bind/function.h"
#include "bind/layer.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "core/component.h"
#include "core/registry.h"
#include "core/suggest.h"

#define TYPE "rnnlua.type"

/* ---- type objects ------------------------------------------------------------------------------------ */

static const char types_key; /* registry[&types_key]: lightuserdata of a type -> its object */

void rnn_lua_push_type(lua_State *L, const rnn_type *type) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &types_key);
  if (lua_rawgetp(L, -1, type) == LUA_TNIL) {
    lua_pop(L, 1);
    const rnn_type **object = lua_newuserdatauv(L, sizeof *object, 0);
    *object = type;
    luaL_setmetatable(L, TYPE);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, -3, type);
  }
  lua_remove(L, -2);
}

void rnn_lua_forget_type(lua_State *L, const rnn_type *type) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &types_key);
  if (lua_rawgetp(L, -1, type) != LUA_TNIL) {
    *(const rnn_type **)lua_touserdata(L, -1) = NULL;
    lua_pushnil(L);
    lua_rawsetp(L, -3, type);
  }
  lua_pop(L, 2);
}

const rnn_type *rnn_lua_test_type(lua_State *L, int index) {
  const rnn_type **object = luaL_testudata(L, index, TYPE);
  return object ? *object : NULL;
}

static const rnn_type *self(lua_State *L) {
  const rnn_type *type = rnn_lua_test_type(L, 1);
  if (type == NULL) rnn_lua_error(L, "a type expected, got %s", rnn_lua_describe(L, 1));
  return type;
}

/* Dense{units=1} constructs; relu(t) and mse(y_true, y_pred) compute */
static int call_type(lua_State *L) {
  const rnn_type *type = self(L);
  if (rnn_lua_applies(L, type)) return rnn_lua_apply_type(L, type);
  if (type->kind == RNN_FUNCTION) return rnn_lua_call_function(L, type);
  if (type->kind == RNN_LAYER)
    rnn_lua_new_layer(L, type, 2);
  else
    rnn_lua_new_component(L, type, 2);
  return 1;
}

static int type_text(lua_State *L) {
  const rnn_type *type = self(L);
  lua_pushfstring(L, "<%s %s>", rnn_kind_name(type->kind), type->name);
  return 1;
}

static const char *const fields[] = {"name", "kind", "doc", NULL};

static int index_type(lua_State *L) {
  const rnn_type *type = self(L);
  const char *key = luaL_checkstring(L, 2);
  if (strcmp(key, "name") == 0)
    lua_pushstring(L, type->name);
  else if (strcmp(key, "kind") == 0)
    lua_pushstring(L, rnn_kind_name(type->kind));
  else if (strcmp(key, "doc") == 0)
    lua_pushstring(L, type->doc);
  else
    return rnn_lua_error(L, "the %s %s has no field '%s'; it is to be called", rnn_kind_name(type->kind),
                         type->name, key);
  return 1;
}

static int list_fields(lua_State *L) {
  lua_createtable(L, 3, 0);
  for (int i = 0; fields[i]; i++) {
    lua_pushstring(L, fields[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* ---- looking up ----------------------------------------------------------------------------------------- */

static rnn_kind check_kind(lua_State *L, int index) {
  int kind = rnn_kind_of_name(luaL_checkstring(L, index));
  if (kind < 0) luaL_error(L, "unknown kind '%s'", lua_tostring(L, index));
  return (rnn_kind)kind;
}

/* core.type(kind, name): the object, or nil */
static int find_type(lua_State *L) {
  const rnn_type *type = rnn_find_type(check_kind(L, 1), luaL_checkstring(L, 2));
  if (type)
    rnn_lua_push_type(L, type);
  else
    lua_pushnil(L);
  return 1;
}

/* core.type_names(kind [, aliases]): names in the order of registration, each followed by its aliases */
static int type_names(lua_State *L) {
  rnn_kind kind = check_kind(L, 1);
  bool aliases = lua_toboolean(L, 2);
  char alias[RNN_WORD_SIZE];
  const rnn_type *type;
  lua_Integer n = 0;
  lua_newtable(L);
  for (int i = 0; (type = rnn_type_at(kind, i)) != NULL; i++) {
    lua_pushstring(L, type->name);
    lua_rawseti(L, -2, ++n);
    for (const char *at = aliases ? type->aliases : NULL; rnn_next_word(&at, alias);) {
      lua_pushstring(L, alias);
      lua_rawseti(L, -2, ++n);
    }
  }
  return 1;
}

/* core.kinds(): the words for kinds */
static int kinds(lua_State *L) {
  lua_createtable(L, RNN_KIND_COUNT, 0);
  for (int kind = 0; kind < RNN_KIND_COUNT; kind++) {
    lua_pushstring(L, rnn_kind_name((rnn_kind)kind));
    lua_rawseti(L, -2, kind + 1);
  }
  return 1;
}

/* ---- what is declared -------------------------------------------------------------------------------------- */

static void set_text(lua_State *L, const char *key, const char *text) {
  lua_pushstring(L, text);
  lua_setfield(L, -2, key);
}

static const char *type_word(const rnn_arg *arg) {
  static const char *const words[] = {"integer", "number",    "boolean", "string",
                                      "shape",   "component", "number or schedule", "numbers", "components"};
  return arg->type == RNN_ARG_COMPONENT ? rnn_kind_name(arg->kind) : words[arg->type];
}

/* "layer or list of layers" */
static void set_type_word(lua_State *L, const rnn_arg *arg) {
  const char *kind = rnn_kind_name(arg->kind);
  if (arg->type == RNN_ARG_COMPONENTS)
    lua_pushfstring(L, "%s or list of %ss", kind, kind);
  else
    lua_pushstring(L, type_word(arg));
  lua_setfield(L, -2, "type");
}

static void push_args(lua_State *L, const rnn_type *type, const rnn_type *common) {
  lua_Integer n = 0;
  int total = type->arg_count + (common ? common->arg_count : 0);
  lua_createtable(L, total, 0);
  for (int i = 0; i < total; i++) {
    bool own = i < type->arg_count;
    const rnn_arg *arg = own ? &type->args[i] : &common->args[i - type->arg_count];
    if (!own && rnn_arg_index(type, arg->name) >= 0) continue; /* Embedding has an input_dim of its own */
    lua_createtable(L, 0, 6);
    set_text(L, "name", arg->name);
    set_type_word(L, arg);
    set_text(L, "default", arg->fallback); /* absent: required */
    set_text(L, "range", arg->range);
    set_text(L, "doc", arg->doc);
    lua_pushboolean(L, !own);
    lua_setfield(L, -2, "common");
    lua_rawseti(L, -2, ++n);
  }
}

/* core.describe(type or object): {name, kind, doc, aliases, positional, args = {{name, type, default, range,
** doc, common}, …}, target = "same" or "index" of a loss or metric}, or nil for other values */
static int describe(lua_State *L) {
  const rnn_type *type = rnn_lua_test_type(L, 1);
  const rnn_component *component = rnn_lua_test_component(L, 1);
  const rnn_layer *layer = rnn_lua_test_layer(L, 1);
  if (component) type = component->type;
  if (layer) type = layer->component->type;
  if (type == NULL) {
    lua_pushnil(L);
    return 1;
  }
  lua_createtable(L, 0, 6);
  set_text(L, "name", type->name);
  set_text(L, "kind", rnn_kind_name(type->kind));
  set_text(L, "doc", type->doc);
  set_text(L, "aliases", type->aliases);
  lua_pushinteger(L, type->positional);
  lua_setfield(L, -2, "positional");
  push_args(L, type, rnn_lua_common_type(type->kind));
  lua_setfield(L, -2, "args");
  if (type->kind == RNN_LOSS || type->kind == RNN_METRIC) {
    rnn_target target = type->kind == RNN_LOSS ? ((const rnn_loss_type *)type)->target
                                               : ((const rnn_metric_type *)type)->target;
    lua_pushstring(L, target == RNN_TARGET_INDEX ? "index" : "same");
    lua_setfield(L, -2, "target");
  }
  if (type->kind == RNN_METRIC) {
    lua_pushboolean(L, (((const rnn_metric_type *)type)->flags & RNN_METRIC_MAXIMIZED) != 0);
    lua_setfield(L, -2, "maximized");
  }
  return 1;
}

static const luaL_Reg metamethods[] = {{"__call", call_type},
                                       {"__tostring", type_text},
                                       {"__index", index_type},
                                       {"__fields", list_fields},
                                       {NULL, NULL}};
static const luaL_Reg functions[] = {
    {"type", find_type},        {"type_names", type_names}, {"kinds", kinds},
    {"describe", describe},     {NULL, NULL}};

void rnn_open_registry(lua_State *L) {
  luaL_newmetatable(L, TYPE);
  luaL_setfuncs(L, metamethods, 0);
  lua_pushliteral(L, "type"); /* what messages call it */
  lua_setfield(L, -2, "__name");
  lua_pop(L, 1);
  lua_newtable(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &types_key);
  luaL_setfuncs(L, functions, 0);
}
