/* tensor_join.c - several tensors into one, one into several: concatenate, stack, split, tile */
#include "bind/array.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "core/take.h"
#include "core/view.h"

/* ---- the tensors to be joined ---------------------------------------------------------------- */

static bool is_options(lua_State *L, int index) {
  if (!lua_istable(L, index) || lua_rawlen(L, index) > 0) return false;
  lua_pushnil(L);
  if (!lua_next(L, index)) return false;
  lua_pop(L, 2);
  return true;
}

/* whether the value at index is a table whose first entry is a tensor */
static bool is_tensor_list(lua_State *L, int index) {
  if (!lua_istable(L, index)) return false;
  lua_rawgeti(L, index, 1);
  bool yes = rnn_lua_test_tensor(L, -1) != NULL;
  lua_pop(L, 1);
  return yes;
}

/* list[#list + 1] = the value at index as a tensor */
static void add_to_list(lua_State *L, const char *function, int list, int index) {
  lua_Integer n = (lua_Integer)lua_rawlen(L, list) + 1;
  int type = lua_type(L, index);
  if (rnn_lua_test_tensor(L, index) == NULL && type != LUA_TTABLE && type != LUA_TNUMBER &&
      type != LUA_TBOOLEAN)
    rnn_lua_error(L, "%s: tensor %I must be a tensor or a table, got %s", function, (LUAI_UACINT)n,
                  rnn_lua_describe(L, index));
  rnn_lua_to_tensor(L, index, -1);
  lua_rawseti(L, list, n);
}

static void add_entries(lua_State *L, const char *function, int list, int table) {
  lua_Integer count = luaL_len(L, table);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_geti(L, table, i);
    add_to_list(L, function, list, lua_gettop(L));
    lua_pop(L, 1);
  }
}

/* Brings f({a, b}, axis), f(a, b, axis), a:f(b, axis) and a:f({b, c}, axis) into one form: slot 1
** is a new table of tensors, the arguments after them follow. */
static void gather_tensors(lua_State *L, const char *function) {
  int next = 2, top = lua_gettop(L);
  lua_newtable(L);
  lua_insert(L, 1);
  if (lua_istable(L, 2)) {
    add_entries(L, function, 1, next++);
  } else {
    for (; next <= top + 1 && !is_options(L, next); next++) {
      if (is_tensor_list(L, next)) add_entries(L, function, 1, next);
      else if (next == 2 || lua_istable(L, next) || rnn_lua_test_tensor(L, next))
        add_to_list(L, function, 1, next);
      else break;
    }
  }
  for (int i = 2; i < next; i++) lua_remove(L, 2);
  rnn_lua_options(L, function, 2, (const char *const[]){"axis", NULL});
  if (lua_rawlen(L, 1) == 0)
    rnn_lua_error(L, "%s: expected at least one tensor, got none", function);
}

/* entry i (from 1) of the table in slot 1, which keeps it alive */
static const rnn_tensor *tensor_in_list(lua_State *L, lua_Integer i) {
  lua_rawgeti(L, 1, i);
  const rnn_tensor *t = rnn_lua_test_tensor(L, -1);
  lua_pop(L, 1);
  return t;
}

static int differs(lua_State *L, const char *function, lua_Integer i, const rnn_tensor *t,
                   const char *where) {
  const rnn_tensor *first = tensor_in_list(L, 1);
  char expected[RNN_SHAPE_TEXT], got[RNN_SHAPE_TEXT];
  return rnn_lua_error(L, "%s: shapes must be alike%s: tensor 1 has %s, tensor %I has %s", function,
                       where, rnn_shape_text(expected, first->ndim, first->shape), (LUAI_UACINT)i,
                       rnn_shape_text(got, t->ndim, t->shape));
}

static rnn_dtype common_dtype(lua_State *L, lua_Integer count) {
  rnn_dtype dtype = tensor_in_list(L, 1)->dtype;
  for (lua_Integer i = 2; i <= count; i++) dtype = rnn_promote(dtype, tensor_in_list(L, i)->dtype);
  return dtype;
}

static int axis_or_first(lua_State *L, const char *function, int index, int ndim) {
  return lua_isnil(L, index) ? 0 : rnn_lua_to_axis(L, function, index, ndim);
}

/* ---- concatenate, stack ---------------------------------------------------------------------- */

