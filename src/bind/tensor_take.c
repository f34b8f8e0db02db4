/* tensor_take.c - elements at other places: take, repeat_elements, one_hot */
#include <string.h>

#include "bind/array.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "core/take.h"
#include "core/view.h"

#define POLL_ELEMENTS (1 << 16) /* between two looks for Ctrl-C */

/* ---- take ------------------------------------------------------------------------------------ */

/* Pushes the positions at index, counted from 0 and checked against the extent, in int64 without
** gaps. */
static const rnn_tensor *push_positions(lua_State *L, const char *function, int index,
                                        int64_t extent) {
  int type = lua_type(L, index);
  if (type != LUA_TTABLE && type != LUA_TNUMBER && rnn_lua_test_tensor(L, index) == NULL)
    rnn_lua_option_error(L, function, "indices", "an integer, a table or a tensor of integers",
                         index);
  const rnn_tensor *given = rnn_lua_to_tensor(L, index, -1);
  bool empty = rnn_tensor_size(given) == 0;
  if (given->dtype != RNN_INT64 && !empty)
    rnn_lua_error(L, "%s: argument 'indices' must hold integers, got %s", function,
                  rnn_dtype_name(given->dtype));
  const rnn_tensor *positions = rnn_lua_push_copy(L, given, RNN_INT64);
  lua_remove(L, -2);
  int64_t *p = positions->data;
  for (int64_t i = 0, n = rnn_tensor_size(positions); i < n; i++) {
    if (i % POLL_ELEMENTS == 0) rnn_lua_poll(L);
    if (p[i] == 0 || p[i] > extent || p[i] < -extent)
      rnn_lua_error(L, "%s: position %I is out of range for %I positions (they count from 1)",
                    function, (LUAI_UACINT)p[i], (LUAI_UACINT)extent);
    p[i] += p[i] > 0 ? -1 : extent;
  }
  return positions;
}

/* Pushes t, if it has gaps a copy without. */
static const rnn_tensor *push_contiguous(lua_State *L, int base_index, const rnn_tensor *t) {
  if (rnn_tensor_contiguous(t)) return rnn_lua_push_view(L, base_index, t);
  return rnn_lua_push_copy(L, t, t->dtype);
}

/* Replaces the tensor in slot 1 by what a function without axis goes along: all elements in a row. */
static const rnn_tensor *flatten_subject(lua_State *L, const rnn_tensor *t) {
  int64_t size = rnn_tensor_size(t);
  rnn_lua_push_reshaped(L, 1, t, 1, &size);
  lua_replace(L, 1);
  return rnn_lua_test_tensor(L, 1);
}

/* Pushes `from` with its axis replaced by axes of the given shape: elements at `positions` along
** it. */
static void push_taken(lua_State *L, const rnn_tensor *from, int axis, int ndim,
                       const int64_t *shape, int64_t count, const int64_t *positions) {
  int64_t result[2 * RNN_MAX_DIMS], outer = 1, inner = 1;
  int n = 0;
  for (int k = 0; k < axis; k++) outer *= result[n++] = from->shape[k];
  for (int k = 0; k < ndim; k++) result[n++] = shape[k];
  for (int k = axis + 1; k < from->ndim; k++) inner *= result[n++] = from->shape[k];
  if (n > RNN_MAX_DIMS)
    rnn_lua_error(L, "take: the result would have %d axes; %d is the most", n, RNN_MAX_DIMS);
  const rnn_tensor *to = rnn_lua_new_tensor(L, from->dtype, n, result);
  rnn_lua_check(L, rnn_take(rnn_main_context(), from->dtype, outer, from->shape[axis], inner,
                            from->data, count, positions, to->data));
}

/* t:take(positions [, axis]): of all elements in a row where no axis is given; positions' shape
** replaces the axis, and one number removes it */
static int take(lua_State *L) {
  const rnn_tensor *t = rnn_lua_subject(L, "take", 1);
  rnn_lua_options(L, "take", 2, (const char *const[]){"indices", "axis", NULL});
  if (lua_isnil(L, 2)) return rnn_lua_error(L, "take: argument 'indices' is required");
  int axis = 0;
  if (lua_isnil(L, 3)) t = flatten_subject(L, t);
  else axis = rnn_lua_to_axis(L, "take", 3, t->ndim);
  const rnn_tensor *positions = push_positions(L, "take", 2, t->shape[axis]);
  const rnn_tensor *from = push_contiguous(L, 1, t);
  push_taken(L, from, axis, positions->ndim, positions->shape, rnn_tensor_size(positions),
             positions->data);
  return rnn_lua_return_tensor(L);
}

/* ---- repeat_elements ------------------------------------------------------------------------- */

/* how often position i is repeated: by slot 2, a number or a tensor of one number or one each */
static int64_t repeats_of(const rnn_tensor *repeats, int64_t i) {
  const int64_t *r = repeats->data;
  return rnn_tensor_size(repeats) == 1 ? r[0] : r[i];
}

