/*
** arguments.c - from a constructor call in Lua to a filled component.
**
** One reader for every constructor there is: what it accepts, and every message, comes from the
** arguments that the type declares. `Dense{units=1}`, `Dense(1)`, `Dense{1}` and `Dense(1, {})` are
** the same call.
*/
#include "bind/arguments.h"

#include <lauxlib.h>

#include "bind/component.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/values.h"
#include "core/common.h"
#include "core/component.h"
#include "core/suggest.h"

/* ---- arguments that every type of a kind has ------------------------------------------------------ */

#define COMMON(field) offsetof(rnn_lua_common, field)

static const rnn_arg common_args[] = {
    {"name", RNN_ARG_STRING, COMMON(name), "nil", NULL, 0,
     "what it is called in summaries, logs and messages"},
    {"trainable", RNN_ARG_BOOLEAN, COMMON(trainable), "true", NULL, 0,
     "whether training changes the weights"},
    {"input_shape", RNN_ARG_SHAPE, COMMON(input_shape), "nil", "[1, inf)", 0,
     "shape of one sample, for the first layer of a Sequential; -1 or false: any extent"},
    {"input_dim", RNN_ARG_INTEGER, COMMON(input_dim), "nil", "[1, inf)", 0,
     "the same as input_shape={input_dim}"},
    {"dtype", RNN_ARG_STRING, COMMON(dtype), "float32", "float32", 0, "what it computes in"},
};

static const rnn_type layer_common = {.name = "layer", .args = common_args, .arg_count = 5,
                                      .self_size = sizeof(rnn_lua_common)};

const rnn_type *rnn_lua_common_type(rnn_kind kind) {
  return kind == RNN_LAYER ? &layer_common : rnn_common_type(kind);
}

#define COMMON_BOX "rnnlua.common"

/* Common arguments are read exactly as a type's own are: into a second component, whose type
** declares them (rnn_lua_common for layers, core/common.h for others). Messages begin with the type's name ("Dense: argument
** 'trainable' ..."), so each call has a copy of that type, which bears the constructor's name. The userdata
** that push_common leaves on the stack keeps both, and so its strings, alive. */
typedef struct common_box {
  rnn_component *component;
  rnn_type type;
} common_box;

static int collect_common(lua_State *L) {
  common_box *box = lua_touserdata(L, 1);
  rnn_component_release(box->component);
  box->component = NULL;
  return 0;
}

/* pushes its userdata, or nil */
static rnn_component *push_common(lua_State *L, const rnn_type *type) {
  const rnn_type *common = rnn_lua_common_type(type->kind);
  if (common == NULL) {
    lua_pushnil(L);
    return NULL;
  }
  common_box *box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = (common_box){.type = *common};
  box->type.name = type->name;
  luaL_setmetatable(L, COMMON_BOX);
  box->component = rnn_component_new(rnn_main_context(), &box->type);
  if (box->component == NULL) rnn_lua_check(L, RNN_NO_MEMORY);
  return box->component;
}

/* ---- one value --------------------------------------------------------------------------------------- */

/* whether a value of this Lua type can be that argument; components and shapes are read elsewhere */
static bool suits(rnn_arg_type wanted, int type) {
  switch (wanted) {
    case RNN_ARG_BOOLEAN: return type == LUA_TBOOLEAN;
    case RNN_ARG_STRING: return type == LUA_TSTRING;
    default: return type == LUA_TNUMBER;
  }
}

static rnn_status set_plain(lua_State *L, rnn_component *target, int arg, int index) {
  rnn_context *cx = rnn_main_context();
  int type = lua_type(L, index);
  if (!suits(target->type->args[arg].type, type))
    return rnn_wrong_type(cx, target, arg, rnn_lua_describe(L, index));
  if (type == LUA_TBOOLEAN) return rnn_set_boolean(cx, target, arg, lua_toboolean(L, index));
  if (type == LUA_TSTRING) return rnn_set_string(cx, target, arg, lua_tostring(L, index));
  if (lua_isinteger(L, index)) return rnn_set_integer(cx, target, arg, lua_tointeger(L, index));
  return rnn_set_number(cx, target, arg, lua_tonumber(L, index));
}

