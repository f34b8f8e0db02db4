/* raise.c - the one place where a status becomes a Lua error */
#include "bind/raise.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

/* the chunk name that src/embed gives to what is under lua/rnnlua */
static bool is_ours(const char *source) { return strncmp(source, "@lua/rnnlua/", 12) == 0; }

/* pushes "script.lua:12: "; "" where no script is on the stack */
static void push_caller(lua_State *L) {
  lua_Debug frame;
  for (int level = 0; lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "Sl", &frame);
    if (frame.currentline > 0 && !is_ours(frame.source)) {
      lua_pushfstring(L, "%s:%d: ", frame.short_src, frame.currentline);
      return;
    }
  }
  lua_pushliteral(L, "");
}

int rnn_lua_error(lua_State *L, const char *format, ...) {
  push_caller(L);
  va_list arguments;
  va_start(arguments, format);
  lua_pushvfstring(L, format, arguments);
  va_end(arguments);
  lua_concat(L, 2);
  return lua_error(L);
}

void rnn_lua_check(lua_State *L, rnn_status status) {
  if (status == RNN_OK) return;
  if (status == RNN_INTERRUPTED) {
    rnn_set_interrupted(false);
    rnn_lua_error(L, "interrupted!");
  }
  char message[RNN_MESSAGE_SIZE]; /* a finalizer that runs meanwhile may leave another one */
  snprintf(message, sizeof message, "%s", rnn_message(rnn_main_context()));
  rnn_lua_error(L, "%s", message);
}

void rnn_lua_poll(lua_State *L) {
  if (rnn_main_context()->host->interrupted(rnn_main_context())) rnn_lua_check(L, RNN_INTERRUPTED);
}

void rnn_lua_check_alive(lua_State *L, const void *held, const char *what) {
  if (held == NULL) rnn_lua_error(L, "%s: it was collected already", what);
}

/* core.raise(message) */
static int raise(lua_State *L) { return rnn_lua_error(L, "%s", luaL_checkstring(L, 1)); }

static const luaL_Reg functions[] = {{"raise", raise}, {NULL, NULL}};

void rnn_open_raise(lua_State *L) { luaL_setfuncs(L, functions, 0); }
