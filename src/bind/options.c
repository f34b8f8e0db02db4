/* options.c - arguments by position or by name */
#include "bind/options.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/raise.h"
#include "core/suggest.h"

static int count_names(const char *const *names) {
  int n = 0;
  while (names[n]) n++;
  return n;
}

/* a table with a name among its keys, or an empty one */
static int is_options(lua_State *L, int index) {
  if (!lua_istable(L, index)) return 0;
  int empty = 1;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    if (lua_type(L, -2) == LUA_TSTRING) return lua_pop(L, 2), 1;
    empty = 0;
  }
  return empty;
}

static int unknown(lua_State *L, const char *function, int key, const char *const *names) {
  if (lua_type(L, key) != LUA_TSTRING)
    return rnn_lua_error(L, "%s: options have names, got the key %s", function, rnn_lua_describe(L, key));
  const char *wrong = lua_tostring(L, key);
  rnn_suggestion s = {.wrong = wrong};
  for (; *names; names++) rnn_suggest(&s, *names);
  if (s.best)
    return rnn_lua_error(L, "%s: unknown argument '%s' (did you mean '%s'?)", function, wrong, s.best);
  return rnn_lua_error(L, "%s: unknown argument '%s'", function, wrong);
}

/* the slot that a key of the options table means; numbers count on after `given` arguments by position */
static int slot_of(lua_State *L, const char *function, int key, const char *const *names, int given) {
  int whole, type = lua_type(L, key);
  const char *name = type == LUA_TSTRING ? lua_tostring(L, key) : NULL; /* a number would become a string */
  for (int i = 0; name && names[i]; i++)
    if (strcmp(names[i], name) == 0) return i;
  lua_Integer position = type == LUA_TNUMBER ? lua_tointegerx(L, key, &whole) : 0;
  if (position >= 1 && whole && position <= count_names(names) - given) return given + (int)position - 1;
  return unknown(L, function, key, names);
}

void rnn_lua_options(lua_State *L, const char *function, int first, const char *const *names) {
  int count = count_names(names), top = lua_gettop(L), end = first + count;
  bool by_name = top >= first && is_options(L, top);
  int given = top - first + 1 - by_name; /* by position */
  if (given > count)
    rnn_lua_error(L, "%s: expected at most %d argument%s, got %d", function, end - 1, end == 2 ? "" : "s",
                  top - by_name);
  lua_settop(L, by_name ? end : end - 1);
  if (!by_name) return;
  if (top < end) { /* the table goes behind the slots, nil in its place */
    lua_copy(L, top, end);
    lua_pushnil(L);
    lua_replace(L, top);
  }
  for (lua_pushnil(L); lua_next(L, end);) {
    int slot = first + slot_of(L, function, end + 1, names, given);
    if (!lua_isnil(L, slot))
      rnn_lua_error(L, "%s: argument '%s' given twice", function, names[slot - first]);
    lua_replace(L, slot);
  }
  lua_settop(L, end - 1);
}

const char *rnn_lua_describe(lua_State *L, int index) {
  int type = lua_type(L, index);
  if (type == LUA_TNONE) return lua_pushstring(L, "nil");
  if (type == LUA_TNUMBER || type == LUA_TBOOLEAN || type == LUA_TNIL)
    return luaL_tolstring(L, index, NULL);
  if (type == LUA_TSTRING && lua_rawlen(L, index) <= 40)
    return lua_pushfstring(L, "'%s'", lua_tostring(L, index));
  const char *name = luaL_getmetafield(L, index, "__name") == LUA_TSTRING ? lua_tostring(L, -1)
                                                                          : lua_typename(L, type);
  return lua_pushfstring(L, strchr("aeiouAEIOU", *name) ? "an %s" : "a %s", name);
}

int rnn_lua_option_error(lua_State *L, const char *function, const char *name, const char *expected,
                         int index) {
  return rnn_lua_error(L, "%s: argument '%s' must be %s, got %s", function, name, expected,
                    rnn_lua_describe(L, index));
}

int rnn_lua_option_boolean(lua_State *L, const char *function, const char *name, int index,
                           int fallback) {
  if (lua_isnoneornil(L, index)) return fallback;
  if (!lua_isboolean(L, index)) rnn_lua_option_error(L, function, name, "a boolean", index);
  return lua_toboolean(L, index);
}

lua_Number rnn_lua_option_number(lua_State *L, const char *function, const char *name, int index,
                                 lua_Number fallback) {
  if (lua_isnoneornil(L, index)) return fallback;
  if (lua_type(L, index) != LUA_TNUMBER) rnn_lua_option_error(L, function, name, "a number", index);
  return lua_tonumber(L, index);
}

lua_Integer rnn_lua_option_integer(lua_State *L, const char *function, const char *name, int index,
                                   lua_Integer fallback) {
  if (lua_isnoneornil(L, index)) return fallback;
  int whole;
  lua_Integer value = lua_tointegerx(L, index, &whole);
  if (lua_type(L, index) != LUA_TNUMBER || !whole)
    rnn_lua_option_error(L, function, name, "an integer", index);
  return value;
}
