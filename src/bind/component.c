/*
** component.c - components of every kind but layers as Lua objects: relu, L2, MeanSquaredError, Adam.
**
** Their fields are what the type declares, plus name, class_name and kind; their methods are
** get_config and those of the kind. They are immutable, but for an optimizer's learning_rate.
*/
#include "bind/component.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/apply.h"
#include "bind/arguments.h"
#include "bind/class.h"
#include "bind/config.h"
#include "bind/metric.h"
#include "bind/optimizer.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/values.h"
#include "core/alloc.h"
#include "core/common.h"
#include "core/component.h"
#include "core/layer.h"
#include "core/registry.h"
#include "core/suggest.h"

/* ---- making --------------------------------------------------------------------------------------- */

static rnn_lua_component *push_box(lua_State *L) {
  rnn_lua_component *box = lua_newuserdatauv(L, sizeof *box, 2);
  *box = (rnn_lua_component){0};
  luaL_setmetatable(L, RNN_LUA_COMPONENT);
  return box;
}

rnn_component *rnn_lua_push_new_component(lua_State *L, const rnn_type *type) {
  rnn_lua_component *box = push_box(L);
  box->component = rnn_component_new(rnn_main_context(), type);
  if (box->component == NULL) rnn_lua_check(L, RNN_NO_MEMORY);
  return box->component;
}

void rnn_lua_push_component(lua_State *L, const rnn_component *component) {
  rnn_lua_component *box = push_box(L);
  rnn_component_retain(component);
  box->component = (rnn_component *)component;
}

void rnn_lua_new_component(lua_State *L, const rnn_type *type, int first) {
  const void *common;
  rnn_lua_construct(L, type, first, &common); /* pushes the component and what keeps `common` */
  if (common) {
    lua_pushstring(L, ((const rnn_named_common *)common)->name);
    lua_setiuservalue(L, -3, 1);
  }
  lua_pop(L, 1);
}

static int collect(lua_State *L) {
  rnn_lua_component *box = luaL_checkudata(L, 1, RNN_LUA_COMPONENT);
  rnn_component_release(box->component);
  rnn_free(box->state);
  *box = (rnn_lua_component){0};
  return 0;
}

/* ---- reading ------------------------------------------------------------------------------------- */

rnn_component *rnn_lua_test_component(lua_State *L, int index) {
  rnn_lua_component *box = luaL_testudata(L, index, RNN_LUA_COMPONENT);
  if (box == NULL) return NULL;
  rnn_lua_check_alive(L, box->component, "component");
  return box->component;
}

static rnn_component *self(lua_State *L) {
  rnn_component *component = rnn_lua_test_component(L, 1);
  if (component == NULL) rnn_lua_error(L, "a component expected, got %s", rnn_lua_describe(L, 1));
  return component;
}

void rnn_lua_push_name(lua_State *L, int index) {
  char name[RNN_WORD_SIZE];
  if (lua_getiuservalue(L, index, 1) == LUA_TSTRING) return;
  lua_pop(L, 1);
  const rnn_type *type = rnn_lua_test_component(L, index)->type;
  const char *aliases = type->aliases; /* the first is Keras' name for the instance: "adamw", not "adam_w" */
  if (!rnn_next_word(&aliases, name)) rnn_snake_case(type->name, name, sizeof name);
  lua_pushstring(L, name);
}

/* object:get_config() */
static int get_config(lua_State *L) {
  const rnn_component *component = self(L);
  rnn_lua_push_config(L, component);
  if (rnn_lua_common_type(component->type->kind)) {
    rnn_lua_push_name(L, 1);
    lua_setfield(L, -2, "name");
  }
  return 1;
}

static const luaL_Reg methods[] = {{"get_config", get_config}, {NULL, NULL}};
static const luaL_Reg none[] = {{NULL, NULL}};
static const char *const fields[] = {"name", "class_name", "kind", NULL};

static const luaL_Reg *methods_of(rnn_kind kind) {
  if (kind == RNN_OPTIMIZER) return rnn_lua_optimizer_methods;
  return kind == RNN_METRIC || kind == RNN_LOSS ? rnn_lua_metric_methods : none;
}

static lua_CFunction find_method(const luaL_Reg *list, const char *key) {
  for (; list->name; list++)
    if (strcmp(list->name, key) == 0) return list->func;
  return NULL;
}

/* one of the arguments that the kind has in common */
static bool push_common_field(lua_State *L, const rnn_component *component, const char *key) {
  const rnn_component *common = rnn_common_of(component);
  int arg = common ? rnn_arg_index(common->type, key) : -1;
  if (arg < 0) return false;
  rnn_lua_push_argument(L, common, arg);
  return true;
}

static bool push_field(lua_State *L, const rnn_component *component, const char *key) {
  if (strcmp(key, "name") == 0)
    rnn_lua_push_name(L, 1);
  else if (strcmp(key, "class_name") == 0)
    lua_pushstring(L, component->type->name);
  else if (strcmp(key, "kind") == 0)
    lua_pushstring(L, rnn_kind_name(component->type->kind));
  else if (strcmp(key, "iterations") == 0 && component->type->kind == RNN_OPTIMIZER)
    rnn_lua_push_iterations(L, 1);
  else
    return push_common_field(L, component, key);
  return true;
}

