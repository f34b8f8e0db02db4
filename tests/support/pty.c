/*
** pty.c - a Lua module that runs a program on a pseudo-terminal, as a person at a keyboard would see it
**
**   local pty = require "pty"
**   local p = pty.spawn({"build/rnnlua", "-i"}, {env = {TERM = "xterm"}, rows = 24, columns = 80})
**   p:write("1 + 1\r")          keys; returns how many bytes were taken, which may be fewer
**   p:read(0.5)                 what came within half a second; "" if nothing did, nil after the end
**   p:resize(40, 120)           the window changes, the program gets SIGWINCH
**   p:kill(2), p:wait(1.0)      a signal; the exit status (128 + signal), nil if it still runs
**   p:is_sane()                 whether the terminal echoes, edits lines and sends signals
**
** env replaces the whole environment; without it, the child inherits ours.
*/
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define TYPE "pty.process"

typedef struct process {
  int terminal; /* the master side; -1: closed */
  pid_t pid;    /* 0: waited for */
  int status;
} process;

int luaopen_pty(lua_State *L);

static process *check(lua_State *L) { return luaL_checkudata(L, 1, TYPE); }

static int fail(lua_State *L, const char *what) {
  return luaL_error(L, "%s: %s", what, strerror(errno));
}

static void set_size(int terminal, int rows, int columns) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  ioctl(terminal, TIOCSWINSZ, &size);
}

static lua_Integer field(lua_State *L, int table, const char *name, lua_Integer fallback) {
  if (!lua_istable(L, table)) return fallback;
  lua_getfield(L, table, name);
  lua_Integer value = luaL_optinteger(L, -1, fallback);
  lua_pop(L, 1);
  return value;
}

/* The list at `index` as argv for exec, in a userdata left on the stack. */
static char **string_list(lua_State *L, int index) {
  int count = (int)luaL_len(L, index);
  char **list = lua_newuserdatauv(L, sizeof *list * (size_t)(count + 1), 1);
  for (int i = 0; i < count; i++) {
    lua_rawgeti(L, index, i + 1);
    list[i] = (char *)luaL_checkstring(L, -1); /* kept alive by the table */
    lua_pop(L, 1);
  }
  list[count] = NULL;
  return list;
}

/* {NAME = "value"} as envp, in a userdata left on the stack that keeps the strings */
static char **environment(lua_State *L, int table) {
  lua_newtable(L);
  int strings = lua_gettop(L), count = 0;
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
    lua_pushvalue(L, -2);
    lua_pushfstring(L, "%s=%s", lua_tostring(L, -1), luaL_checkstring(L, -2));
    lua_rawseti(L, strings, ++count);
    lua_pop(L, 1);
  }
  char **list = string_list(L, strings);
  lua_pushvalue(L, strings);
  lua_setiuservalue(L, -2, 1);
  return list;
}

static void run_child(const char *terminal, char **argv, char **envp, const char *folder) {
  setsid(); /* the terminal opened next becomes the controlling one */
  int slave = open(terminal, O_RDWR);
  ioctl(slave, TIOCSCTTY, 0);
  for (int i = 0; i < 3; i++) dup2(slave, i);
  if (slave > 2) close(slave);
  for (int s = 1; s < NSIG; s++) signal(s, SIG_DFL);
  if (folder && chdir(folder) != 0) _exit(126);
  if (envp)
    execvpe(argv[0], argv, envp);
  else
    execvp(argv[0], argv);
  _exit(127);
}

static int spawn(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  char **argv = string_list(L, 1), **envp = NULL;
  const char *folder = NULL;
  if (lua_istable(L, 2)) {
    lua_getfield(L, 2, "folder");
    folder = lua_tostring(L, -1);
    if (lua_getfield(L, 2, "env") == LUA_TTABLE) envp = environment(L, lua_gettop(L));
  }
  process *p = lua_newuserdatauv(L, sizeof *p, 0);
  *p = (process){-1, 0, 0};
  luaL_setmetatable(L, TYPE);
  p->terminal = posix_openpt(O_RDWR | O_NOCTTY);
  if (p->terminal < 0 || grantpt(p->terminal) != 0 || unlockpt(p->terminal) != 0)
    return fail(L, "pty.spawn");
  fcntl(p->terminal, F_SETFD, FD_CLOEXEC);
  fcntl(p->terminal, F_SETFL, O_NONBLOCK);
  set_size(p->terminal, (int)field(L, 2, "rows", 24), (int)field(L, 2, "columns", 80));
  const char *terminal = ptsname(p->terminal);
  p->pid = fork();
  if (p->pid < 0) return p->pid = 0, fail(L, "pty.spawn: fork");
  if (p->pid == 0) run_child(terminal, argv, envp, folder);
  return 1;
}