static const rnn_tensor *push_repeats(lua_State *L, int64_t extent, int64_t *total) {
  int type = lua_type(L, 2);
  if (type != LUA_TTABLE && type != LUA_TNUMBER && rnn_lua_test_tensor(L, 2) == NULL)
    rnn_lua_option_error(L, "repeat_elements", "repeats", "an integer or a table of integers", 2);
  const rnn_tensor *given = rnn_lua_to_tensor(L, 2, -1);
  int64_t size = rnn_tensor_size(given);
  if (given->dtype != RNN_INT64 && size > 0)
    rnn_lua_error(L, "repeat_elements: argument 'repeats' must hold integers, got %s",
                  rnn_dtype_name(given->dtype));
  if (given->ndim > 1 || (size != 1 && size != extent))
    rnn_lua_error(L, "repeat_elements: expected one count or %I of them, got %I",
                  (LUAI_UACINT)extent, (LUAI_UACINT)size);
  const rnn_tensor *repeats = rnn_lua_push_copy(L, given, RNN_INT64);
  *total = 0;
  for (int64_t i = 0; i < extent; i++) {
    int64_t n = repeats_of(repeats, i);
    if (n < 0)
      rnn_lua_error(L, "repeat_elements: 'repeats' must be 0 or more, got %I", (LUAI_UACINT)n);
    if (__builtin_add_overflow(*total, n, total))
      rnn_lua_error(L, "repeat_elements: the result gets too long");
  }
  return repeats;
}

/* t:repeat_elements(repeats [, axis]): NumPy's repeat. Every element so often in a row; `repeats`
** is one count or one for each position; without an axis all elements are taken as one row. */
static int repeat_elements(lua_State *L) {
  const rnn_tensor *t = rnn_lua_subject(L, "repeat_elements", 1);
  rnn_lua_options(L, "repeat_elements", 2, (const char *const[]){"repeats", "axis", NULL});
  if (lua_isnil(L, 2)) return rnn_lua_error(L, "repeat_elements: argument 'repeats' is required");
  int axis = 0;
  int64_t total;
  if (lua_isnil(L, 3)) t = flatten_subject(L, t);
  else axis = rnn_lua_to_axis(L, "repeat_elements", 3, t->ndim);
  const rnn_tensor *repeats = push_repeats(L, t->shape[axis], &total);
  int64_t *position = rnn_lua_new_tensor(L, RNN_INT64, 1, &total)->data;
  const int64_t *positions = position;
  for (int64_t i = 0; i < t->shape[axis]; i++) {
    if (i % POLL_ELEMENTS == 0) rnn_lua_poll(L);
    for (int64_t k = repeats_of(repeats, i); k > 0; k--) *position++ = i;
  }
  const rnn_tensor *from = push_contiguous(L, 1, t);
  push_taken(L, from, axis, 1, &total, total, positions);
  return 1;
}

/* ---- one_hot --------------------------------------------------------------------------------- */

static const rnn_tensor *push_labels(lua_State *L, const rnn_tensor *t) {
  const rnn_tensor *labels = rnn_lua_push_copy(L, t, RNN_INT64);
  if (t->dtype == RNN_INT64 || t->dtype == RNN_BOOL) return labels;
  const rnn_tensor *reals = rnn_lua_push_copy(L, t, RNN_FLOAT64);
  for (int64_t i = 0, n = rnn_tensor_size(t); i < n; i++) {
    if (i % POLL_ELEMENTS == 0) rnn_lua_poll(L);
    double x = ((const double *)reals->data)[i];
    if (x != (double)((const int64_t *)labels->data)[i])
      rnn_lua_error(L, "one_hot: labels must be whole numbers, got %f", x);
  }
  lua_pop(L, 1);
  return labels;
}

/* t:one_hot(num_classes [, axis [, dtype]]): labels count from 0; a negative one gives zeros alone,
** as in Keras. The new axis is the last, or `axis`, counted in the result. */
static int one_hot(lua_State *L) {
  const rnn_tensor *t = rnn_lua_subject(L, "one_hot", 1);
  rnn_lua_options(L, "one_hot", 2, (const char *const[]){"num_classes", "axis", "dtype", NULL});
  if (lua_isnil(L, 2)) return rnn_lua_error(L, "one_hot: argument 'num_classes' is required");
  lua_Integer classes = rnn_lua_option_integer(L, "one_hot", "num_classes", 2, 0);
  if (classes < 1)
    return rnn_lua_error(L, "one_hot: argument 'num_classes' must be at least 1, got %I",
                         (LUAI_UACINT)classes);
  if (t->ndim == RNN_MAX_DIMS)
    return rnn_lua_error(L, "one_hot: expected at most %d axes, got %d", RNN_MAX_DIMS - 1, t->ndim);
  int axis = lua_isnil(L, 3) ? t->ndim : rnn_lua_to_axis(L, "one_hot", 3, t->ndim + 1);
  rnn_dtype dtype = rnn_lua_check_dtype(L, "one_hot", 4, RNN_FLOAT32);
  const rnn_tensor *labels = push_labels(L, t);
  rnn_tensor like = *labels;
  rnn_tensor_insert_axis(&like, like.ndim);
  like.shape[like.ndim - 1] = classes;
  rnn_tensor *to = rnn_lua_new_tensor(L, dtype, like.ndim, like.shape);
  int64_t n = rnn_tensor_size(labels);
  rnn_lua_fill(L, to, 0);
  int64_t bad = rnn_one_hot(to, n, classes, labels->data);
  if (bad >= 0)
    return rnn_lua_error(L,
                         "one_hot: label %I is out of range for %I classes (labels count from 0)",
                         (LUAI_UACINT)((const int64_t *)labels->data)[bad], (LUAI_UACINT)classes);
  int axes[RNN_MAX_DIMS]; /* the last axis goes to its place */
  for (int k = 0; k < to->ndim; k++) axes[k] = k < axis ? k : k == axis ? to->ndim - 1 : k - 1;
  rnn_tensor_permute(to, axes);
  return 1;
}

static const luaL_Reg methods[] = {
    {"take", take},
    {"repeat_elements", repeat_elements},
    {"one_hot", one_hot},
    {NULL, NULL},
};

void rnn_open_tensor_take(lua_State *L) { rnn_lua_add_methods(L, methods); }
