/* script_cell.c - the states of a cell written in Lua: a layer with a state_size (lua/rnnlua/register/cell.lua) */
#include "bind/script_layer.h"
#include "core/context.h"
#include "core/shape.h"

/* ---- state_size ------------------------------------------------------------------------------------------- */

static int read_states(lua_State *L) {
  const rnn_script_call *c = rnn_script_opened(L);
  rnn_script_layer *l = rnn_script_layer_of(c->script);
  rnn_script_push(L, c->script, RNN_SCRIPT_STATE_SIZE);
  rnn_script_push_object(L, c->script);
  lua_call(L, 1, 1); /* a list of integers, which was looked at in Lua */
  l->state_count = (int)lua_rawlen(L, -1);
  for (int i = 0; i < l->state_count; i++) {
    lua_rawgeti(L, -1, i + 1);
    l->state_size[i] = lua_tointeger(L, -1);
    lua_pop(L, 1);
  }
  return 0;
}

rnn_status rnn_script_read_states(rnn_context *cx, const rnn_script *s) {
  rnn_script_call call = {s};
  return rnn_script_run(cx, read_states, &call);
}

int rnn_script_cell_states(const void *self, const rnn_shape *input, rnn_shape *shapes) {
  const rnn_script_layer *l = rnn_script_layer_of(rnn_script_of(self));
  for (int i = 0; i < l->state_count; i++) shapes[i] = (rnn_shape){2, {input->dim[0], l->state_size[i]}};
  return l->state_count;
}

/* ---- shapes -------------------------------------------------------------------------------------------------- */

/* `what` as "state 1" and the shape that it has to have, (batch, size), where an unknown batch fits any */
static rnn_status check_state(rnn_context *cx, const rnn_shape *state, int64_t batch, int64_t size, int number,
                              const char *what) {
  char wanted[RNN_SHAPE_TEXT], got[RNN_SHAPE_TEXT];
  bool batches = state->ndim == 2 && (state->dim[0] == batch || state->dim[0] < 0 || batch < 0);
  if (batches && state->dim[1] == size) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, "%s: expected state %d of shape %s, got %s", what, number,
                  rnn_shape_text(wanted, 2, (int64_t[]){batch, size}), rnn_shape_text(got, state->ndim, state->dim));
}

static rnn_status check_inputs(rnn_context *cx, const rnn_script_layer *l, int count, const rnn_shape *inputs) {
  char got[RNN_SHAPE_TEXT];
  if (inputs->ndim != 2)
    return rnn_fail(cx, RNN_INVALID, "expected one timestep, (batch, features), got %s",
                    rnn_shape_text(got, inputs->ndim, inputs->dim));
  if (count != 1 && count != 1 + l->state_count)
    return rnn_fail(cx, RNN_INVALID, "expected x and %d state%s, got %d inputs", l->state_count,
                    l->state_count == 1 ? "" : "s", count);
  for (int i = 1; i < count; i++)
    rnn_try(check_state(cx, &inputs[i], inputs->dim[0], l->state_size[i - 1], i, "its inputs"));
  return RNN_OK;
}

rnn_status rnn_script_cell_shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                                  int *output_count, rnn_shape *outputs) {
  const rnn_script_layer *l = rnn_script_layer_of(rnn_script_of(self));
  rnn_try(check_inputs(cx, l, input_count, inputs));
  rnn_try(rnn_script_layer_shapes(cx, self, input_count, inputs, output_count, outputs));
  if (*output_count != 1 + l->state_count)
    return rnn_fail(cx, RNN_INVALID, "call: expected y and %d state%s, got %d value%s", l->state_count,
                    l->state_count == 1 ? "" : "s", *output_count, *output_count == 1 ? "" : "s");
  for (int i = 1; i < *output_count; i++)
    rnn_try(check_state(cx, &outputs[i], inputs->dim[0], l->state_size[i - 1], i, "call"));
  return RNN_OK;
}
