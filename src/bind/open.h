/* open.h - require "rnnlua.core": what the Lua modules under lua/rnnlua are built on */
#ifndef RNN_OPEN_H
#define RNN_OPEN_H

#include <lua.h>

/* What views of weights need (weight_view.c). To be called before any library or script runs: what it makes
** must be the last that lua_close finalizes. */
void rnn_lua_open_weight_views(lua_State *L);

/* A lua_CFunction for package.preload: pushes the table of everything that bind/ gives to Lua. */
int rnn_open_core(lua_State *L);

#endif
