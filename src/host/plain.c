/*
** plain.c - lua's own read-eval-print loop, for input that is no terminal (`rnnlua -i < file`)
**
** Lines are echoed behind their prompts, as readline does for lua, so that a transcript reads well.
*/
#include "host/plain.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "host/call.h"

/* Writes the global's text, or else `usual`. */
static void write_prompt(lua_State *L, const char *global, const char *usual) {
  bool set = lua_getglobal(L, global) != LUA_TNIL;
  fputs(set ? luaL_tolstring(L, -1, NULL) : usual, stdout);
  fflush(stdout);
  lua_pop(L, set ? 2 : 1);
}

/* Pushes the next line without its newline; false, and nothing pushed, at the end of input. */
static bool push_line(lua_State *L, bool first) {
  char piece[512];
  luaL_Buffer line;
  write_prompt(L, first ? "_PROMPT" : "_PROMPT2", first ? "> " : ">> ");
  if (fgets(piece, sizeof piece, stdin) == NULL) return false;
  luaL_buffinit(L, &line);
  do {
    size_t length = strcspn(piece, "\n");
    luaL_addlstring(&line, piece, length);
    if (piece[length] == '\n') break;
  } while (fgets(piece, sizeof piece, stdin));
  luaL_pushresult(&line);
  puts(lua_tostring(L, -1));
  return true;
}

/* Whether the chunk failed to compile only because its end is missing. */
static bool is_incomplete(lua_State *L, int status) {
  static const char mark[] = "<eof>";
  size_t length;
  if (status != LUA_ERRSYNTAX) return false;
  const char *message = lua_tolstring(L, -1, &length);
  return length >= sizeof mark - 1 && strcmp(message + length - (sizeof mark - 1), mark) == 0;
}

static int compile(lua_State *L, int text) {
  size_t length;
  const char *chunk = lua_tolstring(L, text, &length);
  return luaL_loadbuffer(L, chunk, length, "=stdin");
}

/* Reads lines until they make a chunk, and leaves that, or a message, at index 1. Returns the status, or
** -1 at the end of input. */
static int read_chunk(lua_State *L) {
  lua_settop(L, 0);
  if (!push_line(L, true)) return -1;
  const char *line = lua_tostring(L, 1);
  if (line[0] == '=') lua_pushfstring(L, "return %s", line + 1), lua_replace(L, 1);
  lua_pushfstring(L, "return %s;", lua_tostring(L, 1));
  int status = compile(L, 2); /* an expression? */
  if (status != LUA_OK) {
    lua_settop(L, 1);
    while (is_incomplete(L, status = compile(L, 1)) && push_line(L, false)) {
      lua_remove(L, 2); /* the message */
      lua_pushliteral(L, "\n");
      lua_insert(L, 2);
      lua_concat(L, 3);
    }
  }
  lua_replace(L, 1);
  lua_settop(L, 1);
  return status;
}

static void print_results(lua_State *L) {
  int count = lua_gettop(L);
  if (count == 0) return;
  luaL_checkstack(L, LUA_MINSTACK, "too many results to print");
  lua_getglobal(L, "print");
  lua_insert(L, 1);
  if (lua_pcall(L, count, 0, 0) != LUA_OK)
    rnn_print_message(lua_pushfstring(L, "error calling 'print' (%s)", lua_tostring(L, -1)));
}

void rnn_run_plain_session(lua_State *L) {
  const char *name = rnn_program_name();
  int status;
  rnn_set_program_name(NULL);
  while ((status = read_chunk(L)) != -1) {
    if (status == LUA_OK) status = rnn_protected_call(L, 0, LUA_MULTRET);
    if (rnn_report(L, status) == LUA_OK) print_results(L);
  }
  lua_settop(L, 0);
  putchar('\n');
  fflush(stdout);
  rnn_set_program_name(name);
}
