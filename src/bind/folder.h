/* folder.h - what is in a folder, for Lua */
#ifndef RNN_BIND_FOLDER_H
#define RNN_BIND_FOLDER_H

#include <lua.h>

/* Adds listdir to the table on top of the stack. */
void rnn_open_folder(lua_State *L);

#endif