static int64_t extent_of_all(lua_State *L, lua_Integer count, int axis) {
  const rnn_tensor *first = tensor_in_list(L, 1);
  int64_t extent = 0;
  for (lua_Integer i = 1; i <= count; i++) {
    const rnn_tensor *t = tensor_in_list(L, i);
    bool fits = t->ndim == first->ndim;
    for (int k = 0; fits && k < t->ndim; k++) fits = k == axis || t->shape[k] == first->shape[k];
    if (!fits)
      differs(L, "concatenate", i, t, lua_pushfstring(L, " except along axis %d", axis + 1));
    extent += t->shape[axis];
  }
  return extent;
}

/* rl.concatenate({a, b} [, axis]), a:concatenate(b [, axis]) */
static int concatenate(lua_State *L) {
  gather_tensors(L, "concatenate");
  lua_Integer count = (lua_Integer)lua_rawlen(L, 1);
  const rnn_tensor *first = tensor_in_list(L, 1);
  if (first->ndim == 0)
    return rnn_lua_error(
        L, "concatenate: tensors without axes can't be concatenated; stack joins them");
  int axis = axis_or_first(L, "concatenate", 2, first->ndim);
  int64_t shape[RNN_MAX_DIMS], at = 0;
  for (int k = 0; k < first->ndim; k++) shape[k] = first->shape[k];
  shape[axis] = extent_of_all(L, count, axis);
  const rnn_tensor *to = rnn_lua_new_tensor(L, common_dtype(L, count), first->ndim, shape);
  for (lua_Integer i = 1; i <= count; i++) {
    const rnn_tensor *t = tensor_in_list(L, i);
    rnn_tensor part = *to;
    rnn_tensor_range(&part, axis, at, t->shape[axis], 1);
    rnn_lua_copy(L, &part, t);
    at += t->shape[axis];
  }
  return 1;
}

/* rl.stack({a, b} [, axis]), a:stack(b [, axis]): along a new axis, counted in the result */
static int stack(lua_State *L) {
  gather_tensors(L, "stack");
  lua_Integer count = (lua_Integer)lua_rawlen(L, 1);
  rnn_tensor first = *tensor_in_list(L, 1);
  if (first.ndim == RNN_MAX_DIMS)
    return rnn_lua_error(L, "stack: tensors have %d axes, which is the most", RNN_MAX_DIMS);
  int axis = axis_or_first(L, "stack", 2, first.ndim + 1);
  for (lua_Integer i = 2; i <= count; i++) {
    const rnn_tensor *t = tensor_in_list(L, i);
    if (!rnn_tensor_same_shape(t, &first)) differs(L, "stack", i, t, "");
  }
  rnn_tensor_insert_axis(&first, axis);
  first.shape[axis] = count;
  const rnn_tensor *to = rnn_lua_new_tensor(L, common_dtype(L, count), first.ndim, first.shape);
  for (lua_Integer i = 1; i <= count; i++) {
    rnn_tensor part = *to;
    rnn_tensor_select(&part, axis, i - 1);
    rnn_lua_copy(L, &part, tensor_in_list(L, i));
  }
  return 1;
}

/* ---- split ----------------------------------------------------------------------------------- */

