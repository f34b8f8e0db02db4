/* raise.h - the one place where a status becomes a Lua error */
#ifndef RNN_RAISE_H
#define RNN_RAISE_H

#include <lua.h>

#include "core/context.h"

/* Returns if status is RNN_OK. Otherwise raises the main context's message at the caller's line (level 1:
** the Lua function that called the C function), or "interrupted!", or "not enough memory". */
void rnn_lua_check(lua_State *L, rnn_status status);

#endif
