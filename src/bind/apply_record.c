/*
** apply_record.c - activations, losses and regularizers applied to tensors while a tape records.
**
** The gradients here are those that the components' own C functions give; lua/rnnlua/gradients/rules_components.lua
** calls them.
*/
#include "bind/apply_record.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/component.h"
#include "bind/raise.h"
#include "bind/rows.h"
#include "bind/tape.h"
#include "bind/tensor.h"
#include "core/context.h"

static bool any_watched(lua_State *L, int first, int end) {
  for (int i = first; i < end; i++) {
    const rnn_tensor *t = rnn_lua_test_tensor(L, i);
    if (t && rnn_tape_watches(t)) return true;
  }
  return false;
}

/* the number on top becomes a 0-d float32 tensor */
static void make_tensor(lua_State *L) {
  rnn_tensor *t = rnn_lua_new_tensor(L, RNN_FLOAT32, 0, NULL);
  *(float *)t->data = (float)lua_tonumber(L, -2);
  lua_replace(L, -2);
}

void rnn_lua_record_application(lua_State *L, const char *rule, int first) {
  int result = lua_gettop(L);
  if (rnn_recording == NULL || !any_watched(L, first, result)) return;
  luaL_checkstack(L, 8, NULL);
  if (lua_type(L, result) == LUA_TNUMBER) make_tensor(L);
  lua_createtable(L, result - first, 1);
  for (int i = first; i < result; i++) {
    lua_pushvalue(L, i);
    lua_rawseti(L, -2, i - first + 1);
  }
  lua_pushinteger(L, result - first);
  lua_setfield(L, -2, "n");
  lua_createtable(L, 1, 0);
  lua_pushvalue(L, result);
  lua_rawseti(L, -2, 1);
  rnn_tape_record(L, rule);
}

/* ---- gradients ------------------------------------------------------------------------------------------ */

static const rnn_component *check_component(lua_State *L) {
  const rnn_component *c = rnn_lua_test_component(L, 1);
  if (c == NULL) luaL_typeerror(L, 1, "component");
  return c;
}

/* core.activation_gradient(activation, x, y, gradient of y): that of x */
static int activation_gradient(lua_State *L) {
  const rnn_component *c = check_component(L);
  int64_t rows, columns;
  const rnn_tensor *x = rnn_lua_to_float32(L, 2), *y = rnn_lua_to_float32(L, 3);
  const rnn_tensor *dy = rnn_lua_to_float32(L, 4);
  rnn_tensor *dx = rnn_lua_new_tensor(L, RNN_FLOAT32, x->ndim, x->shape);
  rnn_lua_extents(x, &rows, &columns);
  rnn_lua_check(L, rnn_activate_backward(rnn_main_context(), c, rows, columns, x->data, y->data, dy->data, dx->data));
  return 1;
}

/* What the loss of each row counts for the gradients: of all rows' own losses, or of what a loss object has made of them
** by weights in which those of masks and ignored classes are. The factor is computed as a trainer does. */
static float *push_row_gradients(lua_State *L, const rnn_component *c, const rnn_tensor *g, const rnn_lua_rows *r,
                                 bool reduced) {
  float *scale = rnn_lua_new_tensor(L, RNN_FLOAT32, 1, &r->rows)->data;
  const float *given = g->data;
  rnn_reduction reduction = rnn_reduction_of(c, r->rows, r->y_true, r->weights, NULL);
  bool by_row = reduction.by_row || !reduced;
  float factor = by_row ? 0 : (float)((double)given[0] / reduction.divisor);
  for (int64_t i = 0; i < r->rows; i++)
    scale[i] = (by_row ? given[i] : factor) * (reduced && r->weights ? r->weights[i] : 1);
  return scale;
}

/* core.loss_gradient(loss, y_true, y_pred, sample_weight or nil, gradient, reduced): that of y_pred, where the gradient
** is that of the rows' losses or, if reduced, of what the loss object gave */
static int loss_gradient(lua_State *L) {
  const rnn_component *c = check_component(L);
  const rnn_loss_type *type = (const rnn_loss_type *)c->type;
  bool reduced = lua_toboolean(L, 6);
  const rnn_tensor *g = rnn_lua_to_float32(L, 5);
  rnn_lua_rows r;
  lua_insert(L, 1); /* the gradient stays below what to_rows cuts off */
  rnn_lua_to_rows(L, 3, &type->type, type->target, &r);
  rnn_tensor *d_pred = rnn_lua_new_tensor(L, RNN_FLOAT32, r.pred->ndim, r.pred->shape);
  float *values = rnn_lua_new_tensor(L, RNN_FLOAT32, 1, &r.rows)->data;
  const float *scale = push_row_gradients(L, c, g, &r, reduced);
  rnn_context *cx = rnn_main_context();
  rnn_lua_check(L, rnn_ask(cx, type->compute(cx, c->self, r.rows, r.columns, r.y_true, r.y_pred, scale,
                                 values, d_pred->data)));
  lua_pop(L, 2);
  return 1;
}

/* core.penalty_gradient(regularizer, w, gradient): that of w */
static int penalty_gradient(lua_State *L) {
  const rnn_component *c = check_component(L);
  const rnn_regularizer_type *type = (const rnn_regularizer_type *)c->type;
  const rnn_tensor *w = rnn_lua_to_float32(L, 2), *g = rnn_lua_to_float32(L, 3);
  rnn_shape shape = rnn_tensor_shape(w);
  double penalty = 0;
  rnn_tensor *dw = rnn_lua_new_tensor(L, RNN_FLOAT32, w->ndim, w->shape);
  memset(dw->data, 0, sizeof(float) * (size_t)rnn_tensor_size(dw));
  rnn_context *cx = rnn_main_context();
  rnn_lua_check(L, rnn_ask(cx, type->apply(cx, c->self, &shape, w->data, *(const float *)g->data, &penalty, dw->data)));
  return 1;
}

static const luaL_Reg functions[] = {{"activation_gradient", activation_gradient},
                                     {"loss_gradient", loss_gradient},
                                     {"penalty_gradient", penalty_gradient},
                                     {NULL, NULL}};

void rnn_open_apply_record(lua_State *L) { luaL_setfuncs(L, functions, 0); }
