/* values.c - what single arguments are made from: shapes from lists, components from whatever names them */
#include "bind/values.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/callable.h"
#include "bind/component.h"
#include "bind/layer.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/registry.h"
#include "core/registry.h"

/* ints are what shapes are made of; false stands for an extent not known yet */
static bool to_extent(lua_State *L, int index, int64_t *extent) {
  int integral = 0;
  *extent = lua_isboolean(L, index) && !lua_toboolean(L, index)
                ? RNN_UNKNOWN
                : lua_type(L, index) == LUA_TNUMBER ? lua_tointegerx(L, index, &integral) : 0;
  return integral || *extent == RNN_UNKNOWN;
}

static void check_list(lua_State *L, int index, int64_t length, const char *who,
                       const char *argument, const char *of) {
  lua_pushnil(L);
  while (lua_next(L, index)) {
    lua_pop(L, 1);
    if (lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 1 && lua_tointeger(L, -1) <= length) continue;
    if (lua_type(L, -1) == LUA_TSTRING)
      rnn_lua_error(L, "%s: argument '%s' must be a list of %s, got a table with a field '%s'", who,
                    argument, of, lua_tostring(L, -1));
    rnn_lua_error(L, "%s: argument '%s' must be a list of %s without holes", who, argument, of);
  }
}

void rnn_lua_to_shape(lua_State *L, int index, rnn_shape *shape, const char *who,
                      const char *argument) {
  index = lua_absindex(L, index);
  if (!lua_istable(L, index))
    rnn_lua_error(L, "%s: argument '%s' must be a shape, got %s", who, argument,
                  rnn_lua_describe(L, index));
  int64_t length = (int64_t)lua_rawlen(L, index);
  check_list(L, index, length, who, argument, "integers");
  if (length > RNN_MAX_DIMS)
    rnn_lua_error(L, "%s: argument '%s' has %d extents, at most %d are supported", who, argument,
                  (int)length, RNN_MAX_DIMS);
  shape->ndim = (int)length;
  for (int i = 0; i < shape->ndim; i++) {
    lua_rawgeti(L, index, i + 1);
    if (!to_extent(L, -1, &shape->dim[i]))
      rnn_lua_error(L, "%s: argument '%s': extent %d must be an integer, got %s", who, argument, i + 1,
                    rnn_lua_describe(L, -1));
    lua_pop(L, 1);
  }
}

