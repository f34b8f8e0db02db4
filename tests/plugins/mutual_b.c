/* mutual_b.c - a plugin that requires one which requires it */
#include "rnnlua.h"

static rnn_status init(rnn_context *cx, rnn_registration *registration) {
  (void)registration;
  return rnn_fail(cx, RNN_INVALID, "init was called");
}

extern RNN_PLUGIN_SYMBOL(mutual_b);
RNN_PLUGIN_SYMBOL(mutual_b) = {sizeof(rnn_plugin), RNN_ABI_MAJOR, RNN_ABI_MINOR, sizeof(void *), "plugin_mutual_b",
                               "1.0", NULL, "plugin_mutual_a", init};
