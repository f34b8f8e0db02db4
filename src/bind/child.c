/*
** child.c - running this very program again, for what may crash or hang.
**
** What the child prints and what it reports, on file descriptor 3, are kept apart: a plugin that prints cannot be taken
** for a report. The child is a group of processes of its own, which is killed when its time is over, on Ctrl-C and when
** an error leaves it behind.
*/
#include "bind/child.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bind/raise.h"
#include "core/alloc.h"
#include "core/standard.h"

#define CHILD "rnnlua.child"
#define MOST_TEXT (1 << 20) /* of either stream; what comes after that is read and forgotten */

extern char **environ;

typedef struct stream {
  int descriptor; /* -1: closed */
  char *text;
  size_t size;
} stream;

typedef struct child {
  pid_t pid; /* 0: none, or waited for */
  stream printed, reported;
} child;

static void close_stream(stream *s) {
  if (s->descriptor >= 0) close(s->descriptor);
  s->descriptor = -1;
}

static void kill_child(child *c, int *status) {
  if (c->pid == 0) return;
  kill(-c->pid, SIGKILL);
  while (waitpid(c->pid, status, 0) < 0 && errno == EINTR) {}
  c->pid = 0;
}

static int collect(lua_State *L) {
  child *c = lua_touserdata(L, 1);
  int status;
  kill_child(c, &status);
  close_stream(&c->printed);
  close_stream(&c->reported);
  rnn_free(c->printed.text);
  rnn_free(c->reported.text);
  c->printed.text = c->reported.text = NULL;
  return 0;
}

/* ---- starting -------------------------------------------------------------------------------------------- */

/* Both ends are closed in whatever else this process starts; they lie above 3, so that dup2 onto it copies. */
static bool open_pipe(int ends[2]) {
  if (pipe(ends) != 0) return false;
  for (int i = 0; i < 2; i++) {
    int above = fcntl(ends[i], F_DUPFD_CLOEXEC, 4);
    close(ends[i]);
    ends[i] = above;
  }
  return ends[0] >= 0 && ends[1] >= 0;
}

static int spawn(pid_t *pid, char **argv, int printed, int reported) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t usual;
  sigemptyset(&usual);
  sigaddset(&usual, SIGINT);
  sigaddset(&usual, SIGPIPE);
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, printed, 1);
  posix_spawn_file_actions_adddup2(&actions, printed, 2);
  posix_spawn_file_actions_adddup2(&actions, reported, 3);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  int failure = posix_spawn(pid, argv[0], &actions, &attributes, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return failure;
}

static void start(lua_State *L, child *c, char **argv) {
  int printed[2] = {-1, -1}, reported[2] = {-1, -1};
  bool piped = open_pipe(printed) && open_pipe(reported);
  int failure = piped ? spawn(&c->pid, argv, printed[1], reported[1]) : errno;
  if (printed[1] >= 0) close(printed[1]);
  if (reported[1] >= 0) close(reported[1]);
  c->printed.descriptor = printed[0];
  c->reported.descriptor = reported[0];
  if (failure == 0) return;
  c->pid = 0;
  rnn_lua_error(L, "cannot start %s: %s", argv[0], strerror(failure));
}

/* ---- reading ------------------------------------------------------------------------------------------------ */

/* reads what is there; false where the memory for it is not */
static bool read_stream(stream *s) {
  char part[4096];
  ssize_t length = read(s->descriptor, part, sizeof part);
  if (length < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  if (length <= 0) {
    close_stream(s);
    return true;
  }
  if (s->size + (size_t)length > MOST_TEXT) return true;
  char *text = rnn_realloc(s->text, s->size + (size_t)length);
  if (text == NULL) return false;
  memcpy(text + s->size, part, (size_t)length);
  s->text = text;
  s->size += (size_t)length;
  return true;
}

/* waits for `milliseconds` at most; false where nothing came */
static bool read_some(lua_State *L, child *c, int milliseconds) {
  struct pollfd polled[2] = {{.fd = c->printed.descriptor, .events = POLLIN},
                             {.fd = c->reported.descriptor, .events = POLLIN}};
  if (poll(polled, 2, milliseconds) <= 0) return false; /* a descriptor of -1 is passed over */
  if ((polled[0].revents && !read_stream(&c->printed)) || (polled[1].revents && !read_stream(&c->reported)))
    rnn_lua_error(L, "not enough memory");
  return polled[0].revents || polled[1].revents;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Reads until the child has ended; true if it had to be killed. */
static bool watch(lua_State *L, child *c, double seconds, int *status) {
  rnn_context *cx = rnn_main_context();
  double end = now() + seconds;
  for (;;) {
    read_some(L, c, 20);
    if (waitpid(c->pid, status, WNOHANG) == c->pid) break;
    bool pressed = cx->host->interrupted(cx);
    if (!pressed && now() < end) continue;
    kill_child(c, status);
    if (pressed) rnn_lua_check(L, RNN_INTERRUPTED);
    return true;
  }
  kill(-c->pid, SIGKILL); /* what it has started itself */
  c->pid = 0;
  while (read_some(L, c, 0)) {}
  return false;
}

/* ---- for Lua -------------------------------------------------------------------------------------------------- */

static const char *push_end(lua_State *L, bool killed, int status, double seconds) {
  if (killed) return lua_pushfstring(L, "did not end within %d seconds", (int)seconds);
  if (WIFSIGNALED(status)) return lua_pushfstring(L, "crashed: %s", strsignal(WTERMSIG(status)));
  if (WEXITSTATUS(status) == 0) return lua_pushliteral(L, "");
  return lua_pushfstring(L, "exit status %d", WEXITSTATUS(status));
}

/* core.run_self(arguments, seconds): what this program reported on descriptor 3, what it printed, and how it ended: ""
** for exit status 0 */
static int run_self(lua_State *L) {
  char *argv[34], path[RNN_PATH_SIZE];
  luaL_checktype(L, 1, LUA_TTABLE);
  double seconds = luaL_checknumber(L, 2);
  int count = (int)luaL_len(L, 1), status = 0;
  luaL_argcheck(L, count < 32, 1, "too many arguments");
  luaL_checkstack(L, count + 8, NULL);
  if (!rnn_executable(path)) return rnn_lua_error(L, "the system does not tell where this program lies");
  argv[0] = path;
  for (int i = 1; i <= count; i++) {
    lua_geti(L, 1, i);
    argv[i] = (char *)luaL_checkstring(L, -1); /* stays on the stack */
  }
  argv[count + 1] = NULL;
  child *c = lua_newuserdatauv(L, sizeof *c, 0);
  *c = (child){.printed = {-1, NULL, 0}, .reported = {-1, NULL, 0}};
  luaL_setmetatable(L, CHILD);
  start(L, c, argv);
  bool killed = watch(L, c, seconds, &status);
  lua_pushlstring(L, c->reported.size ? c->reported.text : "", c->reported.size);
  lua_pushlstring(L, c->printed.size ? c->printed.text : "", c->printed.size);
  push_end(L, killed, status, seconds);
  return 3;
}

static const luaL_Reg functions[] = {{"run_self", run_self}, {NULL, NULL}};

void rnn_open_child(lua_State *L) {
  luaL_newmetatable(L, CHILD);
  lua_pushcfunction(L, collect);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
  luaL_setfuncs(L, functions, 0);
}
