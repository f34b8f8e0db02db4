/* take_arrays.h - data from Lua as the arrays that a model reads */
#ifndef RNN_BIND_TAKE_ARRAYS_H
#define RNN_BIND_TAKE_ARRAYS_H

#include <lua.h>

#include "core/tensor.h"
#include "model/data.h"

/* Takes a list of data (tensors, nested tables; false: none) as float32 arrays. Pushes a table of tensors,
** which must be kept as long as the arrays are used. Returns how many there are. */
int rnn_lua_take_arrays(lua_State *L, const char *what, int index, rnn_array *arrays);

/* What a tensor or a list of numbers at index holds, as a contiguous tensor of float32, which may be pushed; NULL where
** it is something else, as data by name. */
const rnn_tensor *rnn_lua_plain_data(lua_State *L, int index, const char *who, const char *what);

#endif
