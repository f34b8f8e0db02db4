/*
** tensor_index.c - t[i], t[i] = v, t.shape, #t, pairs(t).
**
** Metamethods; their closures have as upvalues those of bind/tape.h, then the table of methods. An index that is
** a table is tensor_range.c's, one that is a tensor tensor_rows.c's.
*/
#include <string.h>

#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tape.h"
#include "bind/tensor.h"
#include "core/suggest.h"

/* The tensor that a metamethod was called for. It is looked at all the same: debug.getmetatable gives
** metamethods to anybody. */
static const rnn_tensor *self(lua_State *L) {
  void *t = lua_touserdata(L, 1);
  bool ours = t && lua_getmetatable(L, 1) && lua_rawequal(L, -1, lua_upvalueindex(1));
  if (!ours) rnn_lua_check_tensor(L, "tensor", 1);
  lua_pop(L, 1);
  return t;
}

/* ---- fields -------------------------------------------------------------------------------------------- */

static const char *const fields[] = {"shape", "ndim", "size", "dtype", NULL};

static bool push_field(lua_State *L, const rnn_tensor *t, const char *name) {
  if (strcmp(name, "shape") == 0) rnn_lua_push_shape(L, t->ndim, t->shape);
  else if (strcmp(name, "ndim") == 0) lua_pushinteger(L, t->ndim);
  else if (strcmp(name, "size") == 0) lua_pushinteger(L, rnn_tensor_size(t));
  else if (strcmp(name, "dtype") == 0) lua_pushstring(L, rnn_dtype_name(t->dtype));
  else return false;
  return true;
}

static int unknown_field(lua_State *L, const char *name) {
  rnn_suggestion s = {.wrong = name};
  for (const char *const *field = fields; *field; field++) rnn_suggest(&s, *field);
  for (lua_pushnil(L); lua_next(L, lua_upvalueindex(RNN_TAPE_UPVALUE)); lua_pop(L, 1))
    rnn_suggest(&s, lua_tostring(L, -2));
  if (s.best) return rnn_lua_error(L, "tensor: unknown field '%s' (did you mean '%s'?)", name, s.best);
  return rnn_lua_error(L, "tensor: unknown field '%s'", name);
}

static int get_field(lua_State *L, const rnn_tensor *t) {
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(RNN_TAPE_UPVALUE)) != LUA_TNIL) return 1;
  const char *name = lua_tostring(L, 2);
  return push_field(L, t, name) ? 1 : unknown_field(L, name);
}

/* ---- rows ---------------------------------------------------------------------------------------------- */

/* the view of row i; raises if there is none */
static rnn_tensor row(lua_State *L, const rnn_tensor *t, lua_Integer i) {
  if (t->ndim == 0) rnn_lua_error(L, "tensor: a tensor without axes has no rows");
  int64_t n = t->shape[0];
  if (i == 0 || i > n || i < -n)
    rnn_lua_error(L, "tensor: index %I is out of range for axis 1 with %I elements", i, (lua_Integer)n);
  rnn_tensor part = *t;
  rnn_tensor_select(&part, 0, i > 0 ? i - 1 : i + n);
  return part;
}

static int push_part(lua_State *L, const rnn_tensor *part) {
  if (part->ndim == 0 && !(part->dtype >= RNN_FLOAT32 && rnn_tape_keeps())) rnn_lua_push_element(L, part);
  else rnn_lua_push_view(L, 1, part);
  return 1;
}

static bool is_integer(lua_State *L, int index, lua_Integer *i) {
  int whole = 0;
  if (lua_type(L, index) == LUA_TNUMBER) *i = lua_tointegerx(L, index, &whole);
  return whole;
}

static int bad_index(lua_State *L) {
  return rnn_lua_error(L, "tensor: an index must be an integer, a table or a tensor, got %s",
                       rnn_lua_describe(L, 2));
}

/* ---- metamethods ----------------------------------------------------------------------------------------- */

