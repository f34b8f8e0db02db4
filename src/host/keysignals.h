/* keysignals.h - signals while a line is edited: noted by the handler, acted upon between keys */
#ifndef RNN_KEYSIGNALS_H
#define RNN_KEYSIGNALS_H

#include <signal.h>

/* What has come; whoever acts upon it sets it back to 0. */
typedef struct rnn_key_signals {
  volatile sig_atomic_t interrupt; /* Ctrl-C */
  volatile sig_atomic_t resize;    /* the window has another size */
  volatile sig_atomic_t suspend;   /* Ctrl-Z */
  volatile sig_atomic_t end;       /* SIGTERM, SIGHUP or SIGQUIT: its number */
} rnn_key_signals;

extern rnn_key_signals rnn_came;

/* From watch to unwatch these signals only set rnn_came; calls do not nest. */
void rnn_watch_signals(void);
void rnn_unwatch_signals(void);

/* The signal does to the process what it does by default: ends or stops it. Returns if it was stopped and goes
** on. */
void rnn_suffer_signal(int signal_number);

#endif
