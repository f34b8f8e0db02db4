/* variable.h - tensors that are variables: weights of layers, and rl.Variable */
#ifndef RNN_BIND_VARIABLE_H
#define RNN_BIND_VARIABLE_H

#include <lua.h>
#include <stdbool.h>

/* User values of a variable's userdata: 1 is what keeps its numbers, as for any view; 2 a table with what else there
** is to know: name, constraint, regularizer. nil where that is nothing, but for variables that no tape watches: by this
** table they are told from other tensors. */
enum { RNN_VARIABLE_INFO = 2, RNN_VARIABLE_VALUES = RNN_VARIABLE_INFO };

/* Whether the value at index is a variable. */
bool rnn_lua_is_variable(lua_State *L, int index);

/* Pushes the table of the variable at index; false, and nothing is pushed: it has none. */
bool rnn_lua_push_variable_info(lua_State *L, int index);

void rnn_open_variable(lua_State *L);

#endif
