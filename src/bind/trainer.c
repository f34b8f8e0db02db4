/*
** trainer.c - the trainer as a Lua object: core.trainer(network, { optimizer =, losses =, … })
**
** fit is written in Lua; what runs between two moments that a script can watch is one call here.
*/
#include "bind/trainer.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/class.h"
#include "bind/component.h"
#include "bind/network.h"
#include "bind/open.h"
#include "bind/raise.h"
#include "bind/tape.h"
#include "bind/take_arrays.h"
#include "bind/tensor.h"
#include "core/alloc.h"
#include "core/component.h"
#include "core/context.h"
#include "model/trainer.h"

#define TRAINER "rnnlua.trainer"
#define MAX_LOGS 256

enum { NETWORK_VALUE = 1, DATA_VALUE, USER_VALUES = DATA_VALUE };

/* The trainer at 1, whose network must be alive too: a finalizer can make a trainer for a network that is
** finalized next. A metric, constraint or learning rate that is a Lua function is called in the middle of a
** batch, and must leave the trainer alone. */
rnn_trainer *rnn_lua_check_trainer(lua_State *L) {
  rnn_trainer *t = luaL_checkudata(L, 1, TRAINER);
  rnn_lua_check_alive(L, t->graph, "model");
  if (t->is_running)
    rnn_lua_error(L, "model: a batch is under way; a function called by it cannot train or judge by the same trainer");
  lua_getiuservalue(L, 1, NETWORK_VALUE);
  rnn_lua_check_network(L, -1);
  lua_pop(L, 1);
  return t;
}

static int collect(lua_State *L) {
  rnn_trainer_clear(luaL_checkudata(L, 1, TRAINER));
  return 0;
}

/* ---- making ------------------------------------------------------------------------------------------ */

/* the component on top, which it pops; a reference is taken */
static const rnn_component *take_component(lua_State *L, const char *what) {
  const rnn_component *c = rnn_lua_test_component(L, -1);
  if (c == NULL) rnn_lua_error(L, "compile: %s expected, got %s", what, luaL_typename(L, -1));
  rnn_component_retain(c);
  lua_pop(L, 1);
  return c;
}

/* The index-th entry of spec[field]; its type. Pushes one value. */
static int push_entry(lua_State *L, const char *field, int index) {
  int type = LUA_TNIL;
  if (lua_getfield(L, 2, field) == LUA_TTABLE) type = lua_geti(L, -1, index);
  else lua_pushnil(L);
  lua_remove(L, -2);
  return type;
}

static int entry_count(lua_State *L, const char *field, int index) {
  int count = push_entry(L, field, index) == LUA_TTABLE ? (int)luaL_len(L, -1) : 0;
  lua_pop(L, 1);
  return count;
}

static void add_meters(lua_State *L, rnn_goal *goal, const char *field, int output, bool weighted) {
  int count = entry_count(L, field, output);
  push_entry(L, field, output);
  for (int i = 1; i <= count; i++) {
    lua_geti(L, -1, i);
    const rnn_component *c = take_component(L, "a metric or loss");
    goal->meters[goal->meter_count++] = (rnn_meter){.component = c, .weighted = weighted};
  }
  lua_pop(L, 1);
}

/* Fills goals from spec.losses, .loss_weights, .metrics and .weighted_metrics. They are the trainer's from
** the start, so that an error on the way leaks nothing. */
static void fill_goals(lua_State *L, rnn_objective *objective, int outputs) {
  objective->goal_count = outputs;
  for (int o = 0; o < outputs; o++) {
    rnn_goal *goal = &objective->goals[o];
    int meters = entry_count(L, "metrics", o + 1) + entry_count(L, "weighted_metrics", o + 1);
    goal->meters = rnn_malloc(sizeof *goal->meters * (size_t)(meters + 1));
    if (goal->meters == NULL) luaL_error(L, "not enough memory");
    push_entry(L, "loss_weights", o + 1);
    goal->loss_weight = luaL_optnumber(L, -1, 1);
    lua_pop(L, 1);
    push_entry(L, "losses", o + 1);
    if (lua_toboolean(L, -1)) goal->loss = take_component(L, "a loss");
    else lua_pop(L, 1);
    add_meters(L, goal, "metrics", o + 1, false);
    add_meters(L, goal, "weighted_metrics", o + 1, true);
  }
  if (rnn_objective_log_count(objective) > MAX_LOGS)
    rnn_lua_error(L, "compile: at most %d metrics", MAX_LOGS - outputs - 1);
}

