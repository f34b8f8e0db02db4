/*
** lineedit.c - line editing for the REPL
**
** readline's callback interface is used, which leaves the waiting to us: so a signal is acted upon at
** once, between keys, and never inside the library.
*/
#include "host/lineedit.h"

#include <lauxlib.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "host/completion.h"
#include "host/keysignals.h"
#include "host/multiline.h"
#include "host/paste.h"
#include "host/readline.h"

static const rnn_readline *library;

/* ---- the terminal between two lines ------------------------------------------------------------------ */

/* While more input waits when a line ends (a paste without brackets), the terminal stays as readline set
** it up, or the kernel would echo what readline will show again. A chunk that runs meanwhile reads whole
** lines, unechoed. */
static bool held;
static struct termios editing_mode;

static bool input_waits(void) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  return poll(&input, 1, 0) > 0 && (input.revents & POLLIN);
}

static void restore_terminal(void) {
  struct termios mode;
  held = input_waits() && tcgetattr(STDIN_FILENO, &editing_mode) == 0;
  if (!held) {
    library->restore_terminal();
    return;
  }
  mode = editing_mode;
  mode.c_lflag |= ICANON;
  mode.c_iflag |= ICRNL;
  tcsetattr(STDIN_FILENO, TCSANOW, &mode);
}

static void restore_held_terminal(void) {
  if (held) library->restore_terminal();
  held = false;
}

/* ---- one line --------------------------------------------------------------------------------------- */

static char *received; /* the last line, the library's malloc; NULL: end of input */
static bool finished;

static void receive(char *line) {
  received = line;
  finished = true;
  if (library->end_found) *library->end_found = 0; /* or a newline would follow this and later lines */
  library->remove();
}

static void cancel_line(void) {
  if (strchr(*library->line, '\n')) *library->point = *library->end, library->update(); /* below all rows */
  library->free_line_state();
  if (library->forget_keys) library->forget_keys();
  library->remove();
  fputs("^C\n", stdout);
  fflush(stdout);
}

/* SIGTERM and its like end the process, but not before the terminal is what it was. */
static void end_process(int signal_number) {
  if (library) library->remove();
  restore_held_terminal();
  rnn_suffer_signal(signal_number);
}

/* Ctrl-Z: the shell gets its own terminal; on return the line is there again. */
static void suspend(void) {
  if (library) library->clean_up();
  rnn_suffer_signal(SIGTSTP);
  if (library) library->resume(), library->redisplay();
}

/* Waits for a key and acts on the signals that come meanwhile. Returns false if Ctrl-C came. */
static bool wait_for_key(void) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  for (;;) {
    int ready = poll(&input, 1, 500); /* a signal just before poll waits half a second at most */
    if (rnn_came.end) end_process(rnn_came.end);
    if (rnn_came.suspend) rnn_came.suspend = 0, suspend();
    if (rnn_came.resize && library) library->resize();
    rnn_came.resize = 0;
    if (rnn_came.interrupt) return false;
    if (ready > 0) return true;
  }
}

/* What a line begins with, when Up has left the one below others: all their text, the cursor's place in it, and what the
** screen shows of them. */
typedef struct resumed {
  const char *text, *shown;
  int point;
} resumed;

static void resume_lines(const resumed *from) {
  library->insert_text(from->text);
  *library->point = from->point;
  rnn_move_up();
}

/* Returns false if the line was cancelled. */
static bool edit(const char *prompt, const resumed *from) {
  finished = false;
  free(received);
  received = NULL;
  rnn_forget_block();
  if (held) tcsetattr(STDIN_FILENO, TCSANOW, &editing_mode);
  if (from) rnn_erase_rows(from->shown);
  library->install(prompt, receive);
  if (from) resume_lines(from);
  while (!finished) {
    if (!wait_for_key()) return cancel_line(), false;
    library->read_char();
  }
  return true;
}

