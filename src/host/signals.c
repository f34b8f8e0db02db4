/* signals.c - Ctrl-C, for Lua and for long loops in C */
#include "host/signals.h"

#include <lauxlib.h>
#include <stddef.h>

#include "core/context.h"
#include "host/guard.h"

static lua_State *running; /* what the signal handler interrupts */

void rnn_set_signal(int signal_number, void (*handler)(int), struct sigaction *before) {
  struct sigaction action = {.sa_handler = handler};
  sigemptyset(&action.sa_mask);
  sigaction(signal_number, &action, before);
}

/* Runs in L, where raising is safe. A loop in C may have seen the key press first and raised already. */
static void stop(lua_State *L, lua_Debug *unused) {
  (void)unused;
  lua_sethook(L, NULL, 0, 0);
  if (!rnn_main_context()->host->interrupted(rnn_main_context())) return;
  rnn_set_interrupted(false);
  luaL_error(L, "interrupted!");
}

/* lua_sethook is the one function of Lua that a signal handler may call. */
static void pressed(int signal_number) {
  rnn_set_signal(signal_number, rnn_ending_handler(), NULL);
  rnn_set_interrupted(true);
  lua_sethook(running, stop, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

void rnn_catch_interrupts(lua_State *L, struct sigaction *before) {
  running = L;
  rnn_set_interrupted(false);
  rnn_set_signal(SIGINT, pressed, before);
}

void rnn_leave_interrupts(const struct sigaction *before) {
  sigaction(SIGINT, before, NULL);
  rnn_set_interrupted(false);
}
