/*
** script_optimizer.c - optimizers and schedules written in Lua.
**
** update(self, v) -> weights gets a variable at a time: v.weights, v.gradients, v.slots under the names that the type
** declares, v.step (from 1), v.learning_rate, v.shape. New weights are what it returns, or what v.weights is then;
** slots likewise are what v.slots holds then. All are copied back once everything was found to fit.
*/
#include <string.h>

#include "bind/exchange.h"
#include "bind/options.h"
#include "bind/script.h"
#include "bind/tensor.h"

typedef struct update_call {
  rnn_script_call call;
  const rnn_update *update;
  rnn_shape shape;
} update_call;

enum { SLOTS = 2, V = 3 }; /* stack */

static void set_numbers(lua_State *L, int table, const char *field, const rnn_shape *shape, const float *numbers) {
  rnn_lua_push_numbers(L, shape->ndim, shape->dim, numbers);
  lua_setfield(L, table, field);
}

static void push_variable(lua_State *L, const update_call *u) {
  const rnn_script_spec *spec = u->call.script->spec;
  lua_createtable(L, 0, spec->name_count);
  for (int i = 0; i < spec->name_count; i++)
    set_numbers(L, SLOTS, spec->names[i], &u->shape, u->update->slots[i]);
  lua_createtable(L, 0, 6);
  set_numbers(L, V, "weights", &u->shape, u->update->weights);
  set_numbers(L, V, "gradients", &u->shape, u->update->gradients);
  rnn_lua_push_shape(L, u->shape.ndim, u->shape.dim);
  lua_setfield(L, V, "shape");
  lua_pushvalue(L, SLOTS);
  lua_setfield(L, V, "slots");
  lua_pushinteger(L, u->update->step);
  lua_setfield(L, V, "step");
  lua_pushnumber(L, (lua_Number)u->update->learning_rate);
  lua_setfield(L, V, "learning_rate");
}

static int call_update(lua_State *L) {
  const update_call *u = rnn_script_opened(L);
  const rnn_script *s = u->call.script;
  const float *slots[RNN_SCRIPT_NAMES];
  push_variable(L, u);
  rnn_script_push(L, s, RNN_SCRIPT_UPDATE);
  rnn_script_push_object(L, s);
  lua_pushvalue(L, V);
  lua_call(L, 2, 1);
  if (lua_isnil(L, -1)) lua_getfield(L, V, "weights");
  const float *weights = rnn_lua_shaped_result(L, &u->shape); /* all of these stay on the stack */
  for (int i = 0; i < s->spec->name_count; i++) {
    lua_getfield(L, SLOTS, s->spec->names[i]);
    slots[i] = rnn_lua_shaped_result(L, &u->shape);
  }
  size_t bytes = sizeof(float) * (size_t)u->update->count;
  memcpy(u->update->weights, weights, bytes);
  for (int i = 0; i < s->spec->name_count; i++) memcpy(u->update->slots[i], slots[i], bytes);
  return 0;
}

int rnn_script_slot_count(const void *self) { return rnn_script_of(self)->spec->name_count; }

float rnn_script_slot_start(const void *self, int slot) { return rnn_script_of(self)->spec->starts[slot]; }

rnn_status rnn_script_update(rnn_context *cx, const void *self, const rnn_update *update) {
  update_call u = {{rnn_script_of(self)}, update, {1, {update->count}}};
  if (update->shape) u.shape = *update->shape;
  return rnn_script_run(cx, call_update, &u.call);
}

/* ---- schedules: call(step, self) -> a rate, step from 0 --------------------------------------------------- */

typedef struct rate_call {
  rnn_script_call call;
  int64_t step;
  double rate;
} rate_call;

static int call_schedule(lua_State *L) {
  rate_call *r = rnn_script_opened(L);
  rnn_script_push_call(L, r->call.script);
  lua_pushinteger(L, r->step);
  rnn_script_push_object(L, r->call.script);
  lua_call(L, 2, 1);
  r->rate = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : -1;
  if (!(r->rate >= 0)) luaL_error(L, "expected a number in [0, inf), got %s", rnn_lua_describe(L, -1));
  return 0;
}

rnn_status rnn_script_rate(rnn_context *cx, const void *self, int64_t step, double *rate) {
  rate_call call = {{rnn_script_of(self)}, step, 0};
  rnn_try(rnn_script_run(cx, call_schedule, &call.call));
  *rate = call.rate;
  return RNN_OK;
}
