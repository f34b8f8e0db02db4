/* mutual_a.c - a plugin that requires one which requires it */
#include "rnnlua.h"

static rnn_status init(rnn_context *cx, rnn_registration *registration) {
  (void)registration;
  return rnn_fail(cx, RNN_INVALID, "init was called");
}

extern RNN_PLUGIN_SYMBOL(mutual_a);
RNN_PLUGIN_SYMBOL(mutual_a) = {sizeof(rnn_plugin), RNN_ABI_MAJOR, RNN_ABI_MINOR, sizeof(void *), "plugin_mutual_a",
                               "1.0", NULL, "plugin_mutual_b", init};