int64_t rnn_lua_to_numbers(lua_State *L, int index, double **numbers, const char *who,
                           const char *argument) {
  index = lua_absindex(L, index);
  if (!lua_istable(L, index))
    rnn_lua_error(L, "%s: argument '%s' must be a number or a list of numbers, got %s", who, argument,
                  rnn_lua_describe(L, index));
  int64_t length = (int64_t)lua_rawlen(L, index);
  check_list(L, index, length, who, argument, "numbers");
  *numbers = lua_newuserdatauv(L, sizeof **numbers * (size_t)(length + 1), 0);
  for (int64_t i = 0; i < length; i++) {
    lua_rawgeti(L, index, i + 1);
    if (lua_type(L, -1) != LUA_TNUMBER)
      rnn_lua_error(L, "%s: argument '%s': entry %d must be a number, got %s", who, argument, (int)i + 1,
                    rnn_lua_describe(L, -1));
    (*numbers)[i] = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
  return length;
}

/* ---- components ---------------------------------------------------------------------------------------------- */

/* the type that a name or a type object stands for; NULL for other values */
static const rnn_type *named_type(lua_State *L, int index, rnn_kind kind, const char *who,
                                  const char *argument) {
  if (lua_type(L, index) != LUA_TSTRING) return rnn_lua_test_type(L, index);
  const char *name = lua_tostring(L, index);
  const rnn_type *type = rnn_find_type(kind, name);
  if (type == NULL && kind == RNN_METRIC) type = rnn_find_type(RNN_LOSS, name);
  if (type) return type;
  rnn_need_type(rnn_main_context(), kind, name); /* for its message */
  rnn_lua_error(L, "%s: argument '%s': %s", who, argument, rnn_message(rnn_main_context()));
  return NULL;
}

/* raises unless the table has class_name, a string, perhaps config, a table, and nothing else */
static void check_config(lua_State *L, int index, const char *who, const char *argument) {
  bool named = false, right = true;
  lua_pushnil(L);
  while (lua_next(L, index)) { /* raw access: the table may be any object of a script's */
    const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
    bool name = strcmp(key, "class_name") == 0 && lua_type(L, -1) == LUA_TSTRING;
    named = named || name;
    right = right && (name || (strcmp(key, "config") == 0 && lua_istable(L, -1)));
    lua_pop(L, 1);
  }
  if (!named || !right)
    rnn_lua_error(L, "%s: argument '%s': a table needs the fields class_name, a string, and config, a table",
                  who, argument);
}

/* {class_name = "L2", config = {l2 = 0.01}} -> its userdata, pushed */
static void push_from_config(lua_State *L, int index, rnn_kind kind, const char *who,
                             const char *argument) {
  check_config(L, index, who, argument);
  lua_getfield(L, index, "class_name");
  const rnn_type *type = named_type(L, lua_gettop(L), kind, who, argument);
  if (lua_getfield(L, index, "config") == LUA_TNIL) {
    lua_pop(L, 1);
    lua_newtable(L);
  }
  rnn_lua_new_component(L, type, lua_gettop(L));
  lua_replace(L, -3);
  lua_pop(L, 1);
}

static bool fits(const rnn_type *type, rnn_kind kind) {
  return type->kind == kind || (kind == RNN_METRIC && type->kind == RNN_LOSS);
}

/* what a message says was expected; schedules stand where a number may stand too */
static const char *push_expected(lua_State *L, rnn_kind kind) {
  if (kind == RNN_SCHEDULE) return lua_pushliteral(L, "a number or a schedule");
  return lua_pushfstring(L, "a name or object of kind %s", rnn_kind_name(kind));
}

static void wrong_kind(lua_State *L, const rnn_type *type, rnn_kind kind, const char *who,
                       const char *argument) {
  rnn_lua_error(L, "%s: argument '%s' must be %s, got %s, of kind %s", who, argument,
                push_expected(L, kind), type->name, rnn_kind_name(type->kind));
}

rnn_component *rnn_lua_to_component(lua_State *L, int index, rnn_kind kind, const char *who,
                                    const char *argument) {
  index = lua_absindex(L, index);
  const rnn_type *type = named_type(L, index, kind, who, argument);
  if (type && !fits(type, kind)) wrong_kind(L, type, kind, who, argument);
  const rnn_layer *layer = rnn_lua_test_layer(L, index);
  if (type)
    rnn_lua_new_component(L, type, lua_gettop(L) + 1);
  else if (layer)
    rnn_lua_push_component(L, layer->component); /* how it is configured: who takes it makes weights of their own */
  else if (lua_istable(L, index))
    push_from_config(L, index, kind, who, argument);
  else if (!lua_isfunction(L, index) || !rnn_lua_push_callable(L, index, kind, argument))
    lua_pushvalue(L, index);
  rnn_component *component = rnn_lua_test_component(L, -1);
  if (component && fits(component->type, kind)) return component;
  if (component) wrong_kind(L, component->type, kind, who, argument);
  rnn_lua_error(L, "%s: argument '%s' must be %s, got %s", who, argument, push_expected(L, kind),
                rnn_lua_describe(L, index));
  return NULL;
}

bool rnn_lua_is_item(lua_State *L, int index) {
  if (lua_isuserdata(L, index)) return true;
  if (!lua_istable(L, index)) return false;
  index = lua_absindex(L, index);
  lua_pushliteral(L, "class_name"); /* raw: a model passed by mistake has an __index that raises */
  bool config = lua_rawget(L, index) == LUA_TSTRING;
  lua_pop(L, 1);
  return config;
}

void rnn_lua_to_components(lua_State *L, int index, rnn_kind kind, rnn_components *list, const char *who,
                           const char *argument) {
  index = lua_absindex(L, index);
  bool one = !lua_istable(L, index) || rnn_lua_is_item(L, index);
  int64_t count = one ? 1 : (int64_t)lua_rawlen(L, index);
  if (!one) check_list(L, index, count, who, argument, "objects");
  lua_createtable(L, (int)count + 1, 0); /* what keeps all of it */
  int keeper = lua_gettop(L);
  const rnn_component **items = lua_newuserdatauv(L, sizeof *items * (size_t)(count + 1), 0);
  lua_rawseti(L, keeper, count + 1);
  for (int64_t i = 0; i < count; i++) {
    if (!one) lua_rawgeti(L, index, i + 1);
    items[i] = rnn_lua_to_component(L, one ? index : -1, kind, who, argument);
    lua_rawseti(L, keeper, i + 1);
    lua_settop(L, keeper);
  }
  *list = (rnn_components){count, items, one};
}
