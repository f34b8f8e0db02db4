/*
** mask.h - masks that travel with tensors, as Keras' do: a layer called on a tensor leaves its mask with the result, the
** next layer finds it there. Functions of tensors do not hand them on.
*/
#ifndef RNN_BIND_MASK_H
#define RNN_BIND_MASK_H

#include <lua.h>

#include "core/tensor.h"

/* Pushes the mask of the tensor at index, a bool tensor of batch × timesteps without gaps; pushes nil, and returns NULL,
** where it has none. */
const rnn_tensor *rnn_lua_push_mask(lua_State *L, int index);

/* The value on top, which stays there, becomes the mask of the tensor at index. */
void rnn_lua_set_mask(lua_State *L, int index);

/* Replaces the value on top, a bool tensor or a table given as mask of an input of this shape, by such a tensor; nil
** stays: NULL. Errors begin with `title`. */
const rnn_tensor *rnn_lua_to_mask(lua_State *L, const char *title, const rnn_shape *input);

void rnn_open_mask(lua_State *L);

#endif
