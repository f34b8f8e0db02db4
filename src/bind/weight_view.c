/*
** weight_view.c - a weight as a tensor whose numbers are the layer's own.
**
** Such a view needs a reference to the block that the weight lies in, which something must give back.
** A finalizer of the view's own could not: where a script's object dies together with the view, Lua may
** finalize the view first and the script's finalizer then reads it. So a view keeps an anchor, a bare
** userdata, and the anchor keeps a holder, a table with a finalizer whose only key is the anchor, weakly.
** Lua takes that key away once nothing reaches the anchor, finalizers still to run included; only then
** does the holder give the block back. As long as it finds its key it waits for a later collection.
**
** lua_close finalizes everything but collects nothing, so there holders find their keys to the end.
** What they hold is given back by the finalizer of the table in which it is listed; that table is made
** before anything else with a finalizer, so its turn comes last.
*/
#include "bind/weight_view.h"

#include <stddef.h>

#include "bind/component.h"
#include "bind/open.h"
#include "bind/tape.h"
#include "bind/tensor.h"
#include "bind/variable.h"

static const char held_key;      /* registry[&held_key]: address of a holder -> the block it holds */
static const char metatable_key; /* registry[&metatable_key]: the metatable of holders */

/* ---- giving back ------------------------------------------------------------------------------------- */

/* takes the block on top of the stack from the list; nil is fine */
static void release_top(lua_State *L) {
  rnn_block_release(lua_touserdata(L, -1));
  lua_pop(L, 1);
}

/* the finalizer of a holder */
static int release_or_wait(lua_State *L) {
  lua_pushnil(L);
  if (lua_next(L, 1)) { /* the anchor is there */
    lua_getmetatable(L, 1);
    lua_setmetatable(L, 1); /* so that this is called again */
    return 0;
  }
  lua_rawgetp(L, LUA_REGISTRYINDEX, &held_key);
  lua_rawgetp(L, -1, lua_topointer(L, 1));
  release_top(L);
  lua_pushnil(L);
  lua_rawsetp(L, -2, lua_topointer(L, 1));
  return 0;
}

/* the finalizer of the list of what is held */
static int release_all(lua_State *L) {
  for (lua_pushnil(L); lua_next(L, 1);) release_top(L);
  return 0;
}

/* pushes a new table with this finalizer, to be a metatable */
static void push_finalizer(lua_State *L, lua_CFunction finalizer) {
  lua_createtable(L, 0, 2);
  lua_pushcfunction(L, finalizer);
  lua_setfield(L, -2, "__gc");
}

void rnn_lua_open_weight_views(lua_State *L) {
  lua_newtable(L);
  push_finalizer(L, release_all);
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &held_key);
  push_finalizer(L, release_or_wait);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &metatable_key);
}

/* ---- making ------------------------------------------------------------------------------------------ */

/* makes the table on top, with the anchor below it, a holder of the block */
static void hold(lua_State *L, rnn_block *block) {
  const void *holder = lua_topointer(L, -1);
  lua_pushvalue(L, -2);
  lua_pushboolean(L, 1);
  lua_rawset(L, -3);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &metatable_key);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &held_key);
  lua_rawgetp(L, -1, holder); /* nil, unless memory ran out when the last one at this address was finalized */
  lua_pushlightuserdata(L, block);
  lua_rawsetp(L, -3, holder); /* the last thing that can fail */
  rnn_block_retain(block);
  release_top(L);
  lua_pop(L, 1);
  lua_setmetatable(L, -2);
}

rnn_tensor rnn_lua_weight_tensor(const rnn_weight *weight) {
  rnn_tensor t;
  rnn_tensor_describe(&t, RNN_FLOAT32, weight->shape.ndim, weight->shape.dim,
                      rnn_weight_data(weight));
  return t;
}

/* table on top[field] = the component, unless it is NULL */
static void set_component(lua_State *L, const char *field, const rnn_component *component) {
  if (component == NULL) return;
  rnn_lua_push_component(L, component);
  lua_setfield(L, -2, field);
}

void rnn_lua_push_weight(lua_State *L, const rnn_weight *weight) {
  const rnn_component *constraint = weight->constraint; /* its layer's component keeps them */
  const rnn_component *regularizer = weight->regularizer;
  rnn_tensor *view = lua_newuserdatauv(L, sizeof *view, RNN_VARIABLE_VALUES);
  lua_newuserdatauv(L, 0, 1); /* the anchor */
  lua_createtable(L, 0, 1);   /* the holder; what follows runs no finalizers: the weight stays in its block */
  hold(L, weight->block);
  lua_setiuservalue(L, -2, 1);
  lua_setiuservalue(L, -2, 1);
  *view = rnn_lua_weight_tensor(weight);
  if (!weight->fixed) view->watch = RNN_WATCHED_VARIABLE;
  rnn_lua_push_metatable(L);
  lua_setmetatable(L, -2);
  if (!constraint && !regularizer && view->watch == RNN_WATCHED_VARIABLE) return; /* a variable, nothing to say of it */
  lua_createtable(L, 0, 2);
  set_component(L, "constraint", constraint);
  set_component(L, "regularizer", regularizer);
  lua_setiuservalue(L, -2, RNN_VARIABLE_INFO);
}
