/* register.h - core.register, core.begin_plugin, …: types that are made while a script runs */
#ifndef RNN_BIND_REGISTER_H
#define RNN_BIND_REGISTER_H

#include <lua.h>

void rnn_open_register(lua_State *L);

#endif
