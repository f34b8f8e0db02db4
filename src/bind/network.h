/* network.h - graphs as Lua objects */
#ifndef RNN_BIND_NETWORK_H
#define RNN_BIND_NETWORK_H

#include <lua.h>

#include "model/graph.h"

/* The graph of a network's userdata; raises if the value is none, or was collected. */
rnn_graph *rnn_lua_check_network(lua_State *L, int index);

void rnn_open_network(lua_State *L);

#endif
