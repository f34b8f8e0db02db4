/*
** script_layer.c - layers written in Lua: their life, call(self, x, options), and compute_mask(self, x, mask).
**
** All tensors that a script gets are copies; its weights are copied into the tensors it got from add_weight. A pullback,
** which holds the tape of a forward call, is kept in call->memory until backward or forget.
*/
#include "bind/script_layer.h"

#include <string.h>

#include "bind/exchange.h"
#include "bind/layer.h"
#include "bind/options.h"
#include "bind/tensor.h"
#include "bind/trampoline.h"
#include "core/alloc.h"

/* ---- life ----------------------------------------------------------------------------------------------- */

static rnn_status start(rnn_context *cx, void *self) {
  rnn_script_layer *l = rnn_malloc(sizeof *l);
  if (l == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "not enough memory");
  *l = (rnn_script_layer){.record = LUA_NOREF};
  rnn_status status = rnn_script_start(cx, self);
  rnn_script *s = rnn_script_of(self);
  if (status == RNN_OK) {
    s->extra = l;
    if (rnn_script_has(s, RNN_SCRIPT_STATE_SIZE)) status = rnn_script_read_states(cx, s);
    if (status != RNN_OK) rnn_script_release(self);
  }
  if (status != RNN_OK) rnn_free(l);
  return status;
}

static void release(void *self) {
  rnn_script_layer *l = rnn_script_layer_of(rnn_script_of(self));
  rnn_lua_forget(l->record);
  rnn_free(l);
  rnn_script_release(self);
}

void rnn_script_drop_pullback(rnn_script_memory *m) {
  rnn_lua_forget(m->pullback);
  m->pullback = LUA_NOREF;
}

void rnn_script_layer_forget(const void *self, rnn_call *call) {
  (void)self;
  rnn_script_drop_pullback(call->memory);
  rnn_free(call->memory);
  call->memory = NULL;
}

/* ---- what the script gets --------------------------------------------------------------------------------- */

void rnn_script_push_port(lua_State *L, const rnn_port *port, const float *numbers) {
  rnn_lua_push_numbers(L, port->shape.ndim, port->shape.dim, numbers);
}

void rnn_script_push_ports(lua_State *L, int count, const rnn_port *ports) {
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    rnn_script_push_port(L, &ports[i], ports[i].data);
    lua_rawseti(L, -2, i + 1);
  }
}

/* a tensor, or a list where the layer may have several inputs */
void rnn_script_push_inputs(lua_State *L, const rnn_script_layer_call *c) {
  if (c->script_call.script->spec->several)
    rnn_script_push_ports(L, c->call->input_count, c->call->inputs);
  else
    rnn_script_push_port(L, c->call->inputs, c->call->inputs->data);
}

static void push_mask(lua_State *L, const rnn_port *port) {
  if (port->mask == NULL) {
    lua_pushboolean(L, 0);
    return;
  }
  rnn_tensor *t = rnn_lua_new_tensor(L, RNN_BOOL, 2, port->shape.dim);
  memcpy(t->data, port->mask, (size_t)rnn_tensor_size(t));
}

/* options.mask: nil where no input has one */
static void set_masks(lua_State *L, const rnn_script_layer_call *c) {
  const rnn_call *call = c->call;
  bool any = false;
  for (int i = 0; i < call->input_count; i++) any = any || call->inputs[i].mask;
  if (!any) return;
  if (c->script_call.script->spec->several) {
    lua_createtable(L, call->input_count, 0);
    for (int i = 0; i < call->input_count; i++) {
      push_mask(L, &call->inputs[i]);
      lua_rawseti(L, -2, i + 1);
    }
  } else {
    push_mask(L, call->inputs);
  }
  lua_setfield(L, -2, "mask");
}

void rnn_script_push_options(lua_State *L, const rnn_script_layer_call *c) {
  lua_createtable(L, 0, 2);
  lua_pushboolean(L, c->call->training);
  lua_setfield(L, -2, "training");
  set_masks(L, c);
}

/* copies the layer's weights into the script's tensors; pushes the list of these */
void rnn_script_push_weights(lua_State *L, const rnn_script_layer_call *c) {
  const rnn_script_layer *l = rnn_script_layer_of(c->script_call.script);
  if (l->record == LUA_NOREF || l->weight_count != c->call->weight_count)
    luaL_error(L, "is not built, or its last build failed");
  lua_rawgeti(L, LUA_REGISTRYINDEX, l->record);
  lua_rawgeti(L, -1, RNN_RECORD_TENSORS);
  lua_remove(L, -2);
  for (int i = 0; i < l->weight_count; i++) {
    lua_rawgeti(L, -1, i + 1);
    rnn_tensor *t = lua_touserdata(L, -1);
    memcpy(t->data, c->call->weights[i], sizeof(float) * (size_t)rnn_tensor_size(t));
    lua_pop(L, 1);
  }
}

/* ---- forward ---------------------------------------------------------------------------------------------- */

/* outputs from the results from `first` to the top */
static void take_outputs(lua_State *L, const rnn_script_layer_call *c, int first) {
  int count = lua_gettop(L) - first + 1, wanted = c->call->output_count;
  if (count < wanted || (count > wanted && !lua_isnil(L, first + wanted)))
    luaL_error(L, "call: expected %d value%s, got %d", wanted, wanted == 1 ? "" : "s", count);
  luaL_checkstack(L, 4, NULL);
  for (int i = 0; i < wanted; i++) {
    lua_pushvalue(L, first + i);
    rnn_lua_copy_result(L, &c->call->outputs[i].shape, c->call->outputs[i].data);
    lua_pop(L, 2);
  }
}

