/*
** script_weights.c - what is applied to weights, written in Lua
**   initializer  call(shape, dtype, self) -> w
**   constraint   call(w, self) -> w
**   regularizer  call(w, self) -> a number, perhaps backward(w, self) -> d penalty / dw
*/
#include "bind/exchange.h"
#include "bind/script.h"
#include "bind/tensor.h"
#include "core/random.h"

typedef struct weight_call {
  rnn_script_call call;
  const rnn_shape *shape;
  const float *w;
  float *out;
  float scale;
  double *penalty;
} weight_call;

static void push_weight(lua_State *L, const weight_call *c) {
  rnn_lua_push_numbers(L, c->shape->ndim, c->shape->dim, c->w);
}

static int initialize(lua_State *L) {
  const weight_call *c = rnn_script_opened(L);
  rnn_script_push_call(L, c->call.script);
  rnn_lua_push_shape(L, c->shape->ndim, c->shape->dim);
  lua_pushliteral(L, "float32");
  rnn_script_push_object(L, c->call.script);
  lua_call(L, 3, 1);
  rnn_lua_copy_result(L, c->shape, c->out);
  return 0;
}

rnn_status rnn_script_fill(rnn_context *cx, const void *self, const rnn_shape *shape, uint64_t key,
                           float *out) {
  weight_call c = {.call = {rnn_script_of(self)}, .shape = shape, .out = out};
  uint64_t random[2];
  rnn_random_state(random);
  rnn_set_seed(key); /* the function draws from rl.random: by the key alone, and nobody else's numbers change */
  rnn_status status = rnn_script_run(cx, initialize, &c.call);
  rnn_set_random_state(random);
  return status;
}

static int constrain(lua_State *L) {
  const weight_call *c = rnn_script_opened(L);
  rnn_script_push_call(L, c->call.script);
  push_weight(L, c);
  rnn_script_push_object(L, c->call.script);
  lua_call(L, 2, 1);
  rnn_lua_copy_result(L, c->shape, c->out);
  return 0;
}

rnn_status rnn_script_constrain(rnn_context *cx, const void *self, const rnn_shape *shape, float *w) {
  weight_call c = {.call = {rnn_script_of(self)}, .shape = shape, .w = w, .out = w};
  return rnn_script_run(cx, constrain, &c.call);
}

/* ---- regularizers ------------------------------------------------------------------------------------- */

/* gradient += scale * the tensor on top */
static void add_scaled(lua_State *L, const weight_call *c) {
  const float *g = rnn_lua_shaped_result(L, c->shape);
  int64_t size = rnn_size(c->shape);
  for (int64_t i = 0; i < size; i++) c->out[i] += c->scale * g[i];
}

static int penalize(lua_State *L) {
  const weight_call *c = rnn_script_opened(L);
  rnn_script_push_call(L, c->call.script);
  push_weight(L, c);
  rnn_script_push_object(L, c->call.script);
  lua_call(L, 2, 1);
  double penalty = rnn_lua_number_result(L, "a number");
  if (c->out && rnn_script_has(c->call.script, RNN_SCRIPT_BACKWARD)) {
    rnn_script_push(L, c->call.script, RNN_SCRIPT_BACKWARD);
    push_weight(L, c);
    rnn_script_push_object(L, c->call.script);
    lua_call(L, 2, 1);
    add_scaled(L, c);
  }
  *c->penalty += penalty;
  return 0;
}

/* penalty and derivative from one recorded call */
static int penalize_recorded(lua_State *L) {
  const weight_call *c = rnn_script_opened(L);
  rnn_script_push_helper(L, "value_and_gradient");
  rnn_script_push_call(L, c->call.script);
  push_weight(L, c);
  rnn_script_push_object(L, c->call.script);
  lua_call(L, 3, 2);
  lua_insert(L, -2);
  double penalty = rnn_lua_number_result(L, "a number");
  lua_pop(L, 1);
  if (!lua_isnil(L, -1)) add_scaled(L, c); /* nil: the penalty does not depend on w */
  *c->penalty += penalty;
  return 0;
}

rnn_status rnn_script_penalize(rnn_context *cx, const void *self, const rnn_shape *shape, const float *w,
                               float scale, double *penalty, float *gradient) {
  const rnn_script *s = rnn_script_of(self);
  weight_call c = {{s}, shape, w, gradient, scale, penalty};
  bool records = gradient && !rnn_script_has(s, RNN_SCRIPT_BACKWARD);
  return rnn_script_run(cx, records ? penalize_recorded : penalize, &c.call);
}
