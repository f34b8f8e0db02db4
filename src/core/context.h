/* context.h - the host's side of rnn_context: where an error message is left */
#ifndef RNN_CONTEXT_H
#define RNN_CONTEXT_H

#include "rnnlua.h"

/* The context of the main thread. Its host table is complete from the start. */
rnn_context *rnn_main_context(void);

#define RNN_MESSAGE_SIZE 1024

/* The message of the last rnn_fail in this context; "" if there was none. Valid until the next one. */
const char *rnn_message(const rnn_context *cx);

/* A call into a component's or a plugin's own code, as rnn_ask(cx, type->fill(cx, …)): its status. Code that fails and
** forgets to say why does not show the message of an earlier failure, and a number that is no status is RNN_INVALID. */
#define rnn_ask(cx, call) (rnn_clear_message(cx), rnn_answer(cx, call))
void rnn_clear_message(rnn_context *cx);
rnn_status rnn_answer(rnn_context *cx, rnn_status status);

/* Ctrl-C: set by the signal handler of the host (async-signal-safe), polled by long loops through
** host->interrupted, cleared by whoever raises "interrupted!". For tests: visible to shared objects. */
__attribute__((visibility("default"))) void rnn_set_interrupted(bool pressed);

#endif
