/* builtins.c - the array of plugins compiled in; each is defined by RNN_PLUGIN in its own room */
#include "core/registry.h"

/* one a line, in the order that `rnnlua plugins` lists them */
#define BUILTINS(X) \
  X(layers)         \
  X(merging)        \
  X(shaping)        \
  X(recurrent)      \
  X(activations)    \
  X(losses)         \
  X(metrics)        \
  X(optimizers)     \
  X(initializers)   \
  X(regularizers)   \
  X(constraints)

#define DECLARE(NAME) extern const rnn_plugin rnn_plugin_##NAME;
#define ADDRESS(NAME) &rnn_plugin_##NAME,
BUILTINS(DECLARE)
static const rnn_plugin *const builtins[] = {BUILTINS(ADDRESS) NULL};

rnn_status rnn_commit_builtins(rnn_context *cx) {
  static int committed;
  for (; builtins[committed]; committed++)
    rnn_try(rnn_commit_plugin(cx, builtins[committed], "built in"));
  return RNN_OK;
}
