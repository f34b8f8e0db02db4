/* system.h - what Lua's own library lacks of the system: a terminal's size, a monotonic clock */
#ifndef RNN_BIND_SYSTEM_H
#define RNN_BIND_SYSTEM_H

#include <lua.h>

void rnn_open_system(lua_State *L);

#endif