static int unknown_field(lua_State *L, const rnn_component *component, const char *key) {
  const rnn_type *type = component->type;
  rnn_suggestion s = {.wrong = key};
  const rnn_type *common = rnn_common_type(type->kind);
  for (int i = 0; i < type->arg_count; i++) rnn_suggest(&s, type->args[i].name);
  for (int i = 0; common && i < common->arg_count; i++) rnn_suggest(&s, common->args[i].name);
  for (const char *const *f = fields; *f; f++) rnn_suggest(&s, *f);
  for (const luaL_Reg *m = methods; m->name; m++) rnn_suggest(&s, m->name);
  for (const luaL_Reg *m = methods_of(type->kind); m->name; m++) rnn_suggest(&s, m->name);
  if (s.best)
    return rnn_lua_error(L, "%s has no field '%s' (did you mean '%s'?)", type->name, key, s.best);
  return rnn_lua_error(L, "%s has no field '%s'", type->name, key);
}

static int index_component(lua_State *L) {
  const rnn_component *component = self(L);
  if (lua_type(L, 2) != LUA_TSTRING)
    return rnn_lua_error(L, "%s has no field [%s]", component->type->name,
                         luaL_tolstring(L, 2, NULL));
  const char *key = lua_tostring(L, 2);
  lua_CFunction method = find_method(methods, key);
  if (method == NULL) method = find_method(methods_of(component->type->kind), key);
  int arg = rnn_arg_index(component->type, key);
  if (arg >= 0)
    rnn_lua_push_argument(L, component, arg);
  else if (method)
    lua_pushcfunction(L, method);
  else if (!push_field(L, component, key))
    return unknown_field(L, component, key);
  return 1;
}

/* optimizer.learning_rate = 0.1; a running training uses it from the next step on. As in Keras, an
** optimizer made with a schedule keeps it. */
static int assign(lua_State *L) {
  rnn_component *component = self(L);
  const char *key = luaL_checkstring(L, 2);
  const rnn_type *common = rnn_common_type(component->type->kind);
  int arg = rnn_arg_index(component->type, key);
  if (arg < 0 && (common == NULL || rnn_arg_index(common, key) < 0)) return unknown_field(L, component, key);
  if (arg < 0 || component->type->args[arg].type != RNN_ARG_RATE)
    return rnn_lua_error(L, "%s: '%s' cannot be changed; make a new %s", component->type->name, key,
                         component->type->name);
  if (((const rnn_rate *)rnn_field(component, arg))->schedule)
    return rnn_lua_error(L, "%s: '%s' follows a schedule and cannot be set", component->type->name, key);
  if (lua_type(L, 3) != LUA_TNUMBER)
    rnn_lua_check(L, rnn_wrong_type(rnn_main_context(), component, arg, rnn_lua_describe(L, 3)));
  rnn_lua_check(L, rnn_set_number(rnn_main_context(), component, arg, lua_tonumber(L, 3)));
  return 0;
}

static int to_text(lua_State *L) {
  rnn_lua_push_text(L, self(L));
  lua_pushfstring(L, "<%s>", lua_tostring(L, -1));
  return 1;
}

/* the names that index_component knows, for completion */
static int list_fields(lua_State *L) {
  const rnn_type *type = self(L)->type, *common = rnn_common_type(type->kind);
  int n = 0;
  lua_newtable(L);
  for (int i = 0; i < type->arg_count; i++)
    lua_pushstring(L, type->args[i].name), lua_rawseti(L, -2, ++n);
  for (int i = 1; common && i < common->arg_count; i++) /* the name is among `fields` */
    lua_pushstring(L, common->args[i].name), lua_rawseti(L, -2, ++n);
  for (const char *const *f = fields; *f; f++) lua_pushstring(L, *f), lua_rawseti(L, -2, ++n);
  for (const luaL_Reg *m = methods; m->name; m++)
    lua_pushstring(L, m->name), lua_rawseti(L, -2, ++n);
  for (const luaL_Reg *m = methods_of(type->kind); m->name; m++)
    lua_pushstring(L, m->name), lua_rawseti(L, -2, ++n);
  return 1;
}

/* core.component(kind, value, who, argument): the component object that a name, object, type or config
** stands for. With an object of that kind it returns the very same object. */
static int component_of(lua_State *L) {
  int kind = rnn_kind_of_name(luaL_checkstring(L, 1));
  if (kind < 0) return luaL_error(L, "unknown kind '%s'", lua_tostring(L, 1));
  rnn_lua_to_component(L, 2, (rnn_kind)kind, luaL_checkstring(L, 3), luaL_checkstring(L, 4));
  return 1;
}

static const luaL_Reg metamethods[] = {
    {"__gc", collect},          {"__index", index_component}, {"__newindex", assign},
    {"__tostring", to_text},    {"__call", rnn_lua_apply},    {"__fields", list_fields},
    {NULL, NULL}};
static const luaL_Reg functions[] = {{"component", component_of}, {NULL, NULL}};

void rnn_open_component(lua_State *L) {
  rnn_lua_new_class(L, RNN_LUA_COMPONENT, "component", metamethods, NULL);
  luaL_setfuncs(L, functions, 0);
}
