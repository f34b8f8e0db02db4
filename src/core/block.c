/* block.c - counted storage that weights lie in */
#include "core/block.h"

#include "core/alloc.h"

struct rnn_block {
  int references;
  float *data;
};

rnn_block *rnn_block_new(rnn_context *cx, int64_t count) {
  rnn_block *block = rnn_malloc(sizeof *block);
  float *data = rnn_malloc_aligned(sizeof(float) * (size_t)count);
  if (block == NULL || data == NULL) {
    rnn_free(block);
    rnn_free_aligned(data);
    rnn_fail(cx, RNN_NO_MEMORY, "not enough memory for %lld weights", (long long)count);
    return NULL;
  }
  *block = (rnn_block){1, data};
  return block;
}

void rnn_block_retain(rnn_block *block) { block->references++; }

void rnn_block_release(rnn_block *block) {
  if (block == NULL || --block->references > 0) return;
  rnn_free_aligned(block->data);
  rnn_free(block);
}

float *rnn_block_data(rnn_block *block) { return block->data; }

int rnn_block_references(const rnn_block *block) { return block->references; }
