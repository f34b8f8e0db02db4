/* exchange.h - numbers of ours to Lua functions and back, always as copies: what a script keeps stays valid, and
** what it does to its tensors changes nothing of ours. All raise; for use within rnn_lua_protect. */
#ifndef RNN_BIND_EXCHANGE_H
#define RNN_BIND_EXCHANGE_H

#include <lua.h>

#include "core/tensor.h"

/* Pushes a tensor of its own with these numbers. */
void rnn_lua_push_numbers(lua_State *L, int ndim, const int64_t *shape, const float *numbers);

/* The value on top, a number, nested tables or a tensor, as contiguous float32, pushed. Else
** "expected <expected>, got nil". */
const rnn_tensor *rnn_lua_read_result(lua_State *L, const char *expected);

/* The same, of exactly that shape. Else "expected shape (2, 3), got (2,)". */
const float *rnn_lua_shaped_result(lua_State *L, const rnn_shape *shape);

/* Copies it. */
void rnn_lua_copy_result(lua_State *L, const rnn_shape *shape, float *to);

/* The number on top, or the one element of a tensor; else an error as above. */
double rnn_lua_number_result(lua_State *L, const char *expected);

#endif
