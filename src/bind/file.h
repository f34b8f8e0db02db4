/* file.h - files written as a whole or not at all, and folders made for them */
#ifndef RNN_BIND_FILE_H
#define RNN_BIND_FILE_H

#include <lua.h>

void rnn_open_file(lua_State *L);

#endif
