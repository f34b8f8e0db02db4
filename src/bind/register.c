/*
** register.c - types that are made while a script runs, and plugins written in Lua.
**
** Between core.begin_plugin and commit_plugin or abort_plugin types are staged and come in together or not at all, as
** a C plugin's do. A type registered outside of that comes in at once, and belongs to the plugin "script". What came
** in lives as long as the process.
*/
#include "bind/register.h"

#include <lauxlib.h>
#include <stdio.h>

#include "bind/made_type.h"
#include "bind/raise.h"
#include "bind/registry.h"
#include "bind/script_layer.h"
#include "core/alloc.h"
#include "core/context.h"
#include "core/host.h"
#include "core/registry.h"

/* A plugin being loaded, or "script". */
typedef struct staging {
  struct staging *outer; /* the plugin that requires this one */
  rnn_plugin plugin;
  rnn_made_text *texts;  /* the plugin's, and the origin */
  const char *origin;
  rnn_registration *registration;
  rnn_made_type *made;
} staging;

static staging *innermost;

/* types come in by core.register, not by init */
static rnn_status nothing(rnn_context *cx, rnn_registration *registration) {
  (void)cx, (void)registration;
  return RNN_OK;
}

static const rnn_plugin script_plugin = {
    sizeof(rnn_plugin), RNN_ABI_MAJOR, RNN_ABI_MINOR, sizeof(void *), "script", "",
    "what scripts have registered themselves", NULL, nothing};

/* ---- one type -------------------------------------------------------------------------------------------- */

#define MADE "rnnlua.made_type"

/* frees what was not registered */
static int collect(lua_State *L) {
  rnn_made_type **made = lua_touserdata(L, 1);
  rnn_free_made_type(*made);
  *made = NULL;
  return 0;
}

static rnn_made_type **push_made(lua_State *L, int index, rnn_kind kind) {
  rnn_made_type **made = lua_newuserdatauv(L, sizeof *made, 0);
  *made = NULL;
  luaL_setmetatable(L, MADE);
  rnn_make_type(L, index, kind, made);
  return made;
}

static rnn_status commit_alone(rnn_context *cx, const rnn_type *type) {
  rnn_registration *r = rnn_registration_begin(cx, &script_plugin);
  if (r == NULL) return RNN_NO_MEMORY;
  rnn_status status = rnn_stage_type(cx, r, type);
  if (status == RNN_OK) return rnn_registration_commit(cx, r, "script");
  rnn_registration_abort(r);
  return status;
}

static rnn_kind check_kind(lua_State *L, int index) {
  int kind = rnn_kind_of_name(luaL_checkstring(L, index));
  if (kind < 0 || kind == RNN_FUNCTION) luaL_error(L, "unknown kind '%s'", lua_tostring(L, index));
  return (rnn_kind)kind;
}

