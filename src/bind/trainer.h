/* trainer.h - the trainer as a Lua object, for lua/rnnlua/training.lua */
#ifndef RNN_BIND_TRAINER_H
#define RNN_BIND_TRAINER_H

#include <lua.h>

void rnn_open_trainer(lua_State *L);

#endif
