/* child.h - running this very program again, for what may crash or hang */
#ifndef RNN_BIND_CHILD_H
#define RNN_BIND_CHILD_H

#include <lua.h>

void rnn_open_child(lua_State *L);

#endif
