/* layer_parts.h - what the files of a layer's userdata share; the layer is always at 1 */
#ifndef RNN_LAYER_PARTS_H
#define RNN_LAYER_PARTS_H

#include <lauxlib.h>

#include "core/layer.h"

/* Pushes "dense (Dense)", what messages about a layer begin with. */
const char *rnn_lua_push_title(lua_State *L, const rnn_layer *layer);

extern const luaL_Reg rnn_lua_layer_methods[];

/* layer(x [, {training=, mask=, initial_state=}]): as many values as the layer has outputs */
int rnn_lua_call_layer(lua_State *L);
void rnn_open_layer_call(lua_State *L);

/* layer.units, layer.kernel, layer.get_config, … */
int rnn_lua_index_layer(lua_State *L);

/* layer.trainable = false */
int rnn_lua_assign_layer(lua_State *L);

/* the names of all fields, for completion */
int rnn_lua_list_layer(lua_State *L);

#endif
