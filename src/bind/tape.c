/* tape.c - recording what is computed with tensors, for gradients */
#include "bind/tape.h"

#include <string.h>

#include "bind/class.h"
#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tape_memory.h"
#include "bind/tensor.h"

#define TAPE "rnnlua.tape"
#define MAX_DEPTH 8 /* of tables among arguments that are kept */

rnn_tape *rnn_recording;
static bool keeps; /* the function that runs has a watched argument */

static const char recording_key; /* registry[&recording_key]: the userdata of rnn_recording, or nil */

bool rnn_tape_watches(const rnn_tensor *t) {
  return rnn_recording && (t->watch == RNN_WATCHED_VARIABLE || t->watch == rnn_recording->number);
}

bool rnn_tape_keeps(void) { return rnn_recording && keeps; }

void rnn_tape_push_scalar(lua_State *L, const rnn_tensor *t) {
  if (!rnn_tape_keeps() || t->dtype < RNN_FLOAT32) rnn_lua_push_element(L, t);
}

/* ---- leaving a record ---------------------------------------------------------------------------------- */

static void see(lua_State *L, const rnn_tensor *t) {
  rnn_lua_check(L, rnn_tape_see(rnn_main_context(), rnn_recording, t));
}

/* whether the value on top is a table that is no object */
static bool is_plain_table(lua_State *L) {
  if (!lua_istable(L, -1)) return false;
  bool object = lua_getmetatable(L, -1);
  if (object) lua_pop(L, 1);
  return !object;
}

void rnn_tape_note(lua_State *L, const rnn_tensor *t) {
  if (rnn_recording) see(L, t);
}

/* Replaces the tables in the table at index by copies, for a script may change them later. */
static void copy_tables(lua_State *L, int index, int depth) {
  luaL_checkstack(L, 6, NULL);
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    const rnn_tensor *t = rnn_lua_test_tensor(L, -1);
    if (t) see(L, t);
    if (depth == MAX_DEPTH || !is_plain_table(L)) continue;
    lua_newtable(L);
    int copy = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, copy - 1); lua_pop(L, 1)) {
      lua_pushvalue(L, -2);
      lua_pushvalue(L, -2);
      lua_rawset(L, copy);
    }
    copy_tables(L, copy, depth + 1);
    lua_pushvalue(L, copy - 2); /* an entry that is there may be assigned to while lua_next walks */
    lua_insert(L, -2);
    lua_rawset(L, index);
  }
}

/* Marks the results in the table at index as watched; memory may not run out any more. */
static void watch_results(lua_State *L, int index) {
  lua_Integer count = (lua_Integer)lua_rawlen(L, index);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, index, i);
    rnn_tensor *t = rnn_lua_test_tensor(L, -1);
    if (t && t->dtype >= RNN_FLOAT32 && t->watch != RNN_WATCHED_VARIABLE) t->watch = rnn_recording->number;
    lua_pop(L, 1);
  }
}

void rnn_tape_record(lua_State *L, const char *rule) {
  int results = lua_gettop(L), arguments = results - 1;
  copy_tables(L, arguments, 0);
  copy_tables(L, results, MAX_DEPTH);
  lua_createtable(L, 3, 0);
  lua_pushstring(L, rule);
  lua_rawseti(L, -2, 1);
  lua_pushvalue(L, arguments);
  lua_rawseti(L, -2, 2);
  lua_pushvalue(L, results);
  lua_rawseti(L, -2, 3);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &recording_key);
  lua_getiuservalue(L, -1, 1);
  lua_pushvalue(L, -3);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  watch_results(L, results);
  lua_settop(L, arguments - 1);
}

/* ---- functions that record ------------------------------------------------------------------------------ */

/* Whether the value at index is watched, or one in the table there. */
static bool is_watched(lua_State *L, int index, int depth) {
  int type = lua_type(L, index);
  const rnn_tensor *t = type == LUA_TUSERDATA ? rnn_lua_test_tensor(L, index) : NULL;
  if (t) return rnn_tape_watches(t);
  if (type != LUA_TTABLE || depth == MAX_DEPTH) return false;
  luaL_checkstack(L, 6, NULL);
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
    if (is_watched(L, lua_gettop(L), depth + 1)) return lua_pop(L, 2), true;
  return false;
}

static bool any_watched(lua_State *L) {
  if (rnn_tape_entry(L)->name[0] == '_' && lua_type(L, 2) == LUA_TSTRING) return false; /* t.shape, t.sum */
  for (int i = lua_gettop(L); i > 0; i--)
    if (is_watched(L, i, 0)) return true;
  return false;
}

