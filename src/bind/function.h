/* function.h - plain functions of plugins, called from Lua */
#ifndef RNN_BIND_FUNCTION_H
#define RNN_BIND_FUNCTION_H

#include <lua.h>

#include "rnnlua.h"

/* f(x [, y, …] [, its arguments by position] [, {argument = …}]): inputs are tensors or nested tables, as many values
** come back as the function has outputs. The type object is at 1. */
int rnn_lua_call_function(lua_State *L, const rnn_type *type);

#endif
