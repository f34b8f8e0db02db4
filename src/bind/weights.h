/* weights.h - weights of layers as tensors: views, copies, and setting them all or not at all */
#ifndef RNN_BIND_WEIGHTS_H
#define RNN_BIND_WEIGHTS_H

#include <lua.h>

#include "core/layer.h"

typedef enum rnn_lua_which { RNN_ALL_WEIGHTS, RNN_TRAINABLE, RNN_NON_TRAINABLE } rnn_lua_which;

/* Pushes a list of tensors that are the weights' memory, or of copies: layer after layer, each in the order
** of its build. */
void rnn_lua_push_weights(lua_State *L, rnn_layer *const *layers, int count, rnn_lua_which which,
                          bool copies);

/* Writes the list of tensors (or nested tables) at index into the weights of these layers. Where one does
** not fit it raises an error that begins with `who` and names the weight; nothing was changed then. */
void rnn_lua_set_weights(lua_State *L, int index, const char *who, rnn_layer *const *layers,
                         int count);

void rnn_open_weights(lua_State *L);

#endif
