/* trainer.h - the trainer as a Lua object, for lua/rnnlua/training.lua */
#ifndef RNN_BIND_TRAINER_H
#define RNN_BIND_TRAINER_H

#include <lua.h>

#include "model/trainer.h"

void rnn_open_trainer(lua_State *L);

/* The trainer at 1, alive and not in the middle of a batch; raises. */
rnn_trainer *rnn_lua_check_trainer(lua_State *L);
/* Tells tapes that the weights are about to change. */
void rnn_lua_before_training(lua_State *L, const rnn_trainer *t);

/* methods, in trainer_state.c */
int rnn_trainer_iterations(lua_State *L);
int rnn_trainer_average(lua_State *L);
int rnn_trainer_memory(lua_State *L);
int rnn_trainer_state(lua_State *L);
int rnn_trainer_set_state(lua_State *L);

#endif
