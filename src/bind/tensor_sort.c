/* tensor_sort.c - along an axis: sort, argsort, cumsum */
#include "bind/array.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "core/sort.h"
#include "core/take.h"

/* the axis in slot 2, the last by default, and `descending` in slot 3 */
static int read_order(lua_State *L, const char *function, const rnn_tensor *t, bool *descending) {
  rnn_lua_options(L, function, 2, (const char *const[]){"axis", "descending", NULL});
  *descending = rnn_lua_option_boolean(L, function, "descending", 3, 0);
  if (t->ndim == 0)
    rnn_lua_error(L, "%s: expected at least one axis, got a tensor without", function);
  return lua_isnil(L, 2) ? t->ndim - 1 : rnn_lua_to_axis(L, function, 2, t->ndim);
}

/* t:sort([axis [, descending]]): a sorted copy; NaN comes last */
static int sort(lua_State *L) {
  bool descending;
  const rnn_tensor *t = rnn_lua_subject(L, "sort", 1);
  int axis = read_order(L, "sort", t, &descending);
  const rnn_tensor *to = rnn_lua_new_tensor(L, t->dtype, t->ndim, t->shape);
  rnn_lua_check(L, rnn_sort(rnn_main_context(), to, t, axis, descending));
  return 1;
}

/* t:argsort([axis [, descending]]): positions, from 1, in the order of their elements; equal ones
** keep theirs */
static int argsort(lua_State *L) {
  bool descending;
  const rnn_tensor *t = rnn_lua_subject(L, "argsort", 1);
  int axis = read_order(L, "argsort", t, &descending);
  const rnn_tensor *to = rnn_lua_new_tensor(L, RNN_INT64, t->ndim, t->shape);
  rnn_lua_check(L, rnn_argsort(rnn_main_context(), to, t, axis, descending));
  int64_t *positions = to->data;
  for (int64_t i = 0, n = rnn_tensor_size(to); i < n; i++) positions[i]++;
  return 1;
}

/* t:cumsum([axis]): running sums, of all elements in a row where no axis is given; bools count as
** int64 */
static int cumsum(lua_State *L) {
  const rnn_tensor *t = rnn_lua_subject(L, "cumsum", 1);
  rnn_lua_options(L, "cumsum", 2, (const char *const[]){"axis", NULL});
  int axis = lua_isnil(L, 2) ? 0 : rnn_lua_to_axis(L, "cumsum", 2, t->ndim);
  rnn_tensor *to = rnn_lua_push_copy(L, t, t->dtype == RNN_BOOL ? RNN_INT64 : t->dtype);
  int64_t size = rnn_tensor_size(t);
  if (lua_isnil(L, 2)) rnn_tensor_describe(to, to->dtype, 1, &size, to->data);
  rnn_lua_check(L, rnn_cumsum(rnn_main_context(), to, axis));
  return 1;
}

static const luaL_Reg methods[] = {
    {"sort", sort},
    {"argsort", argsort},
    {"cumsum", cumsum},
    {NULL, NULL},
};

void rnn_open_tensor_sort(lua_State *L) { rnn_lua_add_methods(L, methods); }
