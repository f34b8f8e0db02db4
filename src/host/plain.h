/* plain.h - lua's own read-eval-print loop, for input that is no terminal */
#ifndef RNN_PLAIN_H
#define RNN_PLAIN_H

#include <lua.h>

/* Returns at the end of input. */
void rnn_run_plain_session(lua_State *L);

#endif
