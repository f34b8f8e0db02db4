/* tensor_copy.c - t:copy(), astype, contiguous, and writing in place: fill, copy_from */
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/array.h"
#include "bind/tape.h"
#include "bind/tensor.h"

void rnn_lua_assign(lua_State *L, const char *function, const rnn_tensor *target, int index) {
  rnn_tensor from;
  rnn_number storage;
  int top = lua_gettop(L);
  if (!rnn_lua_number(L, index, &from, &storage)) {
    if (!lua_istable(L, index) && !rnn_lua_test_tensor(L, index))
      rnn_lua_error(L, "%s: a value must be a number, a boolean, a table or a tensor, got %s", function,
                    rnn_lua_describe(L, index));
    from = *rnn_lua_to_tensor(L, index, -1);
    if (rnn_tensor_overlap(target, &from) && !rnn_tensor_same_layout(target, &from))
      from = *rnn_lua_push_copy(L, &from, from.dtype);
  }
  rnn_tensor view = from;
  char text[2][RNN_SHAPE_TEXT];
  if (!rnn_tensor_broadcast(&view, target->ndim, target->shape))
    rnn_lua_error(L, "%s: values of shape %s do not fit into shape %s", function,
                  rnn_shape_text(text[0], from.ndim, from.shape),
                  rnn_shape_text(text[1], target->ndim, target->shape));
  rnn_lua_copy(L, target, &view);
  lua_settop(L, top);
}

/* t:copy(): new storage, C order */
static int copy(lua_State *L) {
  rnn_lua_options(L, "copy", 2, (const char *[]){NULL});
  const rnn_tensor *t = rnn_lua_subject(L, "copy", 1);
  rnn_lua_push_copy(L, t, t->dtype);
  return 1;
}

/* t:astype(dtype): a copy in that dtype; floats are cut toward zero, all but 0 is true */
static int astype(lua_State *L) {
  rnn_lua_options(L, "astype", 2, (const char *[]){"dtype", NULL});
  const rnn_tensor *t = rnn_lua_subject(L, "astype", 1);
  if (lua_isnil(L, 2)) return rnn_lua_error(L, "astype: argument 'dtype' is required");
  rnn_lua_push_copy(L, t, rnn_lua_check_dtype(L, "astype", 2, t->dtype));
  return 1;
}

/* t:contiguous(): t itself if its elements lie in C order without gaps, else a copy */
static int contiguous(lua_State *L) {
  rnn_lua_options(L, "contiguous", 2, (const char *[]){NULL});
  const rnn_tensor *t = rnn_lua_subject(L, "contiguous", 1);
  lua_settop(L, 1);
  if (!rnn_tensor_contiguous(t)) rnn_lua_push_copy(L, t, t->dtype);
  return 1;
}

/* t:fill(value): every element becomes the number or boolean; returns t */
static int fill(lua_State *L) {
  rnn_lua_options(L, "fill", 3, (const char *[]){NULL});
  const rnn_tensor *t = rnn_lua_check_tensor(L, "fill", 1);
  rnn_tensor value;
  rnn_number storage;
  if (!rnn_lua_number(L, 2, &value, &storage))
    return rnn_lua_option_error(L, "fill", "value", "a number or a boolean", 2);
  rnn_tape_before_write(L, "fill", t, 0);
  rnn_lua_copy(L, t, &value);
  lua_settop(L, 1);
  return 1;
}

/* t:copy_from(u): t's elements become u's, which broadcasts; returns t */
static int copy_from(lua_State *L) {
  rnn_lua_options(L, "copy_from", 3, (const char *[]){NULL});
  const rnn_tensor *t = rnn_lua_check_tensor(L, "copy_from", 1);
  rnn_tape_before_write(L, "copy_from", t, 2);
  rnn_lua_assign(L, "copy_from", t, 2);
  lua_settop(L, 1);
  return 1;
}

static const luaL_Reg methods[] = {
    {"copy", copy}, {"astype", astype},       {"contiguous", contiguous},
    {"fill", fill}, {"copy_from", copy_from}, {NULL, NULL},
};

void rnn_open_tensor_copy(lua_State *L) { rnn_lua_add_methods(L, methods); }
