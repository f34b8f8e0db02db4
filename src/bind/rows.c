/* rows.c - tensors as losses and metrics see them: rows × columns of float32 */
#include "bind/rows.h"

#include "bind/mask.h"
#include "bind/raise.h"
#include "bind/tensor.h"
#include "core/registry.h"

void rnn_lua_extents(const rnn_tensor *t, int64_t *rows, int64_t *columns) {
  *columns = t->ndim > 0 ? t->shape[t->ndim - 1] : 1;
  *rows = 1;
  for (int i = 0; i < t->ndim - 1; i++) *rows *= t->shape[i];
}

/* shapes are equal but for 1s at the end: (6,) goes with (6, 1) */
static bool same_but_ones(const rnn_tensor *a, const rnn_tensor *b) {
  int most = a->ndim > b->ndim ? a->ndim : b->ndim;
  for (int i = 0; i < most; i++) {
    int64_t left = i < a->ndim ? a->shape[i] : 1, right = i < b->ndim ? b->shape[i] : 1;
    if (left != right) return false;
  }
  return true;
}

/* whether t has y_pred's shape without its last axis, perhaps with a 1 there */
static bool one_a_row(const rnn_tensor *t, const rnn_tensor *pred) {
  rnn_tensor rows = *pred;
  if (rows.ndim > 0) rows.ndim--;
  return same_but_ones(t, &rows);
}

static void misfit(lua_State *L, const rnn_type *type, const char *what, const rnn_tensor *t,
                   const char *expected, const rnn_tensor *pred) {
  char got[RNN_SHAPE_TEXT], wanted[RNN_SHAPE_TEXT];
  rnn_lua_error(L, "%s: expected %s%s, as y_pred has shape %s, got %s of shape %s", type->name, what,
                expected, rnn_shape_text(wanted, pred->ndim, pred->shape), what,
                rnn_shape_text(got, t->ndim, t->shape));
}

/* one weight a row, or one a sample that counts for all of its rows */
static const float *to_weights(lua_State *L, int index, const rnn_type *type,
                               const rnn_lua_rows *out) {
  if (lua_isnoneornil(L, index)) return NULL;
  const rnn_tensor *t = rnn_lua_to_float32(L, index);
  if (one_a_row(t, out->pred)) return t->data;
  int64_t samples = out->pred->ndim > 0 ? out->pred->shape[0] : 1;
  if (rnn_tensor_size(t) != samples || samples == 0)
    misfit(L, type, "sample_weight", t, " with one number a sample or a row", out->pred);
  const float *from = t->data;
  float *to = rnn_lua_new_tensor(L, RNN_FLOAT32, 1, &out->rows)->data;
  for (int64_t r = 0; r < out->rows; r++) to[r] = from[r / (out->rows / samples)];
  return to;
}

void rnn_lua_to_rows(lua_State *L, int first, const rnn_type *type, rnn_target target,
                     rnn_lua_rows *out) {
  if (lua_isnoneornil(L, first) || lua_isnoneornil(L, first + 1))
    rnn_lua_error(L, "%s: expected y_true and y_pred, got %s", type->name,
                  lua_isnoneornil(L, first) ? "none of them" : "y_true alone");
  lua_settop(L, first + 2);
  const rnn_tensor *y_true = rnn_lua_to_float32(L, first);
  out->pred = rnn_lua_to_float32(L, first + 1);
  rnn_lua_extents(out->pred, &out->rows, &out->columns);
  bool fits = target == RNN_TARGET_INDEX ? one_a_row(y_true, out->pred)
                                         : same_but_ones(y_true, out->pred);
  if (!fits)
    misfit(L, type, "y_true", y_true,
           target == RNN_TARGET_INDEX ? " with one class a row" : " of the same shape", out->pred);
  out->y_true = y_true->data;
  out->y_pred = out->pred->data;
  out->weights = to_weights(L, first + 2, type, out);
}

/* the mask that y_pred at `index` carries, kept alive by it; NULL: none with an entry for each row */
static const uint8_t *mask_of(lua_State *L, int index, const rnn_lua_rows *r) {
  const rnn_tensor *mask = rnn_lua_push_mask(L, index);
  lua_pop(L, 1);
  return mask && rnn_tensor_size(mask) == r->rows && r->pred->ndim >= 2 ? mask->data : NULL;
}

static float *push_row_weights(lua_State *L, const rnn_lua_rows *r) {
  return rnn_lua_new_tensor(L, RNN_FLOAT32, r->pred->ndim > 0 ? r->pred->ndim - 1 : 0, r->pred->shape)->data;
}

void rnn_lua_mask_rows(lua_State *L, int index, rnn_lua_rows *out) {
  const uint8_t *mask = mask_of(L, index, out);
  if (mask == NULL) return;
  float *to = push_row_weights(L, out);
  for (int64_t r = 0; r < out->rows; r++) to[r] = mask[r] ? (out->weights ? out->weights[r] : 1) : 0;
  out->weights = to;
}

bool rnn_lua_reduce_rows(lua_State *L, int index, const rnn_component *loss, rnn_lua_rows *out,
                         rnn_reduction *reduction) {
  const uint8_t *mask = mask_of(L, index, out);
  *reduction = rnn_reduction_of(loss, out->rows, out->y_true, out->weights, mask);
  if (mask == NULL && reduction->target == NULL) return false;
  float *to = push_row_weights(L, out);
  for (int64_t r = 0; r < out->rows; r++) to[r] = rnn_reduction_weight(reduction, r);
  out->weights = to;
  return true;
}
