/* script.c - components whose functions are written in Lua: their life, and what their calls share */
#include "bind/script.h"

#include <string.h>

#include "bind/config.h"
#include "bind/trampoline.h"

const rnn_script_spec rnn_script_plain = {
    .slots = {LUA_NOREF, LUA_NOREF, LUA_NOREF, LUA_NOREF, LUA_NOREF, LUA_NOREF, LUA_NOREF,
              LUA_NOREF},
    .class = LUA_NOREF};

/* ---- helpers written in Lua -------------------------------------------------------------------------- */

static const char require_key; /* registry[&require_key]: require, as it was when rnnlua was opened */
static const char helpers_key; /* registry[&helpers_key]: the module rnnlua.script, once it is needed */

static void push_helpers(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &helpers_key) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &require_key);
  lua_pushliteral(L, "rnnlua.script");
  lua_call(L, 1, 1);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &helpers_key);
}

void rnn_script_push_helper(lua_State *L, const char *name) {
  push_helpers(L);
  lua_getfield(L, -1, name);
  lua_remove(L, -2);
}

void rnn_open_script(lua_State *L) {
  lua_getglobal(L, "require");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &require_key);
}

/* ---- life ----------------------------------------------------------------------------------------------- */

void rnn_script_new_object(lua_State *L, const rnn_component *component) {
  const rnn_type *type = component->type;
  rnn_script_push_helper(L, "object");
  lua_createtable(L, 0, type->arg_count);
  for (int i = 0; i < type->arg_count; i++) {
    if (type->args[i].type == RNN_ARG_RATE) continue; /* it may change; each update is told */
    rnn_lua_push_argument(L, component, i);
    lua_setfield(L, -2, type->args[i].name);
  }
  lua_rawgeti(L, LUA_REGISTRYINDEX, rnn_script_of(component->self)->spec->class);
  lua_call(L, 2, 1);
}

static int make_object(lua_State *L) {
  const rnn_component *component = lua_touserdata(L, 1);
  rnn_script *s = rnn_script_of(component->self);
  rnn_script_new_object(L, component);
  s->object = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

rnn_status rnn_script_start(rnn_context *cx, void *self) {
  const rnn_component *component = rnn_component_of(self);
  rnn_script *s = rnn_script_of(self);
  s->spec = component->type->data;
  s->function = s->object = LUA_NOREF;
  rnn_component_mark_script(self);
  if (s->spec == &rnn_script_plain) return RNN_OK;
  s->function = s->spec->slots[RNN_SCRIPT_CALL];
  s->who = s->spec->who;
  return rnn_lua_protect(cx, s->who, make_object, (void *)component);
}

void rnn_script_release(void *self) {
  rnn_script *s = rnn_script_of(self);
  rnn_lua_forget(s->object);
  if (s->spec == &rnn_script_plain) rnn_lua_forget(s->function);
}

/* ---- calls --------------------------------------------------------------------------------------------- */

rnn_status rnn_script_run(rnn_context *cx, lua_CFunction body, rnn_script_call *call) {
  return rnn_lua_protect(cx, call->script->who, body, call);
}

void rnn_script_push(lua_State *L, const rnn_script *s, rnn_script_slot slot) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, s->spec->slots[slot]);
}

void rnn_script_push_call(lua_State *L, const rnn_script *s) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, s->function);
}

void rnn_script_push_object(lua_State *L, const rnn_script *s) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, s->object); /* LUA_NOREF finds nil */
}
