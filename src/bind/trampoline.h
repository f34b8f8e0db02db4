/* trampoline.h - the one way from the middle of kernels and trainers into Lua */
#ifndef RNN_BIND_TRAMPOLINE_H
#define RNN_BIND_TRAMPOLINE_H

#include <lua.h>

#include "rnnlua.h"

/* Runs body(call), with `call` as a light userdata, in a protected call: an error, an attempt to yield and Ctrl-C
** become a status, whose message begins with "<who>: " unless who is NULL. No tape records meanwhile. Main thread only, elsewhere it fails. */
rnn_status rnn_lua_protect(rnn_context *cx, const char *who, lua_CFunction body, void *call);

/* Gives back a reference into Lua's registry, from any place; LUA_NOREF is fine. */
void rnn_lua_forget(int reference);

void rnn_open_trampoline(lua_State *L);

#endif
