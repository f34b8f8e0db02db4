/*
** tensor_rows.c - tensors as index: t[mask] selects, t[positions] gathers rows; both can be assigned to.
**
** Either becomes a list of positions on t's leading axes (one for int64, as many as the mask has).
*/
#include <string.h>

#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tensor.h"
#include "core/rows.h"
#include "core/take.h"

typedef struct rows {
  int lead;            /* leading axes that the positions count over */
  int ndim;            /* of the index: the result's leading axes */
  int64_t shape[RNN_MAX_DIMS];
  const rnn_tensor *positions; /* int64, contiguous, from 0; on top of the stack */
} rows;

static void from_mask(lua_State *L, const rnn_tensor *t, const rnn_tensor *mask, rows *r) {
  char text[2][RNN_SHAPE_TEXT];
  rnn_tensor leading = *t;
  leading.ndim = mask->ndim < t->ndim ? mask->ndim : t->ndim;
  if (mask->ndim == 0 || !rnn_tensor_same_shape(mask, &leading))
    rnn_lua_error(L, "tensor: a mask of shape %s does not fit shape %s",
                  rnn_shape_text(text[0], mask->ndim, mask->shape),
                  rnn_shape_text(text[1], t->ndim, t->shape));
  r->lead = mask->ndim;
  r->ndim = 1;
  if (!rnn_tensor_contiguous(mask)) mask = rnn_lua_push_copy(L, mask, RNN_BOOL);
  r->shape[0] = rnn_mask_count(mask);
  rnn_tensor *positions = rnn_lua_new_tensor(L, RNN_INT64, 1, r->shape);
  rnn_mask_positions(mask, r->shape[0], positions->data);
  r->positions = positions;
}

static void from_positions(lua_State *L, const rnn_tensor *t, const rnn_tensor *given, rows *r) {
  if (t->ndim == 0) rnn_lua_error(L, "tensor: a tensor without axes has no rows");
  rnn_tensor *positions = rnn_lua_push_copy(L, given, RNN_INT64);
  int64_t *p = positions->data, size = rnn_tensor_size(positions), extent = t->shape[0];
  for (int64_t i = 0; i < size; i++) {
    if (p[i] == 0 || p[i] > extent || p[i] < -extent)
      rnn_lua_error(L, "tensor: index %I is out of range for axis 1 with %I elements", (lua_Integer)p[i],
                    (lua_Integer)extent);
    p[i] = p[i] > 0 ? p[i] - 1 : p[i] + extent;
  }
  r->lead = 1;
  r->ndim = given->ndim;
  for (int i = 0; i < given->ndim; i++) r->shape[i] = given->shape[i];
  r->positions = positions;
}

/* Pushes the list of positions that the tensor at index `index` means. */
static rows find_rows(lua_State *L, const rnn_tensor *t, const rnn_tensor *index) {
  rows r = {0};
  if (index->dtype == RNN_BOOL) from_mask(L, t, index, &r);
  else if (index->dtype == RNN_INT64) from_positions(L, t, index, &r);
  else
    rnn_lua_error(L, "tensor: an index tensor must be bool or int64, got %s", rnn_dtype_name(index->dtype));
  if (r.ndim + t->ndim - r.lead > RNN_MAX_DIMS)
    rnn_lua_error(L, "tensor: the result would have more than %d axes", RNN_MAX_DIMS);
  return r;
}

void rnn_lua_push_rows(lua_State *L, const rnn_tensor *t, const rnn_tensor *index) {
  rows r = find_rows(L, t, index);
  int64_t extent = 1, inner = 1;
  for (int i = 0; i < r.lead; i++) extent *= t->shape[i];
  int ndim = r.ndim;
  for (int i = r.lead; i < t->ndim; i++) inner *= r.shape[ndim++] = t->shape[i];
  if (!rnn_tensor_contiguous(t)) t = rnn_lua_push_copy(L, t, t->dtype);
  rnn_tensor *result = rnn_lua_new_tensor(L, t->dtype, ndim, r.shape);
  rnn_lua_check(L, rnn_take(rnn_main_context(), t->dtype, 1, extent, inner, t->data,
                            rnn_tensor_size(r.positions), r.positions->data, result->data));
}

/* t[mask] = number, mask of t's shape: no list of positions is needed */
static bool fill_by_mask(lua_State *L, const rnn_tensor *t, const rnn_tensor *mask, int value_index) {
  rnn_tensor value;
  rnn_number storage;
  if (mask->dtype != RNN_BOOL || !rnn_tensor_same_shape(mask, t) || rnn_tensor_overlap(mask, t) ||
      !rnn_lua_number(L, value_index, &value, &storage))
    return false;
  rnn_lua_check(L, rnn_mask_fill(rnn_main_context(), t, mask, &value));
  return true;
}

void rnn_lua_assign_rows(lua_State *L, const rnn_tensor *t, const rnn_tensor *index, int value_index) {
  if (fill_by_mask(L, t, index, value_index)) return;
  rows r = find_rows(L, t, index);
  int ndim = r.ndim;
  for (int i = r.lead; i < t->ndim; i++) r.shape[ndim++] = t->shape[i];
  /* the values are brought into the shape that reading would give, then written row by row */
  rnn_tensor *values = rnn_lua_new_tensor(L, t->dtype, ndim, r.shape);
  rnn_lua_assign(L, "tensor", values, value_index);
  rnn_tensor list;
  int64_t shape[RNN_MAX_DIMS] = {rnn_tensor_size(r.positions)};
  for (int i = r.lead; i < t->ndim; i++) shape[1 + i - r.lead] = t->shape[i];
  rnn_tensor_describe(&list, t->dtype, 1 + t->ndim - r.lead, shape, values->data);
  rnn_lua_check(L, rnn_rows_assign(rnn_main_context(), t, r.lead, shape[0], r.positions->data, &list));
}

/* core.add_rows(values, positions, extent): for gradients of rows that were gathered. `values` is a float tensor of
** count × n, `positions` a list of as many integers; the result, extent × n, has at each row the sum of the values whose
** position it is. */
static int add_rows(lua_State *L) {
  const rnn_tensor *values = rnn_lua_check_tensor(L, "add_rows", 1);
  const rnn_tensor *positions = rnn_lua_check_tensor(L, "add_rows", 2);
  lua_settop(L, 3);
  int64_t shape[] = {luaL_checkinteger(L, 3), values->ndim == 2 ? values->shape[1] : 0};
  luaL_argcheck(L, values->ndim == 2 && values->dtype >= RNN_FLOAT32, 1, "must be rows of floats");
  luaL_argcheck(L, positions->ndim == 1 && positions->shape[0] == values->shape[0], 2, "must be one a row");
  rnn_tensor *result = rnn_lua_new_tensor(L, values->dtype, 2, shape);
  memset(result->data, 0, (size_t)rnn_tensor_size(result) * rnn_dtype_size(result->dtype));
  rows r = {0};
  from_positions(L, result, positions, &r);
  if (!rnn_tensor_contiguous(values)) values = rnn_lua_push_copy(L, values, values->dtype);
  rnn_lua_check(L, rnn_take_back(rnn_main_context(), values->dtype, shape[1], values->data, positions->shape[0],
                                 r.positions->data, result->data));
  lua_pushvalue(L, 4);
  return 1;
}

static const luaL_Reg functions[] = {{"add_rows", add_rows}, {NULL, NULL}};

void rnn_open_tensor_rows(lua_State *L) { luaL_setfuncs(L, functions, 0); }
