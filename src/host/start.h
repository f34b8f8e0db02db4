/* start.h - everything between main and the script */
#ifndef RNN_START_H
#define RNN_START_H

#include <lua.h>

/* A lua_CFunction. Takes argc and argv (a light userdata), does what the command line says, and returns the
** exit status of the process. */
int rnn_start(lua_State *L);

#endif
