/* weight_view.h - a weight as a tensor whose numbers are the layer's own */
#ifndef RNN_BIND_WEIGHT_VIEW_H
#define RNN_BIND_WEIGHT_VIEW_H

#include <lua.h>

#include "core/layer.h"
#include "core/tensor.h"

/* Pushes a tensor that is this weight's memory, and keeps that memory as long as it can be reached. */
void rnn_lua_push_weight(lua_State *L, const rnn_weight *weight);

/* A tensor struct over the weight's memory, of use until Lua's collector runs: a finalizer of a script may
** build a model, and the weight moves. */
rnn_tensor rnn_lua_weight_tensor(const rnn_weight *weight);

#endif
