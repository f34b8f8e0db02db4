/* machine.h - core.version, core.config, core.threads: what the program is made of and runs on */
#ifndef RNN_MACHINE_H
#define RNN_MACHINE_H

#include <lua.h>

void rnn_open_machine(lua_State *L);

#endif
