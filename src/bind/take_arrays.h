/* take_arrays.h - data from Lua as the arrays that a model reads */
#ifndef RNN_BIND_TAKE_ARRAYS_H
#define RNN_BIND_TAKE_ARRAYS_H

#include <lua.h>

#include "model/data.h"

/* Takes a list of data (tensors, nested tables; false: none) as float32 arrays. Pushes a table of tensors,
** which must be kept as long as the arrays are used. Returns how many there are. */
int rnn_lua_take_arrays(lua_State *L, const char *what, int index, rnn_array *arrays);

#endif
