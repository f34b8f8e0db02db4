/* config.h - from a component back to Lua: values, get_config, text */
#ifndef RNN_CONFIG_H
#define RNN_CONFIG_H

#include <lua.h>

#include "rnnlua.h"

/* Pushes the value of one declared argument; a component as its userdata. */
void rnn_lua_push_argument(lua_State *L, const rnn_component *component, int arg);

/* Pushes a table of all arguments that aren't nil, components as {class_name=, config=}: what the
** constructor takes to make an equal component. */
void rnn_lua_push_config(lua_State *L, const rnn_component *component);

/* Pushes "Dense units=1 activation=relu": the type and what differs from its defaults. */
void rnn_lua_push_text(lua_State *L, const rnn_component *component);

#endif
