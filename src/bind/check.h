/* check.h - the check of one part of a plugin, for lua/rnnlua/plugins */
#ifndef RNN_BIND_CHECK_H
#define RNN_BIND_CHECK_H

#include <lua.h>

void rnn_open_check(lua_State *L);

#endif
