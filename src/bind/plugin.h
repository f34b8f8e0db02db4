/* plugin.h - plugins for Lua: opening their files, taking them in, listing them */
#ifndef RNN_BIND_PLUGIN_H
#define RNN_BIND_PLUGIN_H

#include <lua.h>

void rnn_open_plugin(lua_State *L);

#endif
