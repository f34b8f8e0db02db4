/* optimizer.h - optimizers as scripts use them by themselves: optimizer:apply_gradients(grads, variables) */
#ifndef RNN_BIND_OPTIMIZER_H
#define RNN_BIND_OPTIMIZER_H

#include <lauxlib.h>

/* User value of an optimizer's userdata (component.h) that holds its slots. */
enum { RNN_OPTIMIZER_STATE = 2 };

extern const luaL_Reg rnn_lua_optimizer_methods[];

/* Pushes how many steps the optimizer at index has made. */
void rnn_lua_push_iterations(lua_State *L, int index);

void rnn_open_optimizer(lua_State *L);

#endif
