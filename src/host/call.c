/* call.c - protected calls with a traceback, and how their errors reach the user */
#include "host/call.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "host/signals.h"

static const char *program_name = "rnnlua";

void rnn_set_program_name(const char *name) { program_name = name; }
const char *rnn_program_name(void) { return program_name; }

void rnn_print_message(const char *message) {
  if (program_name) fprintf(stderr, "%s: ", program_name);
  fprintf(stderr, "%s\n", message);
  fflush(stderr);
}

int rnn_report(lua_State *L, int status) {
  if (status == LUA_OK) return status;
  const char *message = lua_tostring(L, -1);
  rnn_print_message(message ? message : "(error object is not a string)");
  lua_pop(L, 1);
  return status;
}

/* The lines that a traceback has for all functions being called. */
static int count_lines(lua_State *L) {
  lua_Debug frame;
  int lines = 0;
  for (int level = 0; lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "t", &frame);
    lines += frame.istailcall ? 2 : 1; /* "(...tail calls...)" */
  }
  return lines;
}

/* Replaces the text on top of the stack by the same without its last lines. */
static void drop_lines(lua_State *L, int lines) {
  size_t length;
  const char *text = lua_tolstring(L, -1, &length);
  while (lines > 0 && length > 0)
    if (text[--length] == '\n') lines--;
  lua_pushlstring(L, text, length);
  lua_replace(L, -2);
}

static char observer_key; /* its address is a key of the registry */

void rnn_observe_errors(lua_State *L) { lua_rawsetp(L, LUA_REGISTRYINDEX, &observer_key); }

/* Lets the observer look at the frames that an error leaves. */
static void observe(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &observer_key) != LUA_TFUNCTION || lua_pcall(L, 0, 0, 0) != LUA_OK)
    lua_pop(L, 1);
}

/* The message handler; its upvalue counts the lines that the traceback leaves out. An error object that
** knows how to print itself is left alone, as it may not be about a place in the program. */
static int add_traceback(lua_State *L) {
  observe(L);
  const char *message = lua_tostring(L, 1);
  if (message == NULL) {
    if (luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING) return 1;
    message = lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
  }
  luaL_traceback(L, L, message, 1);
  drop_lines(L, (int)lua_tointeger(L, lua_upvalueindex(1)));
  return 1;
}

static int call(lua_State *L, int arguments, int results, int hidden_lines) {
  struct sigaction before;
  int function = lua_gettop(L) - arguments;
  lua_pushinteger(L, hidden_lines);
  lua_pushcclosure(L, add_traceback, 1);
  lua_insert(L, function);
  rnn_catch_interrupts(L, &before);
  int status = lua_pcall(L, arguments, results, function);
  rnn_leave_interrupts(&before);
  lua_remove(L, function);
  return status;
}

int rnn_protected_call(lua_State *L, int arguments, int results) { return call(L, arguments, results, 0); }

int rnn_call_as_base(lua_State *L, int arguments, int results) {
  return call(L, arguments, results, count_lines(L));
}

static int run(lua_State *L, int status) {
  return rnn_report(L, status == LUA_OK ? rnn_protected_call(L, 0, 0) : status);
}

int rnn_run_file(lua_State *L, const char *path) { return run(L, luaL_loadfile(L, path)); }

int rnn_run_text(lua_State *L, const char *text, const char *chunk_name) {
  return run(L, luaL_loadbuffer(L, text, strlen(text), chunk_name));
}
