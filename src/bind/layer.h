/* layer.h - layers as Lua objects */
#ifndef RNN_BIND_LAYER_H
#define RNN_BIND_LAYER_H

#include <lua.h>

#include "core/layer.h"

#define RNN_LUA_LAYER "rnnlua.layer"

/* Makes a layer from the constructor arguments at `first` and above, and pushes its userdata. */
void rnn_lua_new_layer(lua_State *L, const rnn_type *type, int first);

/* The same for a plain function, which is called as a layer is. It stays unseen by scripts. */
void rnn_lua_new_function(lua_State *L, const rnn_type *type, int first);

/* The layer of a userdata; NULL if the value is none; the second raises then. Both raise if it was collected. */
rnn_layer *rnn_lua_test_layer(lua_State *L, int index);
rnn_layer *rnn_lua_check_layer(lua_State *L, int index);

void rnn_open_layer(lua_State *L);

#endif
