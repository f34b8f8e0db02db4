/* callable.h - plain Lua functions as components */
#ifndef RNN_BIND_CALLABLE_H
#define RNN_BIND_CALLABLE_H

#include <lua.h>

#include "rnnlua.h"

/* Pushes a component of that kind which calls the Lua function at `index`; messages of its failures begin
** "kernel_initializer function: " for argument = "kernel_initializer". false, nothing pushed: no function can stand
** for this kind.
**   activation   f(x), rows x columns -> a tensor of that shape, made of differentiable tensor functions
**   loss         f(y_true, y_pred), both rows x columns -> see script_loss.c; differentiable likewise
**   metric       f(y_true, y_pred), both rows x columns -> a number, or a tensor whose first axis is rows;
**                outputs of more axes come as rows over the last one, y_true as y_pred's shape
**   initializer  f(shape, dtype) -> a tensor or nested tables of that shape
**   regularizer  f(w) -> a number, or a tensor with one element; differentiable likewise
**   constraint   f(w) -> a tensor or nested tables of w's shape
**   schedule     f(step), from 0 -> a number
** The component keeps the function. Lua's collector cannot see that, so a function that refers to its own
** model keeps the model for as long as the state lives. */
bool rnn_lua_push_callable(lua_State *L, int index, rnn_kind kind, const char *argument);

/* Pushes the function that a component was made from; false, nothing pushed: it is no such component. */
bool rnn_lua_push_function(lua_State *L, const rnn_component *component);

#endif