/* gives argument `arg` of target the value at index */
static void set_value(lua_State *L, rnn_component *target, int arg, int index) {
  rnn_context *cx = rnn_main_context();
  const rnn_arg *a = &target->type->args[arg];
  const char *who = target->type->name;
  bool object = lua_isuserdata(L, index) || lua_istable(L, index) || lua_isfunction(L, index);
  if (rnn_is_set(target, arg)) rnn_lua_error(L, "%s: argument '%s' is given twice", who, a->name);
  if (a->type == RNN_ARG_COMPONENT || (a->type == RNN_ARG_RATE && object)) {
    rnn_component *value = rnn_lua_to_component(L, index, a->kind, who, a->name);
    rnn_lua_check(L, rnn_set_component(cx, target, arg, value));
    lua_pop(L, 1);
  } else if (a->type == RNN_ARG_COMPONENTS) {
    rnn_components list;
    rnn_lua_to_components(L, index, a->kind, &list, who, a->name);
    rnn_lua_check(L, rnn_set_components(cx, target, arg, &list));
    lua_pop(L, 1);
  } else if (a->type == RNN_ARG_NUMBERS && lua_istable(L, index)) {
    double *numbers;
    int64_t count = rnn_lua_to_numbers(L, index, &numbers, who, a->name);
    rnn_lua_check(L, rnn_set_numbers(cx, target, arg, count, numbers));
    lua_pop(L, 1);
  } else if (a->type == RNN_ARG_SHAPE) {
    rnn_shape shape;
    rnn_lua_to_shape(L, index, &shape, who, a->name);
    rnn_lua_check(L, rnn_set_shape(cx, target, arg, &shape));
  } else {
    rnn_lua_check(L, set_plain(L, target, arg, index));
  }
}

/* ---- the whole call ---------------------------------------------------------------------------------- */

/* Whether a table at this position is that argument's value, not the table of named arguments. A shape or a list of
** components in front, if it is the last argument, may have names beside its extents or items. */
static bool is_value(lua_State *L, const rnn_type *type, int position, int index, bool last) {
  if (position >= type->positional) return false;
  rnn_arg_type wanted = type->args[position].type;
  bool found = false;
  if ((wanted == RNN_ARG_SHAPE && (position > 0 || !last)) || wanted == RNN_ARG_NUMBERS) {
    found = lua_rawgeti(L, index, 1) == LUA_TNUMBER;
    lua_pop(L, 1);
  } else if (wanted == RNN_ARG_COMPONENT || wanted == RNN_ARG_COMPONENTS || wanted == RNN_ARG_RATE) {
    found = rnn_lua_is_item(L, index) || (wanted == RNN_ARG_COMPONENTS && !last);
  }
  return found;
}

/* `Layer{2, 3, name="r"}`: a list of extents where the first argument is a shape; `RNN{cell, cell, name="r"}` one of
** components where it is such a list */
static bool holds_list(lua_State *L, const rnn_type *type, int index) {
  if (type->positional < 1) return false;
  rnn_arg_type wanted = type->args[0].type;
  int first = lua_rawgeti(L, index, 1);
  bool is_list = first == LUA_TNUMBER || (first == LUA_TBOOLEAN && !lua_toboolean(L, -1));
  if (wanted != RNN_ARG_SHAPE) is_list = wanted == RNN_ARG_COMPONENTS && rnn_lua_is_item(L, -1) && lua_rawlen(L, index) > 1;
  lua_pop(L, 1);
  return is_list;
}

