/* shared_object.h - a plugin's file, opened */
#ifndef RNN_SHARED_OBJECT_H
#define RNN_SHARED_OBJECT_H

#include "rnnlua.h"

typedef struct rnn_shared_object {
  void *library;            /* dlopen's handle */
  const rnn_plugin *plugin; /* its descriptor, not checked yet */
} rnn_shared_object;

/* Looks at the file before the system's loader does, which says little of what is wrong with it, then opens it. Its
** constructors run, its init does not. A file that every user may write to is refused. On error nothing is open. */
rnn_status rnn_open_shared_object(rnn_context *cx, const char *file, rnn_shared_object *object);

/* For one whose plugin did not come in. Those that came in stay as long as the process: types and a script's last
** finalizers live that long. */
void rnn_close_shared_object(rnn_shared_object *object);

#endif
