/* apply.c - calling a component: relu(t), glorot_uniform(shape), l2(t), mse(y_true, y_pred) */
#include "bind/apply.h"

#include <string.h>

#include "bind/apply_record.h"
#include "bind/arguments.h"
#include "bind/component.h"
#include "bind/metric.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/rows.h"
#include "bind/tape.h"
#include "bind/tensor.h"
#include "core/context.h"
#include "core/random.h"
#include "core/registry.h"

/* activation(t): a new float32 tensor of the same shape */
static int activate(lua_State *L, const rnn_component *c) {
  int64_t rows, columns;
  lua_settop(L, 2);
  const rnn_tensor *x = rnn_lua_to_float32(L, 2);
  rnn_tensor *y = rnn_lua_new_tensor(L, RNN_FLOAT32, x->ndim, x->shape);
  rnn_lua_extents(x, &rows, &columns);
  rnn_context *cx = rnn_main_context();
  rnn_lua_check(L, rnn_ask(cx, rnn_activate(cx, c, rows, columns, x->data, y->data)));
  rnn_lua_record_application(L, "activation", 1);
  return 1;
}

/* initializer(shape): a new float32 tensor */
static int initialize(lua_State *L, const rnn_component *c) {
  int64_t extents[RNN_MAX_DIMS];
  int ndim = rnn_lua_check_shape(L, c->type->name, 2, extents);
  rnn_tensor *t = rnn_lua_new_tensor(L, RNN_FLOAT32, ndim, extents);
  rnn_shape shape = rnn_tensor_shape(t);
  const rnn_initializer_type *type = (const rnn_initializer_type *)c->type;
  rnn_context *cx = rnn_main_context();
  rnn_lua_check(L, rnn_ask(cx, type->fill(cx, c->self, &shape, rnn_next_key(), t->data)));
  return 1;
}

/* regularizer(t): the penalty, a number */
static int penalize(lua_State *L, const rnn_component *c) {
  double penalty = 0;
  lua_settop(L, 2);
  const rnn_tensor *w = rnn_lua_to_float32(L, 2);
  rnn_shape shape = rnn_tensor_shape(w);
  const rnn_regularizer_type *type = (const rnn_regularizer_type *)c->type;
  rnn_context *cx = rnn_main_context();
  rnn_lua_check(L, rnn_ask(cx, type->apply(cx, c->self, &shape, w->data, 1, &penalty, NULL)));
  lua_pushnumber(L, penalty);
  rnn_lua_record_application(L, "penalty", 1);
  return 1;
}

/* constraint(t): a projected copy */
static int project(lua_State *L, const rnn_component *c) {
  const rnn_tensor *watched = rnn_lua_test_tensor(L, 2);
  if (watched && rnn_tape_watches(watched))
    rnn_lua_error(L, "%s: a constraint has no gradient; apply it to rl.stop_gradient(t), or after the tape",
                  c->type->name);
  const rnn_tensor *given = rnn_lua_to_float32(L, 2);
  rnn_tensor *w = rnn_lua_push_copy(L, given, RNN_FLOAT32);
  rnn_shape shape = rnn_tensor_shape(w);
  const rnn_constraint_type *type = (const rnn_constraint_type *)c->type;
  rnn_context *cx = rnn_main_context();
  rnn_lua_check(L, rnn_ask(cx, type->apply(cx, c->self, &shape, w->data)));
  return 1;
}

/* pushes a tensor with the loss of every row: y_pred's shape without its last axis */
static float *push_row_losses(lua_State *L, const rnn_component *c, const rnn_lua_rows *r) {
  int ndim = r->pred->ndim > 0 ? r->pred->ndim - 1 : 0;
  rnn_tensor *values = rnn_lua_new_tensor(L, RNN_FLOAT32, ndim, r->pred->shape);
  const rnn_loss_type *type = (const rnn_loss_type *)c->type;
  rnn_context *cx = rnn_main_context();
  rnn_lua_check(L, rnn_ask(cx, type->compute(cx, c->self, r->rows, r->columns, r->y_true,
                                 r->y_pred, r->weights, values->data, NULL)));
  return values->data;
}

/* Records the loss on top, of the values in slots 1 to 4, then gives it back. */
static int finish_loss(lua_State *L, bool reduced) {
  if (rnn_recording == NULL) return 1;
  lua_pushboolean(L, reduced);
  lua_replace(L, 5); /* of what to_rows has made nothing is needed any more */
  lua_replace(L, 6);
  lua_settop(L, 6);
  rnn_lua_record_application(L, "loss", 1);
  return 1;
}

