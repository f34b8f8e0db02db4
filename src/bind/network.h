/* network.h - graphs as Lua objects, and lists of tensors as arrays */
#ifndef RNN_BIND_NETWORK_H
#define RNN_BIND_NETWORK_H

#include <lua.h>

#include "model/data.h"
#include "model/graph.h"

/* The graph of a network's userdata; raises if the value is none. */
rnn_graph *rnn_lua_check_network(lua_State *L, int index);

/* Takes a list of data (tensors, nested tables; false: none) as float32 arrays. Pushes a table of tensors,
** which must be kept as long as the arrays are used. Returns how many there are. */
int rnn_lua_take_arrays(lua_State *L, const char *what, int index, rnn_array *arrays);

void rnn_open_network(lua_State *L);

#endif
