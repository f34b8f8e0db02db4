/* state.h - a Lua state whose memory comes from core/alloc.h */
#ifndef RNN_STATE_H
#define RNN_STATE_H

#include <lua.h>

/* A fresh state with no library open, warnings off; NULL: not enough memory. */
lua_State *rnn_new_state(void);

#endif
