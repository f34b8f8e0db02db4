/* tensor_matmul.c - products of matrices: matmul, dot */
#include "bind/array.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "core/matmul.h"
#include "core/view.h"

static const char inner_axes[] =
    "the last axis of the first must be as long as the last but one of the second";

static int do_not_fit(lua_State *L, const char *function, const char *what, const rnn_tensor *a,
                      const rnn_tensor *b) {
  char left[RNN_SHAPE_TEXT], right[RNN_SHAPE_TEXT];
  return rnn_lua_error(L, "%s: %s, got shapes %s and %s", function, what,
                       rnn_shape_text(left, a->ndim, a->shape),
                       rnn_shape_text(right, b->ndim, b->shape));
}

static void take_operands(lua_State *L, const char *function, rnn_tensor *a, rnn_tensor *b) {
  rnn_lua_options(L, function, 3, (const char *const[]){NULL});
  *a = *rnn_lua_subject(L, function, 1);
  *b = *rnn_lua_subject(L, function, 2);
}

/* ---- matmul ---------------------------------------------------------------------------------- */

/* A tensor of one axis is a row on the left, a column on the right, and that axis is not in the
** result. Leading axes broadcast. */
static int matmul(lua_State *L) {
  rnn_tensor a, b;
  take_operands(L, "matmul", &a, &b);
  const rnn_tensor left = a, right = b; /* as given, for messages */
  if (a.ndim == 0 || b.ndim == 0)
    return do_not_fit(L, "matmul", "both tensors must have axes (`*` multiplies by a number)",
                      &left, &right);
  if (left.ndim == 1) rnn_tensor_insert_axis(&a, 0);
  if (right.ndim == 1) rnn_tensor_insert_axis(&b, 1);
  if (a.shape[a.ndim - 1] != b.shape[b.ndim - 2])
    return do_not_fit(L, "matmul", inner_axes, &left, &right);
  rnn_tensor stack = b; /* leading axes of b, then of both */
  int64_t shape[RNN_MAX_DIMS];
  int ndim = a.ndim - 2;
  for (int k = 0; k < ndim; k++) shape[k] = a.shape[k];
  stack.ndim -= 2;
  if (!rnn_shape_broadcast(&ndim, shape, &stack))
    return do_not_fit(L, "matmul", "axes before the last two must broadcast", &left, &right);
  shape[ndim++] = a.shape[a.ndim - 2];
  shape[ndim++] = b.shape[b.ndim - 1];
  rnn_tensor *to = rnn_lua_new_tensor(L, rnn_promote(a.dtype, b.dtype), ndim, shape);
  rnn_lua_check(L, rnn_matmul(rnn_main_context(), to, &a, &b));
  if (right.ndim == 1) rnn_tensor_drop_axis(to, to->ndim - 1);
  if (left.ndim == 1) rnn_tensor_drop_axis(to, to->ndim - (right.ndim == 1 ? 1 : 2));
  return rnn_lua_return_tensor(L);
}

/* ---- dot ------------------------------------------------------------------------------------- */

/* Pushes t as a matrix whose first axis is the given one of t's, the second all others in order. */
static rnn_tensor *push_with_axis_first(lua_State *L, int index, const rnn_tensor *t, int axis) {
  int axes[RNN_MAX_DIMS] = {axis};
  for (int k = 0; k < t->ndim; k++)
    if (k != axis) axes[k < axis ? k + 1 : k] = k;
  rnn_tensor view = *t;
  rnn_tensor_permute(&view, axes);
  int64_t others = 1;
  for (int k = 1; k < t->ndim; k++) others *= view.shape[k];
  return rnn_lua_push_reshaped(L, index, &view, 2, (int64_t[]){t->shape[axis], others});
}

/* Sums over a's last axis and b's last but one (its only one): NumPy's dot. With a number it
** multiplies. */
static int dot(lua_State *L) {
  rnn_tensor a, b;
  /* a number has no dtype of its own */
  bool number = lua_type(L, 1) == LUA_TNUMBER || lua_type(L, 2) == LUA_TNUMBER;
  if (!number) take_operands(L, "dot", &a, &b);
  else rnn_lua_subject(L, "dot", lua_type(L, 1) == LUA_TNUMBER ? 2 : 1);
  if (number || a.ndim == 0 || b.ndim == 0) {
    lua_settop(L, 2);
    lua_arith(L, LUA_OPMUL);
    return 1;
  }
  int summed = b.ndim > 1 ? b.ndim - 2 : 0, ndim = 0;
  int64_t shape[2 * RNN_MAX_DIMS], depth = a.shape[a.ndim - 1], rows = 1;
  if (depth != b.shape[summed])
    return do_not_fit(L, "dot", inner_axes, &a, &b);
  for (int k = 0; k < a.ndim - 1; k++) rows *= shape[ndim++] = a.shape[k];
  for (int k = 0; k < b.ndim; k++)
    if (k != summed) shape[ndim++] = b.shape[k];
  if (ndim > RNN_MAX_DIMS)
    return rnn_lua_error(L, "dot: the result would have %d axes; %d is the most", ndim,
                         RNN_MAX_DIMS);
  const rnn_tensor *left = rnn_lua_push_reshaped(L, 1, &a, 2, (int64_t[]){rows, depth});
  const rnn_tensor *right = push_with_axis_first(L, 2, &b, summed);
  rnn_tensor *to = rnn_lua_new_tensor(L, rnn_promote(a.dtype, b.dtype), ndim, shape), flat = *to;
  rnn_tensor_reshape(&flat, 2, (int64_t[]){rows, right->shape[1]});
  rnn_lua_check(L, rnn_matmul(rnn_main_context(), &flat, left, right));
  return rnn_lua_return_tensor(L);
}

static const luaL_Reg methods[] = {{"matmul", matmul}, {"dot", dot}, {NULL, NULL}};

void rnn_open_tensor_matmul(lua_State *L) { rnn_lua_add_methods(L, methods); }
