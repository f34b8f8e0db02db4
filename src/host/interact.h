/* interact.h - interactive sessions */
#ifndef RNN_INTERACT_H
#define RNN_INTERACT_H

#include <lua.h>

/* On a terminal the REPL of lua/rnnlua/repl.lua; with input from a pipe or a file what `lua -i` does.
** Returns at the end of input. */
void rnn_interact(lua_State *L);

void rnn_print_lua_version(void);

#endif
