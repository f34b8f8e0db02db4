/* suggest.h - did-you-mean for Lua modules */
#ifndef RNN_BIND_SUGGEST_H
#define RNN_BIND_SUGGEST_H

#include <lua.h>

void rnn_open_suggest(lua_State *L);

#endif
