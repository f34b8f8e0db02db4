/*
** callable.c - plain Lua functions as components: the types "function" of each kind that a function can stand for.
** What they do is in script_*.c; here is how they are made and taken apart.
*/
#include "bind/callable.h"

#include <lauxlib.h>
#include <stdio.h>

#include "bind/component.h"
#include "bind/raise.h"
#include "bind/script.h"
#include "core/context.h"

#define FUNCTION(VTABLE, KIND, DOC)                                                                    \
  .type = {RNN_TYPE(VTABLE, KIND, "function"), .aliases = "fn", .doc = DOC,                            \
           .self_size = sizeof(rnn_script), .check = rnn_script_start, .release = rnn_script_release, \
           .data = &rnn_script_plain}

static const rnn_activation_type activation = {
    FUNCTION(rnn_activation_type, RNN_ACTIVATION, "what a Lua function of x returns"),
    .flags = RNN_READS_INPUT | RNN_MAIN_THREAD,
    .forward = rnn_script_activate,
    .backward = rnn_script_activate_backward};
static const rnn_loss_type loss = {
    FUNCTION(rnn_loss_type, RNN_LOSS, "what a Lua function of y_true and y_pred returns"),
    .target = RNN_TARGET_SAME,
    .compute = rnn_script_loss};
static const rnn_metric_type metric = {
    FUNCTION(rnn_metric_type, RNN_METRIC, "the mean of what a Lua function of y_true and y_pred returns"),
    .target = RNN_TARGET_SAME,
    .state_size = rnn_script_state_size,
    .update = rnn_script_update_metric,
    .result = rnn_script_result};
static const rnn_initializer_type initializer = {
    FUNCTION(rnn_initializer_type, RNN_INITIALIZER, "what a Lua function of shape and dtype returns"),
    .fill = rnn_script_fill};
static const rnn_regularizer_type regularizer = {
    FUNCTION(rnn_regularizer_type, RNN_REGULARIZER, "what a Lua function of the weights returns"),
    .apply = rnn_script_penalize};
static const rnn_constraint_type constraint = {
    FUNCTION(rnn_constraint_type, RNN_CONSTRAINT, "what a Lua function of the weights returns"),
    .apply = rnn_script_constrain};
static const rnn_schedule_type schedule = {
    FUNCTION(rnn_schedule_type, RNN_SCHEDULE, "what a Lua function of the step returns"),
    .rate = rnn_script_rate};

static const rnn_type *const types[RNN_KIND_COUNT] = {
    [RNN_ACTIVATION] = &activation.type,   [RNN_LOSS] = &loss.type,
    [RNN_METRIC] = &metric.type,           [RNN_INITIALIZER] = &initializer.type,
    [RNN_REGULARIZER] = &regularizer.type, [RNN_CONSTRAINT] = &constraint.type,
    [RNN_SCHEDULE] = &schedule.type};

bool rnn_lua_push_callable(lua_State *L, int index, rnn_kind kind, const char *argument) {
  index = lua_absindex(L, index);
  const rnn_type *type = types[kind];
  if (type == NULL) return false;
  rnn_component *component = rnn_lua_push_new_component(L, type);
  rnn_lua_check(L, rnn_component_finish(rnn_main_context(), component)); /* release is owed from here on */
  rnn_script *s = rnn_script_of(component->self);
  snprintf(s->given, sizeof s->given, "%.60s function", argument);
  s->who = s->given;
  lua_pushvalue(L, index);
  s->function = luaL_ref(L, LUA_REGISTRYINDEX);
  return true;
}

bool rnn_lua_push_function(lua_State *L, const rnn_component *component) {
  if (component->type != types[component->type->kind]) return false;
  rnn_script_push_call(L, rnn_script_of(component->self));
  return true;
}
