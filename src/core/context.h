/* context.h - the host's side of rnn_context: where an error message is left */
#ifndef RNN_CONTEXT_H
#define RNN_CONTEXT_H

#include "rnnlua.h"

/* The context of the main thread. Its host table is complete from the start. */
rnn_context *rnn_main_context(void);

/* The message of the last rnn_fail in this context; "" if there was none. Valid until the next one. */
const char *rnn_message(const rnn_context *cx);

/* Ctrl-C: set by the signal handler of the host (async-signal-safe), polled by long loops through
** host->interrupted, cleared by whoever raises "interrupted!". */
void rnn_set_interrupted(bool pressed);

#endif