/* Pushes a table of the results at `first` and above that are to be recorded, and those in a table there.
** false, and nothing is pushed: none is. What was recorded on the way, and a variable given back, is not. */
static bool push_results(lua_State *L, int first) {
  int top = lua_gettop(L);
  lua_Integer n = 0;
  bool any = false;
  bool list = lua_istable(L, first);
  lua_Integer count = list ? (lua_Integer)lua_rawlen(L, first) : top - first + 1;
  lua_newtable(L);
  for (lua_Integer i = 0; i < count; i++) {
    if (list) lua_rawgeti(L, first, i + 1);
    else lua_pushvalue(L, first + (int)i);
    const rnn_tensor *t = rnn_lua_test_tensor(L, -1);
    any = any || (t && t->dtype >= RNN_FLOAT32 && !rnn_tape_watches(t));
    lua_rawseti(L, -2, ++n);
  }
  if (!any) lua_pop(L, 1);
  return any;
}

/* pushes the function behind the running closure, with its upvalues */
static void push_function(lua_State *L) {
  int count = 0;
  for (; lua_type(L, lua_upvalueindex(count + 1)) != LUA_TNONE; count++)
    lua_pushvalue(L, lua_upvalueindex(count + 1));
  lua_pushcclosure(L, rnn_tape_entry(L)->func, count);
}

/* Calls the function behind the running closure and records that. */
static int record(lua_State *L) {
  int count = lua_gettop(L);
  bool before = keeps;
  lua_createtable(L, count, 1);
  for (int i = 1; i <= count; i++) {
    lua_pushvalue(L, i);
    lua_rawseti(L, -2, i);
  }
  lua_pushinteger(L, count);
  lua_setfield(L, -2, "n");
  lua_insert(L, 1);
  push_function(L);
  lua_insert(L, 2);
  keeps = true;
  lua_call(L, count, LUA_MULTRET);
  keeps = before;
  luaL_checkstack(L, 10, NULL);
  if (push_results(L, 2)) {
    lua_pushvalue(L, 1);
    lua_insert(L, -2);
    rnn_tape_record(L, rnn_tape_entry(L)->name);
  }
  return lua_gettop(L) - 1;
}

static int dispatch(lua_State *L) {
  if (rnn_recording == NULL) return rnn_tape_entry(L)->func(L);
  luaL_checkstack(L, 10, NULL);
  if (any_watched(L)) return record(L);
  bool before = keeps;
  keeps = false;
  int count = rnn_tape_entry(L)->func(L);
  keeps = before;
  return count;
}

void rnn_lua_push_recorded(lua_State *L, const luaL_Reg *entry, int upvalues) {
  rnn_lua_push_metatable(L);
  lua_pushlightuserdata(L, (void *)entry);
  lua_rotate(L, -2 - upvalues, 2);
  lua_pushcclosure(L, dispatch, 2 + upvalues);
}

/* ---- changes in place ------------------------------------------------------------------------------------- */

void rnn_tape_before_write(lua_State *L, const char *function, const rnn_tensor *t, int value) {
  if (rnn_recording && rnn_tape_has_seen(rnn_recording, t))
    rnn_lua_error(L, "%s: a tape that records has seen this tensor, so it cannot be changed in place", function);
  if (rnn_recording && value && is_watched(L, value, 0))
    rnn_lua_error(L, "%s: gradients do not go through changes in place; make a new tensor, or write rl.stop_gradient(value)",
                  function);
  rnn_tape_spoil(t);
}

void rnn_tape_refuse(lua_State *L, const char *function) {
  if (rnn_recording) rnn_lua_error(L, "%s: cannot be called while a tape records", function);
}

/* ---- tapes as Lua objects ----------------------------------------------------------------------------------- */

static rnn_tape *check_tape(lua_State *L, int index) { return luaL_checkudata(L, index, TAPE); }

static int collect(lua_State *L) {
  rnn_tape *tape = check_tape(L, 1);
  if (rnn_recording == tape) rnn_recording = NULL;
  rnn_tape_unlist(tape);
  return 0;
}

/* core.tape(): a new one, with an empty list of records */
static int new_tape(lua_State *L) {
  rnn_tape *tape = lua_newuserdatauv(L, sizeof *tape, 1);
  *tape = (rnn_tape){0};
  luaL_setmetatable(L, TAPE);
  rnn_tape_list(tape);
  lua_newtable(L);
  lua_setiuservalue(L, -2, 1);
  return 1;
}

static void set_recording(lua_State *L, rnn_tape *tape, int index) {
  lua_pushvalue(L, index);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &recording_key); /* the key is there from the start: needs no memory */
  rnn_recording = tape;
  keeps = false;
}

/* core.record(tape or false, f, …): what f(…) returns, run with this tape recording, or with none. Whatever happens,
** what recorded before does so afterwards. f cannot yield across this call. */
static int run(lua_State *L) {
  rnn_tape *tape = lua_toboolean(L, 1) ? check_tape(L, 1) : NULL, *outer = rnn_recording;
  bool outer_keeps = keeps;
  luaL_checkany(L, 2);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &recording_key);
  lua_insert(L, 1); /* 1: the outer tape; 2: this one */
  set_recording(L, tape, tape ? 2 : 1);
  int status = lua_pcall(L, lua_gettop(L) - 3, LUA_MULTRET, 0);
  set_recording(L, outer, 1);
  keeps = outer_keeps;
  if (status != LUA_OK) return lua_error(L);
  return lua_gettop(L) - 2;
}

