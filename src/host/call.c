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

/* The message handler. An error object that knows how to print itself is left alone, as it may not be
** about a place in the program. */
static int add_traceback(lua_State *L) {
  const char *message = lua_tostring(L, 1);
  if (message == NULL) {
    if (luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING) return 1;
    message = lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
  }
  luaL_traceback(L, L, message, 1);
  return 1;
}

int rnn_call(lua_State *L, int arguments, int results) {
  int function = lua_gettop(L) - arguments;
  lua_pushcfunction(L, add_traceback);
  lua_insert(L, function);
  rnn_catch_interrupts(L);
  int status = lua_pcall(L, arguments, results, function);
  rnn_leave_interrupts();
  lua_remove(L, function);
  return status;
}

static int run(lua_State *L, int status) {
  return rnn_report(L, status == LUA_OK ? rnn_call(L, 0, 0) : status);
}

int rnn_run_file(lua_State *L, const char *path) { return run(L, luaL_loadfile(L, path)); }

int rnn_run_text(lua_State *L, const char *text, const char *chunk_name) {
  return run(L, luaL_loadbuffer(L, text, strlen(text), chunk_name));
}
