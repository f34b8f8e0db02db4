/* tape_memory.c - tapes that have not been used up, and the memory that they have seen */
#include "bind/tape_memory.h"

#include <string.h>

#include "bind/tape.h"
#include "core/alloc.h"

static rnn_tape *listed; /* the newest */

void rnn_tape_list(rnn_tape *tape) {
  static uint32_t last;
  last = last + 1 == RNN_WATCHED_VARIABLE ? 1 : last + 1;
  *tape = (rnn_tape){.number = last, .next = listed};
  if (listed) listed->previous = tape;
  listed = tape;
}

void rnn_tape_unlist(rnn_tape *tape) {
  if (tape->previous) tape->previous->next = tape->next;
  if (tape->next) tape->next->previous = tape->previous;
  if (listed == tape) listed = tape->next;
  tape->previous = tape->next = NULL;
  rnn_free(tape->seen);
  tape->seen = NULL;
  tape->count = tape->room = 0;
}

rnn_status rnn_tape_see(rnn_context *cx, rnn_tape *tape, const rnn_tensor *t) {
  if (rnn_tensor_size(t) == 0) return RNN_OK;
  if (tape->count == tape->room) {
    int64_t room = tape->room ? 2 * tape->room : 16;
    rnn_stretch *seen = rnn_realloc(tape->seen, sizeof *seen * (size_t)room);
    if (seen == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "GradientTape: not enough memory");
    tape->seen = seen;
    tape->room = room;
  }
  rnn_stretch *s = &tape->seen[tape->count++];
  rnn_tensor_reach(t, &s->first, &s->end);
  return RNN_OK;
}

bool rnn_tape_has_seen(const rnn_tape *tape, const rnn_tensor *t) {
  const char *first, *end;
  if (rnn_tensor_size(t) == 0) return false;
  rnn_tensor_reach(t, &first, &end);
  for (int64_t i = 0; i < tape->count; i++)
    if (tape->seen[i].first < end && first < tape->seen[i].end) return true;
  return false;
}

void rnn_tape_spoil(const rnn_tensor *t) {
  for (rnn_tape *tape = listed; tape; tape = tape->next)
    if (!tape->spoiled && rnn_tape_has_seen(tape, t)) tape->spoiled = true;
}
