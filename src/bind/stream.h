/* stream.h - streams as Lua objects, core.stream(network, batch) */
#ifndef RNN_BIND_STREAM_H
#define RNN_BIND_STREAM_H

#include <lua.h>

void rnn_open_stream(lua_State *L);

#endif