/* Without a library: the kernel's line editing. Pushes the line, or nil at the end of input. */
static bool read_plain(lua_State *L, const char *prompt) {
  char piece[512];
  luaL_Buffer line;
  luaL_buffinit(L, &line);
  fputs(prompt, stdout);
  fflush(stdout);
  if (!wait_for_key()) return puts("^C"), false;
  while (fgets(piece, sizeof piece, stdin)) {
    size_t length = strcspn(piece, "\n");
    luaL_addlstring(&line, piece, length);
    if (piece[length] == '\n') return luaL_pushresult(&line), true;
  }
  clearerr(stdin);
  luaL_pushresult(&line);
  if (lua_rawlen(L, -1) == 0) lua_pushnil(L);
  return true;
}

/* the table at 2, if there is one */
static bool read_resumed(lua_State *L, resumed *from) {
  if (!lua_istable(L, 2)) return false;
  lua_getfield(L, 2, "text");
  lua_getfield(L, 2, "shown");
  lua_getfield(L, 2, "point");
  *from = (resumed){luaL_checkstring(L, -3), luaL_checkstring(L, -2), (int)luaL_checkinteger(L, -1)};
  return true;
}

static int read_line(lua_State *L) {
  const char *prompt = luaL_checkstring(L, 1);
  resumed from;
  bool resumes = read_resumed(L, &from);
  rnn_watch_signals();
  rnn_set_completion_state(L);
  if (library) rnn_begin_line(lua_tostring(L, 2)); /* NULL if it is a table or nil */
  bool complete = library ? edit(prompt, resumes ? &from : NULL) : read_plain(L, prompt);
  rnn_unwatch_signals();
  if (complete && rnn_came.interrupt) puts("^C"), complete = false; /* just after Enter */
  if (library && complete) lua_pushstring(L, received); /* NULL gives nil */
  if (!complete) lua_pushboolean(L, 0);
  if (complete && rnn_left_upwards() >= 0) return lua_pushliteral(L, "up"), lua_pushinteger(L, rnn_left_upwards()), 3;
  if (!complete || rnn_pasted_block() == NULL) return 1;
  lua_pushstring(L, rnn_pasted_block());
  lua_concat(L, 2);
  lua_pushliteral(L, "unfinished");
  return 2;
}

/* ---- the rest ------------------------------------------------------------------------------------------- */

static int remember(lua_State *L) {
  const char *line = luaL_checkstring(L, 1);
  if (library) library->add_history(line);
  return 0;
}

static int forget(lua_State *L) {
  int index = (int)luaL_checkinteger(L, 1);
  if (library && library->remove_history && library->free_history) {
    void *entry = library->remove_history(index - 1);
    if (entry) library->free_history(entry);
  }
  return 0;
}

static int library_name(lua_State *L) {
  if (library == NULL) return lua_pushnil(L), 1;
  bool editline = strstr(*library->version, "EditLine") != NULL;
  lua_pushfstring(L, editline ? "%s" : "readline %s", *library->version);
  return 1;
}

static const luaL_Reg functions[] = {{"read", read_line},
                                     {"complete_with", rnn_set_completer},
                                     {"remember", remember},
                                     {"forget", forget},
                                     {"library", library_name},
                                     {NULL, NULL}};

static void set_up(void) {
  *library->name = "rnnlua"; /* for conditions in ~/.inputrc */
  *library->catch_signals = *library->catch_resize = 0;
  *library->restore_terminal_hook = restore_terminal;
  /* defaults, as ~/.inputrc comes behind; a highlighted paste is drawn twice, which a screen that is
  ** shorter than the paste does not survive */
  library->set_variable("show-all-if-ambiguous", "on");
  library->set_variable("enable-active-region", "off");
  library->set_variable("blink-matching-paren", "on");
  library->initialize();
  rnn_connect_completion(library);
  rnn_connect_paste(library);
  rnn_connect_multiline(library);
  atexit(restore_held_terminal);
}

int rnn_open_lineedit(lua_State *L) {
  library = rnn_load_readline();
  if (library)
    set_up();
  else
    setvbuf(stdin, NULL, _IONBF, 0); /* wait_for_key sees what the kernel has, not what stdio has */
  luaL_newlib(L, functions);
  return 1;
}