/* core.register(kind, spec): the type's object; nil where it is staged */
static int register_type(lua_State *L) {
  rnn_context *cx = rnn_main_context();
  rnn_kind kind = check_kind(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  rnn_made_type **made = push_made(L, 2, kind);
  rnn_made_type *own = *made;
  if (innermost == NULL) {
    rnn_lua_push_type(L, &own->vtable.type);
    rnn_status status = commit_alone(cx, &own->vtable.type);
    if (status != RNN_OK) rnn_lua_forget_type(L, &own->vtable.type);
    rnn_lua_check(L, status);
    *made = NULL; /* the registry's from now on */
    return 1;
  }
  rnn_lua_check(L, rnn_stage_type(cx, innermost->registration, &own->vtable.type));
  own->next = innermost->made;
  innermost->made = own;
  *made = NULL;
  return 0;
}

/* ---- plugins ------------------------------------------------------------------------------------------------ */

static void free_staging(staging *s) {
  rnn_free_texts(s->texts);
  rnn_free(s);
}

static void free_types(staging *s) {
  while (s->made) {
    rnn_made_type *next = s->made->next;
    rnn_free_made_type(s->made);
    s->made = next;
  }
}

/* the fields of the table at 1, brought into these slots before anything is allocated that an error would leak */
enum { NAME = 2, VERSION, DOC, REQUIRES, ORIGIN };

static void push_fields(lua_State *L) {
  static const char *const fields[] = {"name", "version", "doc", "requires", "origin"};
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  for (int i = 0; i < 5; i++) lua_getfield(L, 1, fields[i]);
}

/* the string in a slot, kept; `fallback` where it is none. *failed: no memory */
static const char *keep_slot(lua_State *L, staging *s, int slot, const char *fallback, bool *failed) {
  const char *text = lua_type(L, slot) == LUA_TSTRING ? lua_tostring(L, slot) : fallback;
  const char *kept = text ? rnn_keep_text(&s->texts, text) : NULL;
  *failed = *failed || (text && kept == NULL);
  return kept;
}

/* false: no memory, and then the old ones stay */
static bool describe(lua_State *L, staging *s) {
  bool failed = false;
  rnn_plugin p = {.size = sizeof(rnn_plugin), .abi_major = RNN_ABI_MAJOR, .abi_minor = RNN_ABI_MINOR,
                  .pointer_size = sizeof(void *), .init = nothing};
  p.name = keep_slot(L, s, NAME, s->plugin.name ? s->plugin.name : "plugin", &failed);
  p.version = keep_slot(L, s, VERSION, "", &failed);
  p.doc = keep_slot(L, s, DOC, "", &failed);
  p.requires = keep_slot(L, s, REQUIRES, NULL, &failed);
  if (!failed) s->plugin = p;
  return !failed;
}

/* core.begin_plugin{name =, version =, doc =, origin =}: what is registered from now on is staged. May nest: a plugin
** that is loaded because another one requires it. */
static int begin_plugin(lua_State *L) {
  rnn_context *cx = rnn_main_context();
  push_fields(L);
  staging *s = rnn_malloc(sizeof *s);
  if (s == NULL) return luaL_error(L, "not enough memory");
  *s = (staging){0};
  bool failed = !describe(L, s);
  s->origin = keep_slot(L, s, ORIGIN, "script", &failed);
  if (!failed) s->registration = rnn_registration_begin(cx, &s->plugin);
  if (s->registration == NULL) {
    free_staging(s);
    return luaL_error(L, "not enough memory");
  }
  s->outer = innermost;
  innermost = s;
  return 0;
}

static staging *check_open(lua_State *L) {
  if (innermost == NULL) luaL_error(L, "no plugin was begun");
  return innermost;
}

/* core.commit_plugin([{name =, version =, doc =, requires =}]): true; nil and why not, and then nothing came in */
static int commit_plugin(lua_State *L) {
  staging *s = check_open(L);
  rnn_context *cx = rnn_main_context();
  if (lua_istable(L, 1)) {
    push_fields(L);
    if (!describe(L, s)) return luaL_error(L, "not enough memory"); /* still open */
  }
  innermost = s->outer;
  if (rnn_registration_commit(cx, s->registration, s->origin) == RNN_OK) {
    lua_pushboolean(L, 1); /* the plugin's record stays, as its types do */
    return 1;
  }
  free_types(s);
  free_staging(s);
  lua_pushnil(L);
  lua_pushstring(L, rnn_message(cx));
  return 2;
}

/* core.abort_plugin(): nothing of what was staged comes in */
static int abort_plugin(lua_State *L) {
  staging *s = check_open(L);
  innermost = s->outer;
  rnn_registration_abort(s->registration);
  free_types(s);
  free_staging(s);
  return 0;
}

static const luaL_Reg functions[] = {{"register", register_type},
                                     {"begin_plugin", begin_plugin},
                                     {"commit_plugin", commit_plugin},
                                     {"abort_plugin", abort_plugin},
                                     {"add_weight", rnn_script_add_weight},
                                     {NULL, NULL}};

void rnn_open_register(lua_State *L) {
  luaL_newmetatable(L, MADE);
  lua_pushcfunction(L, collect);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
  luaL_setfuncs(L, functions, 0);
}
