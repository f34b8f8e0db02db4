/* apply.h - calling a component: relu(t), glorot_uniform(shape), l2(t), mse(y_true, y_pred) */
#ifndef RNN_BIND_APPLY_H
#define RNN_BIND_APPLY_H

#include <lua.h>

#include "rnnlua.h"

/* the __call of a component: the component is at 1, its arguments above */
int rnn_lua_apply(lua_State *L);

/* Calls a type as Keras' function of that name, with everything above the type object at 1: tensors first,
** then arguments of the constructor. Pushes one result. */
int rnn_lua_apply_type(lua_State *L, const rnn_type *type);

/* whether a call of this type's object, with the arguments above 1, is meant as that */
bool rnn_lua_applies(lua_State *L, const rnn_type *type);

#endif