/* core.trainer(network, { optimizer =, losses =, loss_weights =, metrics =, weighted_metrics = }) */
static int new_trainer(lua_State *L) {
  rnn_graph *graph = rnn_lua_check_network(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  rnn_trainer *t = lua_newuserdatauv(L, sizeof *t, USER_VALUES);
  *t = (rnn_trainer){0};
  luaL_setmetatable(L, TRAINER);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, NETWORK_VALUE);
  fill_goals(L, &t->objective, graph->output_count);
  lua_getfield(L, 2, "optimizer");
  const rnn_component *optimizer = rnn_lua_test_component(L, -1);
  if (optimizer == NULL || optimizer->type->kind != RNN_OPTIMIZER)
    rnn_lua_error(L, "compile: an optimizer expected, got %s", luaL_typename(L, -1));
  lua_pop(L, 1);
  rnn_objective objective = t->objective;
  rnn_lua_check(L, rnn_trainer_make(rnn_main_context(), t, graph, optimizer, &objective));
  return 1;
}

/* ---- passes -------------------------------------------------------------------------------------------- */

/* the arrays of a field of the table at 2, kept in the table at 3; none where the field is nil */
static int take_field(lua_State *L, const char *field, int place, rnn_array *arrays) {
  int count = 0;
  if (lua_getfield(L, 2, field) != LUA_TNIL) {
    count = rnn_lua_take_arrays(L, field, 4, arrays);
    lua_rawseti(L, 3, place);
  }
  lua_settop(L, 3);
  return count;
}

/* trainer:bind{ x = {…}, y = {…}, weights = {tensor or false, …}, lengths = {tensor or false, …}, batch_size = n } */
static int bind(lua_State *L) {
  rnn_trainer *t = rnn_lua_check_trainer(L);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  rnn_data data = {0};
  lua_createtable(L, 4, 0); /* slot 3: keeps the arrays alive */
  data.x_count = take_field(L, "x", 1, data.x);
  data.y_count = take_field(L, "y", 2, data.y);
  take_field(L, "weights", 3, data.weights);
  take_field(L, "lengths", 4, data.lengths);
  lua_getfield(L, 2, "batch_size");
  lua_Integer batch_size = luaL_checkinteger(L, -1);
  if (batch_size < 1) rnn_lua_error(L, "fit: argument 'batch_size' must be in [1, inf), got %I", batch_size);
  rnn_lua_check(L, rnn_trainer_bind(rnn_main_context(), t, &data, batch_size));
  lua_settop(L, 3);
  lua_setiuservalue(L, 1, DATA_VALUE);
  return 0;
}

/* trainer:release(): lets go of the data bound, so that a model does not keep it in memory */
static int release(lua_State *L) {
  rnn_trainer_release(rnn_lua_check_trainer(L));
  lua_pushnil(L);
  lua_setiuservalue(L, 1, DATA_VALUE);
  return 0;
}

/* Weights are about to change: a tape that records must not have it, tapes that have seen them are spoiled. */
void rnn_lua_before_training(lua_State *L, const rnn_trainer *t) {
  rnn_tape_refuse(L, "fit");
  for (int i = 0; i < t->variables.count; i++) {
    const rnn_variable *item = &t->variables.items[i];
    rnn_tensor weight;
    rnn_tensor_describe(&weight, RNN_FLOAT32, item->shape.ndim, item->shape.dim, item->weights);
    rnn_tape_before_write(L, "fit", &weight, 0);
  }
}

/* trainer:start(mode, shuffle, keep_metrics): begins a pass, mode "train" or "test" */
static int start(lua_State *L) {
  static const char *const modes[] = {"test", "train", NULL};
  rnn_trainer *t = rnn_lua_check_trainer(L);
  bool training = luaL_checkoption(L, 2, NULL, modes), shuffle = lua_toboolean(L, 3);
  rnn_lua_check(L, rnn_trainer_start(rnn_main_context(), t, training, shuffle, lua_toboolean(L, 4)));
  return 0;
}

/* trainer:run(n): at most n batches; returns how many were run, fewer only at the pass's end */
static int run(lua_State *L) {
  rnn_trainer *t = rnn_lua_check_trainer(L);
  int64_t done;
  if (t->is_training) rnn_lua_before_training(L, t);
  rnn_lua_check(L, rnn_trainer_run(rnn_main_context(), t, luaL_checkinteger(L, 2), &done));
  lua_pushinteger(L, done);
  return 1;
}

/* trainer:logs(): the running means of this pass */
static int logs(lua_State *L) {
  rnn_trainer *t = rnn_lua_check_trainer(L);
  double values[MAX_LOGS];
  int count = rnn_objective_log_count(&t->objective);
  rnn_objective_logs(&t->objective, t->columns, values);
  luaL_checkstack(L, count, NULL);
  for (int i = 0; i < count; i++) lua_pushnumber(L, values[i]);
  return count;
}

