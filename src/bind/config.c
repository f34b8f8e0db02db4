/* config.c - from a component back to Lua: values, get_config, text */
#include "bind/config.h"

#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bind/callable.h"
#include "bind/component.h"
#include "bind/tensor.h"
#include "core/common.h"
#include "core/component.h"
#include "core/registry.h"

/* the component held by an argument; NULL for other arguments and for nil */
static const rnn_component *held(const rnn_component *component, int arg) {
  const void *field = rnn_field(component, arg);
  switch (component->type->args[arg].type) {
    case RNN_ARG_COMPONENT: return *(const rnn_component *const *)field;
    case RNN_ARG_RATE: return ((const rnn_rate *)field)->schedule;
    case RNN_ARG_COMPONENTS: return ((const rnn_components *)field)->one ? *((const rnn_components *)field)->items : NULL;
    default: return NULL;
  }
}

static void push_number(lua_State *L, double number) {
  if (isnan(number))
    lua_pushnil(L);
  else
    lua_pushnumber(L, number);
}

/* a list; nil where none was given */
static void push_numbers(lua_State *L, const rnn_numbers *list) {
  if (list->values == NULL) {
    lua_pushnil(L);
    return;
  }
  lua_createtable(L, (int)list->count, 0);
  for (int64_t i = 0; i < list->count; i++) {
    lua_pushnumber(L, list->values[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

/* the value of an argument that holds no component */
static void push_plain(lua_State *L, const rnn_component *component, int arg) {
  const void *field = rnn_field(component, arg);
  switch (component->type->args[arg].type) {
    case RNN_ARG_INTEGER:
      if (*(const int64_t *)field == RNN_NIL_INTEGER)
        lua_pushnil(L);
      else
        lua_pushinteger(L, *(const int64_t *)field);
      break;
    case RNN_ARG_NUMBER: push_number(L, *(const double *)field); break;
    case RNN_ARG_RATE: push_number(L, ((const rnn_rate *)field)->value); break;
    case RNN_ARG_BOOLEAN: lua_pushboolean(L, *(const bool *)field); break;
    case RNN_ARG_STRING: lua_pushstring(L, *(const char *const *)field); break;
    case RNN_ARG_SHAPE:
      if (((const rnn_shape *)field)->ndim < 0)
        lua_pushnil(L);
      else
        rnn_lua_push_shape(L, ((const rnn_shape *)field)->ndim, ((const rnn_shape *)field)->dim);
      break;
    case RNN_ARG_NUMBERS: push_numbers(L, field); break;
    case RNN_ARG_COMPONENTS:
    case RNN_ARG_COMPONENT: lua_pushnil(L); break;
  }
}

/* the list in an argument; NULL: it holds none, or one component that was given without a list */
static const rnn_components *held_list(const rnn_component *component, int arg) {
  if (component->type->args[arg].type != RNN_ARG_COMPONENTS) return NULL;
  const rnn_components *list = rnn_field(component, arg);
  return list->items && !list->one ? list : NULL;
}

/* pushes what `push` makes of each component of a list, as a list */
static void push_list(lua_State *L, const rnn_components *list, void (*push)(lua_State *L, const rnn_component *item)) {
  luaL_checkstack(L, 8, "too many nested components");
  lua_createtable(L, (int)list->count, 0);
  for (int64_t i = 0; i < list->count; i++) {
    push(L, list->items[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

void rnn_lua_push_argument(lua_State *L, const rnn_component *component, int arg) {
  const rnn_component *inner = held(component, arg);
  const rnn_components *list = held_list(component, arg);
  if (inner)
    rnn_lua_push_component(L, inner);
  else if (list)
    push_list(L, list, rnn_lua_push_component);
  else
    push_plain(L, component, arg);
}

/* the function itself, which the constructor takes again, or {class_name =, config =} */
static void push_inner_config(lua_State *L, const rnn_component *inner) {
  if (rnn_lua_push_function(L, inner)) return;
  lua_createtable(L, 0, 2);
  lua_pushstring(L, inner->type->name);
  lua_setfield(L, -2, "class_name");
  rnn_lua_push_config(L, inner);
  lua_setfield(L, -2, "config");
}

/* sets what the kind has in common, but the name, which is not the component's, in the table on top */
static void set_common(lua_State *L, const rnn_component *component) {
  const rnn_component *common = rnn_common_of(component);
  for (int i = 1; common && i < common->type->arg_count; i++) {
    if (rnn_arg_index(component->type, common->type->args[i].name) >= 0) continue;
    push_plain(L, common, i);
    lua_setfield(L, -2, common->type->args[i].name);
  }
}

void rnn_lua_push_config(lua_State *L, const rnn_component *component) {
  const rnn_type *type = component->type;
  luaL_checkstack(L, 8, "too many nested components");
  lua_createtable(L, 0, type->arg_count + 2);
  for (int i = 0; i < type->arg_count; i++) {
    const rnn_component *inner = held(component, i);
    const rnn_components *list = held_list(component, i);
    if (inner)
      push_inner_config(L, inner);
    else if (list)
      push_list(L, list, push_inner_config);
    else
      push_plain(L, component, i);
    lua_setfield(L, -2, type->args[i].name);
  }
  set_common(L, component);
  if (rnn_lua_push_function(L, component)) lua_setfield(L, -2, "fn");
}

/* ---- text --------------------------------------------------------------------------------------- */

static bool is_default(const rnn_component *component, int arg);

static bool all_default(const rnn_component *component, int first) {
  for (int i = first; i < component->type->arg_count; i++)
    if (!is_default(component, i)) return false;
  return true;
}

static bool is_default(const rnn_component *component, int arg) {
  const rnn_arg *a = &component->type->args[arg];
  if (a->fallback == NULL) return false;
  const rnn_component *inner = held(component, arg);
  bool nil = strcmp(a->fallback, "nil") == 0;
  if (inner)
    return !nil && rnn_find_type(a->kind, a->fallback) == inner->type && all_default(inner, 0);
  const void *field = rnn_field(component, arg);
  double number = nil ? NAN : strtod(a->fallback, NULL);
  switch (a->type) {
    case RNN_ARG_INTEGER:
      return *(const int64_t *)field == (nil ? RNN_NIL_INTEGER : strtoll(a->fallback, NULL, 10));
    case RNN_ARG_NUMBER: {
      double value = *(const double *)field;
      return value == number || (isnan(value) && nil);
    }
    case RNN_ARG_RATE: return ((const rnn_rate *)field)->value == number;
    case RNN_ARG_BOOLEAN: return *(const bool *)field == (strcmp(a->fallback, "true") == 0);
    case RNN_ARG_STRING: {
      const char *value = *(const char *const *)field;
      return value ? strcmp(value, a->fallback) == 0 : nil;
    }
    case RNN_ARG_SHAPE: return ((const rnn_shape *)field)->ndim < 0;
    case RNN_ARG_NUMBERS: {
      const rnn_numbers *list = field;
      return list->values ? list->count == 1 && list->values[0] == number : nil;
    }
    case RNN_ARG_COMPONENTS: return ((const rnn_components *)field)->items == NULL && nil;
    case RNN_ARG_COMPONENT: return nil;
  }
  return false;
}

static void push_shape_text(lua_State *L, const rnn_shape *shape) {
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  luaL_addchar(&b, '{');
  for (int i = 0; i < shape->ndim; i++) {
    lua_pushfstring(L, i ? ", %I" : "%I", (LUAI_UACINT)shape->dim[i]);
    luaL_addvalue(&b);
  }
  luaL_addchar(&b, '}');
  luaL_pushresult(&b);
}

static void push_numbers_text(lua_State *L, const rnn_numbers *list) {
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  luaL_addchar(&b, '{');
  for (int64_t i = 0; i < list->count; i++) {
    lua_pushfstring(L, i ? ", %f" : "%f", list->values[i]);
    luaL_addvalue(&b);
  }
  luaL_addchar(&b, '}');
  luaL_pushresult(&b);
}

static void push_arguments(lua_State *L, const rnn_component *component, int from, const char *separator);

/* relu, L2(l2=0.02) */
static void push_inner_text(lua_State *L, const rnn_component *inner) {
  lua_pushstring(L, inner->type->name);
  if (all_default(inner, 0)) return;
  lua_pushliteral(L, "(");
  push_arguments(L, inner, 0, ", ");
  lua_pushliteral(L, ")");
  lua_concat(L, 4);
}

/* {LSTMCell(units=3), GRUCell(units=4)} */
static void push_list_text(lua_State *L, const rnn_components *list) {
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  luaL_addchar(&b, '{');
  for (int64_t i = 0; i < list->count; i++) {
    if (i > 0) luaL_addstring(&b, ", ");
    push_inner_text(L, list->items[i]);
    luaL_addvalue(&b);
  }
  luaL_addchar(&b, '}');
  luaL_pushresult(&b);
}

/* pushes the text of one argument's value: 1, relu, L2(l2=0.02) */
static void push_value_text(lua_State *L, const rnn_component *component, int arg) {
  const rnn_component *inner = held(component, arg);
  const rnn_components *list = held_list(component, arg);
  if (inner) {
    push_inner_text(L, inner);
  } else if (list) {
    push_list_text(L, list);
  } else if (component->type->args[arg].type == RNN_ARG_SHAPE) {
    push_shape_text(L, rnn_field(component, arg));
  } else if (component->type->args[arg].type == RNN_ARG_NUMBERS) {
    push_numbers_text(L, rnn_field(component, arg));
  } else {
    push_plain(L, component, arg);
    luaL_tolstring(L, -1, NULL);
    lua_remove(L, -2);
  }
}

/* pushes "units=1 activation=relu" for what isn't as by default, of the arguments from `from` on */
static void push_arguments(lua_State *L, const rnn_component *component, int from, const char *separator) {
  luaL_Buffer b;
  bool first = true;
  luaL_checkstack(L, 16, "too many nested components");
  luaL_buffinit(L, &b);
  for (int i = from; i < component->type->arg_count; i++) {
    if (is_default(component, i)) continue;
    push_value_text(L, component, i);
    lua_pushfstring(L, "%s%s=%s", first ? "" : separator, component->type->args[i].name,
                    lua_tostring(L, -1));
    lua_remove(L, -2);
    luaL_addvalue(&b);
    first = false;
  }
  luaL_pushresult(&b);
}

/* adds " reduction=sum" to the text on top, for what isn't as by default among the arguments from `first` on */
static void add_arguments(lua_State *L, const rnn_component *component, int first) {
  if (component == NULL || all_default(component, first)) return;
  lua_pushliteral(L, " ");
  push_arguments(L, component, first, " ");
  lua_concat(L, 3);
}

void rnn_lua_push_text(lua_State *L, const rnn_component *component) {
  lua_pushstring(L, component->type->name);
  add_arguments(L, component, 0);
  add_arguments(L, rnn_common_of(component), 1); /* but for the name */
}
