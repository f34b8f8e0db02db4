/* standard.h - our own plugins where they are not compiled in (make BUILTINS=minimal) */
#ifndef RNN_STANDARD_H
#define RNN_STANDARD_H

#include "rnnlua.h"

/* The folders that our plugins are installed in, found from the executable: plugins/ beside it, as the build has it,
** and ../lib/rnnlua/plugins. index 0 and 1; false past the last, or where the executable is not known. */
#define RNN_PATH_SIZE 4096
bool rnn_executable(char path[RNN_PATH_SIZE]); /* without links; false where the system does not tell */
bool rnn_installed_folder(int index, char folder[RNN_PATH_SIZE]);

/* Loads those that are not compiled in; does nothing the second time. One that is missing or refused is no error:
** its types are missing, and why is kept. */
void rnn_load_standard(rnn_context *cx);

/* The index-th one that could not be loaded, and why; NULL past the last. */
const char *rnn_standard_failure(int index, const char **message);

/* The name of one that could not be loaded and has types of this kind; NULL if all are there. */
const char *rnn_missing_standard(rnn_kind kind);

#endif
