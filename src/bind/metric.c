/*
** metric.c - a metric, or a loss used as one, that gathers what it sees.
**
** A loss as metric is the mean of its row values, weighted: two numbers of state.
*/
#include "bind/metric.h"

#include <string.h>

#include "bind/component.h"
#include "bind/raise.h"
#include "bind/rows.h"
#include "bind/tensor.h"
#include "core/alloc.h"
#include "core/context.h"
#include "core/reduction.h"

enum { SUM, WEIGHT, LOSS_STATE_SIZE };

static rnn_lua_component *self(lua_State *L) {
  rnn_lua_component *box = luaL_checkudata(L, 1, RNN_LUA_COMPONENT);
  rnn_lua_check_alive(L, box->component, "component");
  rnn_kind kind = box->component->type->kind;
  if (kind != RNN_METRIC && kind != RNN_LOSS)
    rnn_lua_error(L, "%s is neither a metric nor a loss", box->component->type->name);
  return box;
}

static bool is_loss(const rnn_lua_component *box) { return box->component->type->kind == RNN_LOSS; }

static void prepare_state(lua_State *L, rnn_lua_component *box, int64_t columns) {
  const rnn_metric_type *type = (const rnn_metric_type *)box->component->type;
  bool any_length = is_loss(box); /* a mean of row values */
  if (box->state && (any_length || box->columns == columns)) return;
  if (box->state)
    rnn_lua_error(L, "%s: the last axis of y_pred has extent %I, before it had %I; call reset_state() between them",
                  type->type.name, (LUAI_UACINT)columns, (LUAI_UACINT)box->columns);
  int64_t size =
      any_length ? LOSS_STATE_SIZE : type->state_size(box->component->self, columns);
  double *state = rnn_malloc(sizeof *state * (size_t)size);
  if (state == NULL) rnn_lua_error(L, "%s: not enough memory", type->type.name);
  memset(state, 0, sizeof *state * (size_t)size);
  box->state = state;
  box->columns = columns;
}

/* values: room for a number a row */
static rnn_status add_losses(rnn_lua_component *box, const rnn_lua_rows *r, float *values) {
  const rnn_loss_type *type = (const rnn_loss_type *)box->component->type;
  rnn_context *cx = rnn_main_context();
  rnn_try(rnn_ask(cx, type->compute(cx, box->component->self, r->rows, r->columns, r->y_true,
                        r->y_pred, r->weights, values, NULL)));
  rnn_reduction reduction = rnn_reduction_of(box->component, r->rows, r->y_true, r->weights, NULL);
  for (int64_t i = 0; i < r->rows; i++) {
    double weight = rnn_reduction_counts(&reduction, i) ? (r->weights ? r->weights[i] : 1) : 0;
    box->state[SUM] += weight * values[i];
    box->state[WEIGHT] += weight;
  }
  return RNN_OK;
}

/* A metric made from a Lua function may meet a reset_state there: it works on a copy of the state. */
static void add_to_metric(lua_State *L, rnn_lua_component *box, const rnn_lua_rows *r) {
  const rnn_metric_type *type = (const rnn_metric_type *)box->component->type;
  const void *self = box->component->self;
  size_t bytes = sizeof(double) * (size_t)type->state_size(self, r->columns);
  double *state = lua_newuserdatauv(L, bytes, 0);
  prepare_state(L, box, r->columns);
  memcpy(state, box->state, bytes);
  rnn_context *cx = rnn_main_context();
  rnn_lua_check(L, rnn_ask(cx, type->update(cx, self, r->rows, r->columns, r->y_true, r->y_pred,
                                r->weights, state)));
  prepare_state(L, box, r->columns);
  memcpy(box->state, state, bytes);
}

/* metric:update_state(y_true, y_pred [, sample_weight]) */
static int update_state(lua_State *L) {
  rnn_lua_component *box = self(L);
  const rnn_metric_type *metric = (const rnn_metric_type *)box->component->type;
  const rnn_loss_type *loss = (const rnn_loss_type *)box->component->type;
  rnn_lua_rows r;
  rnn_lua_to_rows(L, 2, box->component->type, is_loss(box) ? loss->target : metric->target, &r);
  if (is_loss(box) || !(metric->flags & RNN_METRIC_IGNORES_MASK)) rnn_lua_mask_rows(L, 3, &r);
  float *values = is_loss(box) ? rnn_lua_new_tensor(L, RNN_FLOAT32, 1, &r.rows)->data : NULL;
  if (is_loss(box)) {
    prepare_state(L, box, r.columns); /* from here on no finalizer can call reset_state */
    rnn_lua_check(L, add_losses(box, &r, values));
  } else {
    add_to_metric(L, box, &r);
  }
  return 0;
}

/* pushes a float32 tensor with all the numbers of a metric that gives several; false: it gives one */
static bool push_results(lua_State *L, const rnn_lua_component *box) {
  const rnn_metric_type *metric = (const rnn_metric_type *)box->component->type;
  const void *own = box->component->self;
  if (is_loss(box) || box->state == NULL || metric->results == NULL) return false;
  int64_t count = metric->result_size(own, box->columns);
  if (count == 1) return false;
  double *numbers = lua_newuserdatauv(L, sizeof *numbers * (size_t)(count + 1), 0);
  metric->results(own, box->columns, box->state, numbers);
  float *to = rnn_lua_new_tensor(L, RNN_FLOAT32, 1, &count)->data;
  for (int64_t i = 0; i < count; i++) to[i] = (float)numbers[i];
  return true;
}

/* metric:result(): a number, 0 where nothing was seen, as in Keras; or a tensor, where it gives several */
static int result(lua_State *L) {
  const rnn_lua_component *box = self(L);
  const rnn_metric_type *metric = (const rnn_metric_type *)box->component->type;
  double value = 0;
  if (push_results(L, box)) return 1;
  if (box->state && is_loss(box))
    value = box->state[WEIGHT] != 0 ? box->state[SUM] / box->state[WEIGHT] : 0;
  else if (box->state)
    value = metric->result(box->component->self, box->columns, box->state);
  lua_pushnumber(L, value);
  return 1;
}

/* metric:reset_state(): forgets all it has seen */
static int reset_state(lua_State *L) {
  rnn_lua_component *box = self(L);
  rnn_free(box->state);
  box->state = NULL;
  return 0;
}

int rnn_lua_metric_once(lua_State *L) {
  update_state(L);
  lua_settop(L, 1);
  return result(L);
}

const luaL_Reg rnn_lua_metric_methods[] = {{"update_state", update_state},
                                           {"result", result},
                                           {"reset_state", reset_state},
                                           {NULL, NULL}};
