/* unresolved.c - a plugin that needs a symbol which nobody has */
#include "rnnlua.h"

int no_such_function_anywhere(void);

static rnn_status init(rnn_context *cx, rnn_registration *registration) {
  (void)cx, (void)registration;
  return (rnn_status)no_such_function_anywhere();
}

extern RNN_PLUGIN_SYMBOL(unresolved);
RNN_PLUGIN_SYMBOL(unresolved) = {sizeof(rnn_plugin), RNN_ABI_MAJOR, RNN_ABI_MINOR, sizeof(void *), "unresolved", "1.0",
                                 NULL, NULL, init};
