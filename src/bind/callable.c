/*
** callable.c - Lua functions as components.
**
** The functions here are called from the middle of kernels and trainers, which nothing may longjmp across.
** So all that touches Lua runs inside one protected call, the trampoline, which turns an error, or an
** attempt to yield, into a status. They run on the main thread only, and in the main lua_State, which
** outlives every component; a coroutine of a script's, that a component may be made or released in, does
** not.
*/
#include "bind/callable.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "bind/component.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tensor.h"
#include "core/component.h"
#include "core/context.h"
#include "core/registry.h"

static lua_State *main_state;

typedef struct callable {
  int reference;     /* of the function, in Lua's registry */
  char argument[64]; /* what it was given as: "kernel_initializer" */
} callable;

static rnn_status start(rnn_context *cx, void *self) {
  (void)cx;
  ((callable *)self)->reference = LUA_NOREF;
  return RNN_OK;
}

static void release(void *self) {
  luaL_unref(main_state, LUA_REGISTRYINDEX, ((callable *)self)->reference);
}

/* ---- the trampoline ------------------------------------------------------------------------------------ */

/* A call from C: its own struct begins with this, and is what `body` gets as its one argument. */
typedef struct record {
  const callable *callee;
} record;

/* whether a message is the one that Ctrl-C raises, "interrupted!", with or without a position */
static bool tells_interrupt(const char *text) {
  static const char word[] = "interrupted!", after_position[] = ": interrupted!";
  size_t length = strlen(text), wanted = sizeof after_position - 1;
  return strcmp(text, word) == 0 ||
         (length > wanted && strcmp(text + length - wanted, after_position) == 0);
}

/* Runs body(call), which may raise. Ctrl-C, which the host raises in whatever Lua runs, is a status too. */
static rnn_status trampoline(rnn_context *cx, lua_CFunction body, record *call) {
  lua_State *L = main_state;
  const char *argument = call->callee->argument;
  if (!lua_checkstack(L, LUA_MINSTACK))
    return rnn_fail(cx, RNN_NO_MEMORY, "%s function: not enough memory", argument);
  lua_pushcfunction(L, body);
  lua_pushlightuserdata(L, call);
  int status = lua_pcall(L, 1, 0, 0);
  if (status == LUA_OK) return RNN_OK;
  const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1)
                                                    : "the error is no string";
  rnn_status result = tells_interrupt(text)  ? RNN_INTERRUPTED
                      : status == LUA_ERRMEM ? RNN_NO_MEMORY
                                             : RNN_INVALID;
  rnn_fail(cx, result, "%s function: %s", argument, text);
  lua_pop(L, 1);
  return result;
}

/* the record at 1; pushes its function */
static void *open_call(lua_State *L) {
  record *call = lua_touserdata(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, call->callee->reference);
  return call;
}

/* pushes a tensor of its own with these numbers */
static void push_numbers(lua_State *L, int ndim, const int64_t *shape, const float *numbers) {
  rnn_tensor *t = rnn_lua_new_tensor(L, RNN_FLOAT32, ndim, shape);
  memcpy(t->data, numbers, sizeof *numbers * (size_t)rnn_tensor_size(t));
}

/* The result on top as float32. luaL_error adds no position here: the caller of `body` is no Lua code. */
static const rnn_tensor *read_result(lua_State *L, const char *expected) {
  int type = lua_type(L, -1);
  if (type != LUA_TNUMBER && type != LUA_TTABLE && rnn_lua_test_tensor(L, -1) == NULL)
    luaL_error(L, "expected %s, got %s", expected, rnn_lua_describe(L, -1));
  return rnn_lua_to_float32(L, -1);
}

/* Copies the result on top, which must be of that shape. */
static void copy_result(lua_State *L, const rnn_shape *shape, float *to) {
  char wanted[RNN_SHAPE_TEXT], got[RNN_SHAPE_TEXT];
  const rnn_tensor *t = read_result(L, "a tensor");
  bool same = t->ndim == shape->ndim;
  for (int i = 0; same && i < t->ndim; i++) same = t->shape[i] == shape->dim[i];
  if (!same)
    luaL_error(L, "expected shape %s, got %s", rnn_shape_text(wanted, shape->ndim, shape->dim),
               rnn_shape_text(got, t->ndim, t->shape));
  memcpy(to, t->data, sizeof *to * (size_t)rnn_tensor_size(t));
}

/* ---- metrics: Keras' MeanMetricWrapper ------------------------------------------------------------------- */

enum { SUM, WEIGHT, STATE_SIZE };

typedef struct metric_call {
  record record;
  int64_t rows, columns;
  const float *y_true, *y_pred, *weights;
  double *state;
} metric_call;

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

