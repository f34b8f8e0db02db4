/*
** completion.c - between readline's idea of completion and a Lua function's
**
** readline first asks which characters end a word, then what the word may become. The Lua function knows
** both; it is asked once, and its answer kept in the registry for readline's second question.
*/
#include "host/completion.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/keysignals.h"

static const rnn_readline *library;
static lua_State *state;
static char completer_key, lister_key, matches_key; /* their addresses are keys of the registry */
static char append_character;
static bool file_names;

int rnn_set_completer(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &lister_key);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &completer_key);
  return 0;
}

void rnn_set_completion_state(lua_State *L) { state = L; }

/* A lua_CFunction: calls the completer, keeps its matches, and returns where the word starts, from 0. */
static int ask(lua_State *L) {
  int point = *library->point;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &completer_key) != LUA_TFUNCTION) return 0;
  lua_pushlstring(L, *library->line, (size_t)point);
  lua_call(L, 1, 4);
  lua_Integer start = lua_tointeger(L, 1) - 1;
  if (!lua_istable(L, 2) || start < 0 || start > point) return 0;
  append_character = lua_isstring(L, 3) ? lua_tostring(L, 3)[0] : '\0';
  file_names = lua_toboolean(L, 4);
  lua_pushvalue(L, 2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &matches_key);
  lua_pushinteger(L, start);
  return 1;
}

/* Ctrl-C, noted by keysignals.c, ends a completer that takes long; then the line is cancelled. */
static void give_up(lua_State *L, lua_Debug *unused) {
  (void)unused;
  if (rnn_came.interrupt) luaL_error(L, "interrupted!");
}

/* Where the word before the cursor starts; the cursor, if there is nothing to complete. An error in the
** completer is silent: a key press is no place for a message. */
static int find_start(void) {
  int top = lua_gettop(state);
  append_character = '\0';
  file_names = false;
  lua_pushnil(state);
  lua_rawsetp(state, LUA_REGISTRYINDEX, &matches_key);
  lua_pushcfunction(state, ask);
  lua_sethook(state, give_up, LUA_MASKCOUNT, 1000);
  int status = lua_pcall(state, 0, 1, 0);
  lua_sethook(state, NULL, 0, 0);
  int start = status == LUA_OK && lua_isinteger(state, -1) ? (int)lua_tointeger(state, -1) : *library->point;
  lua_settop(state, top);
  return start;
}

/* The character before the word is the one that breaks words: readline then finds the word that was
** meant. It does not occur in the word, which is a name, or all of a string after its quote. */
static char *find_breaks(void) {
  static char breaks[2];
  int start = find_start();
  breaks[0] = start > 0 ? (*library->line)[start - 1] : ' ';
  return breaks;
}

/* The index-th match, for readline to free: hence malloc. */
static char *next_match(const char *text, int index) {
  static int count;
  (void)text;
  count = index == 0 ? 1 : count + 1; /* index is 0 at the first call only */
  char *match = NULL;
  if (lua_rawgetp(state, LUA_REGISTRYINDEX, &matches_key) == LUA_TTABLE) {
    lua_rawgeti(state, -1, count);
    const char *found = lua_tostring(state, -1);
    match = found ? strdup(found) : NULL;
    lua_pop(state, 1);
  }
  lua_pop(state, 1);
  return match;
}

static char **complete(const char *text, int start, int end) {
  *library->completion_over = 1; /* no file names where we know nothing */
  if (strspn(*library->line, " \t") >= (size_t)end && end == start) {
    library->insert_text("  "); /* nothing but blanks so far: TAB indents */
    return NULL;
  }
  *library->append_character = append_character;
  *library->file_names = file_names;
  return library->make_matches(text, next_match);
}

/* A lua_CFunction: shows the matches in the list at 1. */
static int list(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &lister_key);
  lua_insert(L, 1);
  lua_call(L, 1, 0);
  return 0;
}

/* matches[0] is what all of them, matches[1 .. count], begin with. The list goes below the cell, which is then written anew. */
static void show_matches(char **matches, int count, int unused) {
  (void)unused;
  int top = lua_gettop(state), point = *library->point;
  *library->point = *library->end;
  library->update();
  *library->point = point;
  putchar('\n');
  lua_pushcfunction(state, list);
  lua_createtable(state, count, 0);
  for (int i = 1; i <= count; i++) {
    lua_pushstring(state, matches[i]);
    lua_rawseti(state, -2, i);
  }
  if (lua_pcall(state, 1, 0, 0) != LUA_OK) puts(lua_tostring(state, -1));
  lua_settop(state, top);
  fflush(stdout);
  library->redisplay();
}

void rnn_connect_completion(const rnn_readline *loaded) {
  library = loaded;
  *library->find_breaks = find_breaks;
  *library->complete = complete;
  if (library->show_matches) *library->show_matches = show_matches;
}
