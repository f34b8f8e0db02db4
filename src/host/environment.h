/* environment.h - what a script finds: the libraries, our modules, `arg`, LUA_INIT */
#ifndef RNN_ENVIRONMENT_H
#define RNN_ENVIRONMENT_H

#include <lua.h>
#include <stdbool.h>

/* Opens Lua's libraries and puts our modules within reach of `require`. None of ours is loaded yet.
** Without `environment`, LUA_PATH and LUA_CPATH are not looked at. */
void rnn_open_libraries(lua_State *L, bool environment);

/* Sets the global `arg`: the script has index 0, its arguments follow, all before it is negative. */
void rnn_set_arg(lua_State *L, int argc, char **argv, int script);

/* Pushes arg[1], arg[2], … as a script's arguments; returns how many. */
int rnn_push_arguments(lua_State *L);

/* Runs LUA_INIT_5_4 or else LUA_INIT. Returns the status; an error has been reported. */
int rnn_run_lua_init(lua_State *L);

#endif
