/*
** script_loss.c - losses written in Lua: call(y_true, y_pred, self) -> values, perhaps
** backward(y_true, y_pred, self) -> d values / d y_pred.
**
** Both tensors are rows × columns (rows over the last axis; y_true has one class number a row where the type says
** target = "index"). Values are
**   (rows) or (rows, 1)   the loss of each row
**   (rows, columns)       averaged over columns, as Keras does
**   a number, or () or (1)  the loss of every row: a mean over the batch, say
*/
#include <string.h>

#include "bind/exchange.h"
#include "bind/script.h"
#include "bind/tensor.h"

typedef struct loss_call {
  rnn_script_call call;
  rnn_target target;
  int64_t rows, columns;
  const float *y_true, *y_pred, *weights;
  float *values, *d_pred;
} loss_call;

static void push_pair(lua_State *L, const loss_call *c) {
  bool index = c->target == RNN_TARGET_INDEX;
  const int64_t shape[] = {c->rows, c->columns};
  rnn_lua_push_numbers(L, index ? 1 : 2, shape, c->y_true);
  rnn_lua_push_numbers(L, 2, shape, c->y_pred);
}

static float weight_of(const loss_call *c, int64_t row) { return c->weights ? c->weights[row] : 1; }

/* how many values a row has in a result of this shape; 0: one for all rows; raises where it is neither */
static int64_t values_each(lua_State *L, const loss_call *c, const rnn_tensor *t) {
  char got[RNN_SHAPE_TEXT];
  int64_t size = rnn_tensor_size(t);
  bool lone = size == 1 && (t->ndim == 0 || (t->ndim == 1 && c->rows != 1));
  if (lone) return 0;
  if (t->ndim >= 1 && t->ndim <= 2 && t->shape[0] == c->rows && size > 0) {
    int64_t each = size / c->rows;
    if (each == 1 || each == c->columns) return each;
  }
  luaL_error(L, "expected a number, or a tensor of shape (%d,) or (%d, %d), got shape %s", (int)c->rows,
             (int)c->rows, (int)c->columns, rnn_shape_text(got, t->ndim, t->shape));
  return 0;
}

/* the result on top; returns how many values a row has */
static int64_t take_values(lua_State *L, const loss_call *c) {
  const rnn_tensor *t = rnn_lua_read_result(L, "a number or a tensor");
  int64_t each = values_each(L, c, t);
  const float *from = t->data;
  for (int64_t r = 0; r < c->rows; r++) {
    double sum = 0;
    for (int64_t i = 0; i < each; i++) sum += from[r * each + i];
    c->values[r] = each == 0 ? *from : (float)(sum / (double)each);
  }
  lua_pop(L, 1);
  return each;
}

static int evaluate(lua_State *L) {
  const loss_call *c = rnn_script_opened(L);
  rnn_script_push_call(L, c->call.script);
  push_pair(L, c);
  rnn_script_push_object(L, c->call.script);
  lua_call(L, 3, 1);
  take_values(L, c);
  return 0;
}

static int explicit_gradient(lua_State *L) {
  const loss_call *c = rnn_script_opened(L);
  const rnn_shape shape = {2, {c->rows, c->columns}};
  evaluate(L);
  rnn_script_push(L, c->call.script, RNN_SCRIPT_BACKWARD);
  push_pair(L, c);
  rnn_script_push_object(L, c->call.script);
  lua_call(L, 3, 1);
  const float *g = rnn_lua_shaped_result(L, &shape);
  for (int64_t i = 0; i < c->rows * c->columns; i++) c->d_pred[i] = weight_of(c, i / c->columns) * g[i];
  return 0;
}

/* pushes the gradient of the weighted sum of values by the result, which is on top */
static void push_output_gradient(lua_State *L, const loss_call *c, int64_t each) {
  const rnn_tensor *t = rnn_lua_read_result(L, "a tensor");
  rnn_tensor *g = rnn_lua_new_tensor(L, RNN_FLOAT32, t->ndim, t->shape);
  float *to = g->data, total = 0;
  for (int64_t r = 0; r < c->rows; r++) {
    total += weight_of(c, r);
    for (int64_t i = 0; i < each; i++) *to++ = weight_of(c, r) / (float)each;
  }
  if (each == 0) *to = total;
  lua_remove(L, -2);
}

static int derived_gradient(lua_State *L) {
  const loss_call *c = rnn_script_opened(L);
  const rnn_shape shape = {2, {c->rows, c->columns}};
  rnn_script_push_helper(L, "record_loss");
  rnn_script_push_call(L, c->call.script);
  push_pair(L, c);
  rnn_script_push_object(L, c->call.script);
  lua_call(L, 4, 2); /* pullback, values */
  int64_t each = take_values(L, c);
  if (lua_isnil(L, -2)) { /* they do not depend on y_pred */
    memset(c->d_pred, 0, sizeof *c->d_pred * (size_t)(c->rows * c->columns));
    return 0;
  }
  push_output_gradient(L, c, each);
  lua_remove(L, -2);
  lua_call(L, 1, 1);
  rnn_lua_copy_result(L, &shape, c->d_pred);
  return 0;
}

rnn_status rnn_script_loss(rnn_context *cx, const void *self, int64_t rows, int64_t columns, const float *y_true,
                           const float *y_pred, const float *weights, float *values, float *d_pred) {
  const rnn_script *s = rnn_script_of(self);
  const rnn_loss_type *type = (const rnn_loss_type *)rnn_component_of(self)->type;
  loss_call c = {{s}, type->target, rows, columns, y_true, y_pred, weights, values, d_pred};
  lua_CFunction body = d_pred == NULL                             ? evaluate
                       : rnn_script_has(s, RNN_SCRIPT_BACKWARD) ? explicit_gradient
                                                                  : derived_gradient;
  return rnn_script_run(cx, body, &c.call);
}