/* Returns how many bytes the terminal took. It takes no more while its buffer is full: somebody must then
** read, as the program may itself be waiting for that. */
static int write_keys(lua_State *L) {
  process *p = check(L);
  size_t length;
  const char *keys = luaL_checklstring(L, 2, &length);
  ssize_t written = write(p->terminal, keys, length);
  if (written < 0 && errno != EINTR && errno != EAGAIN) return fail(L, "pty: write");
  lua_pushinteger(L, written < 0 ? 0 : (lua_Integer)written);
  return 1;
}

static int read_screen(lua_State *L) {
  process *p = check(L);
  char bytes[65536];
  struct pollfd ready = {.fd = p->terminal, .events = POLLIN};
  int n = poll(&ready, 1, (int)(luaL_optnumber(L, 2, 0) * 1000));
  if (n == 0) return lua_pushliteral(L, ""), 1;
  ssize_t got = n < 0 ? n : read(p->terminal, bytes, sizeof bytes);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return lua_pushliteral(L, ""), 1;
  if (got <= 0) return lua_pushnil(L), 1; /* EIO: the other side is closed */
  lua_pushlstring(L, bytes, (size_t)got);
  return 1;
}

static int resize(lua_State *L) {
  process *p = check(L);
  set_size(p->terminal, (int)luaL_checkinteger(L, 2), (int)luaL_checkinteger(L, 3));
  return 0;
}

static int send_signal(lua_State *L) {
  process *p = check(L);
  if (p->pid > 0) kill(p->pid, (int)luaL_checkinteger(L, 2));
  return 0;
}

static int wait_end(lua_State *L) {
  process *p = check(L);
  struct timespec pause = {0, 2000000};
  for (int left = (int)(luaL_optnumber(L, 2, 10) * 500); p->pid > 0; left--) {
    if (waitpid(p->pid, &p->status, WNOHANG) == p->pid) {
      p->pid = 0;
    } else if (left <= 0) {
      return lua_pushnil(L), 1;
    } else {
      nanosleep(&pause, NULL);
    }
  }
  lua_pushinteger(L, WIFSIGNALED(p->status) ? 128 + WTERMSIG(p->status) : WEXITSTATUS(p->status));
  return 1;
}

static int is_sane(lua_State *L) {
  struct termios mode;
  if (tcgetattr(check(L)->terminal, &mode) != 0) return fail(L, "pty: tcgetattr");
  tcflag_t wanted = ECHO | ICANON | ISIG;
  lua_pushboolean(L, (mode.c_lflag & wanted) == wanted && (mode.c_iflag & ICRNL));
  return 1;
}

static int get_pid(lua_State *L) {
  lua_pushinteger(L, check(L)->pid);
  return 1;
}

static int close_process(lua_State *L) {
  process *p = check(L);
  if (p->terminal >= 0) close(p->terminal);
  if (p->pid > 0) {
    kill(p->pid, SIGKILL);
    waitpid(p->pid, &p->status, 0);
  }
  p->terminal = -1;
  p->pid = 0;
  return 0;
}

static const luaL_Reg methods[] = {
    {"write", write_keys}, {"read", read_screen},   {"resize", resize}, {"kill", send_signal},
    {"wait", wait_end},    {"is_sane", is_sane},    {"pid", get_pid},   {"close", close_process},
    {"__gc", close_process}, {"__close", close_process}, {NULL, NULL}};

int luaopen_pty(lua_State *L) {
  luaL_newmetatable(L, TYPE);
  luaL_setfuncs(L, methods, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, spawn);
  lua_setfield(L, -2, "spawn");
  return 1;
}