/* result[#result + 1] = view of positions first .. end-1, counted from 0; the result is on top */
static void add_piece(lua_State *L, const rnn_tensor *t, int axis, int64_t first, int64_t end) {
  rnn_tensor piece = *t;
  rnn_tensor_range(&piece, axis, first, end > first ? end - first : 0, 1);
  rnn_lua_push_view(L, 1, &piece);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

#define EMPTY_SECTIONS 1000000

static void split_evenly(lua_State *L, const rnn_tensor *t, int axis) {
  int64_t extent = t->shape[axis];
  lua_Integer sections = rnn_lua_option_integer(L, "split", "indices_or_sections", 2, 0);
  if (sections < 1)
    rnn_lua_error(L, "split: the number of sections must be at least 1, got %I",
                  (LUAI_UACINT)sections);
  if (extent == 0 && sections > EMPTY_SECTIONS) /* divides evenly into any number of them */
    rnn_lua_error(L, "split: axis %d has no positions, at most %d sections of it can be made, got %I",
                  axis + 1, EMPTY_SECTIONS, (LUAI_UACINT)sections);
  if (extent % sections != 0)
    rnn_lua_error(L, "split: axis %d has %I positions, which %I sections do not divide evenly",
                  axis + 1, (LUAI_UACINT)extent, (LUAI_UACINT)sections);
  lua_newtable(L);
  int64_t length = extent / sections;
  for (int64_t i = 0; i < sections; i++) add_piece(L, t, axis, i * length, (i + 1) * length);
}

/* position i of slot 2, from 0, within 0 .. extent */
static int64_t cut_at(lua_State *L, lua_Integer i, int64_t extent) {
  lua_Integer position = rnn_lua_list_entry(L, "split", "indices_or_sections", 2, i);
  if (position == 0 || position < -extent)
    rnn_lua_error(L, "split: positions count from 1, or back from -1, got %I for %I positions",
                  (LUAI_UACINT)position, (LUAI_UACINT)extent);
  if (position < 0) position += extent + 1;
  return position - 1 < extent ? position - 1 : extent;
}

static void split_at(lua_State *L, const rnn_tensor *t, int axis) {
  lua_Integer count = (lua_Integer)lua_rawlen(L, 2);
  int64_t extent = t->shape[axis], first = 0;
  lua_newtable(L);
  for (lua_Integer i = 1; i <= count; i++) {
    int64_t cut = cut_at(L, i, extent);
    add_piece(L, t, axis, first, cut);
    first = cut;
  }
  add_piece(L, t, axis, first, extent);
}

/* t:split(3 [, axis]) into 3 equal parts; t:split({3, 5} [, axis]) into rows 1 to 2, 3 to 4, and
** from 5 on. Returns a table of views. */
static int split(lua_State *L) {
  const rnn_tensor *t = rnn_lua_subject(L, "split", 1);
  rnn_lua_options(L, "split", 2, (const char *const[]){"indices_or_sections", "axis", NULL});
  if (t->ndim == 0)
    return rnn_lua_error(L, "split: expected at least one axis, got a tensor without");
  int axis = axis_or_first(L, "split", 3, t->ndim);
  if (lua_isnil(L, 2)) return rnn_lua_error(L, "split: argument 'indices_or_sections' is required");
  if (lua_istable(L, 2)) split_at(L, t, axis);
  else split_evenly(L, t, axis);
  return 1;
}

/* ---- tile ------------------------------------------------------------------------------------ */

/* t:tile(2), t:tile(2, 3), t:tile{2, 3}: so many copies along each axis; the last count is the last
** axis' */
static int tile(lua_State *L) {
  rnn_tensor block = *rnn_lua_subject(L, "tile", 1);
  int64_t shape[RNN_MAX_DIMS];
  rnn_lua_list(L, "tile", 2, "repeats");
  if (lua_isnil(L, 2)) return rnn_lua_error(L, "tile: argument 'repeats' is required");
  lua_Unsigned count = lua_rawlen(L, 2);
  if (count > RNN_MAX_DIMS)
    return rnn_lua_error(L, "tile: expected at most %d axes, got %I", RNN_MAX_DIMS,
                         (LUAI_UACINT)count);
  while (block.ndim < (int)count) rnn_tensor_insert_axis(&block, 0);
  for (int axis = 0; axis < block.ndim; axis++) {
    int entry = axis - (block.ndim - (int)count) + 1;
    lua_Integer repeats = entry < 1 ? 1 : rnn_lua_list_entry(L, "tile", "repeats", 2, entry);
    if (repeats < 0)
      return rnn_lua_error(L, "tile: 'repeats' must be 0 or more, got %I", (LUAI_UACINT)repeats);
    if (__builtin_mul_overflow(block.shape[axis], repeats, &shape[axis]))
      return rnn_lua_error(L, "tile: axis %d gets too long", axis + 1);
  }
  const rnn_tensor *to = rnn_lua_new_tensor(L, block.dtype, block.ndim, shape);
  rnn_lua_check(L, rnn_tile(rnn_main_context(), to, &block));
  return 1;
}

static const luaL_Reg methods[] = {
    {"concatenate", concatenate}, {"stack", stack}, {"split", split}, {"tile", tile}, {NULL, NULL},
};

void rnn_open_tensor_join(lua_State *L) { rnn_lua_add_methods(L, methods); }