static int call_metric(lua_State *L) {
  const metric_call *m = open_call(L);
  const int64_t shape[] = {m->rows, m->columns};
  push_numbers(L, 2, shape, m->y_true);
  push_numbers(L, 2, shape, m->y_pred);
  lua_call(L, 2, 1);
  if (lua_type(L, -1) == LUA_TNUMBER) { /* in double precision, unlike a tensor's */
    count_number(L, m, lua_tonumber(L, -1));
    return 0;
  }
  const rnn_tensor *t = read_result(L, "a number or a tensor");
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

static int64_t metric_state_size(const void *self, int64_t columns) {
  (void)self, (void)columns;
  return STATE_SIZE;
}

static rnn_status metric_update(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                                const float *y_true, const float *y_pred, const float *weights,
                                double *state) {
  metric_call call = {{self}, rows, columns, y_true, y_pred, weights, state};
  return trampoline(cx, call_metric, &call.record);
}

static double metric_result(const void *self, int64_t columns, const double *state) {
  (void)self, (void)columns;
  return state[WEIGHT] != 0 ? state[SUM] / state[WEIGHT] : 0;
}

/* ---- initializers and constraints ------------------------------------------------------------------------ */

typedef struct weight_call {
  record record;
  const rnn_shape *shape;
  float *numbers;
} weight_call;

static int call_initializer(lua_State *L) {
  const weight_call *w = open_call(L);
  rnn_lua_push_shape(L, w->shape->ndim, w->shape->dim);
  lua_pushliteral(L, "float32");
  lua_call(L, 2, 1);
  copy_result(L, w->shape, w->numbers);
  return 0;
}

static rnn_status initializer_fill(rnn_context *cx, const void *self, const rnn_shape *shape,
                                   uint64_t key, float *out) {
  (void)key; /* the function draws from rl.random */
  weight_call call = {{self}, shape, out};
  return trampoline(cx, call_initializer, &call.record);
}

static int call_constraint(lua_State *L) {
  const weight_call *w = open_call(L);
  push_numbers(L, w->shape->ndim, w->shape->dim, w->numbers);
  lua_call(L, 1, 1);
  copy_result(L, w->shape, w->numbers);
  return 0;
}

static rnn_status constraint_apply(rnn_context *cx, const void *self, const rnn_shape *shape, float *w) {
  weight_call call = {{self}, shape, w};
  return trampoline(cx, call_constraint, &call.record);
}

/* ---- learning rates ------------------------------------------------------------------------------------- */

typedef struct rate_call {
  record record;
  int64_t step;
  double rate;
} rate_call;

static int call_schedule(lua_State *L) {
  rate_call *r = open_call(L);
  lua_pushinteger(L, r->step);
  lua_call(L, 1, 1);
  r->rate = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : -1;
  if (!(r->rate >= 0)) luaL_error(L, "expected a number in [0, inf), got %s", rnn_lua_describe(L, -1));
  return 0;
}

static rnn_status schedule_rate(rnn_context *cx, const void *self, int64_t step, double *rate) {
  rate_call call = {{self}, step, 0};
  rnn_try(trampoline(cx, call_schedule, &call.record));
  *rate = call.rate;
  return RNN_OK;
}

/* ---- the types ------------------------------------------------------------------------------------------ */

#define FUNCTION(VTABLE, KIND, DOC)                                                                  \
  .type = {RNN_TYPE(VTABLE, KIND, "function"), .aliases = "fn", .doc = DOC,                          \
           .self_size = sizeof(callable), .check = start, .release = release}

static const rnn_metric_type metric = {
    FUNCTION(rnn_metric_type, RNN_METRIC, "the mean of what a Lua function of y_true and y_pred returns"),
    .target = RNN_TARGET_SAME,
    .state_size = metric_state_size,
    .update = metric_update,
    .result = metric_result};
static const rnn_initializer_type initializer = {
    FUNCTION(rnn_initializer_type, RNN_INITIALIZER, "what a Lua function of shape and dtype returns"),
    .fill = initializer_fill};
static const rnn_constraint_type constraint = {
    FUNCTION(rnn_constraint_type, RNN_CONSTRAINT, "what a Lua function of the weights returns"),
    .apply = constraint_apply};
static const rnn_schedule_type schedule = {
    FUNCTION(rnn_schedule_type, RNN_SCHEDULE, "what a Lua function of the step returns"),
    .rate = schedule_rate};

static const rnn_type *type_of_kind(rnn_kind kind) {
  switch (kind) {
    case RNN_METRIC: return &metric.type;
    case RNN_INITIALIZER: return &initializer.type;
    case RNN_CONSTRAINT: return &constraint.type;
    case RNN_SCHEDULE: return &schedule.type;
    default: return NULL;
  }
}

bool rnn_lua_push_callable(lua_State *L, int index, rnn_kind kind, const char *who,
                           const char *argument) {
  index = lua_absindex(L, index);
  const rnn_type *type = type_of_kind(kind);
  if (kind == RNN_ACTIVATION || kind == RNN_LOSS || kind == RNN_REGULARIZER)
    rnn_lua_error(L, "%s: argument '%s': a Lua function needs the gradients of a later version; give a name or an object",
                  who, argument);
  if (type == NULL) return false;
  rnn_component *component = rnn_lua_push_new_component(L, type);
  rnn_lua_check(L, rnn_component_finish(rnn_main_context(), component)); /* release is owed from here on */
  callable *self = component->self;
  snprintf(self->argument, sizeof self->argument, "%s", argument);
  lua_pushvalue(L, index);
  self->reference = luaL_ref(L, LUA_REGISTRYINDEX);
  return true;
}

bool rnn_lua_push_function(lua_State *L, const rnn_component *component) {
  if (component->type != type_of_kind(component->type->kind)) return false;
  lua_rawgeti(L, LUA_REGISTRYINDEX, ((const callable *)component->self)->reference);
  return true;
}

void rnn_open_callable(lua_State *L) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  main_state = lua_tothread(L, -1);
  lua_pop(L, 1);
}
