/* guard.h - whatever ends an interactive session, the terminal is left as it was found */
#ifndef RNN_GUARD_H
#define RNN_GUARD_H

/* Takes note of the terminal on standard input. Signals that end the process by default, a crash's and abort's too, put
** it back first from then on. */
void rnn_guard_terminal(void);

/* What a signal that is to end the process should be handled by: SIG_DFL where nothing is guarded. */
void (*rnn_ending_handler(void))(int);

#endif