static void set_leading_list(lua_State *L, rnn_component *own, int index) {
  int length = (int)lua_rawlen(L, index);
  lua_createtable(L, length, 0);
  for (int i = 1; i <= length; i++) {
    lua_rawgeti(L, index, i);
    lua_rawseti(L, -2, i);
  }
  set_value(L, own, 0, lua_gettop(L));
  lua_pop(L, 1);
}

static void set_position(lua_State *L, rnn_component *own, lua_Integer position, int index) {
  const rnn_type *type = own->type;
  if (position < 1 || position > type->positional) {
    if (type->positional == 0)
      rnn_lua_error(L, "%s: takes its arguments by name only, got %s by position", type->name,
                    rnn_lua_describe(L, index));
    rnn_lua_error(L, "%s: at most %d argument%s by position, got one at position %I", type->name,
                  type->positional, type->positional == 1 ? "" : "s", (LUAI_UACINT)position);
  }
  set_value(L, own, (int)position - 1, index);
}

static void unknown_name(lua_State *L, const rnn_component *own, const rnn_component *common,
                         const char *name) {
  rnn_suggestion s = {.wrong = name};
  for (int i = 0; i < own->type->arg_count; i++) rnn_suggest(&s, own->type->args[i].name);
  for (int i = 0; common && i < common->type->arg_count; i++)
    rnn_suggest(&s, common->type->args[i].name);
  if (s.best)
    rnn_lua_error(L, "%s: unknown argument '%s' (did you mean '%s'?)", own->type->name, name, s.best);
  rnn_lua_error(L, "%s: unknown argument '%s'", own->type->name, name);
}

static void set_named(lua_State *L, rnn_component *own, rnn_component *common, const char *name,
                      int index) {
  int arg = rnn_arg_index(own->type, name);
  if (arg >= 0) {
    set_value(L, own, arg, index);
    return;
  }
  arg = common ? rnn_arg_index(common->type, name) : -1;
  if (arg < 0) unknown_name(L, own, common, name);
  set_value(L, common, arg, index);
}

static void set_table(lua_State *L, rnn_component *own, rnn_component *common, int index) {
  bool list = holds_list(L, own->type, index);
  if (list) set_leading_list(L, own, index);
  lua_pushnil(L);
  while (lua_next(L, index)) {
    int value = lua_gettop(L);
    if (lua_type(L, -2) == LUA_TSTRING)
      set_named(L, own, common, lua_tostring(L, -2), value);
    else if (!lua_isinteger(L, -2))
      rnn_lua_error(L, "%s: an argument's name is a string, got %s", own->type->name,
                    rnn_lua_describe(L, -2));
    else if (!list)
      set_position(L, own, lua_tointeger(L, -2), value);
    lua_pop(L, 1);
  }
}

rnn_component *rnn_lua_construct(lua_State *L, const rnn_type *type, int first,
                                 const void **common) {
  rnn_context *cx = rnn_main_context();
  int last = lua_gettop(L);
  luaL_checkstack(L, 12, "too many nested components");
  rnn_component *own = rnn_lua_push_new_component(L, type);
  rnn_component *shared = push_common(L, type);
  while (last >= first && lua_isnil(L, last)) last--;
  for (int i = first; i <= last; i++) {
    bool table = lua_istable(L, i) && !is_value(L, type, i - first, i, i == last);
    if (table && i < last)
      rnn_lua_error(L, "%s: the table of named arguments must come last", type->name);
    if (table)
      set_table(L, own, shared, i);
    else if (!lua_isnil(L, i))
      set_position(L, own, i - first + 1, i);
  }
  rnn_lua_check(L, rnn_component_finish(cx, own));
  if (shared) rnn_lua_check(L, rnn_component_finish(cx, shared));
  if (shared) rnn_lua_check(L, rnn_component_keep_common(cx, own, shared));
  *common = shared ? shared->self : NULL;
  return own;
}

void rnn_open_arguments(lua_State *L) {
  luaL_newmetatable(L, COMMON_BOX);
  lua_pushcfunction(L, collect_common);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
}
