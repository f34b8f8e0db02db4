/*
** file.c - core.create_file: a file that is there as a whole or not at all.
**
** What is written goes to a temporary file in the same folder; commit() brings it to the disk and renames it
** over what stood there before. Whatever stops the script before that leaves the old file as it was. Links are
** followed; what is no plain file (/dev/null, a pipe) is written to as it is.
*/
#include "bind/file.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bind/bytes.h"
#include "bind/class.h"
#include "bind/raise.h"

#define FILE_CLASS "rnnlua.file"
#define PIECE ((size_t)4 << 20) /* bytes written between two looks for Ctrl-C */
#define TEMPORARY ".XXXXXX"

typedef struct new_file {
  int fd; /* -1: closed */
  bool direct; /* the target is no plain file */
  char target[PATH_MAX], temporary[PATH_MAX + sizeof TEMPORARY];
} new_file;

/* nil, "path: why" */
static int failed(lua_State *L, const char *path, int error) {
  lua_pushnil(L);
  lua_pushfstring(L, "%s: %s", path, strerror(error));
  return 2;
}

static void discard_file(new_file *f) {
  if (f->fd < 0) return;
  close(f->fd);
  f->fd = -1;
  if (!f->direct) unlink(f->temporary);
}

static int discard(lua_State *L) {
  discard_file(luaL_checkudata(L, 1, FILE_CLASS));
  return 0;
}

/* ---- opening ---------------------------------------------------------------------------------------------- */

/* the rights of the file replaced, or those that a new file gets */
static mode_t rights(const struct stat *old, bool exists) {
  if (exists) return old->st_mode & 07777;
  mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

static bool open_file(new_file *f) {
  struct stat old;
  bool exists = stat(f->target, &old) == 0;
  f->direct = exists && !S_ISREG(old.st_mode);
  if (f->direct) {
    f->fd = open(f->target, O_WRONLY | O_CLOEXEC);
    return f->fd >= 0;
  }
  if (exists && access(f->target, W_OK) != 0) return false;
  strcpy(f->temporary, f->target);
  strcat(f->temporary, TEMPORARY);
  f->fd = mkostemp(f->temporary, O_CLOEXEC);
  if (f->fd >= 0 && fchmod(f->fd, rights(&old, exists)) != 0) discard_file(f);
  return f->fd >= 0;
}

/* core.create_file(path) -> file; nil, message */
static int create_file(lua_State *L) {
  size_t length;
  const char *path = luaL_checklstring(L, 1, &length);
  new_file *f = lua_newuserdatauv(L, sizeof *f, 0);
  f->fd = -1;
  luaL_setmetatable(L, FILE_CLASS);
  if (strlen(path) != length) return failed(L, path, EINVAL); /* a zero in the name */
  if (length >= PATH_MAX) return failed(L, path, ENAMETOOLONG);
  if (realpath(path, f->target) == NULL) strcpy(f->target, path);
  return open_file(f) ? 1 : failed(L, path, errno);
}

/* ---- writing ------------------------------------------------------------------------------------------------ */

static bool write_all(int fd, const char *bytes, size_t n) {
  while (n > 0) {
    ssize_t done = write(fd, bytes, n);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    bytes += done;
    n -= (size_t)done;
  }
  return true;
}

static new_file *check_open(lua_State *L) {
  new_file *f = luaL_checkudata(L, 1, FILE_CLASS);
  if (f->fd < 0) rnn_lua_error(L, "file: it was closed already");
  return f;
}

/* file:write(string or tensor, …) -> true; nil, message. A tensor's elements in C order, as they lie in memory */
static int write_file(lua_State *L) {
  const new_file *f = check_open(L);
  for (int i = 2, last = lua_gettop(L); i <= last; i++) {
    size_t n;
    const char *bytes = rnn_lua_bytes(L, i, &n);
    for (size_t done = 0; done < n; done += PIECE) {
      if (!write_all(f->fd, bytes + done, n - done < PIECE ? n - done : PIECE)) return failed(L, f->target, errno);
      rnn_lua_poll(L);
    }
  }
  lua_pushboolean(L, true);
  return 1;
}

/* The folder too, so that the new name outlives a power cut; not every file system can. */
static void sync_folder(const char *path) {
  char folder[PATH_MAX];
  strcpy(folder, path);
  char *slash = strrchr(folder, '/');
  if (slash) slash[slash == folder] = 0;
  int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

/* file:commit() -> true; nil, message, and then nothing has changed */
static int commit(lua_State *L) {
  new_file *f = check_open(L);
  bool done = f->direct || (fsync(f->fd) == 0 && rename(f->temporary, f->target) == 0);
  int error = errno;
  if (!done) {
    discard_file(f);
    return failed(L, f->target, error);
  }
  close(f->fd);
  f->fd = -1;
  if (!f->direct) sync_folder(f->target);
  lua_pushboolean(L, true);
  return 1;
}

/* ---- folders -------------------------------------------------------------------------------------------------- */

/* core.mkdir(path): the folder and those above it -> true; nil, message */
static int make_folders(lua_State *L) {
  const char *given = luaL_checkstring(L, 1);
  char path[PATH_MAX];
  size_t n = strlen(given);
  if (n >= sizeof path) return failed(L, given, ENAMETOOLONG);
  memcpy(path, given, n + 1);
  for (size_t i = 1; i <= n; i++) {
    if (given[i] != '/' && given[i] != 0) continue;
    path[i] = 0;
    struct stat status;
    if (mkdir(path, 0777) != 0) {
      int error = errno == EEXIST ? ENOTDIR : errno; /* what is there may be a file */
      if (!(stat(path, &status) == 0 && S_ISDIR(status.st_mode))) return failed(L, given, error);
    }
    path[i] = given[i];
  }
  lua_pushboolean(L, true);
  return 1;
}

static const luaL_Reg methods[] = {
    {"write", write_file}, {"commit", commit}, {"discard", discard}, {NULL, NULL}};
static const luaL_Reg metamethods[] = {{"__gc", discard}, {"__close", discard}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"create_file", create_file}, {"mkdir", make_folders}, {NULL, NULL}};

void rnn_open_file(lua_State *L) {
  rnn_lua_new_class(L, FILE_CLASS, "file", metamethods, methods);
  luaL_setfuncs(L, functions, 0);
}
