/* raise.h - the one place where a status becomes a Lua error */
#ifndef RNN_RAISE_H
#define RNN_RAISE_H

#include <lua.h>

#include "core/context.h"

/* Raises an error at the caller's line: that of the nearest function on the stack which isn't one of
** rnnlua's own Lua modules. So a mistake is reported where the script made it, however deep in lua/rnnlua
** it was noticed. The format is lua_pushfstring's. Never returns. */
int rnn_lua_error(lua_State *L, const char *format, ...);

/* Returns if status is RNN_OK. Otherwise raises the main context's message at the caller's line, or
** "interrupted!". */
void rnn_lua_check(lua_State *L, rnn_status status);

/* Raises "interrupted!" if Ctrl-C was pressed; for long loops. */
void rnn_lua_poll(lua_State *L);

/* Raises "layer: it was collected already" where `held` is NULL. Lua finalizes in no order that a script can
** rely on, so a script's finalizer may meet objects of ours that have given back what they held. */
void rnn_lua_check_alive(lua_State *L, const void *held, const char *what);

/* core.raise(message): rnn_lua_error for Lua modules */
void rnn_open_raise(lua_State *L);

#endif