/* The registry still keeps the tape. */
rnn_tape *rnn_tape_suspend(void) {
  rnn_tape *tape = rnn_recording;
  rnn_recording = NULL;
  return tape;
}

void rnn_tape_resume(rnn_tape *tape) { rnn_recording = tape; }

/* core.tape_records(tape): the list of its records, each {rule, arguments, results} */
static int records(lua_State *L) {
  check_tape(L, 1);
  lua_getiuservalue(L, 1, 1);
  return 1;
}

/* core.tape_end(tape): forgets all records; the tape cannot be used any more */
static int end(lua_State *L) {
  rnn_tape_unlist(check_tape(L, 1));
  lua_pushnil(L);
  lua_setiuservalue(L, 1, 1);
  return 0;
}

/* core.tape_spoiled(tape): whether something that it has seen was changed since */
static int is_spoiled(lua_State *L) {
  lua_pushboolean(L, check_tape(L, 1)->spoiled);
  return 1;
}

static void watch(lua_State *L, rnn_tape *tape, rnn_tensor *t) {
  rnn_lua_check(L, rnn_tape_see(rnn_main_context(), tape, t));
  if (t->watch != RNN_WATCHED_VARIABLE) t->watch = tape->number;
}

/* core.tape_watch(tape, t): t is watched, as long as no other tape watches it */
static int watch_tensor(lua_State *L) {
  watch(L, check_tape(L, 1), rnn_lua_check_tensor(L, "watch", 2));
  return 0;
}

/* core.tape_alias(tape, t): a view of all of t that the tape watches; other tapes know t alone */
static int alias(lua_State *L) {
  rnn_tape *tape = check_tape(L, 1);
  const rnn_tensor *t = rnn_lua_check_tensor(L, "watch", 2);
  rnn_tensor *view = rnn_lua_push_view(L, 2, t);
  if (view->dtype >= RNN_FLOAT32) watch(L, tape, view);
  return 1;
}

/* core.tape_watches(tape, t) */
static int watches(lua_State *L) {
  const rnn_tensor *t = rnn_lua_check_tensor(L, "gradient", 2);
  lua_pushboolean(L, t->watch == RNN_WATCHED_VARIABLE || t->watch == check_tape(L, 1)->number);
  return 1;
}

/* core.is_recording(): whether a tape records */
static int is_recording(lua_State *L) {
  lua_pushboolean(L, rnn_recording != NULL);
  return 1;
}

/* core.tape_key(value): what gradients of a tensor are found by: the tensor itself, or, of a variable, which has a new
** tensor each time it is asked for, where its numbers lie; such an address stands for itself; nil for other values */
static int key(lua_State *L) {
  lua_settop(L, 1);
  if (lua_type(L, 1) == LUA_TLIGHTUSERDATA) return 1;
  const rnn_tensor *t = rnn_lua_test_tensor(L, 1);
  if (t == NULL) lua_pushnil(L);
  else if (t->watch == RNN_WATCHED_VARIABLE) lua_pushlightuserdata(L, t->data);
  return 1;
}

/* core.is_like(a, b): whether two tensors have the same shape and dtype */
static int is_like(lua_State *L) {
  const rnn_tensor *a = rnn_lua_check_tensor(L, "gradient", 1), *b = rnn_lua_check_tensor(L, "gradient", 2);
  lua_pushboolean(L, a->dtype == b->dtype && rnn_tensor_same_shape(a, b));
  return 1;
}

/* rl.stop_gradient(t): the same numbers, a constant to every tape */
static int stop_gradient(lua_State *L) {
  rnn_lua_options(L, "stop_gradient", 2, (const char *[]){NULL});
  if (lua_type(L, 1) == LUA_TNUMBER) return 1;
  const rnn_tensor *t = rnn_lua_check_tensor(L, "stop_gradient", 1);
  rnn_lua_push_view(L, 1, t);
  return 1;
}

static const luaL_Reg metamethods[] = {{"__gc", collect}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"tape", new_tape},
                                     {"record", run},
                                     {"tape_records", records},
                                     {"tape_end", end},
                                     {"tape_spoiled", is_spoiled},
                                     {"tape_watch", watch_tensor},
                                     {"tape_alias", alias},
                                     {"tape_watches", watches},
                                     {"tape_key", key},
                                     {"is_like", is_like},
                                     {"is_recording", is_recording},
                                     {NULL, NULL}};

void rnn_open_tape(lua_State *L) {
  rnn_lua_new_class(L, TAPE, "tape", metamethods, NULL);
  lua_pushboolean(L, false);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &recording_key);
  luaL_setfuncs(L, functions, 0);
  lua_getfield(L, -1, "tensor_creators"); /* by itself: it is not recorded */
  lua_pushcfunction(L, stop_gradient);
  lua_setfield(L, -2, "stop_gradient");
  lua_pop(L, 1);
}
