/* open.h - require "rnnlua.core": what the Lua modules under lua/rnnlua are built on */
#ifndef RNN_OPEN_H
#define RNN_OPEN_H

#include <lua.h>

/* A lua_CFunction for package.preload: pushes the table of everything that bind/ gives to Lua. */
int rnn_open_core(lua_State *L);

#endif