static int get(lua_State *L) {
  const rnn_tensor *t = self(L), *index;
  lua_Integer i = 0;
  rnn_tensor part;
  if (is_integer(L, 2, &i)) {
    if (t->ndim > 0 && i == t->shape[0] + 1) return lua_pushnil(L), 1; /* ends ipairs */
    part = row(L, t, i);
    return push_part(L, &part);
  }
  if (lua_type(L, 2) == LUA_TSTRING) return get_field(L, t);
  if (lua_istable(L, 2)) {
    rnn_lua_index_view(L, t, 2, &part);
    return push_part(L, &part);
  }
  if ((index = rnn_lua_test_tensor(L, 2)) == NULL) return bad_index(L);
  rnn_lua_push_rows(L, t, index);
  return 1;
}

static int set(lua_State *L) {
  const rnn_tensor *t = self(L), *index;
  lua_Integer i = 0;
  rnn_tensor part;
  if (is_integer(L, 2, &i)) {
    part = row(L, t, i);
    rnn_tape_before_write(L, "tensor[i] = value", &part, 3);
    rnn_lua_assign(L, "tensor", &part, 3);
  } else if (lua_istable(L, 2)) {
    rnn_lua_index_view(L, t, 2, &part);
    rnn_tape_before_write(L, "tensor[{…}] = value", &part, 3);
    rnn_lua_assign(L, "tensor", &part, 3);
  } else if ((index = rnn_lua_test_tensor(L, 2)) != NULL) {
    rnn_tape_before_write(L, "tensor[index] = value", t, 3);
    rnn_lua_assign_rows(L, t, index, 3);
  } else if (lua_type(L, 2) == LUA_TSTRING) {
    return rnn_lua_error(L, "tensor: field '%s' cannot be set", lua_tostring(L, 2));
  } else {
    return bad_index(L);
  }
  return 0;
}

static int length(lua_State *L) {
  const rnn_tensor *t = self(L);
  if (t->ndim == 0) return rnn_lua_error(L, "tensor: a tensor without axes has no length");
  lua_pushinteger(L, t->shape[0]);
  return 1;
}

static int next_row(lua_State *L) {
  const rnn_tensor *t = rnn_lua_check_tensor(L, "pairs", 1);
  lua_Integer i = luaL_checkinteger(L, 2) + 1;
  if (i > t->shape[0]) return lua_pushnil(L), 1;
  lua_pushinteger(L, i);
  lua_geti(L, 1, i); /* as t[i] is recorded */
  return 2;
}

/* pairs(t): as ipairs(t) */
static int pairs(lua_State *L) {
  length(L); /* raises for a tensor without axes */
  lua_pushcfunction(L, next_row);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  return 3;
}

/* every name that follows a dot or colon, for completion */
static int list_fields(lua_State *L) {
  lua_Integer n = 0;
  lua_newtable(L);
  for (const char *const *field = fields; *field; field++) {
    lua_pushstring(L, *field);
    lua_rawseti(L, -2, ++n);
  }
  for (lua_pushnil(L); lua_next(L, lua_upvalueindex(RNN_TAPE_UPVALUE)); lua_pop(L, 1)) {
    lua_pushvalue(L, -2);
    lua_rawseti(L, -4, ++n);
  }
  return 1;
}

static const luaL_Reg metamethods[] = {{"__newindex", set}, {"__len", length}, {"__pairs", pairs},
                                       {"__fields", list_fields}, {NULL, NULL}};
static const luaL_Reg reading = {"__index", get};

void rnn_open_tensor_index(lua_State *L) {
  rnn_lua_push_metatable(L);
  lua_getfield(L, -2, "tensor_functions");
  lua_pushvalue(L, -1);
  rnn_lua_push_recorded(L, &reading, 1);
  lua_setfield(L, -3, reading.name);
  rnn_lua_push_metatable(L); /* upvalues in the same places */
  lua_pushnil(L);
  lua_rotate(L, -3, 2);
  luaL_setfuncs(L, metamethods, 3);
  lua_pop(L, 1);
}
