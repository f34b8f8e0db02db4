/*
** builtins.c - the array of plugins compiled in; each is defined by RNN_PLUGIN in its own room.
**
** make BUILTINS=minimal compiles in the first four, and makes shared objects of the others (standard.c loads them).
*/
#include "core/registry.h"

/* one a line, in the order that `rnnlua plugins` lists them */
#define ALWAYS(X) \
  X(dense)        \
  X(sgd)          \
  X(mse)          \
  X(basic)

#ifdef RNN_MINIMAL
#define BUILTINS(X) ALWAYS(X)
#else
#define BUILTINS(X) \
  ALWAYS(X)         \
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
#endif

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