static int plain_forward(lua_State *L) {
  const rnn_script_layer_call *c = rnn_script_opened(L);
  rnn_script_push_weights(L, c);
  rnn_script_push_call(L, c->script_call.script);
  rnn_script_push_object(L, c->script_call.script);
  rnn_script_push_inputs(L, c);
  rnn_script_push_options(L, c);
  lua_call(L, 3, LUA_MULTRET);
  take_outputs(L, c, RNN_SCRIPT_FIRST);
  return 0;
}

static int recorded_forward(lua_State *L) {
  const rnn_script_layer_call *c = rnn_script_opened(L);
  rnn_script_push_weights(L, c);
  rnn_script_push_helper(L, "record_layer");
  rnn_script_push_call(L, c->script_call.script);
  rnn_script_push_object(L, c->script_call.script);
  lua_pushboolean(L, c->script_call.script->spec->several);
  rnn_script_push_ports(L, c->call->input_count, c->call->inputs);
  rnn_script_push_options(L, c);
  lua_call(L, 5, LUA_MULTRET); /* pullback, outputs */
  take_outputs(L, c, RNN_SCRIPT_FIRST + 1);
  lua_settop(L, RNN_SCRIPT_FIRST);
  ((rnn_script_memory *)c->call->memory)->pullback = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

static rnn_status prepare_memory(rnn_context *cx, rnn_call *call) {
  if (call->memory) {
    rnn_script_drop_pullback(call->memory);
    return RNN_OK;
  }
  rnn_script_memory *m = rnn_malloc(sizeof *m);
  if (m == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "not enough memory");
  m->pullback = LUA_NOREF;
  call->memory = m;
  return RNN_OK;
}

rnn_status rnn_script_layer_forward(rnn_context *cx, const void *self, rnn_call *call) {
  rnn_script_layer_call c = {.script_call = {rnn_script_of(self)}, .call = call};
  bool records = call->keeps && !rnn_script_has(c.script_call.script, RNN_SCRIPT_BACKWARD);
  if (records) rnn_try(prepare_memory(cx, call));
  return rnn_script_run(cx, records ? recorded_forward : plain_forward, &c.script_call);
}

/* ---- masks ---------------------------------------------------------------------------------------------------- */

static int compute_mask(lua_State *L) {
  rnn_script_layer_call *c = rnn_script_opened(L);
  const rnn_shape *shape = &c->call->outputs->shape;
  char wanted[RNN_SHAPE_TEXT], got[RNN_SHAPE_TEXT];
  rnn_script_push_weights(L, c);
  rnn_script_push(L, c->script_call.script, RNN_SCRIPT_COMPUTE_MASK);
  rnn_script_push_object(L, c->script_call.script);
  rnn_script_push_inputs(L, c);
  rnn_script_push_options(L, c);
  lua_getfield(L, -1, "mask");
  lua_remove(L, -2);
  lua_call(L, 3, 1);
  c->any = lua_toboolean(L, -1);
  if (!c->any) return 0;
  const rnn_tensor *t = rnn_lua_to_tensor(L, -1, RNN_BOOL);
  if (t->ndim != 2 || t->shape[0] != shape->dim[0] || t->shape[1] != shape->dim[1])
    luaL_error(L, "compute_mask: expected shape %s, got %s", rnn_shape_text(wanted, 2, shape->dim),
               rnn_shape_text(got, t->ndim, t->shape));
  t = rnn_lua_push_copy(L, t, RNN_BOOL); /* contiguous */
  memcpy(c->mask, t->data, (size_t)rnn_tensor_size(t));
  return 0;
}

rnn_status rnn_script_layer_mask(rnn_context *cx, const void *self, const rnn_call *call, uint8_t *mask,
                                 bool *any) {
  rnn_script_layer_call c = {{rnn_script_of(self)}, (rnn_call *)call, mask, false};
  rnn_try(rnn_script_run(cx, compute_mask, &c.script_call));
  *any = c.any;
  return RNN_OK;
}

/* ---- from Lua ------------------------------------------------------------------------------------------------------ */

/* core.layer_object(layer): what the functions of a layer written in Lua see as self */
static int layer_object(lua_State *L) {
  const rnn_layer *layer = rnn_lua_check_layer(L, 1);
  if (rnn_layer_vtable(layer)->forward != rnn_script_layer_forward)
    return luaL_error(L, "%s is not written in Lua", layer->name);
  rnn_script_push_object(L, rnn_script_of(layer->component->self));
  return 1;
}

static const luaL_Reg functions[] = {{"layer_object", layer_object}, {NULL, NULL}};

void rnn_open_script_layer(lua_State *L) { luaL_setfuncs(L, functions, 0); }

/* ---- the vtable --------------------------------------------------------------------------------------------------- */

void rnn_script_fill_layer(rnn_layer_type *type, const rnn_script_spec *spec) {
  type->type.check = start;
  type->type.release = release;
  type->flags |= RNN_LAYER_MAIN_THREAD;
  type->shapes = rnn_script_layer_shapes;
  type->build = rnn_script_layer_build;
  type->forward = rnn_script_layer_forward;
  type->backward = rnn_script_layer_backward;
  type->forget = rnn_script_layer_forget;
  if (spec->slots[RNN_SCRIPT_COMPUTE_MASK] != LUA_NOREF) type->mask = rnn_script_layer_mask;
  if (spec->slots[RNN_SCRIPT_STATE_SIZE] == LUA_NOREF) return;
  type->flags |= RNN_LAYER_CELL;
  type->shapes = rnn_script_cell_shapes;
  type->states = rnn_script_cell_states;
}
