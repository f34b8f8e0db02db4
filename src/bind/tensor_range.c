/* tensor_range.c - t[{2, 3}], t[{ {1, 3}, {}, -1 }]: one entry for each axis, from the first on */
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tensor.h"

/* what is being looked at: an entry of the index table, about an axis of the tensor that was indexed */
typedef struct entry {
  int number; /* from 1: also the axis */
  int64_t extent;
} entry;

static lua_Integer check_integer(lua_State *L, const entry *e) {
  int whole;
  lua_Integer value = lua_tointegerx(L, -1, &whole);
  if (lua_type(L, -1) != LUA_TNUMBER || !whole)
    rnn_lua_error(L, "tensor: index %d must be an integer, {}, {first, last} or {first, last, step}, got %s",
                  e->number, rnn_lua_describe(L, -1));
  return value;
}

static int64_t check_position(lua_State *L, const entry *e) {
  lua_Integer i = check_integer(L, e);
  if (i == 0 || i > e->extent || i < -e->extent)
    rnn_lua_error(L, "tensor: index %I is out of range for axis %d with %I elements", i, e->number,
                  (lua_Integer)e->extent);
  return i > 0 ? i - 1 : i + e->extent;
}

static int bad_range(lua_State *L, const entry *e, lua_Integer first, lua_Integer last) {
  return rnn_lua_error(L, "tensor: range {%I, %I} is out of range for axis %d with %I elements", first,
                       last, e->number, (lua_Integer)e->extent);
}

/* the range table on top of the stack, applied to an axis of the view */
static void apply_range(lua_State *L, const entry *e, rnn_tensor *view, int axis) {
  lua_Integer given[3] = {1, -1, 1};
  lua_Unsigned length = lua_rawlen(L, -1);
  if (length == 0) return; /* {}: all of it */
  if (length == 1 || length > 3)
    rnn_lua_error(L, "tensor: index %d: a range is {}, {first, last} or {first, last, step}, got %d numbers",
                  e->number, (int)length);
  for (int i = 0; i < (int)length; i++) {
    lua_rawgeti(L, -1, i + 1);
    given[i] = check_integer(L, e);
    lua_pop(L, 1);
  }
  int64_t first = given[0] < 0 ? given[0] + e->extent + 1 : given[0];
  int64_t last = given[1] < 0 ? given[1] + e->extent + 1 : given[1];
  int64_t step = given[2];
  if (step == 0) rnn_lua_error(L, "tensor: index %d: the step of a range must not be 0", e->number);
  bool empty = step > 0 ? first > last : first < last; /* as Lua's for */
  int64_t low = first < last ? first : last, high = first < last ? last : first;
  if (low < (empty ? 0 : 1) || high > e->extent + empty) bad_range(L, e, given[0], given[1]);
  /* counted unsigned: a step of math.mininteger has no opposite */
  uint64_t pace = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
  int64_t count = empty ? 0 : (int64_t)((uint64_t)(high - low) / pace) + 1;
  rnn_tensor_range(view, axis, first - 1, count, count > 1 ? step : 1);
}

void rnn_lua_index_view(lua_State *L, const rnn_tensor *t, int index, rnn_tensor *view) {
  lua_Unsigned count = lua_rawlen(L, index);
  if (count > (lua_Unsigned)t->ndim)
    rnn_lua_error(L, "tensor: %d indices for a tensor with %d %s", (int)count, t->ndim,
                  t->ndim == 1 ? "axis" : "axes");
  if (count == 0) {
    lua_pushnil(L);
    if (lua_next(L, index)) {
      lua_pop(L, 1);
      rnn_lua_error(L, "tensor: an index table is a list, got a field %s", rnn_lua_describe(L, -1));
    }
  }
  *view = *t;
  int axis = 0; /* of the view: those where one position was taken are gone */
  for (int i = 0; i < (int)count; i++) {
    const entry e = {i + 1, t->shape[i]};
    if (lua_rawgeti(L, index, i + 1) == LUA_TTABLE) apply_range(L, &e, view, axis++);
    else rnn_tensor_select(view, axis, check_position(L, &e));
    lua_pop(L, 1);
  }
}
