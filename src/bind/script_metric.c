/*
** script_metric.c - metrics written in Lua.
**   call(y_true, y_pred, self) -> a number, or values whose first axis is rows: their mean, weighted, is the metric
**                                 (Keras' MeanMetricWrapper)
**   update(state, y_true, y_pred, weights, self), result(state, self): state is a table of numbers under the names
**                                 that the type declares, all 0 at first; weights, one a row, may be nil
*/
#include "bind/exchange.h"
#include "bind/options.h"
#include "bind/script.h"
#include "bind/tensor.h"

typedef struct metric_call {
  rnn_script_call call;
  rnn_target target;
  int64_t rows, columns;
  const float *y_true, *y_pred, *weights;
  double *state;
} metric_call;

static void push_pair(lua_State *L, const metric_call *m) {
  const int64_t shape[] = {m->rows, m->columns};
  rnn_lua_push_numbers(L, m->target == RNN_TARGET_INDEX ? 1 : 2, shape, m->y_true);
  rnn_lua_push_numbers(L, 2, shape, m->y_pred);
}

/* ---- a mean ------------------------------------------------------------------------------------------- */

enum { SUM, WEIGHT, MEAN_STATE_SIZE };

/* A lone number counts as one value, whatever the batch; weights have nothing to weigh there. */
static void count_number(lua_State *L, const metric_call *m, double value) {
  if (m->weights)
    luaL_error(L, "expected a number for each of %d rows, as there are sample weights, got one number",
               (int)m->rows);
  m->state[SUM] += value;
  m->state[WEIGHT] += 1;
}

/* what a row has several values of is averaged */
static void count_rows(const metric_call *m, const float *values, int64_t each) {
  for (int64_t r = 0; r < m->rows; r++, values += each) {
    double sum = 0, weight = m->weights ? m->weights[r] : 1;
    for (int64_t i = 0; i < each; i++) sum += values[i];
    m->state[SUM] += weight * sum / (double)each;
    m->state[WEIGHT] += weight;
  }
}

static int call_mean(lua_State *L) {
  const metric_call *m = rnn_script_opened(L);
  rnn_script_push_call(L, m->call.script);
  push_pair(L, m);
  rnn_script_push_object(L, m->call.script);
  lua_call(L, 3, 1);
  if (lua_type(L, -1) == LUA_TNUMBER) { /* in double precision, unlike a tensor's */
    count_number(L, m, lua_tonumber(L, -1));
    return 0;
  }
  const rnn_tensor *t = rnn_lua_read_result(L, "a number or a tensor");
  int64_t size = rnn_tensor_size(t);
  char got[RNN_SHAPE_TEXT];
  if (t->ndim == 0)
    count_number(L, m, *(const float *)t->data);
  else if (t->shape[0] != m->rows || size == 0)
    luaL_error(L, "expected a number, or a tensor with %d rows, got shape %s", (int)m->rows,
               rnn_shape_text(got, t->ndim, t->shape));
  else
    count_rows(m, t->data, size / m->rows);
  return 0;
}

/* ---- with a state of its own ------------------------------------------------------------------------------ */

/* Behind the state of a script lies what result() made of it: the vtable's result cannot fail, so the script's is
** called with each update. */
static int named_state(const rnn_script *s) { return s->spec->name_count; }

static void read_state(lua_State *L, const metric_call *m, int table, double *state) {
  const rnn_script_spec *spec = m->call.script->spec;
  for (int i = 0; i < spec->name_count; i++) {
    if (lua_getfield(L, table, spec->names[i]) != LUA_TNUMBER && rnn_lua_test_tensor(L, -1) == NULL)
      luaL_error(L, "update: state.%s must be a number, got %s", spec->names[i], rnn_lua_describe(L, -1));
    state[i] = rnn_lua_number_result(L, "a number");
    lua_pop(L, 1);
  }
}

static int call_update(lua_State *L) {
  const metric_call *m = rnn_script_opened(L);
  const rnn_script *s = m->call.script;
  double state[RNN_SCRIPT_NAMES];
  lua_createtable(L, 0, named_state(s)); /* at 2 */
  for (int i = 0; i < named_state(s); i++) {
    lua_pushnumber(L, m->state[i]);
    lua_setfield(L, 2, s->spec->names[i]);
  }
  rnn_script_push(L, s, RNN_SCRIPT_UPDATE);
  lua_pushvalue(L, 2);
  push_pair(L, m);
  if (m->weights)
    rnn_lua_push_numbers(L, 1, &m->rows, m->weights);
  else
    lua_pushnil(L);
  rnn_script_push_object(L, s);
  lua_call(L, 5, 0);
  read_state(L, m, 2, state);
  rnn_script_push(L, s, RNN_SCRIPT_RESULT);
  lua_pushvalue(L, 2);
  rnn_script_push_object(L, s);
  lua_call(L, 2, 1);
  double result = rnn_lua_number_result(L, "a number");
  for (int i = 0; i < named_state(s); i++) m->state[i] = state[i]; /* all, or nothing where something failed */
  m->state[named_state(s)] = result;
  return 0;
}

/* ---- the vtable ------------------------------------------------------------------------------------------ */

static bool has_state(const rnn_script *s) { return rnn_script_has(s, RNN_SCRIPT_UPDATE); }

int64_t rnn_script_state_size(const void *self, int64_t columns) {
  (void)columns;
  const rnn_script *s = rnn_script_of(self);
  return has_state(s) ? named_state(s) + 1 : MEAN_STATE_SIZE;
}

rnn_status rnn_script_update_metric(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                                    const float *y_true, const float *y_pred, const float *weights,
                                    double *state) {
  const rnn_script *s = rnn_script_of(self);
  const rnn_metric_type *type = (const rnn_metric_type *)rnn_component_of(self)->type;
  metric_call m = {{s}, type->target, rows, columns, y_true, y_pred, weights, state};
  return rnn_script_run(cx, has_state(s) ? call_update : call_mean, &m.call);
}

double rnn_script_result(const void *self, int64_t columns, const double *state) {
  (void)columns;
  const rnn_script *s = rnn_script_of(self);
  if (has_state(s)) return state[named_state(s)];
  return state[WEIGHT] != 0 ? state[SUM] / state[WEIGHT] : 0;
}
