/*
** optimizer.c - optimizers as scripts use them by themselves: optimizer:apply_gradients(grads, variables).
**
** The step is that of a trainer (model/update.c). Slots and the number of steps are kept with the optimizer's object,
** for the variables that it was built for. What scripts call is in lua/rnnlua/gradients/apply.lua, which checks and sorts
** out its arguments and then calls the two functions here.
*/
#include "bind/optimizer.h"

#include <math.h>
#include <string.h>

#include "bind/class.h"
#include "bind/component.h"
#include "bind/hooks.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tape.h"
#include "bind/tensor.h"
#include "bind/variable.h"
#include "core/alloc.h"
#include "core/common.h"
#include "model/variables.h"

#define STATE "rnnlua.optimizer_state"

/* User value 1 is the list of the variables: it keeps their numbers where they are, and their constraints. */
typedef struct state {
  rnn_variables variables;
  rnn_variable *chosen; /* room for those of one step */
  bool is_running;
} state;

static int collect(lua_State *L) {
  state *s = luaL_checkudata(L, 1, STATE);
  rnn_variables_clear(&s->variables);
  rnn_free(s->chosen);
  s->chosen = NULL;
  return 0;
}

/* the optimizer at 1 */
static const rnn_component *check_optimizer(lua_State *L) {
  const rnn_component *c = rnn_lua_test_component(L, 1);
  if (c == NULL || c->type->kind != RNN_OPTIMIZER)
    rnn_lua_error(L, "an optimizer expected, got %s", rnn_lua_describe(L, 1));
  return c;
}

/* Pushes the state of the optimizer at index; NULL, and nil: it has none. */
static state *push_state(lua_State *L, int index) {
  return lua_getiuservalue(L, index, RNN_OPTIMIZER_STATE) == LUA_TUSERDATA ? lua_touserdata(L, -1) : NULL;
}

void rnn_lua_push_iterations(lua_State *L, int index) {
  state *s = push_state(L, index);
  lua_pop(L, 1);
  lua_pushinteger(L, s ? rnn_variables_steps(&s->variables) : 0);
}

/* ---- building ----------------------------------------------------------------------------------------- */

/* The i-th entry of the list at index, a variable that can be updated; pushes it. */
static const rnn_tensor *push_variable(lua_State *L, const rnn_component *optimizer, int index, lua_Integer i) {
  const char *name = optimizer->type->name;
  lua_geti(L, index, i);
  const rnn_tensor *t = rnn_lua_test_tensor(L, -1);
  if (!rnn_lua_is_variable(L, lua_gettop(L)))
    rnn_lua_error(L, "%s: variable %I must be a variable, as a layer's weights or rl.Variable gives, got %s", name,
                  (LUAI_UACINT)i, rnn_lua_describe(L, lua_gettop(L)));
  if (t->dtype != RNN_FLOAT32)
    rnn_lua_error(L, "%s: variable %I must be of float32, got %s", name, (LUAI_UACINT)i, rnn_dtype_name(t->dtype));
  return t;
}

/* the constraint of the variable on top, kept alive by the variable; or NULL */
static const rnn_component *constraint_of(lua_State *L) {
  const rnn_component *constraint = NULL;
  if (!rnn_lua_push_variable_info(L, lua_gettop(L))) return NULL;
  if (lua_getfield(L, -1, "constraint") != LUA_TNIL) constraint = rnn_lua_test_component(L, -1);
  lua_pop(L, 2);
  return constraint;
}

static rnn_variable describe(lua_State *L, const rnn_tensor *t) {
  rnn_variable item = {.shape = {.ndim = t->ndim}, .size = rnn_tensor_size(t), .weights = t->data};
  memcpy(item.shape.dim, t->shape, sizeof *t->shape * (size_t)t->ndim);
  item.constraint = constraint_of(L);
  return item;
}

