/* folder.c - what is in a folder: core.listdir */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bind/folder.h"

/* Held by a userdata, so that an error in the middle closes it. */
static int close_folder(lua_State *L) {
  DIR **folder = lua_touserdata(L, 1);
  if (*folder) closedir(*folder);
  *folder = NULL;
  return 0;
}

static DIR **new_folder(lua_State *L) {
  DIR **folder = lua_newuserdatauv(L, sizeof *folder, 0);
  *folder = NULL;
  if (luaL_newmetatable(L, "rnnlua.folder")) {
    lua_pushcfunction(L, close_folder);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return folder;
}

/* A link counts as what it is, not as what it leads to: a walk then ends. */
static int is_folder(DIR *folder, const struct dirent *entry) {
  struct stat status;
  if (entry->d_type != DT_UNKNOWN) return entry->d_type == DT_DIR;
  return fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISDIR(status.st_mode);
}

/* listdir(path) -> {names}, in no order, folders with a "/" behind; nil, message where it can't be read */
static int listdir(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  DIR **folder = new_folder(L);
  *folder = opendir(path);
  if (*folder == NULL) {
    lua_pushnil(L);
    lua_pushfstring(L, "%s: %s", path, strerror(errno));
    return 2;
  }
  lua_newtable(L);
  const struct dirent *entry;
  for (lua_Integer n = 1; (entry = readdir(*folder)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    lua_pushfstring(L, "%s%s", entry->d_name, is_folder(*folder, entry) ? "/" : "");
    lua_rawseti(L, -2, n++);
  }
  closedir(*folder);
  *folder = NULL;
  return 1;
}

static const luaL_Reg functions[] = {{"listdir", listdir}, {NULL, NULL}};

void rnn_open_folder(lua_State *L) { luaL_setfuncs(L, functions, 0); }
