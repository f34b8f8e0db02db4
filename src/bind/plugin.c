/*
** plugin.c - plugins for Lua: opening their files, taking them in, listing them.
**
** Opening and taking in are two steps, so that lua/rnnlua/plugins.lua can load what a plugin requires in between.
** An opened one is a userdata, which closes the file where it was not taken in.
*/
#include "bind/plugin.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bind/registry.h"
#include "core/context.h"
#include "core/descriptor.h"
#include "core/registry.h"
#include "core/shared_object.h"
#include "core/standard.h"

#define OPENED "rnnlua.opened_plugin"

static void set_text(lua_State *L, const char *key, const char *text) {
  lua_pushstring(L, text);
  lua_setfield(L, -2, key);
}

static int refuse(lua_State *L) {
  lua_pushnil(L);
  lua_pushstring(L, rnn_message(rnn_main_context()));
  return 2;
}

/* ---- loading ------------------------------------------------------------------------------------------ */

static int close_opened(lua_State *L) {
  rnn_close_shared_object(lua_touserdata(L, 1));
  return 0;
}

static void push_described(lua_State *L, const rnn_plugin *plugin) {
  lua_createtable(L, 0, 4);
  set_text(L, "name", plugin->name);
  set_text(L, "version", plugin->version);
  set_text(L, "doc", plugin->doc);
  set_text(L, "requires", plugin->requires);
}

/* core.open_plugin(file): an opened plugin and {name, version, doc, requires}; nil and why not */
static int open_plugin(lua_State *L) {
  const char *file = luaL_checkstring(L, 1);
  rnn_context *cx = rnn_main_context();
  rnn_shared_object *object = lua_newuserdatauv(L, sizeof *object, 0);
  *object = (rnn_shared_object){0};
  luaL_setmetatable(L, OPENED);
  if (rnn_open_shared_object(cx, file, object) != RNN_OK) return refuse(L);
  if (rnn_check_descriptor(cx, object->plugin) != RNN_OK) {
    lua_pushnil(L);
    lua_pushfstring(L, "%s: %s", file, rnn_message(cx));
    rnn_close_shared_object(object);
    return 2;
  }
  push_described(L, object->plugin);
  return 2;
}

/* core.take_plugin(opened, origin): true; nil and why not, and then nothing of it stays. What came in is never
** unloaded: types live as long as the process. */
static int take_plugin(lua_State *L) {
  rnn_shared_object *object = luaL_checkudata(L, 1, OPENED);
  const char *origin = luaL_checkstring(L, 2);
  luaL_argcheck(L, object->library != NULL, 1, "it was taken in already");
  if (rnn_commit_plugin(rnn_main_context(), object->plugin, origin) != RNN_OK) {
    lua_pushnil(L);
    lua_pushfstring(L, "%s: %s", origin, rnn_message(rnn_main_context()));
    rnn_close_shared_object(object);
    return 2;
  }
  object->library = NULL; /* stays open */
  lua_pushboolean(L, 1);
  return 1;
}

/* core.note_seconds(s): how long loading the last plugin took */
static int note_seconds(lua_State *L) {
  rnn_note_seconds(luaL_checknumber(L, 1));
  return 0;
}

/* ---- listing -------------------------------------------------------------------------------------------- */

/* pushes the type objects of a plugin, by kind and in the order of registration */
static void push_types(lua_State *L, const rnn_plugin *plugin) {
  lua_Integer n = 0;
  const rnn_type *type;
  lua_newtable(L);
  for (int kind = 0; kind < RNN_KIND_COUNT; kind++)
    for (int i = 0; (type = rnn_type_at((rnn_kind)kind, i)) != NULL; i++) {
      if (rnn_type_owner(type) != plugin) continue;
      rnn_lua_push_type(L, type);
      lua_rawseti(L, -2, ++n);
    }
}

/* core.plugins(): {{name, version, doc, requires, origin, seconds, types = {type objects}}, …} in the order they came */
static int list_plugins(lua_State *L) {
  const rnn_plugin *plugin;
  const char *origin;
  lua_newtable(L);
  for (int i = 0; (plugin = rnn_plugin_at(i, &origin)) != NULL; i++) {
    push_described(L, plugin);
    set_text(L, "origin", origin);
    lua_pushnumber(L, rnn_plugin_seconds(i));
    lua_setfield(L, -2, "seconds");
    push_types(L, plugin);
    lua_setfield(L, -2, "types");
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* core.plugin_function(plugin, name): the type object of a plugin's function, or nil */
static int plugin_function(lua_State *L) {
  const rnn_type *type = rnn_find_function(luaL_checkstring(L, 1), luaL_checkstring(L, 2));
  if (type)
    rnn_lua_push_type(L, type);
  else
    lua_pushnil(L);
  return 1;
}

/* core.standard_failures(): {{name, message}, …} of our own plugins that are not compiled in and could not be loaded */
static int standard_failures(lua_State *L) {
  const char *name, *message;
  lua_newtable(L);
  for (int i = 0; (name = rnn_standard_failure(i, &message)) != NULL; i++) {
    lua_createtable(L, 0, 2);
    set_text(L, "name", name);
    set_text(L, "message", message);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* ---- files ------------------------------------------------------------------------------------------------ */

/* core.installed_folders(): where plugins are installed, as found from the executable */
static int installed_folders(lua_State *L) {
  char folder[RNN_PATH_SIZE];
  lua_newtable(L);
  for (int i = 0; rnn_installed_folder(i, folder); i++) {
    lua_pushstring(L, folder);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* core.file_status(path): {path = without links, kind = "file", "folder" or "other", open = every user may write to
** it}; nil and why not */
static int file_status(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  struct stat status;
  char whole[RNN_PATH_SIZE]; /* POSIX' PATH_MAX */
  if (realpath(path, whole) == NULL || stat(whole, &status) != 0) {
    lua_pushnil(L);
    lua_pushfstring(L, "%s: %s", path, strerror(errno));
    return 2;
  }
  lua_createtable(L, 0, 3);
  set_text(L, "path", whole);
  set_text(L, "kind", S_ISREG(status.st_mode) ? "file" : S_ISDIR(status.st_mode) ? "folder" : "other");
  lua_pushboolean(L, (status.st_mode & S_IWOTH) != 0);
  lua_setfield(L, -2, "open");
  return 1;
}

static const luaL_Reg functions[] = {{"open_plugin", open_plugin},
                                     {"take_plugin", take_plugin},
                                     {"note_seconds", note_seconds},
                                     {"plugins", list_plugins},
                                     {"plugin_function", plugin_function},
                                     {"standard_failures", standard_failures},
                                     {"installed_folders", installed_folders},
                                     {"file_status", file_status},
                                     {NULL, NULL}};

void rnn_open_plugin(lua_State *L) {
  luaL_newmetatable(L, OPENED);
  lua_pushcfunction(L, close_opened);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
  luaL_setfuncs(L, functions, 0);
}
