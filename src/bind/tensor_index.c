/*
** tensor_index.c - t[i], t[{…}], t.shape, #t.
**
** Metamethods; their closures have the metatable and the table of methods as upvalues.
*/
#include <string.h>

#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tensor.h"
#include "core/suggest.h"

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
  for (lua_pushnil(L); lua_next(L, lua_upvalueindex(2)); lua_pop(L, 1))
    rnn_suggest(&s, lua_tostring(L, -2));
  if (s.best) return rnn_lua_error(L, "tensor: unknown field '%s' (did you mean '%s'?)", name, s.best);
  return rnn_lua_error(L, "tensor: unknown field '%s'", name);
}

static int row(lua_State *L, const rnn_tensor *t, lua_Integer i) {
  if (t->ndim == 0) return rnn_lua_error(L, "tensor: index %I of a tensor without axes", i);
  int64_t n = t->shape[0];
  if (i == n + 1) return lua_pushnil(L), 1; /* ends ipairs */
  if (i == 0 || i > n || i < -n)
    return rnn_lua_error(L, "tensor: index %I is out of range for axis 1 with %I elements", i,
                         (lua_Integer)n);
  rnn_tensor part = *t;
  rnn_tensor_select(&part, 0, i > 0 ? i - 1 : i + n);
  if (part.ndim == 0) rnn_lua_push_element(L, &part);
  else rnn_lua_push_view(L, 1, &part);
  return 1;
}

static int index_(lua_State *L) {
  const rnn_tensor *t = lua_touserdata(L, 1);
  int whole;
  lua_Integer i = lua_tointegerx(L, 2, &whole);
  if (whole && lua_type(L, 2) == LUA_TNUMBER) return row(L, t, i);
  if (lua_type(L, 2) == LUA_TSTRING) {
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL) return 1;
    const char *name = lua_tostring(L, 2);
    return push_field(L, t, name) ? 1 : unknown_field(L, name);
  }
  return rnn_lua_error(L, "tensor: an index must be an integer, got %s", rnn_lua_describe(L, 2));
}

static int length(lua_State *L) {
  const rnn_tensor *t = lua_touserdata(L, 1);
  if (t->ndim == 0) return rnn_lua_error(L, "tensor: a tensor without axes has no length");
  lua_pushinteger(L, t->shape[0]);
  return 1;
}

static const luaL_Reg metamethods[] = {{"__index", index_}, {"__len", length}, {NULL, NULL}};

void rnn_open_tensor_index(lua_State *L) {
  rnn_lua_push_metatable(L);
  lua_pushvalue(L, -1);
  lua_getfield(L, -3, "tensor_functions");
  luaL_setfuncs(L, metamethods, 2);
  lua_pop(L, 1);
}
