/* script_activation.c - activations written in Lua: call(x, self) -> y, perhaps backward(x, y, dy, self) -> dx */
#include "bind/exchange.h"
#include "bind/script.h"

typedef struct activation_call {
  rnn_script_call call;
  rnn_shape shape; /* rows × columns */
  const float *x, *y, *dy;
  float *out;
} activation_call;

static void push_rows(lua_State *L, const activation_call *a, const float *numbers) {
  rnn_lua_push_numbers(L, 2, a->shape.dim, numbers);
}

static int forward(lua_State *L) {
  const activation_call *a = rnn_script_opened(L);
  rnn_script_push_call(L, a->call.script);
  push_rows(L, a, a->x);
  rnn_script_push_object(L, a->call.script);
  lua_call(L, 2, 1);
  rnn_lua_copy_result(L, &a->shape, a->out);
  return 0;
}

static int explicit_backward(lua_State *L) {
  const activation_call *a = rnn_script_opened(L);
  rnn_script_push(L, a->call.script, RNN_SCRIPT_BACKWARD);
  push_rows(L, a, a->x);
  push_rows(L, a, a->y);
  push_rows(L, a, a->dy);
  rnn_script_push_object(L, a->call.script);
  lua_call(L, 4, 1);
  rnn_lua_copy_result(L, &a->shape, a->out);
  return 0;
}

/* computes y once more, recorded */
static int derived_backward(lua_State *L) {
  const activation_call *a = rnn_script_opened(L);
  rnn_script_push_helper(L, "pull");
  rnn_script_push_call(L, a->call.script);
  push_rows(L, a, a->x);
  push_rows(L, a, a->dy);
  rnn_script_push_object(L, a->call.script);
  lua_call(L, 4, 1);
  rnn_lua_copy_result(L, &a->shape, a->out);
  return 0;
}

rnn_status rnn_script_activate(rnn_context *cx, const void *self, int64_t rows, int64_t columns, const float *x,
                               float *y) {
  activation_call a = {{rnn_script_of(self)}, {2, {rows, columns}}, x, NULL, NULL, y};
  return rnn_script_run(cx, forward, &a.call);
}

rnn_status rnn_script_activate_backward(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                                        const float *x, const float *y, const float *dy, float *dx) {
  const rnn_script *s = rnn_script_of(self);
  activation_call a = {{s}, {2, {rows, columns}}, x, y, dy, dx};
  return rnn_script_run(cx, rnn_script_has(s, RNN_SCRIPT_BACKWARD) ? explicit_backward : derived_backward,
                        &a.call);
}
