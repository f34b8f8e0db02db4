/* needy.c - a plugin that requires one which is not there: must be refused, its init never run */
#include "rnnlua.h"

static rnn_status init(rnn_context *cx, rnn_registration *registration) {
  (void)registration;
  return rnn_fail(cx, RNN_INVALID, "init was called");
}

extern RNN_PLUGIN_SYMBOL(needy);
RNN_PLUGIN_SYMBOL(needy) = {sizeof(rnn_plugin), RNN_ABI_MAJOR, RNN_ABI_MINOR, sizeof(void *), "needy", "1.0",
                            NULL, "layers nowhere", init};