/* core.optimizer_build(optimizer, variables): makes the slots for these variables, if that has not been done */
static int build(lua_State *L) {
  const rnn_component *optimizer = check_optimizer(L);
  rnn_context *cx = rnn_main_context();
  lua_settop(L, 2);
  if (push_state(L, 1)) return 0;
  int count = (int)luaL_len(L, 2);
  rnn_variable *items = lua_newuserdatauv(L, sizeof *items * (size_t)(count + 1), 0);
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    items[i] = describe(L, push_variable(L, optimizer, 2, i + 1));
    lua_rawseti(L, 5, i + 1);
  }
  state *s = lua_newuserdatauv(L, sizeof *s, 1);
  *s = (state){0};
  luaL_setmetatable(L, STATE);
  lua_pushvalue(L, 5);
  lua_setiuservalue(L, -2, 1);
  s->chosen = rnn_malloc(sizeof *s->chosen * (size_t)(count + 1));
  if (s->chosen == NULL) rnn_lua_error(L, "not enough memory");
  rnn_lua_check(L, rnn_variables_make_of(cx, &s->variables, count, items, optimizer));
  rnn_lua_check(L, rnn_variables_start(cx, &s->variables));
  lua_setiuservalue(L, 1, RNN_OPTIMIZER_STATE);
  return 0;
}

/* ---- a step --------------------------------------------------------------------------------------------- */

/* The number of a variable among those that the optimizer was built for; raises if it is not one of them. */
static int find(lua_State *L, const rnn_component *optimizer, const rnn_variables *v, const rnn_tensor *t, lua_Integer i) {
  char text[RNN_SHAPE_TEXT];
  for (int k = 0; k < v->count; k++)
    if (v->items[k].weights == t->data && v->items[k].size == rnn_tensor_size(t)) return k;
  return rnn_lua_error(L,
                       "%s: variable %I, of shape %s, was not among those of the first call; make a new optimizer, or call "
                       "optimizer:build(variables) with all of them first",
                       optimizer->type->name, (LUAI_UACINT)i, rnn_shape_text(text, t->ndim, t->shape));
}

/* Copies the gradients at 2 to their places and marks in `given` which variables at 3 have one. */
static void take_gradients(lua_State *L, const rnn_component *optimizer, const rnn_variables *v, bool *given) {
  lua_Integer count = luaL_len(L, 3);
  for (lua_Integer i = 1; i <= count; i++, lua_settop(L, 5)) {
    char expected[RNN_SHAPE_TEXT], got[RNN_SHAPE_TEXT];
    const rnn_tensor *t = push_variable(L, optimizer, 3, i);
    const rnn_variable *item = &v->items[find(L, optimizer, v, t, i)];
    lua_geti(L, 2, i);
    const rnn_tensor *g = rnn_lua_check_tensor(L, "apply_gradients", -1);
    if (given[item - v->items])
      rnn_lua_error(L, "%s: variable %I is given twice", optimizer->type->name, (LUAI_UACINT)i);
    if (!rnn_tensor_same_shape(t, g))
      rnn_lua_error(L, "%s: gradient %I must have the variable's shape, %s, got %s", optimizer->type->name,
                    (LUAI_UACINT)i, rnn_shape_text(expected, t->ndim, t->shape), rnn_shape_text(got, g->ndim, g->shape));
    rnn_tensor to;
    rnn_tensor_describe(&to, RNN_FLOAT32, t->ndim, t->shape, v->gradients + item->offset);
    rnn_lua_copy(L, &to, g);
    given[item - v->items] = true;
    rnn_tape_before_write(L, "apply_gradients", t, 0);
  }
}

/* divides the gradients by loss_scale_factor: they are of a loss that scale_loss multiplied by it */
static void unscale(rnn_variables *v) {
  double factor = rnn_optimizer_extras_of(v->optimizer)->loss_scale_factor;
  if (isnan(factor)) return;
  for (int64_t i = 0; i < v->total; i++) v->gradients[i] /= (float)factor;
}

