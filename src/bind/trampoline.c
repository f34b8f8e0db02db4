/*
** trampoline.c - the one way from the middle of kernels and trainers into Lua.
**
** Nothing may longjmp across those. So all that touches Lua there runs inside one protected call, which turns an
** error, or an attempt to yield, into a status. It runs on the main thread only, and in the main lua_State,
** which outlives every component; a coroutine of a script's, that a component may be made or released in, does
** not.
*/
#include "bind/trampoline.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/tape.h"
#include "core/context.h"
#include "core/parallel.h"

static lua_State *main_state;

/* whether a message is the one that Ctrl-C raises, "interrupted!", with or without a position */
static bool tells_interrupt(const char *text) {
  static const char word[] = "interrupted!", after_position[] = ": interrupted!";
  size_t length = strlen(text), wanted = sizeof after_position - 1;
  return strcmp(text, word) == 0 ||
         (length > wanted && strcmp(text + length - wanted, after_position) == 0);
}

static rnn_status fail(rnn_context *cx, rnn_status status, const char *who, const char *text) {
  return rnn_fail(cx, status, "%s%s%s", who ? who : "", who ? ": " : "", text);
}

/* the error on top of the stack as a status; pops it */
static rnn_status take_error(rnn_context *cx, const char *who, int lua_status) {
  lua_State *L = main_state;
  const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "the error is no string";
  rnn_status status = tells_interrupt(text)      ? RNN_INTERRUPTED
                      : lua_status == LUA_ERRMEM ? RNN_NO_MEMORY
                                                 : RNN_INVALID;
  fail(cx, status, who, text);
  lua_pop(L, 1);
  return status;
}

rnn_status rnn_lua_protect(rnn_context *cx, const char *who, lua_CFunction body, void *call) {
  lua_State *L = main_state;
  if (rnn_is_worker())
    return fail(cx, RNN_INVALID, who, "is written in Lua and was called from a worker thread");
  if (!lua_checkstack(L, LUA_MINSTACK)) return fail(cx, RNN_NO_MEMORY, who, "not enough memory");
  lua_pushcfunction(L, body);
  lua_pushlightuserdata(L, call);
  rnn_tape *tape = rnn_tape_suspend();
  int status = lua_pcall(L, 1, 0, 0);
  rnn_tape_resume(tape);
  return status == LUA_OK ? RNN_OK : take_error(cx, who, status);
}

void rnn_lua_forget(int reference) { luaL_unref(main_state, LUA_REGISTRYINDEX, reference); }

void rnn_open_trampoline(lua_State *L) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  main_state = lua_tothread(L, -1);
  lua_pop(L, 1);
}
