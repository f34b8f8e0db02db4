/* completion.h - between readline's idea of completion and a Lua function's */
#ifndef RNN_COMPLETION_H
#define RNN_COMPLETION_H

#include <lua.h>

#include "host/readline.h"

/* a lua_CFunction: complete_with of lineedit.h */
int rnn_set_completer(lua_State *L);

/* the state in which the completer will be called; before each line */
void rnn_set_completion_state(lua_State *L);

void rnn_connect_completion(const rnn_readline *library);

#endif