/* One step over those that have a gradient. They stand in for all of them meanwhile. */
static rnn_status step(rnn_context *cx, state *s, const bool *given) {
  rnn_variables *v = &s->variables;
  rnn_variable *items = v->items;
  int count = v->count, chosen = 0;
  for (int i = 0; i < count; i++)
    if (given[i]) s->chosen[chosen++] = items[i];
  v->all = items;
  v->all_count = count;
  v->items = s->chosen;
  v->count = chosen;
  s->is_running = true; /* it may call a script's functions */
  rnn_status status = rnn_variables_update(cx, v);
  s->is_running = false;
  v->items = items;
  v->count = count;
  v->all = NULL;
  return status;
}

/* core.optimizer_apply(optimizer, gradients, variables): one step; both lists have no holes */
static int apply(lua_State *L) {
  const rnn_component *optimizer = check_optimizer(L);
  lua_settop(L, 3);
  rnn_tape_refuse(L, "apply_gradients");
  state *s = push_state(L, 1);
  if (s == NULL) return rnn_lua_error(L, "%s: not built yet", optimizer->type->name);
  if (s->is_running)
    return rnn_lua_error(L, "%s: a step is under way; a function called by it cannot make another", optimizer->type->name);
  size_t room = sizeof(bool) * (size_t)(s->variables.count + 1);
  bool *given = memset(lua_newuserdatauv(L, room, 0), 0, room);
  rnn_variables_zero(&s->variables);
  take_gradients(L, optimizer, &s->variables, given);
  unscale(&s->variables);
  rnn_lua_check(L, step(rnn_main_context(), s, given));
  return 0;
}

/* ---- methods ---------------------------------------------------------------------------------------------- */

static int call_hook(lua_State *L, const char *name) {
  check_optimizer(L);
  if (!rnn_lua_push_hook(L, name)) return rnn_lua_error(L, "%s: require \"rnnlua\" first", name);
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, 0);
  return 0;
}

/* optimizer:apply_gradients(grads, variables) */
static int apply_gradients(lua_State *L) { return call_hook(L, "apply_gradients"); }
/* optimizer:build(variables) */
static int build_for(lua_State *L) { return call_hook(L, "build_optimizer"); }

/* optimizer:scale_loss(loss): a number or tensor times loss_scale_factor, if there is one */
static int scale_loss(lua_State *L) {
  double factor = rnn_optimizer_extras_of(check_optimizer(L))->loss_scale_factor;
  lua_settop(L, 2);
  if (!lua_isnumber(L, 2) && rnn_lua_test_tensor(L, 2) == NULL)
    return rnn_lua_error(L, "scale_loss: a number or a tensor expected, got %s", rnn_lua_describe(L, 2));
  if (isnan(factor)) return 1;
  lua_pushnumber(L, factor);
  lua_arith(L, LUA_OPMUL);
  return 1;
}

/* optimizer:finalize_variable_values(): with use_ema, the variables of apply_gradients become their moving averages */
static int finalize(lua_State *L) {
  check_optimizer(L);
  state *s = push_state(L, 1);
  if (s == NULL || s->variables.average_slot < 0) return 0;
  for (int i = 0; i < s->variables.count; i++) {
    const rnn_variable *item = &s->variables.items[i];
    rnn_tensor weight;
    rnn_tensor_describe(&weight, RNN_FLOAT32, item->shape.ndim, item->shape.dim, item->weights);
    rnn_tape_before_write(L, "finalize_variable_values", &weight, 0);
  }
  rnn_variables_average(&s->variables, RNN_TAKE_AVERAGE);
  return 0;
}

const luaL_Reg rnn_lua_optimizer_methods[] = {{"apply_gradients", apply_gradients},
                                              {"build", build_for},
                                              {"scale_loss", scale_loss},
                                              {"finalize_variable_values", finalize},
                                              {NULL, NULL}};

static const luaL_Reg metamethods[] = {{"__gc", collect}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"optimizer_build", build}, {"optimizer_apply", apply}, {NULL, NULL}};

void rnn_open_optimizer(lua_State *L) {
  rnn_lua_new_class(L, STATE, "optimizer state", metamethods, NULL);
  luaL_setfuncs(L, functions, 0);
}