/* loss(y_true, y_pred [, sample_weight]): a number, by default the sum of weighted row losses by the number of rows
** (Keras' sum_over_batch_size); with reduction = "none" the rows' weighted losses */
static int reduced_loss(lua_State *L, const rnn_component *c) {
  rnn_lua_rows r;
  rnn_reduction reduction;
  rnn_lua_to_rows(L, 2, c->type, ((const rnn_loss_type *)c->type)->target, &r);
  if (rnn_lua_reduce_rows(L, 3, c, &r, &reduction)) lua_replace(L, 4); /* what is recorded has these weights, too */
  float *values = push_row_losses(L, c, &r);
  double sum = 0;
  for (int64_t i = 0; i < r.rows; i++) {
    double value = (double)values[i] * (r.weights ? r.weights[i] : 1);
    values[i] = reduction.by_row ? (float)value : values[i];
    sum += value;
  }
  if (!reduction.by_row) lua_pushnumber(L, r.rows > 0 ? sum / reduction.divisor : 0);
  return finish_loss(L, true);
}

/* schedule(step): the rate after that many steps */
static int rate_at(lua_State *L, const rnn_component *c) {
  int whole;
  lua_Integer step = lua_tointegerx(L, 2, &whole);
  if (!whole || step < 0)
    return rnn_lua_error(L, "%s: step must be an integer >= 0, got %s", c->type->name,
                         luaL_tolstring(L, 2, NULL));
  double rate;
  rnn_context *cx = rnn_main_context();
  rnn_lua_check(L, rnn_ask(cx, ((const rnn_schedule_type *)c->type)->rate(cx, c->self, step, &rate)));
  lua_pushnumber(L, rate);
  return 1;
}

int rnn_lua_apply(lua_State *L) {
  const rnn_component *c = rnn_lua_test_component(L, 1);
  if (c == NULL) return rnn_lua_error(L, "a component expected, got %s", rnn_lua_describe(L, 1));
  if (lua_isnoneornil(L, 2) && c->type->kind != RNN_OPTIMIZER)
    return rnn_lua_error(L, "%s: nothing to apply it to", c->type->name);
  switch (c->type->kind) {
    case RNN_ACTIVATION: return activate(L, c);
    case RNN_INITIALIZER: return initialize(L, c);
    case RNN_REGULARIZER: return penalize(L, c);
    case RNN_CONSTRAINT: return project(L, c);
    case RNN_LOSS: return reduced_loss(L, c);
    case RNN_METRIC: return rnn_lua_metric_once(L);
    case RNN_SCHEDULE: return rate_at(L, c);
    default: break;
  }
  return rnn_lua_error(L, "%s: the %s cannot be called", c->type->name, rnn_kind_name(c->type->kind));
}

/* ---- types called as functions ------------------------------------------------------------------------ */

static bool takes_pairs(rnn_kind kind) { return kind == RNN_LOSS || kind == RNN_METRIC; }

bool rnn_lua_applies(lua_State *L, const rnn_type *type) {
  bool tensor = rnn_lua_test_tensor(L, 2) != NULL;
  if (takes_pairs(type->kind)) /* two tables can't be arguments of a constructor */
    return tensor || (lua_istable(L, 2) && (lua_istable(L, 3) || rnn_lua_test_tensor(L, 3)));
  return tensor && (type->kind == RNN_ACTIVATION || type->kind == RNN_REGULARIZER ||
                    type->kind == RNN_CONSTRAINT);
}

int rnn_lua_apply_type(lua_State *L, const rnn_type *type) {
  int tensors = takes_pairs(type->kind) ? 2 : 1;
  if (lua_gettop(L) < tensors + 1) lua_settop(L, tensors + 1);
  rnn_lua_new_component(L, type, tensors + 2);
  lua_replace(L, 1);
  lua_settop(L, tensors + 1);
  if (type->kind != RNN_LOSS) return rnn_lua_apply(L);
  rnn_lua_rows r;
  rnn_lua_to_rows(L, 2, type, ((const rnn_loss_type *)type)->target, &r);
  push_row_losses(L, rnn_lua_test_component(L, 1), &r);
  return finish_loss(L, false);
}
