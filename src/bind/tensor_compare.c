/* tensor_compare.c - rl.equal, rl.allclose: whole tensors compared, one boolean as result */
#include <string.h>

#include "bind/array.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tensor.h"
#include "core/compare.h"
#include "core/elementwise.h"
#include "core/reduce.h"

/* rl.equal(a, b): the same shape and equal elements, whatever the dtypes; NaN equals nothing */
static int equal(lua_State *L) {
  rnn_lua_options(L, "equal", 3, (const char *[]){NULL});
  const rnn_tensor *a = rnn_lua_subject(L, "equal", 1), *b = rnn_lua_subject(L, "equal", 2);
  bool same = rnn_tensor_same_shape(a, b);
  if (same) {
    rnn_context *cx = rnn_main_context();
    rnn_application plan;
    const rnn_input inputs[] = {{a, false}, {b, false}};
    rnn_lua_check(L, rnn_elementwise_plan(cx, "equal", RNN_EQ, inputs, &plan));
    const rnn_tensor *result = rnn_lua_new_tensor(L, RNN_BOOL, plan.ndim, plan.shape);
    rnn_lua_check(L, rnn_elementwise_run(cx, &plan, inputs, result));
    same = rnn_tensor_all(result);
  }
  lua_pushboolean(L, same);
  return 1;
}

/* rl.allclose(a, b [, {rtol=1e-5, atol=1e-8, equal_nan=false}]): |a - b| <= atol + rtol |b| everywhere */
static int allclose(lua_State *L) {
  rnn_lua_options(L, "allclose", 3, (const char *[]){"rtol", "atol", "equal_nan", NULL});
  const rnn_tensor *a = rnn_lua_subject(L, "allclose", 1), *b = rnn_lua_subject(L, "allclose", 2);
  const rnn_tolerance tolerance = {
      rnn_lua_option_number(L, "allclose", "rtol", 3, 1e-5),
      rnn_lua_option_number(L, "allclose", "atol", 4, 1e-8),
      rnn_lua_option_boolean(L, "allclose", "equal_nan", 5, false),
  };
  int ndim = a->ndim;
  int64_t shape[RNN_MAX_DIMS];
  char text[2][RNN_SHAPE_TEXT];
  memcpy(shape, a->shape, sizeof shape);
  if (!rnn_shape_broadcast(&ndim, shape, b))
    return rnn_lua_error(L, "allclose: shapes %s and %s do not broadcast together",
                         rnn_shape_text(text[0], a->ndim, a->shape),
                         rnn_shape_text(text[1], b->ndim, b->shape));
  const rnn_tensor *result = rnn_lua_new_tensor(L, RNN_BOOL, ndim, shape);
  rnn_lua_check(L, rnn_close(rnn_main_context(), a, b, &tolerance, result));
  lua_pushboolean(L, rnn_tensor_all(result));
  return 1;
}

static const luaL_Reg methods[] = {{"equal", equal}, {"allclose", allclose}, {NULL, NULL}};

void rnn_open_tensor_compare(lua_State *L) { rnn_lua_add_methods(L, methods); }
