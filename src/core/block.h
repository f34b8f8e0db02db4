/* block.h - counted storage that weights lie in */
#ifndef RNN_BLOCK_H
#define RNN_BLOCK_H

#include "rnnlua.h"

/* Storage shared by weights that lie side by side: one layer's, or a whole model's. */
typedef struct rnn_block rnn_block;
rnn_block *rnn_block_new(rnn_context *cx, int64_t count); /* zeroed, one reference; NULL: fail was called */
void rnn_block_retain(rnn_block *block);
void rnn_block_release(rnn_block *block); /* NULL is fine */
float *rnn_block_data(rnn_block *block);
int rnn_block_references(const rnn_block *block);

#endif
