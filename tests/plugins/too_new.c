/* too_new.c - a plugin made for a host that isn't there yet: must be refused, its init never run */
#include "rnnlua.h"

static rnn_status init(rnn_context *cx, rnn_registration *registration) {
  (void)registration;
  return rnn_fail(cx, RNN_INVALID, "init was called");
}

extern RNN_PLUGIN_SYMBOL(too_new);
RNN_PLUGIN_SYMBOL(too_new) = {
    sizeof(rnn_plugin), RNN_ABI_MAJOR, RNN_ABI_MINOR + 1, sizeof(void *), "too_new", "1.0", NULL, NULL, init};
