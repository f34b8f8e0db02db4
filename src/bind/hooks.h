/* hooks.h - functions of our Lua modules that C calls, set by name once their module is loaded: symbolic_call
** (symbolic.lua), layer_field (models.lua), apply_gradients, build_optimizer and adapt (init.lua) */
#ifndef RNN_HOOKS_H
#define RNN_HOOKS_H

#include <lua.h>
#include <stdbool.h>

/* Pushes the function set by that name; false, and nothing is pushed, if none was. */
bool rnn_lua_push_hook(lua_State *L, const char *name);

void rnn_open_hooks(lua_State *L);

#endif
