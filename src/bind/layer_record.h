/* layer_record.h - calls of layers that a tape records */
#ifndef RNN_LAYER_RECORD_H
#define RNN_LAYER_RECORD_H

#include <lua.h>

#include "core/run.h"

/* Whether a call of the layer whose inputs are the tensors in slots first .. first + count - 1 will be recorded. */
bool rnn_lua_records_call(lua_State *L, const rnn_layer *layer, int first, int count);

/* Pushes a run of the layer that lives as long as Lua needs it. */
rnn_run *rnn_lua_push_run(lua_State *L, rnn_layer *layer);

/* Records the run in slot `run`, gone forward: inputs as given are in slots first .. and the outputs in slots outputs ..
** Whatever else its ports point to must be in the table at the top, which it pops. */
void rnn_lua_record_call(lua_State *L, int run, int first, int outputs);

void rnn_open_layer_record(lua_State *L);

#endif
