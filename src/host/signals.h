/* signals.h - Ctrl-C, for Lua and for long loops in C */
#ifndef RNN_SIGNALS_H
#define RNN_SIGNALS_H

#include <lua.h>
#include <signal.h>

/* Until rnn_leave_interrupts, the first Ctrl-C raises "interrupted!" in L at its next instruction, and a
** loop in C sees it through host->interrupted; a second one before that ends the process. Calls nest:
** `before` keeps what Ctrl-C did until now, and is put back. */
void rnn_catch_interrupts(lua_State *L, struct sigaction *before);
void rnn_leave_interrupts(const struct sigaction *before);

/* Installs a handler whose system calls return EINTR, so that a waiting program wakes up. `before`
** may be NULL. */
void rnn_set_signal(int signal_number, void (*handler)(int), struct sigaction *before);

#endif
