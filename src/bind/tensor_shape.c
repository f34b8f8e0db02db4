/* tensor_shape.c - the same elements under another shape: reshape, transpose, squeeze, flip, … */
#include "bind/array.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "core/view.h"

/* ---- reshape, flatten ------------------------------------------------------------------------ */

static int cannot_reshape(lua_State *L, const rnn_tensor *t, int ndim, const int64_t *shape) {
  char from[RNN_SHAPE_TEXT], to[RNN_SHAPE_TEXT];
  return rnn_lua_error(L, "reshape: %I elements of shape %s do not fill the shape %s",
                       (LUAI_UACINT)rnn_tensor_size(t), rnn_shape_text(from, t->ndim, t->shape),
                       rnn_shape_text(to, ndim, shape));
}

/* the shape in slot 2; the place of its -1 goes to *open, or -1 */
static int read_shape(lua_State *L, int64_t shape[RNN_MAX_DIMS], int *open) {
  lua_Unsigned count = lua_rawlen(L, 2);
  *open = -1;
  if (count > RNN_MAX_DIMS)
    rnn_lua_error(L, "reshape: expected at most %d axes, got %I", RNN_MAX_DIMS, (LUAI_UACINT)count);
  for (int i = 0; i < (int)count; i++) {
    shape[i] = rnn_lua_list_entry(L, "reshape", "shape", 2, i + 1);
    if (shape[i] < -1)
      rnn_lua_error(L, "reshape: axis %d must be 0 or more, or -1 (what is left), got %I", i + 1,
                    (LUAI_UACINT)shape[i]);
    if (shape[i] == -1 && *open >= 0)
      rnn_lua_error(L, "reshape: only one axis can be -1, got axes %d and %d", *open + 1, i + 1);
    if (shape[i] == -1) *open = i;
  }
  return (int)count;
}

/* t:reshape(2, -1), t:reshape{2, -1} */
static int reshape(lua_State *L) {
  const rnn_tensor *t = rnn_lua_subject(L, "reshape", 1);
  int64_t shape[RNN_MAX_DIMS], size = rnn_tensor_size(t), known = 1;
  int open;
  rnn_lua_list(L, "reshape", 2, "shape");
  if (lua_isnil(L, 2)) return rnn_lua_error(L, "reshape: argument 'shape' is required");
  int ndim = read_shape(L, shape, &open);
  for (int i = 0; i < ndim; i++) /* too large a product fits nothing and counts as 0 */
    if (i != open && __builtin_mul_overflow(known, shape[i], &known)) known = 0;
  if (open >= 0 && (known == 0 || size % known != 0)) return cannot_reshape(L, t, ndim, shape);
  if (open >= 0) shape[open] = size / known;
  else if (known != size) return cannot_reshape(L, t, ndim, shape);
  rnn_lua_push_reshaped(L, 1, t, ndim, shape);
  return 1;
}

/* t:flatten(): a copy along one axis, as NumPy's */
static int flatten(lua_State *L) {
  const rnn_tensor *t = rnn_lua_subject(L, "flatten", 1);
  rnn_lua_options(L, "flatten", 2, (const char *const[]){NULL});
  int64_t size = rnn_tensor_size(t);
  rnn_tensor *copy = rnn_lua_push_copy(L, t, t->dtype);
  rnn_tensor_describe(copy, copy->dtype, 1, &size, copy->data);
  return 1;
}

/* ---- axes in another order, more or fewer of them -------------------------------------------- */

static int push_permuted(lua_State *L, const char *function, const rnn_tensor *t) {
  int axes[RNN_MAX_DIMS];
  rnn_tensor view = *t;
  int count = rnn_lua_axes(L, function, 2, t->ndim, axes);
  if (count != t->ndim)
    return rnn_lua_error(L, "%s: expected %d axes, got %d", function, t->ndim, count);
  rnn_tensor_permute(&view, axes);
  rnn_lua_push_view(L, 1, &view);
  return 1;
}

/* t:transpose(): axes reversed; t:transpose(2, 1, 3), t:transpose{2, 1, 3} */
static int transpose(lua_State *L) {
  const rnn_tensor *t = rnn_lua_subject(L, "transpose", 1);
  rnn_lua_list(L, "transpose", 2, "axes");
  if (!lua_isnil(L, 2)) return push_permuted(L, "transpose", t);
  int axes[RNN_MAX_DIMS];
  rnn_tensor view = *t;
  for (int i = 0; i < t->ndim; i++) axes[i] = t->ndim - 1 - i;
  rnn_tensor_permute(&view, axes);
  rnn_lua_push_view(L, 1, &view);
  return 1;
}

