/* lockfile.c - what a file shared by several sessions needs */
#include "host/lockfile.h"

#include <errno.h>
#include <lauxlib.h>
#include <lualib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static FILE *check_file(lua_State *L) {
  luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);
  luaL_argcheck(L, stream->closef != NULL, 1, "file is closed");
  return stream->f;
}

static int lock(lua_State *L) {
  int file = fileno(check_file(L)), result;
  do result = flock(file, LOCK_EX);
  while (result != 0 && errno == EINTR);
  return luaL_fileresult(L, result == 0, NULL);
}

static int truncate_file(lua_State *L) {
  FILE *file = check_file(L);
  lua_Integer size = luaL_checkinteger(L, 2);
  fflush(file);
  return luaL_fileresult(L, ftruncate(fileno(file), (off_t)size) == 0, NULL);
}

static int make_private(lua_State *L) {
  return luaL_fileresult(L, fchmod(fileno(check_file(L)), 0600) == 0, NULL);
}

static int make_folder(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  for (const char *slash = path; slash; slash = strchr(slash + 1, '/')) {
    lua_pushlstring(L, path, (size_t)(slash - path));
    if (slash > path) mkdir(lua_tostring(L, -1), 0700); /* may be there already */
    lua_pop(L, 1);
  }
  return luaL_fileresult(L, mkdir(path, 0700) == 0 || errno == EEXIST, path);
}

static const luaL_Reg functions[] = {
    {"lock", lock},
    {"truncate", truncate_file},
    {"make_private", make_private},
    {"make_folder", make_folder},
    {NULL, NULL}};

void rnn_add_lockfile(lua_State *L) { luaL_setfuncs(L, functions, 0); }
