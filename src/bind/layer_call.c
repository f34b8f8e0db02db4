/* layer_call.c - a layer called on tensors computes at once */
#include <stdio.h>
#include <string.h>

#include "bind/layer.h"
#include "bind/layer_parts.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tensor.h"

static void add_input(lua_State *L, int index, const char *title, rnn_port *port) {
  bool plain_table = lua_istable(L, index) && !luaL_getmetafield(L, index, "__name");
  if (!plain_table && rnn_lua_test_tensor(L, index) == NULL)
    rnn_lua_error(L, "%s: expected a tensor or nested tables, got %s", title,
                  rnn_lua_describe(L, index));
  const rnn_tensor *t = rnn_lua_to_float32(L, index); /* stays on the stack */
  *port = (rnn_port){.shape = {.ndim = t->ndim}, .data = t->data};
  memcpy(port->shape.dim, t->shape, sizeof *t->shape * (size_t)t->ndim);
}

/* one tensor, or a list of them for a layer that takes several */
static int to_inputs(lua_State *L, int index, const rnn_layer *layer, const char *title,
                     rnn_port *inputs) {
  if (rnn_layer_vtable(layer)->max_inputs <= 1 || !lua_istable(L, index)) {
    add_input(L, index, title, inputs);
    return 1;
  }
  lua_Integer count = luaL_len(L, index);
  if (count > RNN_MAX_PORTS)
    rnn_lua_error(L, "%s: at most %d inputs are supported, got %I", title, RNN_MAX_PORTS,
                  (LUAI_UACINT)count);
  for (int i = 0; i < (int)count; i++) {
    lua_geti(L, index, i + 1);
    add_input(L, lua_gettop(L), title, &inputs[i]);
  }
  return (int)count;
}

/* An Input only stands first in a Sequential: models aren't built by calling layers yet. */
static void refuse_input(lua_State *L, const char *title) {
  if (lua_type(L, 2) != LUA_TTABLE || luaL_getmetafield(L, 2, "__name") != LUA_TSTRING) return;
  if (strcmp(lua_tostring(L, -1), "Input") == 0)
    rnn_lua_error(L, "%s: called on an Input: functional models are not supported yet", title);
  lua_pop(L, 1);
}

int rnn_lua_call_layer(lua_State *L) {
  static const char *const names[] = {"training", NULL};
  rnn_context *cx = rnn_main_context();
  rnn_layer *layer = rnn_lua_check_layer(L, 1);
  char title[160];
  snprintf(title, sizeof title, "%s (%s)", layer->name, layer->component->type->name);
  if (lua_isnoneornil(L, 2)) return rnn_lua_error(L, "%s: expected a tensor, got nothing", title);
  refuse_input(L, title);
  rnn_lua_options(L, title, 3, names);
  bool training = rnn_lua_option_boolean(L, title, "training", 3, false);
  rnn_port inputs[RNN_MAX_PORTS], outputs[RNN_MAX_PORTS];
  rnn_shape in[RNN_MAX_PORTS], out[RNN_MAX_PORTS];
  luaL_checkstack(L, 4 * RNN_MAX_PORTS, NULL);
  int count, input_count = to_inputs(L, 2, layer, title, inputs);
  for (int i = 0; i < input_count; i++) in[i] = inputs[i].shape;
  rnn_lua_check(L, rnn_layer_shapes(cx, layer, input_count, in, &count, out));
  for (int i = 0; i < count; i++) {
    rnn_tensor *t = rnn_lua_new_tensor(L, RNN_FLOAT32, out[i].ndim, out[i].dim);
    outputs[i] = (rnn_port){.shape = out[i], .data = t->data};
  }
  rnn_lua_check(L, rnn_layer_call(cx, layer, input_count, inputs, count, outputs, training));
  return count;
}
