/* take_arrays.h - data from Lua as the arrays that a model reads */
#ifndef RNN_BIND_TAKE_ARRAYS_H
#define RNN_BIND_TAKE_ARRAYS_H

#include <lua.h>

#include "core/tensor.h"
#include "model/data.h"

/* Takes a list of data (tensors, nested tables; false: none) as float32 arrays. Pushes a table of tensors,
** which must be kept as long as the arrays are used. Returns how many there are. */
int rnn_lua_take_arrays(lua_State *L, const char *what, int index, rnn_array *arrays);

/* The value at index as it is, if a contiguous tensor of float32, or what a list of numbers holds, which is then pushed;
** NULL where it is something else, data by name or a tensor of another dtype. */
const rnn_tensor *rnn_lua_plain_data(lua_State *L, int index, const char *who, const char *what);

#endif