/* t:permute(2, 1, 3), t:permute{2, 1, 3}: new axis i is the old axis dims[i] */
static int permute(lua_State *L) {
  const rnn_tensor *t = rnn_lua_subject(L, "permute", 1);
  rnn_lua_list(L, "permute", 2, "dims");
  if (lua_isnil(L, 2)) return rnn_lua_error(L, "permute: argument 'dims' is required");
  return push_permuted(L, "permute", t);
}

/* marks the axes of slot 2; all of extent 1 where it is nil */
static void mark_squeezed(lua_State *L, const rnn_tensor *t, bool marked[RNN_MAX_DIMS]) {
  int axes[RNN_MAX_DIMS];
  if (lua_isnil(L, 2)) {
    for (int i = 0; i < t->ndim; i++) marked[i] = t->shape[i] == 1;
    return;
  }
  int count = rnn_lua_axes(L, "squeeze", 2, t->ndim, axes);
  for (int i = 0; i < count; i++) {
    char shape[RNN_SHAPE_TEXT];
    if (t->shape[axes[i]] != 1)
      rnn_lua_error(L, "squeeze: axis %d must have 1 element, got %I in shape %s", axes[i] + 1,
                    (LUAI_UACINT)t->shape[axes[i]], rnn_shape_text(shape, t->ndim, t->shape));
    marked[axes[i]] = true;
  }
}

/* t:squeeze(), t:squeeze(1), t:squeeze{1, 3} */
static int squeeze(lua_State *L) {
  const rnn_tensor *t = rnn_lua_subject(L, "squeeze", 1);
  bool marked[RNN_MAX_DIMS] = {false};
  rnn_tensor view = *t;
  rnn_lua_options(L, "squeeze", 2, (const char *const[]){"axis", NULL});
  mark_squeezed(L, t, marked);
  for (int axis = t->ndim - 1; axis >= 0; axis--)
    if (marked[axis]) rnn_tensor_drop_axis(&view, axis);
  rnn_lua_push_view(L, 1, &view);
  return 1;
}

/* t:expand_dims(1), t:expand_dims{1, 3}: axes counted in the result */
static int expand_dims(lua_State *L) {
  const rnn_tensor *t = rnn_lua_subject(L, "expand_dims", 1);
  int axes[RNN_MAX_DIMS];
  bool marked[RNN_MAX_DIMS] = {false};
  rnn_tensor view = *t;
  rnn_lua_options(L, "expand_dims", 2, (const char *const[]){"axis", NULL});
  if (lua_isnil(L, 2)) return rnn_lua_error(L, "expand_dims: argument 'axis' is required");
  lua_Unsigned more = lua_istable(L, 2) ? lua_rawlen(L, 2) : 1;
  if (more + (lua_Unsigned)t->ndim > RNN_MAX_DIMS)
    return rnn_lua_error(L, "expand_dims: expected at most %d axes in all, got %I", RNN_MAX_DIMS,
                         (LUAI_UACINT)more + t->ndim);
  int count = rnn_lua_axes(L, "expand_dims", 2, t->ndim + (int)more, axes);
  for (int i = 0; i < count; i++) marked[axes[i]] = true;
  for (int axis = 0; axis < t->ndim + count; axis++)
    if (marked[axis]) rnn_tensor_insert_axis(&view, axis);
  rnn_lua_push_view(L, 1, &view);
  return 1;
}

/* t:flip(): along all axes; t:flip(1), t:flip{1, 3} */
static int flip(lua_State *L) {
  const rnn_tensor *t = rnn_lua_subject(L, "flip", 1);
  int axes[RNN_MAX_DIMS], count = t->ndim;
  rnn_tensor view = *t;
  rnn_lua_options(L, "flip", 2, (const char *const[]){"axis", NULL});
  for (int i = 0; i < count; i++) axes[i] = i;
  if (!lua_isnil(L, 2)) count = rnn_lua_axes(L, "flip", 2, t->ndim, axes);
  for (int i = 0; i < count; i++) rnn_tensor_flip(&view, axes[i]);
  rnn_lua_push_view(L, 1, &view);
  return 1;
}

static const luaL_Reg methods[] = {
    {"reshape", reshape}, {"flatten", flatten}, {"transpose", transpose},
    {"permute", permute}, {"squeeze", squeeze}, {"expand_dims", expand_dims},
    {"flip", flip},       {NULL, NULL},
};

void rnn_open_tensor_shape(lua_State *L) { rnn_lua_add_methods(L, methods); }
