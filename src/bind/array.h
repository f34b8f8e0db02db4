/* array.h - what the functions that reshape, join, sort and multiply tensors share */
#ifndef RNN_BIND_ARRAY_H
#define RNN_BIND_ARRAY_H

#include "bind/tensor.h"

/* The tensor that a function is about, argument `index`: tensors, nested tables, numbers and
** booleans are taken; the argument's slot then holds a tensor. */
rnn_tensor *rnn_lua_subject(lua_State *L, const char *function, int index);

/* Brings integers given one by one (t:reshape(2, 3)), as a table (t:reshape{2, 3}) or by name
** (t:reshape{name = {2, 3}}), from argument `first` on, into one table in that slot, the last; nil
** if there are none. Where one number is given by name it is a list of one. */
void rnn_lua_list(lua_State *L, const char *function, int first, const char *name);

/* Entry i (from 1) of the list in a slot; must be an integer. */
lua_Integer rnn_lua_list_entry(lua_State *L, const char *function, const char *name, int index,
                               lua_Integer i);

/* The axes in the slot (an axis or a table of them), counted from 0; returns how many. None twice. */
int rnn_lua_axes(lua_State *L, const char *function, int index, int ndim, int axes[RNN_MAX_DIMS]);

/* Pushes t, which is or is a view of the tensor at base_index, under another shape of as many
** elements: a view where its strides allow, else a copy. */
rnn_tensor *rnn_lua_push_reshaped(lua_State *L, int base_index, const rnn_tensor *t, int ndim,
                                  const int64_t *shape);

/* Pushes t without axes as a Lua number or boolean, and all others as they are: leaves what a
** function returns, given the tensor on top of the stack. */
int rnn_lua_return_tensor(lua_State *L);

/* Each adds the functions of its file. */
void rnn_open_tensor_join(lua_State *L);
void rnn_open_tensor_matmul(lua_State *L);
void rnn_open_tensor_print(lua_State *L);
void rnn_open_tensor_shape(lua_State *L);
void rnn_open_tensor_sort(lua_State *L);
void rnn_open_tensor_take(lua_State *L);

#endif
