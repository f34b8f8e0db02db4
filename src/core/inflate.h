/* inflate.h - deflated data, by the system's zlib where there is one */
#ifndef RNN_INFLATE_H
#define RNN_INFLATE_H

#include "rnnlua.h"

/* Inflates raw deflate data (no header) of `n` bytes into exactly `size` bytes. RNN_INVALID with a message where
** zlib isn't there, the data are damaged or of another size. */
rnn_status rnn_inflate(rnn_context *cx, const void *bytes, size_t n, void *to, size_t size);

#endif