/* trainer:step(who, x, y): trains on x and y as one batch where nothing is left to be checked, for they are plain and of
** the shapes that were bound last; whether that was so */
static int step(lua_State *L) {
  rnn_trainer *t = rnn_lua_check_trainer(L);
  const char *who = luaL_checkstring(L, 2);
  const rnn_tensor *x = rnn_lua_plain_data(L, 3, who, "x"), *y = x ? rnn_lua_plain_data(L, 4, who, "y") : NULL;
  if (y == NULL) return 0;
  rnn_array xs = {rnn_tensor_shape(x), x->data}, ys = {rnn_tensor_shape(y), y->data};
  if (!rnn_trainer_knows(t, &xs.shape, &ys.shape)) return 0;
  rnn_lua_before_training(L, t);
  rnn_lua_check(L, rnn_trainer_step(rnn_main_context(), t, &xs, &ys));
  lua_pushboolean(L, true);
  return 1;
}

/* trainer:look_out(): the next loss of a training that is not finite is looked into, for trainer:trouble() to tell */
static int look_out(lua_State *L) {
  rnn_trainer_look_out(rnn_lua_check_trainer(L));
  return 0;
}

/* trainer:trouble(): where a loss that was not finite came from, and in which step; once. nil: there was none */
static int trouble(lua_State *L) {
  rnn_trainer *t = rnn_lua_check_trainer(L);
  if (t->trouble == NULL) return 0;
  lua_pushstring(L, t->trouble);
  lua_pushinteger(L, t->trouble_step);
  rnn_free(t->trouble);
  t->trouble = NULL;
  return 2;
}

/* core.list(n): an empty table with room for n entries, for epochs to write to */
static int list(lua_State *L) {
  lua_Integer n = luaL_checkinteger(L, 1);
  lua_createtable(L, n > 0 && n < (1 << 26) ? (int)n : 0, 0);
  return 1;
}

/* lists[j][at] = the j-th log; lists is at slot 4 */
static void write_logs(lua_State *L, const rnn_trainer *t, lua_Integer at) {
  double values[MAX_LOGS];
  int count = rnn_objective_log_count(&t->objective);
  rnn_objective_logs(&t->objective, t->columns, values);
  for (int i = 0; i < count; i++) {
    lua_rawgeti(L, 4, i + 1);
    lua_pushnumber(L, values[i]);
    lua_rawseti(L, -2, at);
    lua_pop(L, 1);
  }
}

/* trainer:epochs(n, shuffle, lists, first): n passes of training that nobody watches. Writes the j-th log of
** the i-th of them to lists[j][first + i - 1]; returns how many were done and whether Ctrl-C cut it short. Ends early, too,
** where there is trouble to be told of. */
static int epochs(lua_State *L) {
  rnn_trainer *t = rnn_lua_check_trainer(L);
  lua_Integer n = luaL_checkinteger(L, 2), first = luaL_checkinteger(L, 5), done = 0;
  bool cut = false;
  rnn_context *cx = rnn_main_context();
  luaL_checktype(L, 4, LUA_TTABLE);
  rnn_lua_before_training(L, t);
  for (int64_t batches; done < n && t->trouble == NULL; done++) {
    rnn_status status = rnn_trainer_start(cx, t, true, lua_toboolean(L, 3), false);
    if (status == RNN_OK) status = rnn_trainer_run(cx, t, INT64_MAX, &batches);
    cut = status == RNN_INTERRUPTED;
    if (cut) break;
    rnn_lua_check(L, status);
    write_logs(L, t, first + done);
  }
  if (cut) rnn_set_interrupted(false);
  lua_pushinteger(L, done);
  lua_pushboolean(L, cut);
  return 2;
}

/* trainer:reset(): forgets the running means */
static int reset(lua_State *L) {
  rnn_objective_reset(&rnn_lua_check_trainer(L)->objective);
  return 0;
}

static const luaL_Reg methods[] = {{"bind", bind},
                                   {"release", release},
                                   {"start", start},
                                   {"run", run},
                                   {"step", step},
                                   {"epochs", epochs},
                                   {"logs", logs},
                                   {"reset", reset},
                                   {"look_out", look_out},
                                   {"trouble", trouble},
                                   {"iterations", rnn_trainer_iterations},
                                   {"average", rnn_trainer_average},
                                   {"memory", rnn_trainer_memory},
                                   {"state", rnn_trainer_state},
                                   {"set_state", rnn_trainer_set_state},
                                   {NULL, NULL}};
static const luaL_Reg metamethods[] = {{"__gc", collect}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"trainer", new_trainer}, {"list", list}, {NULL, NULL}};

void rnn_open_trainer(lua_State *L) {
  rnn_lua_new_class(L, TRAINER, "trainer", metamethods, methods);
  luaL_setfuncs(L, functions, 0);
}
