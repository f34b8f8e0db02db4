/* tape_memory.h - tapes that have not been used up, and the memory that they have seen */
#ifndef RNN_TAPE_MEMORY_H
#define RNN_TAPE_MEMORY_H

#include "core/tensor.h"

typedef struct rnn_stretch {
  const char *first, *end;
} rnn_stretch;

/* What a tape keeps in its userdata; user value 1 is the list of its records. */
struct rnn_tape {
  uint32_t number;
  bool spoiled;         /* something that it has seen was written to after it was recorded */
  struct rnn_tape *previous, *next; /* among the tapes that can still be used */
  rnn_stretch *seen;
  int64_t count, room;
};

/* Lists the tape, with a new number. */
void rnn_tape_list(struct rnn_tape *tape);

/* Takes it off and forgets what it has seen. */
void rnn_tape_unlist(struct rnn_tape *tape);

/* Notes that tape depends on t's numbers. */
rnn_status rnn_tape_see(rnn_context *cx, struct rnn_tape *tape, const rnn_tensor *t);
bool rnn_tape_has_seen(const struct rnn_tape *tape, const rnn_tensor *t);

/* Spoils all listed tapes that have seen t. */
void rnn_tape_spoil(const rnn_tensor *t);

#endif
